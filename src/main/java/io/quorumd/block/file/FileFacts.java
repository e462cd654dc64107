package io.quorumd.block.file;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What the kernel says of a file when it is opened.
 *
 * @param size bytes
 * @param blockDevice or a regular file
 * @param inMemory on tmpfs or ramfs: no request ever waits for a disk
 * @param physicalBlockSize bytes the medium writes without read-modify-write. A file's is its file system's block, at
 *     most 4096: larger st_blksize values are advice on transfer sizes (network file systems), not units of a write
 * @param alignment bytes to which O_DIRECT requests must be aligned, a power of two
 * @param zeroGranule bytes in multiples of which fallocate deallocates: any range of a file, whole blocks of a device
 */
record FileFacts(
        long size, boolean blockDevice, boolean inMemory, int physicalBlockSize, long alignment, long zeroGranule) {

    static final int AT_CURRENT_FOLDER = -100;
    static final int AT_EMPTY_PATH = 0x1000;
    private static final int AT_STATX_DONT_SYNC = 0x4000;
    private static final int STATX_BASIC = 0x7ff;
    private static final int STATX_NLINK = 0x4;
    private static final int STATX_SIZE = 0x200;
    private static final int STATX_DIRECT_ALIGNMENT = 0x2000;

    private static final long BLKSSZGET = 0x1268;
    private static final long BLKPBSZGET = 0x127b;
    private static final long BLKGETSIZE64 = 0x80081272L;

    private static final long TMPFS_MAGIC = 0x01021994;
    private static final long RAMFS_MAGIC = 0x858458f6L;

    private static final int TYPE = 0xf000;
    private static final int TYPE_FOLDER = 0x4000;
    private static final int TYPE_BLOCK_DEVICE = 0x6000;
    private static final int TYPE_FILE = 0x8000;

    private static final int MIN_BLOCK = 512;
    private static final int MAX_BLOCK = 4096;
    private static final long STATX_BYTES = 256;
    private static final MemorySegment NO_PATH = Arena.global().allocateFrom("");

    /** What a path leads to, before it is opened (opening a pipe, say, would wait). */
    enum Type {
        FILE,
        BLOCK_DEVICE,
        FOLDER,
        OTHER
    }

    static Type type(CallFrame frame, String path) throws Refused {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stat = arena.allocate(STATX_BYTES, 8);
            int n = LibC.statx(frame, AT_CURRENT_FOLDER, arena.allocateFrom(path), 0, STATX_BASIC, stat);
            if (n < 0) {
                throw new Refused(Remedies.cannotOpen(path, n));
            }
            return type(stat);
        }
    }

    private static Type type(MemorySegment stat) {
        return switch (stat.get(ValueLayout.JAVA_SHORT, 28) & TYPE) {
            case TYPE_FILE -> Type.FILE;
            case TYPE_BLOCK_DEVICE -> Type.BLOCK_DEVICE;
            case TYPE_FOLDER -> Type.FOLDER;
            default -> Type.OTHER;
        };
    }

    static FileFacts of(CallFrame frame, String path, int fd) throws Refused {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stat = arena.allocate(STATX_BYTES, 8);
            check(
                    path,
                    "statx",
                    LibC.statx(frame, fd, NO_PATH, AT_EMPTY_PATH, STATX_BASIC | STATX_DIRECT_ALIGNMENT, stat));
            int directAlignment = stat.get(ValueLayout.JAVA_INT, 156);
            if (type(stat) == Type.BLOCK_DEVICE) {
                MemorySegment value = arena.allocate(8, 8);
                check(path, "BLKGETSIZE64", LibC.ioctl(frame, fd, BLKGETSIZE64, value));
                long size = value.get(ValueLayout.JAVA_LONG, 0);
                check(path, "BLKSSZGET", LibC.ioctl(frame, fd, BLKSSZGET, value));
                int logical = value.get(ValueLayout.JAVA_INT, 0);
                check(path, "BLKPBSZGET", LibC.ioctl(frame, fd, BLKPBSZGET, value));
                int physical = Math.max(logical, value.get(ValueLayout.JAVA_INT, 0));
                return new FileFacts(size, true, false, physical, Math.max(logical, directAlignment), logical);
            }
            MemorySegment fileSystem = arena.allocate(256, 8);
            check(path, "fstatfs", LibC.fstatfs(frame, fd, fileSystem));
            long magic = fileSystem.get(ValueLayout.JAVA_LONG, 0) & 0xffffffffL;
            int block = Integer.highestOneBit(Math.clamp(stat.get(ValueLayout.JAVA_INT, 4), MIN_BLOCK, MAX_BLOCK));
            return new FileFacts(
                    stat.get(ValueLayout.JAVA_LONG, 40),
                    false,
                    magic == TMPFS_MAGIC || magic == RAMFS_MAGIC,
                    block,
                    directAlignment > 0 ? Math.max(MIN_BLOCK, directAlignment) : MAX_BLOCK,
                    1);
        }
    }

    private static void check(String path, String call, int result) throws Refused {
        if (result < 0) {
            throw new Refused(Errnos.error(path, call, result));
        }
    }

    /**
     * Whether it is what it was when it was opened, as the kernel knows it here and now, without asking a file server: as
     * long at least, and a file not deleted.
     */
    boolean stillHold(CallFrame frame, int fd) {
        MemorySegment answer = frame.stat;
        if (blockDevice) {
            return LibC.ioctl(frame, fd, BLKGETSIZE64, answer) >= 0 && answer.get(ValueLayout.JAVA_LONG, 0) >= size;
        }
        int n = LibC.statx(frame, fd, NO_PATH, AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_SIZE | STATX_NLINK, answer);
        return n >= 0 && answer.get(ValueLayout.JAVA_LONG, 40) >= size && answer.get(ValueLayout.JAVA_INT, 16) > 0;
    }
}
