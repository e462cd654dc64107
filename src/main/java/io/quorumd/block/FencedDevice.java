package io.quorumd.block;

import io.netty.buffer.ByteBuf;

/** A device that is asked nothing any more once a {@link Fence} is up. Requests under way are for lower layers to stop. */
public final class FencedDevice implements BlockDevice {

    private final BlockDevice device;
    private final Fence fence;

    private FencedDevice(BlockDevice device, Fence fence) {
        this.device = device;
        this.fence = fence;
    }

    /** The device itself where there is no fence, so that it costs nothing. */
    public static BlockDevice of(BlockDevice device, Fence fence) {
        return fence == Fence.NONE ? device : new FencedDevice(device, fence);
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
        return device.strand();
    }

    @Override
    public void read(long offset, int length, ReadCompletion done) {
        if (fence.isUp()) {
            done.completed(null, Fence.REFUSAL);
        } else {
            device.read(offset, length, done);
        }
    }

    @Override
    public void write(long offset, ByteBuf source, boolean fua, Completion done) {
        if (fence.isUp()) {
            done.completed(Fence.REFUSAL);
        } else {
            device.write(offset, source, fua, done);
        }
    }

    @Override
    public void writeZeroes(long offset, long length, boolean deallocate, boolean fua, Completion done) {
        if (fence.isUp()) {
            done.completed(Fence.REFUSAL);
        } else {
            device.writeZeroes(offset, length, deallocate, fua, done);
        }
    }

    @Override
    public void update(long offset, int length, boolean fua, Update change, Completion done) {
        if (fence.isUp()) {
            done.completed(Fence.REFUSAL);
        } else {
            device.update(offset, length, fua, change, done);
        }
    }

    @Override
    public void flush(Completion done) {
        if (fence.isUp()) {
            done.completed(Fence.REFUSAL);
        } else {
            device.flush(done);
        }
    }

    @Override
    public void blockStatus(long offset, long length, StatusCompletion done) {
        if (fence.isUp()) {
            done.completed(0, true, Fence.REFUSAL);
        } else {
            device.blockStatus(offset, length, done);
        }
    }

    @Override
    public void close(Completion done) {
        device.close(done);
    }

    @Override
    public String toString() {
        return device.toString();
    }
}
