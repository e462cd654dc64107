package io.quorumd;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.Collection;
import java.util.Locale;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.slf4j.helpers.NOP_FallbackServiceProvider;

/**
 * Runs the {@code *Benchmark} classes, each in a JVM of its own that is set up like the service's, and prints a table:
 * nanoseconds per operation with half the width of their 99.9 % interval, and bytes allocated per operation.
 *
 * <p>Arguments: a part of the names of those that are wanted, if not all of them are. Not a test.
 */
public final class MicroBenchmarks {

    private MicroBenchmarks() {}

    public static void main(String... arguments) throws RunnerException {
        ChainedOptionsBuilder options = options()
                .forks(1)
                .warmupIterations(3)
                .warmupTime(TimeValue.milliseconds(300))
                .measurementIterations(5)
                .measurementTime(TimeValue.milliseconds(200))
                .jvmArgs(
                        "-XX:+UseSerialGC",
                        "-Xmn8m",
                        "-XX:MaxTenuringThreshold=4",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Dio.netty.leakDetection.level=disabled",
                        "-Dslf4j.provider=" + NOP_FallbackServiceProvider.class.getName(),
                        "-Djmh.executor=CUSTOM",
                        "-Djmh.executor.class=" + NettyThreads.class.getName());
        for (String wanted : arguments) {
            options.include(wanted);
        }
        // Neither progress nor what the code logs is part of the table.
        print(new Runner(options.build(), OutputFormatFactory.createFormatInstance(System.err, VerboseMode.NORMAL))
                .run());
    }

    /** What every run has in common, however long. */
    static ChainedOptionsBuilder options() {
        return new OptionsBuilder()
                .mode(Mode.AverageTime)
                .timeUnit(TimeUnit.NANOSECONDS)
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true);
    }

    private static void print(Collection<RunResult> results) {
        System.out.println("| | | ns | ± | bytes allocated |\n|---|---|---|---|---|");
        for (RunResult result : results) {
            BenchmarkParams params = result.getParams();
            Result<?> time = result.getPrimaryResult();
            Result<?> allocated = result.getSecondaryResults().get("gc.alloc.rate.norm");
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %s | %.1f | %.1f | %.0f |%n",
                    params.getBenchmark().replaceFirst(".*\\.(\\w+)Benchmark\\.", "$1 "),
                    params.getParamsKeys().stream()
                            .map(key -> key + " " + params.getParam(key))
                            .collect(Collectors.joining(", ")),
                    time.getScore(),
                    time.getScoreError(),
                    allocated.getScore());
        }
    }

    /** Netty recycles most cheaply, and keeps arenas' caches, on threads of its own, as the service's are. */
    public static final class NettyThreads extends ThreadPoolExecutor {
        public NettyThreads(int threads, String name) {
            super(threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), new DefaultThreadFactory(name));
        }
    }
}
