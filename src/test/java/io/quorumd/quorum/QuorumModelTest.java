package io.quorumd.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Fault;
import io.quorumd.block.MemoryDevice;
import io.quorumd.block.MemoryDevice.Kind;
import io.quorumd.quorum.QuorumOptions.When;
import io.quorumd.quorum.sim.SimStorage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random requests while one child at a time fails, lies, hangs or is lost, and the process is killed now and then, against
 * a model: each block holds one of the values that it may hold, every request succeeds, and in the end all children are
 * equal.
 */
class QuorumModelTest {

    private static final int REGION = 65536;
    private static final int BLOCKS = 24;
    private static final int SEEDS_EACH = 1;
    private static final int EPOCHS = 6;
    private static final int STEPS = 60;

    private final int[] lastAcked = new int[BLOCKS];
    /** Values written later than the last acknowledged one, and perhaps there. */
    private final List<TreeSet<Integer>> perhaps = new ArrayList<>();

    private final int[] underWay = new int[BLOCKS];
    private final List<MemoryDevice.Rule> rules = new ArrayList<>();
    private int issued;
    private long seed;
    private Random random = new Random();
    private SimStorage storage = new SimStorage();
    private QuorumOptions options = QuorumOptions.of(3).build();
    private QuorumRig rig = QuorumRig.of(3);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void neverAWrongByte(int group) {
        for (int i = 0; i < SEEDS_EACH; i++) {
            seed = group * 1000L + i;
            run();
        }
    }

