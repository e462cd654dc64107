package io.quorumd.quorum.sim;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** What a child holds, in sectors, and how much of it a loss of power leaves. */
final class SimMedium {

    private static final int SECTOR = SimChild.SECTOR;

    private final Random random;
    private byte[] current;
    private byte[] durable;
    private final Set<Integer> unflushed = new HashSet<>();
    /** What a failed flush left in memory only: lost in a crash, and no flush will ever write it. */
    private final Set<Integer> dropped = new HashSet<>();

    private final Set<Integer> unreadable = new HashSet<>();

    SimMedium(int size, Random random) {
        this.random = random;
        this.current = new byte[size];
        this.durable = new byte[size];
    }

    byte[] image() {
        return current.clone();
    }

    /** What a sector begins with. */
    long stamp(int sector) {
        return ByteBuffer.wrap(current).getLong(sector * SECTOR);
    }

    /** Whether all sectors from {@code first} to {@code end} (exclusive) can be read. */
    boolean canRead(int first, int end) {
        for (int sector = first; sector < end; sector++) {
            if (unreadable.contains(sector)) {
                return false;
            }
        }
        return true;
    }

    /** Fills {@code into} with what there is from a byte on. */
    ByteBuf read(int offset, ByteBuf into) {
        return into.writeBytes(current, offset, into.writableBytes());
    }

    void put(int sector, byte[] from, int at, boolean fua) {
        System.arraycopy(from, at, current, sector * SECTOR, SECTOR);
        unreadable.remove(sector);
        dropped.remove(sector);
        if (fua) {
            System.arraycopy(from, at, durable, sector * SECTOR, SECTOR);
            unflushed.remove(sector);
        } else {
            unflushed.add(sector);
        }
    }

    /** @param failed the kernel drops what was dirty and never writes it: the next flush succeeds */
    void flush(boolean failed) {
        for (int sector : unflushed) {
            if (!failed || random.nextBoolean()) {
                System.arraycopy(current, sector * SECTOR, durable, sector * SECTOR, SECTOR);
            }
        }
        if (failed) {
            dropped.addAll(unflushed);
        }
        unflushed.clear();
    }

    /** Any of the sectors that were not flushed are as they were before. */
    void losePower() {
        unflushed.addAll(dropped);
        for (int sector : List.copyOf(unflushed)) {
            if (random.nextInt(3) > 0) {
                System.arraycopy(durable, sector * SECTOR, current, sector * SECTOR, SECTOR);
            }
        }
        durable = current.clone();
        unflushed.clear();
        dropped.clear();
    }

    /** Rot: other bytes, in the current as in the durable image. */
    void corrupt(int sector, int count) {
        for (int at = sector * SECTOR; at < (sector + count) * SECTOR; at++) {
            current[at] = (byte) random.nextInt();
            durable[at] = current[at];
        }
    }

    void makeUnreadable(int sector) {
        unreadable.add(sector);
    }

    /** All is on stable storage and can be read. */
    void become(byte[] other) {
        current = other.clone();
        durable = other.clone();
        unflushed.clear();
        dropped.clear();
        unreadable.clear();
    }
}
