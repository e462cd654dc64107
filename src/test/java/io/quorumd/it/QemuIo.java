package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What qemu-io printed.
 *
 * @param lines what was told of each command
 * @param text all of it
 * @param status 0 when no command failed; qemu-io says nothing of a flush
 */
record QemuIo(List<String> lines, String text, int status) {

    private static final Pattern DUMPED = Pattern.compile("[0-9a-f]{8}:  ");

    /** Runs commands, one after the other, on an image as QEMU opens it; every write is flushed, or has FUA. */
    static QemuIo run(List<String> script, String image) {
        return run(script, image, "writethrough");
    }

    /** @param cache one of QEMU's cache modes */
    static QemuIo run(List<String> script, String image, String cache) {
        List<String> command = new ArrayList<>(
                List.of("sh", "-c", "exec \"$@\" 2>/dev/null", "sh", "qemu-io", "-d", "unmap", "-t", cache));
        for (String line : script) {
            command.add("-c");
            command.add(line);
        }
        command.add(image);
        Tool tool = Tool.run(command.toArray(String[]::new));
        assertThat(tool.output()).as(image).isNotEmpty();
        return new QemuIo(told(tool.output()), tool.output(), tool.status());
    }

    /** A LUN 0 of ours, as QEMU opens it. */
    static String lun(int port, String volume) {
        return "json:{\"driver\":\"raw\",\"file\":{\"driver\":\"iscsi\",\"transport\":\"tcp\",\"portal\":\"127.0.0.1:"
                + port + "\",\"target\":\"iqn.2026-11.io.quorumd:" + volume + "\",\"lun\":0}}";
    }

    int failures() {
        return (int) lines.stream().filter(line -> line.contains("failed:")).count();
    }

    /** One line for each dump of data: its hash. Left out is what depends on time. */
    private static List<String> told(String output) {
        List<String> told = new ArrayList<>();
        List<String> dump = new ArrayList<>();
        for (String line : output.lines().toList()) {
            if (DUMPED.matcher(line).lookingAt()) {
                dump.add(line);
            } else if (!line.contains("ops/sec")) {
                told.add(dump.isEmpty() ? line : line + ", data " + Integer.toHexString(dump.hashCode()));
                dump.clear();
            }
        }
        return told;
    }
}
