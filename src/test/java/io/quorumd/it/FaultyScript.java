package io.quorumd.it;

import io.quorumd.it.FaultyChild.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A random script, and what fails while it runs, of a kind that the contract wants to end as in QEMU.
 *
 * @param faults of each child
 */
record FaultyScript(Kind kind, List<String> commands, List<List<Fault>> faults) {

    private static final int COMMANDS = 24;
    private static final int MAX_BLOCKS = 16;
    private static final int[] EITHER = {FaultyChild.EIO, FaultyChild.ENOSPC};
    private static final List<int[]> ALL = List.of(new int[] {0, FaultyVolume.SIZE});
    private static final int BLOCKS = FaultyVolume.SIZE / FaultyVolume.BLOCK;

    enum Kind {
        /** Any children cannot read any ranges. */
        READS,
        /** As many children as may miss something cannot write ranges of their own. */
        FEW_WRITES,
        /** More than that cannot write, all of them the same ranges: a child that misses what others did has no vote. */
        MANY_WRITES,
        /** As many children as may miss something cannot flush. */
        FEW_FLUSHES,
        /** More than that cannot. */
        MANY_FLUSHES;

        /** Writes wait for the flush that they end with; what then failed is read when it can be settled (6.2). */
        boolean isOfFlushes() {
            return this == FEW_FLUSHES || this == MANY_FLUSHES;
        }
    }

    static FaultyScript random(Kind kind, int children, int threshold, Random random) {
        int spare = children - threshold;
        boolean many = kind == Kind.MANY_WRITES || kind == Kind.MANY_FLUSHES;
        int failing = many ? spare + 1 + random.nextInt(threshold) : spare;
        failing = kind == Kind.READS ? children : failing;
        List<int[]> shared = ranges(12, random);
        List<List<Fault>> faults = new ArrayList<>();
        int first = random.nextInt(children);
        for (int i = 0; i < children; i++) {
            boolean fails = (i - first + children) % children < failing;
            faults.add(
                    !fails
                            ? List.of()
                            : switch (kind) {
                                case READS -> faults("read", ranges(6, random), random, FaultyChild.EIO);
                                case FEW_WRITES -> faults("write", ranges(6, random), random, EITHER);
                                case MANY_WRITES -> faults("write", shared, random, EITHER);
                                case FEW_FLUSHES, MANY_FLUSHES -> faults("flush", ALL, random, EITHER);
                            });
        }
        return new FaultyScript(kind, commands(kind, random), faults);
    }

    private static List<Fault> faults(String operation, List<int[]> ranges, Random random, int... errnos) {
        return ranges.stream()
                .map(range -> new Fault(operation, range[0], range[1], errnos[random.nextInt(errnos.length)]))
                .toList();
    }

    /** Of bytes, from anywhere to anywhere. */
    private static List<int[]> ranges(int count, Random random) {
        List<int[]> ranges = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int from = random.nextInt(FaultyVolume.SIZE - 1);
            int length = 1 + random.nextInt(8 * FaultyVolume.BLOCK);
            ranges.add(new int[] {from, Math.min(FaultyVolume.SIZE, from + length)});
        }
        return ranges;
    }

    private static List<String> commands(Kind kind, Random random) {
        List<String> commands = new ArrayList<>();
        for (int i = 0; i < COMMANDS; i++) {
            int blocks = 1 + random.nextInt(MAX_BLOCKS);
            int at = random.nextInt(BLOCKS - blocks + 1);
            String range = at * FaultyVolume.BLOCK + " " + blocks * FaultyVolume.BLOCK;
            boolean reads = !kind.isOfFlushes() && random.nextInt(5) < (kind == Kind.READS ? 4 : 2);
            commands.add(
                    reads
                            ? "read -v " + range
                            : random.nextInt(4) == 0
                                    ? "write -z " + range
                                    : "write -P " + (1 + random.nextInt(255)) + " " + range);
        }
        if (kind.isOfFlushes()) {
            commands.add("flush");
        }
        return commands;
    }

    String cache() {
        return kind.isOfFlushes() ? "writeback" : "writethrough";
    }

    /** Every block, so that QEMU repairs it where it can. */
    static List<String> everything() {
        List<String> commands = new ArrayList<>();
        for (int block = 0; block < BLOCKS; block++) {
            commands.add("read -v " + block * FaultyVolume.BLOCK + " " + FaultyVolume.BLOCK);
        }
        return commands;
    }

    @Override
    public String toString() {
        return kind + ", " + faults + ":\n" + String.join("\n", commands);
    }
}
