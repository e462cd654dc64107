package io.quorumd.scsi;

import io.netty.buffer.ByteBuf;
import io.quorumd.block.BlockError;
import io.quorumd.block.Completion;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes a pattern to every block of a disk, as often as asked, and makes that durable. */
final class Overwriting extends Steps {

    private static final int CHUNK_BYTES = 1 << 20;

    private final Disk disk;
    private final long size;
    private final int passes;
    private final boolean invert;
    private final byte[] block;
    private ByteBuf chunk;
    private @Nullable Completion done;
    private long offset;
    private int pass;
    private boolean flushed;

    /** @param pattern at most a block, repeated in each block from its beginning; copied */
    Overwriting(Disk disk, ByteBuf pattern, int passes, boolean invert) {
        this.disk = disk;
        this.size = disk.capacity() * disk.blockSize();
        this.passes = passes;
        this.invert = invert;
        this.block = new byte[disk.blockSize()];
        for (int i = 0; i < block.length; i++) {
            block[i] = pattern.getByte(i % pattern.readableBytes());
        }
        this.chunk = copies(block);
    }

    private static ByteBuf copies(byte[] block) {
        ByteBuf chunk = DataIn.buffer(CHUNK_BYTES);
        while (chunk.writerIndex() < CHUNK_BYTES) {
            chunk.writeBytes(block);
        }
        return chunk;
    }

    void run(Completion completion) {
        done = completion;
        run();
    }

    /** How far it is, of 65536. */
    int progress() {
        return (int) ((pass + (double) offset / size) / passes * 0xFFFF);
    }

    @Override
    boolean next(Completion step) {
        if (pass == passes) {
            boolean more = !flushed;
            flushed = true;
            if (more) {
                disk.device().flush(step);
            }
            return more;
        }
        int bytes = (int) Math.min(chunk.readableBytes(), size - offset);
        long at = offset;
        offset += bytes;
        ByteBuf written = chunk.slice(0, bytes);
        boolean passed = offset == size;
        if (passed) {
            offset = 0;
            pass++;
        }
        disk.device().write(at, written, disk.writesThrough(), error -> {
            if (passed && error == null) {
                nextPattern();
            }
            step.completed(error);
        });
        return true;
    }

    /** A new buffer: what was handed to a device is never changed. */
    private void nextPattern() {
        if (!invert || pass == passes) {
            return;
        }
        for (int i = 0; i < block.length; i++) {
            block[i] = (byte) ~block[i];
        }
        chunk.release();
        chunk = copies(block);
    }

    @Override
    void ended(@Nullable BlockError error) {
        chunk.release();
        Objects.requireNonNull(done).completed(error);
    }
}
