package io.quorumd.scsi;

import io.quorumd.block.ManualStrand;
import io.quorumd.block.MemoryDevice;
import java.util.Random;

/** A target with one disk, LUN 0, on a device in RAM, and an initiator that has heard of the power-on. */
final class Bench {

    static final DiskIdentity IDENTITY = new DiskIdentity("6000112233445566778899aabbccddee", "SN0001");

    final ManualStrand strand = new ManualStrand();
    final MemoryDevice device;
    final LunMap map = new LunMap("iqn.2026-11.io.quorumd:disk0", strand);
    final Disk disk;
    final ItNexus alice = nexus("a");
    final ItNexus bob = nexus("b");
    final LogicalUnit unit;

    Bench() {
        this(1 << 20, 512, true);
    }

    Bench(long size, int blockSize, boolean writeCache) {
        this(size, blockSize, writeCache, ReservationStore.NONE);
    }

    Bench(long size, int blockSize, boolean writeCache, ReservationStore store) {
        device = new MemoryDevice("ram", size, strand);
        disk = new Disk(device, IDENTITY, blockSize, writeCache, store);
        map.add(0, disk, false);
        strand.run();
        unit = map.logicalUnit(0);
        clearAttentions(alice);
    }

    static ItNexus nexus(String name) {
        String iqn = "iqn.2026-11.io.example:" + name;
        return new ItNexus(iqn, iqn + ",i,0x800000000001", 1);
    }

    void clearAttentions(ItNexus nexus) {
        while (!command(nexus, "00").send().outcome().equals("GOOD")) {
            // TEST UNIT READY until nothing is pending.
        }
    }

    /** The same where the disk is not ready. */
    void clearAttentionsOnly(ItNexus nexus) {
        while (command(nexus, "00").send().outcome().startsWith("6/")) {
            // Until nothing is pending.
        }
    }

    TestTask command(String cdbHex) {
        return command(alice, cdbHex);
    }

    TestTask command(ItNexus nexus, String cdbHex) {
        return new TestTask(unit, nexus, cdbHex);
    }

    /** The outcome of a command without data-out. */
    String run(String cdbHex) {
        return command(cdbHex).send().outcome();
    }

    /** The data-in of a command that must succeed, in hexadecimal. */
    String data(String cdbHex) {
        TestTask task = command(cdbHex).send();
        if (!task.outcome().equals("GOOD")) {
            throw new AssertionError(cdbHex + ": " + task.outcome());
        }
        return task.receivedHex();
    }

    String write(String cdbHex, byte[] data) {
        return command(cdbHex).out(data).send().outcome();
    }

    static byte[] pattern(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
