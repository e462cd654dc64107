package io.quorumd.quorum.state;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The lock on a state directory. The kernel holds it for as long as the process lives, so that a crash leaves none
 * behind; the file's content only says whom to ask.
 */
final class DirectoryLock implements Closeable {

    static final String FILE = "lock";

    private final FileChannel channel;

    private DirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    static DirectoryLock take(Path root) {
        Path file = root.resolve(FILE);
        try {
            DurableFiles.createFolders(root);
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (lock(channel) == null) {
                channel.close();
                throw new StateException(
                        "State directory " + root + " is in use by "
                                + Files.readString(file).strip() + ".",
                        "Stop that process, or give this one a quorumd.state-dir of its own.");
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(me().getBytes(StandardCharsets.UTF_8)), 0);
            return new DirectoryLock(channel);
        } catch (IOException failed) {
            throw new StateException(
                    "State directory " + root + " cannot be used: " + failed.getMessage() + ".",
                    "Make it readable and writable for the service, on a file system with free space.",
                    failed);
        }
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException byThisProcess) {
            return null;
        }
    }

    private static String me() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (IOException unknown) {
            host = "this host";
        }
        return "process " + ProcessHandle.current().pid() + " on " + host + "\n";
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
