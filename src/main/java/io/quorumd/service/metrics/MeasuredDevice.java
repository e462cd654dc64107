package io.quorumd.service.metrics;

import io.netty.buffer.ByteBuf;
import io.quorumd.block.BlockDevice;
import io.quorumd.block.BlockError;
import io.quorumd.block.Completion;
import io.quorumd.block.ReadCompletion;
import io.quorumd.block.StatusCompletion;
import io.quorumd.block.Strand;
import io.quorumd.block.Update;
import io.quorumd.service.metrics.IoTimes.Op;
import org.jspecify.annotations.Nullable;

/** A device whose operations are timed and counted. The objects that wait for completions are used again and again. */
public final class MeasuredDevice implements BlockDevice {

    private final BlockDevice device;
    private final Strand strand;
    private final IoTimes times;
    private @Nullable Waiting free;

    public MeasuredDevice(BlockDevice device, IoTimes times) {
        this.device = device;
        this.strand = device.strand();
        this.times = times;
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
        device.read(offset, length, take(Op.READ, length, done, null));
    }

    @Override
    public void write(long offset, ByteBuf source, boolean fua, Completion done) {
        device.write(offset, source, fua, take(Op.WRITE, source.readableBytes(), null, done));
    }

    @Override
    public void writeZeroes(long offset, long length, boolean deallocate, boolean fua, Completion done) {
        device.writeZeroes(offset, length, deallocate, fua, take(Op.ZEROES, 0, null, done));
    }

    @Override
    public void update(long offset, int length, boolean fua, Update change, Completion done) {
        device.update(offset, length, fua, change, take(Op.UPDATE, length, null, done));
    }

    @Override
    public void flush(Completion done) {
        device.flush(take(Op.FLUSH, 0, null, done));
    }

    /** Not timed: it moves no data. */
    @Override
    public void blockStatus(long offset, long length, StatusCompletion done) {
        device.blockStatus(offset, length, done);
    }

    @Override
    public void close(Completion done) {
        device.close(done);
    }

    @Override
    public String toString() {
        return device.toString();
    }

    private Waiting take(Op op, int bytes, @Nullable ReadCompletion readDone, @Nullable Completion done) {
        Waiting waiting = free;
        if (waiting == null) {
            waiting = new Waiting();
        } else {
            free = waiting.next;
        }
        waiting.op = op;
        waiting.bytes = bytes;
        waiting.readDone = readDone;
        waiting.done = done;
        waiting.began = strand.nanoTime();
        return waiting;
    }

    /** Between a request and its end. */
    private final class Waiting implements ReadCompletion, Completion {

        private Op op = Op.READ;
        private int bytes;
        private long began;
        private @Nullable ReadCompletion readDone;
        private @Nullable Completion done;
        private @Nullable Waiting next;

        @Override
        public void completed(@Nullable ByteBuf data, @Nullable BlockError error) {
            ReadCompletion told = readDone;
            giveBack(error);
            if (told != null) {
                told.completed(data, error);
            }
        }

        @Override
        public void completed(@Nullable BlockError error) {
            Completion told = done;
            giveBack(error);
            if (told != null) {
                told.completed(error);
            }
        }

        private void giveBack(@Nullable BlockError error) {
            times.ended(op, strand.nanoTime() - began, error == null ? bytes : 0);
            readDone = null;
            done = null;
            next = free;
            free = this;
        }
    }
}
