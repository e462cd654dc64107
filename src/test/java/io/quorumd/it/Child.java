package io.quorumd.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;

/** A child's file, as somebody who damages it behind the service's back sees it. */
final class Child {

    private static final int PIECE = 1 << 20;

    private final Path file;
    private final Random random = new Random(4711);

    Child(Path file) {
        this.file = file;
    }

    /** Puts garbage over a range, in bytes. */
    void overwrite(long offset, long length) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            byte[] garbage = new byte[(int) Math.min(PIECE, length)];
            for (long done = 0; done < length; done += garbage.length) {
                random.nextBytes(garbage);
                channel.write(
                        ByteBuffer.wrap(garbage, 0, (int) Math.min(garbage.length, length - done)), offset + done);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Garbage over {@code count} blocks of 4 KiB anywhere in the first {@code length} bytes. */
    void overwriteBlocks(int count, long length) {
        for (int i = 0; i < count; i++) {
            overwrite(random.nextLong(length / 4096) * 4096, 4096);
        }
    }

    /** The bytes of a range. */
    byte[] read(long offset, int length) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer bytes = ByteBuffer.allocate(length);
            while (bytes.hasRemaining() && channel.read(bytes, offset + bytes.position()) >= 0) {}
            return bytes.array();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
