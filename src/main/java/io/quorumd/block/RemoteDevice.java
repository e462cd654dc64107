package io.quorumd.block;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Strand.Timer;
import org.jspecify.annotations.Nullable;

/**
 * A disk on the other end of one connection. Requests are split to what the remote takes; what is smaller than its block
 * is read, changed and written back with the range held.
 */
public final class RemoteDevice implements BlockDevice {

    private static final BlockError CLOSED = BlockError.of(Errno.ECANCELED, "the device is closed");

    private final String name;
    private final RemoteBlocks remote;
    private final Strand strand;
    private final RemotePieces pieces;
    private final RangeQueue ranges = new RangeQueue();
    private final long closeNanos;
    /** Requests of our callers that have not ended. */
    private int underWay;

    private boolean closing;
    private @Nullable Completion closed;
    private @Nullable Timer closeTimer;

    /**
     * @param strand the thread that {@code remote} belongs to
     * @param closeNanos how long requests in flight are waited for when the device is closed
     */
    public RemoteDevice(String name, RemoteBlocks remote, Strand strand, ByteBufAllocator allocator, long closeNanos) {
        this.name = name;
        this.remote = remote;
        this.strand = strand;
        this.closeNanos = closeNanos;
        this.pieces = new RemotePieces(remote, allocator);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long size() {
        return remote.size();
    }

    @Override
    public int physicalBlockSize() {
        return remote.physicalBlock();
    }

    @Override
    public Strand strand() {
        return strand;
    }

    @Override
    public void read(long offset, int length, ReadCompletion completion) {
        check(offset, length);
        if (closing) {
            completion.completed(null, CLOSED);
            return;
        }
        underWay++;
        ReadCompletion done = (data, error) -> {
            completion.completed(data, error);
            ended();
        };
        long start = down(offset);
        int skip = (int) (offset - start);
        int whole = (int) (up(offset + length) - start);
        if (whole == length) {
            pieces.read(offset, length, done);
        } else {
            pieces.read(
                    start,
                    whole,
                    (data, error) -> done.completed(data == null ? null : inner(data, skip, length), error));
        }
    }

    private static ByteBuf inner(ByteBuf data, int skip, int length) {
        return data.skipBytes(skip).writerIndex(data.readerIndex() + length);
    }

    @Override
    public void write(long offset, ByteBuf source, boolean fua, Completion completion) {
        int length = source.readableBytes();
        check(offset, length);
        Completion done = begin(completion);
        if (done == null) {
            return;
        }
        if (aligned(offset) && aligned(length)) {
            hold(offset, length, false, done, end -> pieces.write(offset, source, fua, end));
        } else {
            ByteBuf kept = source.retain();
            change(
                    offset,
                    length,
                    fua,
                    current -> {
                        current.setBytes(current.readerIndex(), kept, kept.readerIndex(), length);
                        return null;
                    },
                    error -> {
                        kept.release();
                        done.completed(error);
                    });
        }
    }

    @Override
    public void writeZeroes(long offset, long length, boolean deallocate, boolean fua, Completion completion) {
        check(offset, length);
        Completion done = begin(completion);
        if (done == null) {
            return;
        }
        long start = up(offset);
        long end = down(offset + length);
        if (start >= end) {
            zero(offset, length, fua, done);
            return;
        }
        RemotePieces.Join join = new RemotePieces.Join(done);
        join.add();
        join.add();
        zero(offset, start - offset, fua, join);
        zero(end, offset + length - end, fua, join);
        hold(start, end - start, false, join, over -> pieces.zeroes(start, end - start, deallocate, fua, over));
    }

    /** Less than a block of zeroes at either end of a range. */
    private void zero(long offset, long length, boolean fua, Completion done) {
        if (length == 0) {
            done.completed(null);
        } else if (aligned(offset) && aligned(length)) {
            hold(offset, length, false, done, end -> pieces.zeroes(offset, length, false, fua, end));
        } else {
            change(
                    offset,
                    (int) length,
                    fua,
                    current -> {
                        current.setZero(current.readerIndex(), current.readableBytes());
                        return null;
                    },
                    done);
        }
    }

    @Override
    public void update(long offset, int length, boolean fua, Update change, Completion completion) {
        check(offset, length);
        Completion done = begin(completion);
        if (done != null) {
            change(offset, length, fua, change, done);
        }
    }

    private void change(long offset, int length, boolean fua, Update change, Completion done) {
        long start = down(offset);
        int whole = (int) (up(offset + length) - start);
        hold(
                start,
                whole,
                true,
                done,
                end -> pieces.read(start, whole, (data, error) -> {
                    if (data == null) {
                        end.completed(error);
                        return;
                    }
                    BlockError refused = change.apply(data.slice(data.readerIndex() + (int) (offset - start), length));
                    if (refused != null) {
                        data.release();
                        end.completed(refused);
                    } else {
                        pieces.write(start, data, fua, failed -> {
                            data.release();
                            end.completed(failed);
                        });
                    }
                }));
    }

    @Override
    public void flush(Completion completion) {
        Completion done = begin(completion);
        if (done != null) {
            remote.flush(done);
        }
    }

    @Override
    public void blockStatus(long offset, long length, StatusCompletion completion) {
        check(offset, length);
        if (closing) {
            completion.completed(0, true, CLOSED);
        } else {
            underWay++;
            long start = down(offset);
            remote.status(start, up(offset + length) - start, (extent, allocated, error) -> {
                long reach = error == null ? Math.min(length, start + extent - offset) : 0;
                completion.completed(reach, allocated, error);
                ended();
            });
        }
    }

    /** Waits for the requests in flight, within the time allowed: a remote that hangs does not hold up the close. */
    @Override
    public void close(Completion done) {
        if (closing) {
            done.completed(null);
            return;
        }
        closing = true;
        closed = done;
        if (underWay == 0) {
            disconnect();
        } else {
            closeTimer = strand.schedule(this::disconnect, closeNanos);
        }
    }

    private void disconnect() {
        Completion done = closed;
        if (done == null) {
            return;
        }
        closed = null;
        if (closeTimer != null) {
            closeTimer.cancel();
        }
        remote.disconnect(done);
    }

    private void check(long offset, long length) {
        if (offset < 0 || length < 0 || offset > remote.size() - length) {
            throw new IllegalArgumentException(
                    "%s: %d bytes at %d of %d".formatted(name, length, offset, remote.size()));
        }
    }

    /** Counts a request in; null when the device is closed, which the caller has then been told. */
    private @Nullable Completion begin(Completion completion) {
        if (closing) {
            completion.completed(CLOSED);
            return null;
        }
        underWay++;
        return error -> {
            completion.completed(error);
            ended();
        };
    }

    private void ended() {
        underWay--;
        if (closing && underWay == 0) {
            disconnect();
        }
    }

    private boolean aligned(long bytes) {
        return (bytes & (remote.block() - 1)) == 0;
    }

    private long down(long offset) {
        return offset & -(long) remote.block();
    }

    private long up(long offset) {
        return down(offset + remote.block() - 1);
    }

    /** What is done with a range held; it calls its argument once, and then the range is free. */
    @FunctionalInterface
    private interface Held {
        void run(Completion end);
    }

    private void hold(long offset, long length, boolean alone, Completion done, Held body) {
        Claim claim = new Claim(body, done);
        if (ranges.acquire(claim, offset, length, alone)) {
            claim.granted();
        }
    }

    private final class Claim extends RangeQueue.Hold implements Completion {
        private final Held body;
        private final Completion done;

        Claim(Held body, Completion done) {
            this.body = body;
            this.done = done;
        }

        @Override
        protected void granted() {
            body.run(this);
        }

        @Override
        public void completed(@Nullable BlockError error) {
            ranges.release(this);
            done.completed(error);
        }
    }
}
