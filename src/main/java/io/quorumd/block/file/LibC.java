package io.quorumd.block.file;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;

/**
 * The system calls of this package, as libc has them. Each returns what the call returned, or the negated errno; EINTR is
 * retried here and nowhere else. Buffers are native addresses: {@code ByteBuf.memoryAddress()} gives them without
 * allocation on a JDK without Unsafe too.
 */
final class LibC {

    static final int EINTR = 4;
    static final int EIO = 5;
    static final int ENXIO = 6;
    static final int EAGAIN = 11;
    static final int ENOMEM = 12;
    static final int EACCES = 13;
    static final int EINVAL = 22;
    static final int EOPNOTSUPP = 95;

    static final int O_RDONLY = 0;
    static final int O_RDWR = 2;
    static final int O_CREAT = 0x40;
    static final int O_EXCL = 0x80;
    static final int O_CLOEXEC = 0x80000;
    /** The one flag here that depends on the architecture. */
    static final int O_DIRECT = System.getProperty("os.arch").equals("aarch64") ? 0x10000 : 0x4000;

    static final int RWF_DSYNC = 0x2;
    static final int RWF_NOWAIT = 0x8;

    static final int FALLOC_KEEP_SIZE = 0x1;
    static final int FALLOC_PUNCH_HOLE = 0x2;
    static final int FALLOC_ZERO_RANGE = 0x10;

    static final int SEEK_DATA = 3;
    static final int SEEK_HOLE = 4;

