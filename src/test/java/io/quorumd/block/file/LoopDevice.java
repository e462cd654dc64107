package io.quorumd.block.file;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A real block device of this host over a file, where that may be had. */
record LoopDevice(Path path, Path backing) {

    static final String WHY_NOT = "loop devices need root and losetup";

    /** Whether one can be made: tried once. */
    static boolean available() {
        return Availability.YES;
    }

    private static final class Availability {
        static final boolean YES = attempt();

        private static boolean attempt() {
            try {
                attach(1 << 20).detach();
                return true;
            } catch (IOException e) {
                return false;
            }
        }
    }

    static LoopDevice attach(long size) throws IOException {
        Path backing = Files.createTempFile(FileFixture.DISK, "quorumd-loop-", ".img");
        try {
            run("truncate", "-s", String.valueOf(size), backing.toString());
            return new LoopDevice(Path.of(run("losetup", "--find", "--show", backing.toString())), backing);
        } catch (IOException e) {
            Files.delete(backing);
            throw e;
        }
    }

    void detach() throws IOException {
        run("losetup", "--detach", path.toString());
        Files.delete(backing);
    }

    static String run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + ": " + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return output;
    }
}
