package io.quorumd.quorum.sim;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.quorumd.block.BlockDevice;
import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Completion;
import io.quorumd.block.ReadCompletion;
import io.quorumd.block.Strand;
import io.quorumd.block.Update;
import io.quorumd.quorum.ChildOpener;
import io.quorumd.quorum.state.ChildFound;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A child that misbehaves as told: its {@link SimMedium} outlives devices, connections and processes. */
final class SimChild {

    static final int SECTOR = 512;

    final String name;
    final SimPlace place = new SimPlace();
    private final Random random;
    private final SimMedium medium;
    private final List<Request> underWay = new ArrayList<>();
    private int connection;
    private int opened;
    private final int length;

    // How it behaves now.
    boolean up = true;
    boolean hangs;
    boolean lies;
    double failing;
    long slowNanos;
    int physicalBlock = SECTOR;

    SimChild(String name, int size, Random random) {
        this.name = name;
        this.random = random;
        this.medium = new SimMedium(size, random);
        this.length = size;
    }

    ChildOpener opener() {
        return (strand, allocator, done) -> {
            if (up) {
                connection++;
                opened = connection;
                done.completed(new Device(strand, allocator, connection), null);
            } else {
                done.completed(null, BlockError.of(Errno.ENODEV, "down"));
            }
        };
    }

    /** As a start finds it. */
    ChildFound found() {
        return up ? place.found(name) : ChildFound.unreachable(name, "down", place);
    }

    // What befalls it.

    /** Rot: other bytes, in the current as in the durable image. */
    void corrupt(int sector, int count) {
        medium.corrupt(sector, count);
    }

    void makeUnreadable(int sector) {
        medium.makeUnreadable(sector);
    }

    /** It stops answering for good until {@link #restart}; what was under way may or may not have happened. */
    void crash(boolean losesUnflushed) {
        up = false;
        connection++;
        List<Request> ended = List.copyOf(underWay);
        underWay.clear();
        ended.forEach(Request::perhapsHappens);
        if (losesUnflushed) {
            losePower();
        }
        ended.forEach(Request::disconnected);
    }

    /** Any of the sectors that were not flushed are as they were before. */
    void losePower() {
        medium.losePower();
    }

    void restart() {
        up = true;
    }

    /** The process that used it died. */
    void processDied() {
        connection++;
        List.copyOf(underWay).forEach(Request::perhapsHappens);
        underWay.clear();
    }

    /** Lets go of what hangs. */
    void unhang() {
        hangs = false;
        List.copyOf(underWay).forEach(Request::goOn);
    }

    /** What a sector begins with. */
    long stamp(int sector) {
        return medium.stamp(sector);
    }

    byte[] image() {
        return medium.image();
    }

    /** Somebody deletes the file and makes another one of the same length; the sidecar stays where it was. */
    void makeAnew() {
        place.deleteFile();
        place.create(length);
        medium.become(new byte[length]);
    }

    Backup backup() {
        return new Backup(this, medium.image(), place.copy());
    }

    /** A copy of the file and its sidecar. */
    static final class Backup {
        private final SimChild child;
        private final byte[] image;
        private final SimPlace files;

        private Backup(SimChild child, byte[] image, SimPlace files) {
            this.child = child;
            this.image = image;
            this.files = files;
        }

        SimChild of() {
            return child;
        }

        /** Whether the child's sidecar has been written anew since. */
        boolean isOutdated() {
            return !Arrays.equals(files.sidecar, child.place.sidecar);
        }

        void putBack() {
            child.medium.become(image);
            child.place.become(files);
        }
    }

    /** Whether the device that was opened last still reaches it. */
    boolean isConnected() {
        return opened == connection;
    }

    boolean isIdle() {
        return underWay.isEmpty();
    }

    private boolean overlapsUnderWay(int first, int end) {
        return underWay.stream().anyMatch(r -> r.writes && r.first < end && first < r.end);
    }

    /** What a request does to the medium, and the error it ends with. */
    private interface Effect {
        @Nullable
        BlockError happen();
    }

    /** What a device was asked, from its sending to its end. */
    private final class Request {
        private final Strand strand;
        private final int usedConnection;
        private final boolean writes;
        private final int first;
        private final int end;
        private final Effect effect;
        private final Completion done;
        private boolean due;

