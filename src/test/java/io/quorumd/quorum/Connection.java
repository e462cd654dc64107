package io.quorumd.quorum;

import io.netty.buffer.ByteBuf;
import io.quorumd.block.BlockDevice;
import io.quorumd.block.Completion;
import io.quorumd.block.ReadCompletion;
import io.quorumd.block.StatusCompletion;
import io.quorumd.block.Strand;
import io.quorumd.block.Update;

/** One opening of a device: closing it leaves the device for the next opening. */
record Connection(BlockDevice device) implements BlockDevice {

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
        device.read(offset, length, done);
    }

    @Override
    public void write(long offset, ByteBuf source, boolean fua, Completion done) {
        device.write(offset, source, fua, done);
    }

    @Override
    public void writeZeroes(long offset, long length, boolean deallocate, boolean fua, Completion done) {
        device.writeZeroes(offset, length, deallocate, fua, done);
    }

    @Override
    public void update(long offset, int length, boolean fua, Update change, Completion done) {
        device.update(offset, length, fua, change, done);
    }

    @Override
    public void flush(Completion done) {
        device.flush(done);
    }

    @Override
    public void blockStatus(long offset, long length, StatusCompletion done) {
        device.blockStatus(offset, length, done);
    }

    @Override
    public void close(Completion done) {
        done.completed(null);
    }
}
