package io.quorumd.quorum.sim;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.quorumd.block.BlockDevice;
import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads, writes, zeroes, updates and flushes at random, several at once and often the same sectors, and holds every
 * answer against the model.
 */
final class SimClient {

    private static final int SECTOR = SimChild.SECTOR;

    private final SimStrand strand;
    private final Random random;
    private final Story story;
    private final BlockModel[] model;
    private final UnpooledByteBufAllocator allocator;
    private @Nullable BlockDevice device;
    private long stamps;
    private int life;

    int underWay;
    long succeeded;
    long failed;
    /** Whether any failure is a bug. */
    boolean mustSucceed;

    long longestNanos;
    /** While it only looks at everything. */
    boolean quiet;

    SimClient(SimStrand strand, Random random, Story story, int sectors, UnpooledByteBufAllocator allocator) {
        this.strand = strand;
        this.random = random;
        this.story = story;
        this.allocator = allocator;
        this.model = new BlockModel[sectors];
        for (int i = 0; i < sectors; i++) {
            model[i] = new BlockModel();
        }
    }

    /** To the process that serves it now. */
    void connect(BlockDevice next) {
        device = next;
    }

    void processDied(boolean powerLost) {
        life++;
        underWay = 0;
        for (BlockModel sector : model) {
            if (powerLost) {
                sector.powerLost();
            } else {
                sector.processDied();
            }
        }
    }

    private void tell(String line) {
        if (!quiet) {
            story.tell(strand.nanoTime(), line);
        }
    }

    private BlockDevice device() {
        return Objects.requireNonNull(device);
    }

    void act() {
        switch (random.nextInt(12)) {
            case 0, 1, 2, 3 -> read(place(), length());
            case 4, 5, 6, 7 -> write(place(), length(), random.nextInt(8) == 0);
            case 8 -> zero(place(), length());
            case 9 -> update(place(), length());
            default -> flush();
        }
    }

    /** Three small areas in different regions, so that much overlaps and much does not. */
    private int place() {
        return switch (random.nextInt(3)) {
            case 0 -> random.nextInt(16);
            case 1 -> model.length / 2 - 8 + random.nextInt(16);
            default -> model.length - 32 + random.nextInt(16);
        };
    }

    private int length() {
        return 1 + random.nextInt(random.nextBoolean() ? 2 : 12);
    }

    void read(int first, int count) {
        Attempt attempt = new Attempt("read", first, count, false, 0);
        device().read((long) first * SECTOR, count * SECTOR, (data, error) -> {
            if (data == null) {
                attempt.end(error, null);
            } else {
                long[] seen = stamps(data, count, attempt);
                data.release();
                attempt.end(null, seen);
            }
        });
    }

    private void write(int first, int count, boolean fua) {
        Attempt attempt = new Attempt(fua ? "write+fua" : "write", first, count, true, ++stamps);
        for (int sector = first; fua && sector < first + count; sector++) {
            attempt.drops(sector, model[sector].durableWriteBegins());
        }
        ByteBuf data = allocator.directBuffer(count * SECTOR);
        stamp(data, count, attempt.value);
        device().write((long) first * SECTOR, data, fua, error -> {
            data.release();
            attempt.end(error, null);
        });
    }

    private void zero(int first, int count) {
        Attempt attempt = new Attempt("zero", first, count, true, 0);
        device().writeZeroes(
                        (long) first * SECTOR,
                        (long) count * SECTOR,
                        random.nextBoolean(),
                        false,
                        error -> attempt.end(error, null));
    }

    private void update(int first, int count) {
        Attempt attempt = new Attempt("update", first, count, true, ++stamps);
        long[][] seen = new long[1][];
        device().update(
                        (long) first * SECTOR,
                        count * SECTOR,
                        false,
                        current -> {
                            seen[0] = stamps(current, count, attempt);
                            int index = current.readerIndex();
                            for (int at = 0; at < count * SECTOR; at += Long.BYTES) {
                                current.setLong(index + at, attempt.value);
                            }
                            return null;
                        },
                        error -> attempt.end(error, seen[0]));
    }

    void flush() {
        Attempt attempt = new Attempt("flush", 0, 0, false, 0);
        for (int sector = 0; sector < model.length; sector++) {
            attempt.drops(sector, model[sector].flushBegins());
        }
        device().flush(error -> attempt.end(error, null));
    }

    /** What the sector may hold. */
    Set<Long> values(int sector) {
        return model[sector].values();
    }

    private static void stamp(ByteBuf into, int count, long value) {
        for (int at = 0; at < count * SECTOR; at += Long.BYTES) {
            into.writeLong(value);
        }
    }

    private static long[] stamps(ByteBuf data, int count, Attempt attempt) {
        long[] stamps = new long[count];
        int index = data.readerIndex();
        for (int sector = 0; sector < count; sector++) {
            stamps[sector] = data.getLong(index + sector * SECTOR);
            for (int at = 0; at < SECTOR; at += Long.BYTES) {
                if (data.getLong(index + sector * SECTOR + at) != stamps[sector]) {
                    throw new AssertionError(attempt + ": sector " + (attempt.first + sector) + " is a mixture");
                }
            }
        }
        return stamps;
    }

    /** One operation of this client. */
    private final class Attempt {
        private final String what;
        private final int first;
        private final int count;
        private final long value;
        private final int ofLife = life;
        private final long began = strand.nanoTime();
        private final List<BlockModel.Op> ops = new ArrayList<>();
        private final Map<Integer, Set<Long>> dropped = new HashMap<>();
        private boolean ended;

        Attempt(String what, int first, int count, boolean writes, long value) {
            this.what = what;
            this.first = first;
            this.count = count;
            this.value = value;
            for (int sector = first; sector < first + count; sector++) {
                ops.add(model[sector].begin(writes, value));
            }
            underWay++;
            tell("-> " + this);
        }

        /** What no power loss may bring back once this has succeeded. */
        void drops(int sector, Set<Long> values) {
            dropped.put(sector, values);
        }

        void end(@Nullable BlockError error, long @Nullable [] seen) {
            if (ofLife != life) {
                return;
            }
            if (ended) {
                throw new AssertionError(this + " completed twice");
            }
            ended = true;
            underWay--;
            longestNanos = Math.max(longestNanos, strand.nanoTime() - began);
            tell((error == null ? "<- " : "<! " + error + " ") + this + shown(seen));
            if (error == null) {
                succeeded++;
                judge(seen);
            } else {
                failed++;
                fail(error);
            }
        }

        private void judge(long @Nullable [] seen) {
            for (int i = 0; i < ops.size(); i++) {
                Set<Long> before = model[first + i].values();
                if (!model[first + i].succeed(ops.get(i), seen != null, seen == null ? 0 : seen[i])) {
                    throw new AssertionError(this + ": sector " + (first + i) + " cannot hold "
                            + (seen == null ? "it" : seen[i]) + ", only " + before);
                }
            }
            dropped.forEach((sector, values) -> model[sector].flushed(values));
        }

        private void fail(BlockError error) {
            if (mustSucceed || error.code() == Errno.EINVAL) {
                throw new AssertionError(this + " failed: " + error);
            }
            for (int i = 0; i < ops.size(); i++) {
                model[first + i].fail(ops.get(i));
            }
            dropped.forEach((sector, values) -> model[sector].notFlushed(values));
        }

        private String shown(long @Nullable [] seen) {
            return seen == null ? "" : " saw " + java.util.Arrays.toString(seen);
        }

        @Override
        public String toString() {
            return what + " [" + first + "," + (first + count) + ")" + (value == 0 ? "" : " := " + value);
        }
    }
}
