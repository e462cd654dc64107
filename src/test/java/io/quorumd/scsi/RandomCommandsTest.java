package io.quorumd.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Fault;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever bytes arrive, each command finishes once, and the disk goes on working. */
class RandomCommandsTest {

    private static final int ATTRIBUTES = 5;

    @Timeout(60) // a loop without end is what an initiator must not be able to cause
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void everyCommandFinishesExactlyOnce(long seed) {
        Random random = new Random(seed);
        Bench bench = new Bench(1 << 20, seed % 2 == 0 ? 512 : 4096, true);
        bench.device.on(r -> random.nextInt(20) == 0, Fault.fail(Errno.EIO));
        bench.device.on(r -> random.nextInt(4) == 0, Fault.hang());
        List<TestTask> sent = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            step(bench, random, sent);
        }
        drain(bench);

        assertThat(sent).allMatch(t -> t.timesFinished() == 1);
        bench.device.on(r -> true, Fault.lie());
        assertThat(bench.command(Bench.nexus("last"), "1200 00 0024").send().outcome())
                .isEqualTo("GOOD");
    }

    private static void drain(Bench bench) {
        while (bench.device.hanging() > 0) {
            bench.device.releaseAll();
            bench.strand.run();
        }
    }

    private static void step(Bench bench, Random random, List<TestTask> sent) {
        ItNexus nexus = random.nextBoolean() ? bench.alice : bench.bob;
        switch (random.nextInt(100)) {
            case 0 -> bench.unit.reset(() -> {});
            case 1 -> bench.unit.clearTaskSet(nexus, () -> {});
            case 2 -> bench.unit.abortTaskSet(nexus, () -> {});
            case 3 -> bench.unit.nexusLost(nexus, () -> {});
            case 4, 5, 6 -> drain(bench);
            case 7, 8, 9 -> {
                if (!sent.isEmpty()) {
                    bench.unit.abort(sent.get(random.nextInt(sent.size())));
                }
            }
            default -> sent.add(command(bench, nexus, random).send());
        }
    }

    private static TestTask command(Bench bench, ItNexus nexus, Random random) {
        byte[] cdb = new byte[16];
        List<Command> all = CommandSet.all();
        Command like = all.get(random.nextInt(all.size()));
        random.nextBytes(cdb);
        byte[] usage = like.usage();
        boolean wild = random.nextInt(4) == 0;
        for (int i = 0; i < 16 && !wild; i++) {
            // Mostly small values in the fields that exist, so that many commands are valid.
            int kept = i < usage.length ? usage[i] : 0;
            cdb[i] = (byte) (random.nextInt(3) == 0 ? cdb[i] & kept : 0);
        }
        if (random.nextInt(20) != 0) {
            cdb[0] = (byte) like.opcode();
            if (like.serviceAction() != Command.NO_SERVICE_ACTION) {
                cdb[1] = (byte) like.serviceAction();
            }
        }
        TestTask task = new TestTask(bench.unit, nexus, HexFormat.of().formatHex(cdb));
        task.attribute(random.nextInt(10) == 0 ? random.nextInt(ATTRIBUTES) : ScsiTask.SIMPLE);
        if (random.nextBoolean()) {
            byte[] out = new byte[random.nextInt(4) * 4096 + (random.nextInt(5) == 0 ? random.nextInt(64) : 0)];
            if (random.nextBoolean()) {
                random.nextBytes(out);
            }
            task.out(out);
        } else {
            task.expectIn(random.nextInt(1 << random.nextInt(1, 20)));
        }
        return task;
    }
}
