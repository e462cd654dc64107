package io.quorumd;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.block.RangeQueueBenchmark;
import io.quorumd.pdu.PduCodecBenchmark;
import io.quorumd.quorum.VoteBenchmark;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The benchmarks still run, whatever they measure. */
class MicroBenchmarksTest {

    @Test
    void eachOfThemRuns() throws Exception {
        TimeValue once = TimeValue.milliseconds(1);
        var results = new Runner(MicroBenchmarks.options()
                        .forks(0)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .measurementTime(once)
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .run();
        assertThat(results)
                .extracting(result -> result.getParams().getBenchmark().replaceFirst("[.]\\w+$", ""))
                .contains(
                        VoteBenchmark.class.getName(),
                        RangeQueueBenchmark.class.getName(),
                        PduCodecBenchmark.class.getName());
    }
}
