package io.quorumd.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A command line that starts the packaged jar in a third of the time: unpacked, classes loaded from a cache that a first
 * start has filled, no more compiler than a short life is worth. Separate because only who starts it over and over gains
 * by it; the code that runs is the same.
 */
final class QuickStart {

    private static final Duration LIMIT = Duration.ofMinutes(10);

    private static @Nullable List<String> command;

    private QuickStart() {}

    /** Made once. */
    static synchronized List<String> command() {
        if (command == null) {
            command = make();
        }
        return command;
    }

    private static List<String> make() {
        try {
            Path folder =
                    Files.createDirectories(Path.of("target", "quick-start")).toAbsolutePath();
            Path jar = Quorumd.packagedJar();
            Path cache = folder.resolve("classes.aot");
            Path unpacked = folder.resolve("unpacked");
            Files.deleteIfExists(cache);
            String java = Quorumd.javaProgram();
            Tool.succeed(
                    java,
                    "-Djarmode=tools",
                    "-jar",
                    jar.toString(),
                    "extract",
                    "--force",
                    "--destination",
                    unpacked.toString());
            String main = unpacked.resolve(jar.getFileName()).toString();
            List<String> first = new ArrayList<>(List.of(
                    java,
                    "-XX:AOTCacheOutput=" + cache,
                    "-Dspring.context.exit=onRefresh",
                    "-jar",
                    main,
                    "--quorumd.iscsi.portals=127.0.0.1:" + Quorumd.freePort(),
                    "--server.port=" + Quorumd.freePort()));
            first.addAll(volume(Files.createTempDirectory(folder, "first")));
            Tool made = Tool.run(LIMIT, line -> {}, first.toArray(String[]::new));
            if (!Files.exists(cache)) {
                throw new AssertionError("no cache of classes was made:\n" + made.output());
            }
            return List.of(java, "-XX:AOTCache=" + cache, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", main);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> volume(Path folder) {
        List<String> options = new ArrayList<>(List.of(
                "--quorumd.state-dir=" + folder.resolve("state"),
                "--quorumd.volumes[0].name=first",
                "--quorumd.volumes[0].size=1MB"));
        for (int i = 0; i < 3; i++) {
            String child = "--quorumd.volumes[0].children[" + i + "]";
            options.add(child + ".node-name=child" + i);
            options.add(child + ".uri=file:" + folder.resolve(i + ".img"));
        }
        return options;
    }
}
