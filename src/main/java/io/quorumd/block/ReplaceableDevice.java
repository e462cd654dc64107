package io.quorumd.block;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A device that can be taken away for a moment and opened anew, longer perhaps: what is asked of it meanwhile waits, in
 * order, and nobody notices but by the time it takes.
 */
public final class ReplaceableDevice implements BlockDevice {

    private final Strand strand;
    private volatile BlockDevice device;
    /** What waits; null while the device is there. */
    private @Nullable ArrayDeque<Runnable> waiting;

    public ReplaceableDevice(BlockDevice device) {
        this.device = device;
        this.strand = device.strand();
    }

    /** Holds up requests from now on. Those under way go on; closing the device waits for them. On the strand. */
    public void suspend() {
        if (waiting != null) {
            throw new IllegalStateException(name() + ": suspended twice");
        }
        waiting = new ArrayDeque<>();
    }

    /** Goes on with {@code next}, which is on the same strand and no shorter than its predecessor. On the strand. */
    public void resume(BlockDevice next) {
        ArrayDeque<Runnable> held = waiting;
        if (held == null || next.size() < device.size()) {
            throw new IllegalStateException(name() + ": not suspended, or shorter than before");
        }
        device = next;
        waiting = null;
        held.forEach(Runnable::run);
    }

    @Override
    public String name() {
        return device.name();
    }

    @Override
    public long size() {
        return device.size();
    }

    @Override
    public int physicalBlockSize() {
        return device.physicalBlockSize();
    }

    @Override
    public Strand strand() {
        return strand;
    }

    @Override
    public void read(long offset, int length, ReadCompletion done) {
        if (waiting == null) {
            device.read(offset, length, done);
        } else {
            waiting.add(() -> read(offset, length, done));
        }
    }

    @Override
    public void write(long offset, ByteBuf source, boolean fua, Completion done) {
        if (waiting == null) {
            device.write(offset, source, fua, done);
        } else {
            waiting.add(() -> write(offset, source, fua, done));
        }
    }

    @Override
    public void writeZeroes(long offset, long length, boolean deallocate, boolean fua, Completion done) {
        if (waiting == null) {
            device.writeZeroes(offset, length, deallocate, fua, done);
        } else {
            waiting.add(() -> writeZeroes(offset, length, deallocate, fua, done));
        }
    }

    @Override
    public void update(long offset, int length, boolean fua, Update change, Completion done) {
        if (waiting == null) {
            device.update(offset, length, fua, change, done);
        } else {
            waiting.add(() -> update(offset, length, fua, change, done));
        }
    }

    @Override
    public void flush(Completion done) {
        if (waiting == null) {
            device.flush(done);
        } else {
            waiting.add(() -> flush(done));
        }
    }

    @Override
    public void blockStatus(long offset, long length, StatusCompletion done) {
        if (waiting == null) {
            device.blockStatus(offset, length, done);
        } else {
            waiting.add(() -> blockStatus(offset, length, done));
        }
    }

    @Override
    public void close(Completion done) {
        if (waiting == null) {
            device.close(done);
        } else {
            waiting.add(() -> close(done));
        }
    }

    @Override
    public String toString() {
        return device.toString();
    }
}