        Request(Device device, boolean writes, long offset, long bytes, Effect effect, Completion done) {
            this.strand = device.strand;
            this.usedConnection = device.connection;
            this.writes = writes;
            this.first = (int) offset;
            this.end = (int) (offset + bytes);
            this.effect = effect;
            this.done = done;
        }

        void start() {
            if (usedConnection != connection || !up) {
                strand.execute(() -> done.completed(BlockError.of(Errno.ENODEV, "connection lost")));
                return;
            }
            if (writes && overlapsUnderWay(first, end)) {
                throw new AssertionError(
                        name + ": two overlapping writes under way at once, bytes " + first + "-" + end);
            }
            underWay.add(this);
            long delay = random.nextInt(1_000_000) + (random.nextInt(4) == 0 ? slowNanos : 0);
            strand.schedule(this::due, delay);
        }

        private void due() {
            due = true;
            if (!hangs) {
                goOn();
            }
        }

        private void goOn() {
            if (due && underWay.remove(this)) {
                done.completed(effect.happen());
            }
        }

        private void perhapsHappens() {
            if (writes && random.nextBoolean()) {
                effect.happen();
            }
        }

        private void disconnected() {
            strand.execute(() -> done.completed(BlockError.of(Errno.ENODEV, "connection lost")));
        }
    }

    private final class Device implements BlockDevice {
        private final Strand strand;
        private final ByteBufAllocator allocator;
        private final int connection;

        Device(Strand strand, ByteBufAllocator allocator, int connection) {
            this.strand = strand;
            this.allocator = allocator;
            this.connection = connection;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public long size() {
            return length;
        }

        @Override
        public int physicalBlockSize() {
            return physicalBlock;
        }

        @Override
        public Strand strand() {
            return strand;
        }

        @Override
        public void read(long offset, int bytes, ReadCompletion done) {
            ByteBuf[] data = new ByteBuf[1];
            Effect effect = () -> {
                if (!medium.canRead(sector(offset), sector(offset + bytes))) {
                    return BlockError.of(Errno.EIO, "unreadable");
                }
                if (fails()) {
                    return BlockError.of(Errno.EIO, "read error");
                }
                data[0] = medium.read((int) offset, allocator.directBuffer(bytes, bytes));
                return null;
            };
            new Request(this, false, offset, bytes, effect, error -> {
                        done.completed(error == null ? data[0] : null, error);
                    })
                    .start();
        }

        @Override
        public void write(long offset, ByteBuf source, boolean fua, Completion done) {
            byte[] bytes = new byte[source.readableBytes()];
            source.getBytes(source.readerIndex(), bytes);
            source.retain();
            change(offset, bytes, fua, error -> {
                source.release();
                done.completed(error);
            });
        }

        @Override
        public void writeZeroes(long offset, long count, boolean deallocate, boolean fua, Completion done) {
            change(offset, new byte[(int) count], fua, done);
        }

        @Override
        public void update(long offset, int count, boolean fua, Update change, Completion done) {
            throw new AssertionError("a quorum does its updates itself");
        }

        @Override
        public void flush(Completion done) {
            Effect effect = () -> {
                boolean failed = fails();
                medium.flush(failed);
                return failed ? BlockError.of(Errno.EIO, "flush failed") : null;
            };
            new Request(this, false, 0, 0, effect, done).start();
        }

        @Override
        public void close(Completion done) {
            strand.execute(() -> done.completed(null));
        }

        private void change(long offset, byte[] bytes, boolean fua, Completion done) {
            Effect effect = () -> {
                boolean failed = fails();
                for (int at = 0; at < bytes.length; at += SECTOR) {
                    boolean lost = lies && random.nextInt(3) == 0;
                    if (!lost && (!failed || random.nextBoolean())) {
                        medium.put(sector(offset + at), bytes, at, fua);
                    }
                }
                return failed ? BlockError.of(Errno.EIO, "write error") : null;
            };
            new Request(this, true, offset, bytes.length, effect, done).start();
        }

        private boolean fails() {
            return random.nextDouble() < failing;
        }

        private int sector(long offset) {
            return (int) (offset / SECTOR);
        }
    }
}
