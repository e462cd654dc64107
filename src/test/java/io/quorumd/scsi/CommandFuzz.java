package io.quorumd.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Fault;
import io.quorumd.pdu.FuzzInput;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Whatever CDBs and data arrive from two initiators: each command finishes once, and the disk goes on working. */
class CommandFuzz {

    private static final int COMMANDS_MAX = 64;

    /**
     * Input: a byte that chooses the disk; then per command one that chooses initiator, attribute and faults, the 16 bytes of
     * the CDB, two of lengths (data in as a power of two; data out in units of 4 bytes), the data.
     */
    @FuzzTest(maxDuration = "25s")
    void whateverIsCommanded(byte[] bytes) {
        var input = new FuzzInput(bytes);
        int mode = input.next();
        var bench = new Bench(1 << 20, input.bit(mode, 0) ? 512 : 4096, input.bit(mode, 1));
        List<TestTask> sent = new ArrayList<>();
        while (!input.isEmpty() && sent.size() < COMMANDS_MAX) {
            sent.add(command(bench, input));
            if (input.bit(mode, 2)) {
                bench.strand.run();
            }
        }
        do {
            bench.device.releaseAll();
        } while (bench.strand.run() > 0 || bench.device.hanging() > 0);

        assertThat(sent).allMatch(task -> task.timesFinished() == 1);
        assertThat(bench.command(Bench.nexus("last"), "1200 00 0024").send().outcome())
                .isEqualTo("GOOD");
    }

    private static TestTask command(Bench bench, FuzzInput input) {
        int mode = input.next();
        if (input.bit(mode, 0)) {
            bench.device.on(request -> true, Fault.hang()).times(1);
        } else if (input.bit(mode, 1)) {
            bench.device.on(request -> true, Fault.fail(Errno.EIO)).times(1);
        }
        ItNexus nexus = input.bit(mode, 2) ? bench.alice : bench.bob;
        var task = new TestTask(bench.unit, nexus, HexFormat.of().formatHex(input.fill(16)));
        task.attribute((mode >> 3) % 5).expectIn(1L << input.next() % 24);
        int out = input.next() * 4;
        if (out > 0) {
            task.out(input.fill(out));
        }
        return task.send();
    }
}
