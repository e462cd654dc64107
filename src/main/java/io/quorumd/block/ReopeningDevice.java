package io.quorumd.block;

import io.netty.buffer.ByteBuf;
import io.quorumd.block.BlockError.Errno;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A remote device that has no second copy beside it: after it was lost it is opened again, at growing distances. While it
 * is away everything fails at once, with EBUSY, as does what was under way when it was lost: who waits will be served.
 *
 * <p><b>What a loss may have cost.</b> Writes that were acknowledged and not flushed may be gone, and nobody has them.
 * The first flush after such a loss therefore fails with EIO, whatever the device says to it: to whoever wrote, a failed
 * flush means that what was written since the last good one has to be written again or given up. (SCSI's own way, a unit
 * attention, is no use: Linux repeats the command and tells nobody.) Later flushes tell of later writes.
 *
 * <p><b>Silence.</b> It is asked something from time to time when nobody else asks, so that {@link #condition} is true of
 * a device without work. A silent device keeps its requests: they end when it goes on, or is lost.
 */
public final class ReopeningDevice implements BlockDevice {

    private static final BlockError WRITES_LOST =
            BlockError.of(Errno.EIO, "the connection was lost, and with it, perhaps, writes that had not been flushed");
    private static final BlockError CLOSED = BlockError.of(Errno.ECANCELED, "the device is closed");

    /** How it can be reached. */
    public enum Presence {
        ANSWERING,
        /** Open, and it does not answer. */
        SILENT,
        /** Not open, and tried again and again. */
        LOST
    }

    /** @param reason why it does not answer, for people; empty while it does */
    public record Condition(Presence presence, String reason) {}

    /** Opens the device, again after each loss; ends by itself. */
    @FunctionalInterface
    public interface Opener {
        void open(OpenCompletion done);
    }

    /** Told of each change, on the strand. */
    @FunctionalInterface
    public interface Watcher {
        void changed(Condition from, Condition to);
    }

    private final Opener opener;
    private final Watcher watcher;
    private final Strand strand;
    private final String name;
    private final long size;
    private final int physicalBlockSize;
    private final long patienceNanos;
    private final Backoff backoff;
    private final WriteLoss loss = new WriteLoss();
    private volatile Condition condition = new Condition(Presence.ANSWERING, "");
    private @Nullable BlockDevice device;
    private boolean heard;
    private boolean probing;
    private boolean closed;

    /**
     * Called on the strand.
     *
     * @param device opened for the first time
     * @param patienceNanos a silence after which it is asked something, and one after that in which it has to answer
     */
    public ReopeningDevice(BlockDevice device, Opener opener, Watcher watcher, long patienceNanos) {
        this.device = device;
        this.opener = opener;
        this.watcher = watcher;
        this.strand = device.strand();
        this.name = device.name();
        this.size = device.size();
        this.physicalBlockSize = device.physicalBlockSize();
        this.patienceNanos = patienceNanos;
        this.backoff = new Backoff(strand.nanoTime());
        listen();
    }

    /** How it is doing. Any thread. */
    public Condition condition() {
        return condition;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int physicalBlockSize() {
        return physicalBlockSize;
    }

    @Override
    public Strand strand() {
        return strand;
    }

    @Override
    public void read(long offset, int length, ReadCompletion done) {
        BlockDevice now = device;
        if (now == null) {
            done.completed(null, gone());
        } else {
            now.read(offset, length, (data, error) -> done.completed(data, ended(now, error)));
        }
    }

    @Override
    public void write(long offset, ByteBuf source, boolean fua, Completion done) {
        change(fua, done, (now, end) -> now.write(offset, source, fua, end));
    }

    @Override
    public void writeZeroes(long offset, long length, boolean deallocate, boolean fua, Completion done) {
        change(fua, done, (now, end) -> now.writeZeroes(offset, length, deallocate, fua, end));
    }

    @Override
    public void update(long offset, int length, boolean fua, Update change, Completion done) {
        change(fua, done, (now, end) -> now.update(offset, length, fua, change, end));
    }

    @Override
    public void blockStatus(long offset, long length, StatusCompletion done) {
        BlockDevice now = device;
        if (now == null) {
            done.completed(0, true, gone());
        } else {
            now.blockStatus(
                    offset, length, (extent, allocated, error) -> done.completed(extent, allocated, ended(now, error)));
        }
    }

    @Override
    public void flush(Completion done) {
        BlockDevice now = device;
        if (now == null) {
            done.completed(gone());
        } else if (loss.tell()) {
            done.completed(WRITES_LOST);
        } else {
            long mark = loss.mark();
            now.flush(error -> {
                if (error == null && now == device) {
                    loss.flushed(mark);
                }
                done.completed(ended(now, error));
            });
        }
    }

    @Override
    public void close(Completion done) {
        BlockDevice now = device;
        closed = true;
        device = null;
        if (now == null) {
            done.completed(null);
        } else {
            now.close(done);
        }
    }

    /** Something that changes what the device holds. */
    @FunctionalInterface
    private interface Change {
        void start(BlockDevice device, Completion end);
    }

    private void change(boolean fua, Completion done, Change change) {
        BlockDevice now = device;
        if (now == null) {
            done.completed(gone());
            return;
        }
        change.start(now, error -> {
            if (error == null && !fua) {
                loss.acknowledged(now == device);
            }
            done.completed(ended(now, error));
        });
    }

    private BlockError gone() {
        return closed ? CLOSED : BlockError.of(Errno.EBUSY, condition.reason());
    }

    /** A request has ended; returns what its caller is told. */
    private @Nullable BlockError ended(BlockDevice by, @Nullable BlockError error) {
        if (error == null || error.code() != Errno.ENODEV) {
            if (by == device) {
                heard = true;
                become(Presence.ANSWERING, "");
            }
            return error;
        }
        if (by == device) {
            lost(by, error.message());
        }
        return closed ? error : BlockError.of(Errno.EBUSY, error.message());
    }

    private void lost(BlockDevice gone, String why) {
        device = null;
        loss.lost();
        String cost = loss.suffered() ? "; writes that were not flushed may be gone, the next flush says so" : "";
        become(Presence.LOST, why + cost);
        gone.close(this::closed);
        reopenLater();
    }

    /** Of a device that is lost, or was not taken: there is nothing on it that a failure to close could harm. */
    private void closed(@Nullable BlockError ignored) {}

    private void become(Presence presence, String reason) {
        Condition before = condition;
        if (before.presence() != presence || !before.reason().equals(reason)) {
            condition = new Condition(presence, reason);
            if (before.presence() != presence) {
                watcher.changed(before, condition);
            }
        }
    }

    private void reopenLater() {
        var _ = strand.schedule(this::reopen, backoff.next(strand.nanoTime()));
    }

    private void reopen() {
        if (!closed) {
            opener.open(this::reopened);
        }
    }

    private void reopened(@Nullable BlockDevice fresh, @Nullable BlockError error) {
        String problem = fresh == null ? "did not open: " + error : problem(fresh);
        if (fresh != null && problem == null && !closed) {
            device = fresh;
            backoff.opened(strand.nanoTime());
            heard = true;
            become(Presence.ANSWERING, "");
            return;
        }
        if (fresh != null) {
            fresh.close(this::closed);
        }
        if (!closed && problem != null) {
            become(Presence.LOST, problem);
            reopenLater();
        }
    }

    private @Nullable String problem(BlockDevice fresh) {
        if (fresh.size() != size) {
            return "it has " + fresh.size() + " bytes, and had " + size;
        }
        if (fresh.physicalBlockSize() > physicalBlockSize) {
            return "its blocks of " + fresh.physicalBlockSize() + " bytes are larger than before";
        }
        return null;
    }

    private void listen() {
        var _ = strand.schedule(this::tick, patienceNanos);
    }

    private void tick() {
        if (closed) {
            return;
        }
        BlockDevice now = device;
        if (now != null && !heard) {
            if (probing) {
                become(Presence.SILENT, "no answer within " + TimeUnit.NANOSECONDS.toMillis(patienceNanos) + " ms");
            } else {
                probe(now);
            }
        }
        heard = false;
        listen();
    }

    private void probe(BlockDevice now) {
        probing = true;
        now.read(0, (int) Math.min(physicalBlockSize, size), (data, error) -> {
            if (data != null) {
                data.release();
            }
            probing = false;
            var _ = ended(now, error);
        });
    }
}