    private void run() {
        random = new Random(seed);
        storage = new SimStorage();
        options = QuorumOptions.of(3)
                .regionSize(REGION)
                .writeCompletion(random.nextBoolean() ? When.ALL : When.THRESHOLD)
                .readCompletion(random.nextBoolean() ? When.ALL : When.THRESHOLD)
                .build();
        rig = QuorumRig.durable(options, storage);
        issued = 0;
        perhaps.clear();
        for (int block = 0; block < BLOCKS; block++) {
            perhaps.add(new TreeSet<>());
            lastAcked[block] = 0;
            underWay[block] = 0;
        }
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
            MemoryDevice victim = rig.child(random.nextInt(3));
            for (int step = 0; step < STEPS; step++) {
                act(victim);
            }
            if (random.nextInt(3) == 0) {
                kill();
            }
            heal();
        }
        rig.close();
    }

    private void act(MemoryDevice victim) {
        switch (random.nextInt(12)) {
            case 0, 1, 2, 3 -> write();
            case 4, 5, 6 -> read();
            case 7 -> flush();
            case 8, 9 ->
                rig.strand.advance(random.nextLong(Duration.ofMillis(800).toNanos()));
            default -> hurt(victim);
        }
    }

    private void hurt(MemoryDevice victim) {
        Kind kind = List.of(Kind.READ, Kind.WRITE, Kind.FLUSH, Kind.WRITE).get(random.nextInt(4));
        int times = 1 + random.nextInt(3);
        switch (random.nextInt(8)) {
            case 0 -> rules.add(victim.on(kind, Fault.fail(Errno.EIO)).times(times));
            case 1 ->
                rules.add(
                        victim.on(Kind.WRITE, Fault.failAfterEffect(Errno.EIO)).times(times));
            case 2 -> rules.add(victim.on(kind, Fault.hang()).times(times));
            case 3 -> {
                Fault late = Fault.delay(random.nextLong(Duration.ofSeconds(8).toNanos()));
                rules.add(victim.on(kind, late).times(times));
            }
            case 4 -> victim.corrupt(at(random.nextInt(BLOCKS)), 512);
            case 5 -> rules.add(victim.on(kind, Fault.fail(Errno.ENODEV)).times(1));
            case 6 -> {
                rules.add(victim.on(kind, Fault.fail(Errno.ENODEV)).times(1));
                victim.crash();
            }
            default -> victim.release();
        }
    }

    /** The blocks lie around the borders of regions. */
    private static long at(int block) {
        return (block / 8 + 1) * (long) REGION + (block % 8 - 4) * 512L;
    }

    private void write() {
        int block = random.nextInt(BLOCKS);
        int count = Math.min(1 + random.nextInt(4), 8 - block % 8);
        int value = ++issued;
        ByteBuf source = rig.allocator.directBuffer();
        for (int i = 0; i < count * 128; i++) {
            source.writeInt(value);
        }
        for (int i = block; i < block + count; i++) {
            perhaps.get(i).add(value);
            underWay[i]++;
        }
        QuorumRig target = rig;
        rig.device.write(at(block), source, random.nextInt(8) == 0, error -> {
            source.release();
            if (target == rig) {
                written(block, count, value, error);
            }
        });
        rig.strand.run();
    }

    private void written(int block, int count, int value, @Nullable BlockError error) {
        assertThat(error).as(story()).isNull();
        for (int i = block; i < block + count; i++) {
            underWay[i]--;
            lastAcked[i] = Math.max(lastAcked[i], value);
            perhaps.get(i).headSet(value, true).clear();
        }
    }

    private void read() {
        int block = random.nextInt(BLOCKS);
        int count = Math.min(1 + random.nextInt(8), 8 - block % 8);
        List<Seen> before = new ArrayList<>();
        for (int i = block; i < block + count; i++) {
            before.add(new Seen(i, lastAcked[i], new TreeSet<>(perhaps.get(i)), issued, underWay[i] == 0));
        }
        QuorumRig target = rig;
        rig.device.read(at(block), count * 512, (data, error) -> {
            if (data != null) {
                if (target == rig) {
                    before.forEach(seen -> check(seen, data, data.readerIndex() + (seen.block - block) * 512));
                }
                data.release();
            }
            assertThat(error).as(story()).isNull();
        });
        rig.strand.run();
    }

    private record Seen(int block, int acked, TreeSet<Integer> perhaps, int issued, boolean quiet) {}

    private void check(Seen seen, ByteBuf data, int from) {
        int value = data.getInt(from);
        for (int i = 0; i < 512; i += 4) {
            assertThat(data.getInt(from + i)).as(story()).isEqualTo(value);
        }
        boolean allowed = value == seen.acked || seen.perhaps.contains(value) || value > seen.issued;
        assertThat(allowed).as(story() + ": " + seen + " read as " + value).isTrue();
        if (seen.quiet
                && underWay[seen.block] == 0
                && lastAcked[seen.block] == seen.acked
                && perhaps.get(seen.block).equals(seen.perhaps)) {
            // One from now on.
            lastAcked[seen.block] = value;
            perhaps.get(seen.block).clear();
        }
    }

    private void flush() {
        QuorumRig target = rig;
        rig.device.flush(error -> {
            if (target == rig) {
                assertThat(error).as(story()).isNull();
            }
        });
        rig.strand.run();
    }

    private void kill() {
        QuorumRig old = rig;
        storage = storage.afterPowerLoss(random);
        rig = old.restarted(options, storage);
        for (int i = 0; i < BLOCKS; i++) {
            underWay[i] = 0;
        }
        // What the old process had under way ends without anybody being told.
        old.children.forEach(MemoryDevice::releaseAll);
    }

    private void heal() {
        rules.forEach(MemoryDevice.Rule::clear);
        rules.clear();
        for (MemoryDevice child : rig.children) {
            child.releaseAll();
        }
        rig.strand.advance(Duration.ofMinutes(2).toNanos());
        for (int block = 0; block < BLOCKS; block++) {
            assertThat(underWay[block]).as(story()).isZero();
        }
        for (int block = 0; block < BLOCKS; block += 8) {
            QuorumRig.Outcome outcome = rig.read(at(block), 8 * 512);
            rig.strand.advance(1_000_000);
            assertThat(outcome.succeeded()).as(story()).isTrue();
            for (int child = 0; child < 3; child++) {
                assertThat(rig.child(child).contents(at(block), 8 * 512))
                        .as(story())
                        .isEqualTo(outcome.bytes());
            }
        }
        assertThat(rig.device.status().health())
                .as(story() + rig.device.status())
                .isEqualTo(QuorumStatus.Health.UP);
        assertThat(rig.device.status().unsettledBytes()).as(story()).isZero();
    }

    private String story() {
        return "seed " + seed;
    }
}
