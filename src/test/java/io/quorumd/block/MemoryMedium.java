package io.quorumd.block;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.quorumd.block.BlockError.Errno;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a device in RAM holds, and how much of it a loss of power leaves. Offsets and lengths in bytes. */
final class MemoryMedium {

    /** Picks writes that were not flushed. */
    @FunctionalInterface
    interface Survival {
        boolean survives(long offset, long length);
    }

    private record Range(long offset, long length) {}

    private final SparseBytes current = new SparseBytes();
    private final SparseBytes durable = new SparseBytes();
    private final List<Range> unflushed = new ArrayList<>();
    private final List<Range> stranded = new ArrayList<>();
    private final List<Range> unreadable = new ArrayList<>();

    void read(long offset, ByteBuf into, int length) {
        current.read(offset, into, length);
    }

    /** What a read of the range fails with, if it does. */
    @Nullable
    BlockError readError(long offset, long length) {
        for (Range bad : unreadable) {
            if (bad.offset < offset + length && offset < bad.offset + bad.length) {
                return BlockError.of(Errno.EIO, "unreadable at " + bad.offset);
            }
        }
        return null;
    }

    void write(long offset, ByteBuf data, boolean fua) {
        current.write(offset, data);
        written(offset, data.readableBytes(), fua);
    }

    void zero(long offset, long length, boolean fua) {
        current.zero(offset, length);
        written(offset, length, fua);
    }

    private void written(long offset, long length, boolean fua) {
        unreadable.removeIf(bad -> offset <= bad.offset && bad.offset + bad.length <= offset + length);
        if (fua) {
            durable.copyFrom(current, offset, length);
        } else {
            unflushed.add(new Range(offset, length));
        }
    }

    void flush() {
        unflushed.forEach(r -> durable.copyFrom(current, r.offset, r.length));
        unflushed.clear();
    }

    /** See {@link SparseBytes#extent}. */
    long extent(long offset, long length) {
        return current.extent(offset, length);
    }

    void corrupt(long offset, long length) {
        current.flip(offset, length);
        durable.flip(offset, length);
    }

    /** On stable storage at once. */
    void store(long offset, ByteBuf bytes) {
        current.write(offset, bytes);
        durable.write(offset, bytes);
    }

    void makeUnreadable(long offset, long length) {
        unreadable.add(new Range(offset, length));
    }

    /** Of what was not flushed only what {@code of} picks is left. */
    void crash(Survival of) {
        for (Range range : unflushed) {
            if (of.survives(range.offset, range.length)) {
                durable.copyFrom(current, range.offset, range.length);
            }
        }
        for (Range range : unflushed) {
            current.copyFrom(durable, range.offset, range.length);
        }
        for (Range range : stranded) {
            current.copyFrom(durable, range.offset, range.length);
        }
        unflushed.clear();
        stranded.clear();
    }

    /** What was not flushed reads back as if it were there, and never gets to the medium. */
    void dropUnflushed() {
        stranded.addAll(unflushed);
        unflushed.clear();
    }

    byte[] contents(long offset, int length) {
        return bytes(current, offset, length);
    }

    /** As a crash would leave it. */
    byte[] durableContents(long offset, int length) {
        return bytes(durable, offset, length);
    }

    private static byte[] bytes(SparseBytes image, long offset, int length) {
        ByteBuf into = Unpooled.buffer(length);
        image.read(offset, into, length);
        return ByteBufUtil.getBytes(into);
    }
}