    static final int F_OFD_SETLK = 37;
    private static final int F_SETFL = 4;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle OPEN =
            variadic("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
    private static final MethodHandle FCNTL =
            variadic("fcntl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle FCNTL_FLAGS =
            variadic("fcntl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle IOCTL =
            variadic("ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));
    private static final MethodHandle CLOSE = call("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle FDATASYNC = call("fdatasync", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle FSYNC = call("fsync", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle FTRUNCATE =
            call("ftruncate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle FALLOCATE =
            call("fallocate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle LSEEK =
            call("lseek", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle FSTATFS = call("fstatfs", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle STATX =
            call("statx", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));
    private static final FunctionDescriptor TRANSFER =
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle PREAD = call("pread", TRANSFER);
    private static final MethodHandle PWRITE = call("pwrite", TRANSFER);
    private static final FunctionDescriptor VECTOR =
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle PREADV2 = call("preadv2", VECTOR);
    private static final MethodHandle PWRITEV2 = call("pwritev2", VECTOR);
    private static final MethodHandle STRERROR = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("strerror"), FunctionDescriptor.of(ADDRESS, JAVA_INT));

    private LibC() {}

    private static MethodHandle call(String name, FunctionDescriptor signature, Linker.Option... options) {
        Linker.Option[] all = Arrays.copyOf(options, options.length + 1);
        all[options.length] = Linker.Option.captureCallState("errno");
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), signature, all);
    }

    /** The third argument of open, fcntl and ioctl is a variadic one, which some ABIs pass differently. */
    private static MethodHandle variadic(String name, FunctionDescriptor signature) {
        return call(name, signature, Linker.Option.firstVariadicArg(2));
    }

    static long pread(CallFrame frame, int fd, long address, long length, long offset) {
        try {
            long n;
            do {
                n = (long) PREAD.invokeExact(frame.state, fd, address, length, offset);
            } while (n < 0 && frame.errno() == EINTR);
            return n < 0 ? -frame.errno() : n;
        } catch (Throwable e) {
            throw new AssertionError("pread", e);
        }
    }

    static long preadv2(CallFrame frame, int fd, long address, long length, long offset, int flags) {
        MemorySegment iovec = frame.iovec(address, length);
        try {
            long n;
            do {
                n = (long) PREADV2.invokeExact(frame.state, fd, iovec, 1, offset, flags);
            } while (n < 0 && frame.errno() == EINTR);
            return n < 0 ? -frame.errno() : n;
        } catch (Throwable e) {
            throw new AssertionError("preadv2", e);
        }
    }

    static long pwrite(CallFrame frame, int fd, long address, long length, long offset) {
        try {
            long n;
            do {
                n = (long) PWRITE.invokeExact(frame.state, fd, address, length, offset);
            } while (n < 0 && frame.errno() == EINTR);
            return n < 0 ? -frame.errno() : n;
        } catch (Throwable e) {
            throw new AssertionError("pwrite", e);
        }
    }

    static long pwritev2(CallFrame frame, int fd, long address, long length, long offset, int flags) {
        MemorySegment iovec = frame.iovec(address, length);
        try {
            long n;
            do {
                n = (long) PWRITEV2.invokeExact(frame.state, fd, iovec, 1, offset, flags);
            } while (n < 0 && frame.errno() == EINTR);
            return n < 0 ? -frame.errno() : n;
        } catch (Throwable e) {
            throw new AssertionError("pwritev2", e);
        }
    }

    static int open(CallFrame frame, String path, int flags, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(path);
            int n;
            do {
                n = (int) OPEN.invokeExact(frame.state, name, flags, mode);
            } while (n < 0 && frame.errno() == EINTR);
            return n < 0 ? -frame.errno() : n;
        } catch (Throwable e) {
            throw new AssertionError("open", e);
        }
    }

    /** Not retried: on Linux the descriptor is gone whatever close says. */
    static int close(CallFrame frame, int fd) {
        try {
            int n = (int) CLOSE.invokeExact(frame.state, fd);
            return n < 0 && frame.errno() != EINTR ? -frame.errno() : 0;
        } catch (Throwable e) {
            throw new AssertionError("close", e);
        }
    }

    static int fdatasync(CallFrame frame, int fd) {
        try {
            int n;
            do {
                n = (int) FDATASYNC.invokeExact(frame.state, fd);
            } while (n < 0 && frame.errno() == EINTR);
            return n < 0 ? -frame.errno() : n;
        } catch (Throwable e) {
            throw new AssertionError("fdatasync", e);
        }
    }

    static int fsync(CallFrame frame, int fd) {
        try {
            int n;
            do {
                n = (int) FSYNC.invokeExact(frame.state, fd);
            } while (n < 0 && frame.errno() == EINTR);
            return n < 0 ? -frame.errno() : n;
        } catch (Throwable e) {
            throw new AssertionError("fsync", e);
        }
    }

    static int ftruncate(CallFrame frame, int fd, long length) {
        try {
            int n;
            do {
                n = (int) FTRUNCATE.invokeExact(frame.state, fd, length);
            } while (n < 0 && frame.errno() == EINTR);
            return n < 0 ? -frame.errno() : n;
        } catch (Throwable e) {
            throw new AssertionError("ftruncate", e);
        }
    }

    static int fallocate(CallFrame frame, int fd, int mode, long offset, long length) {
        try {
            int n;
            do {
                n = (int) FALLOCATE.invokeExact(frame.state, fd, mode, offset, length);
            } while (n < 0 && frame.errno() == EINTR);
            return n < 0 ? -frame.errno() : n;
        } catch (Throwable e) {
            throw new AssertionError("fallocate", e);
        }
    }

    /** Moves the descriptor's own position too, which nothing here uses. */
    static long lseek(CallFrame frame, int fd, long offset, int whence) {
        try {
            long n = (long) LSEEK.invokeExact(frame.state, fd, offset, whence);
            return n < 0 ? -frame.errno() : n;
        } catch (Throwable e) {
            throw new AssertionError("lseek", e);
        }
    }

    static int fstatfs(CallFrame frame, int fd, MemorySegment into) {
        try {
            int n = (int) FSTATFS.invokeExact(frame.state, fd, into);
            return n < 0 ? -frame.errno() : n;
        } catch (Throwable e) {
            throw new AssertionError("fstatfs", e);
        }
    }

    static int statx(CallFrame frame, int fd, MemorySegment path, int flags, int mask, MemorySegment into) {
        try {
            int n = (int) STATX.invokeExact(frame.state, fd, path, flags, mask, into);
            return n < 0 ? -frame.errno() : n;
        } catch (Throwable e) {
            throw new AssertionError("statx", e);
        }
    }

    static int fcntl(CallFrame frame, int fd, int command, MemorySegment argument) {
        try {
            int n = (int) FCNTL.invokeExact(frame.state, fd, command, argument);
            return n < 0 ? -frame.errno() : n;
        } catch (Throwable e) {
            throw new AssertionError("fcntl", e);
        }
    }

    static int setFlags(CallFrame frame, int fd, int flags) {
        try {
            int n = (int) FCNTL_FLAGS.invokeExact(frame.state, fd, F_SETFL, flags);
            return n < 0 ? -frame.errno() : n;
        } catch (Throwable e) {
            throw new AssertionError("fcntl", e);
        }
    }

    static int ioctl(CallFrame frame, int fd, long request, MemorySegment argument) {
        try {
            int n = (int) IOCTL.invokeExact(frame.state, fd, request, argument);
            return n < 0 ? -frame.errno() : n;
        } catch (Throwable e) {
            throw new AssertionError("ioctl", e);
        }
    }

    static String strerror(int errno) {
        try {
            MemorySegment text = (MemorySegment) STRERROR.invokeExact(errno);
            return text.reinterpret(256).getString(0);
        } catch (Throwable e) {
            throw new AssertionError("strerror", e);
        }
    }
}
