package io.quorumd.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * One quorum twice: a volume of the service, and the same configuration for QEMU's quorum driver over files of its own.
 * What befalls a child befalls it on both sides.
 */
final class OracleVolume {

    static final int SIZE = 1 << 20;

    final String name;
    private final int children;
    private final int threshold;
    private final String pattern;
    private final boolean rewrite;
    private final String voteUnit;
    private final Path folder;

    OracleVolume(
            Path folder, String name, int children, int threshold, String pattern, boolean rewrite, String voteUnit) {
        this.folder = folder;
        this.name = name;
        this.children = children;
        this.threshold = threshold;
        this.pattern = pattern;
        this.rewrite = rewrite;
        this.voteUnit = voteUnit;
    }

    int children() {
        return children;
    }

    /** Its entry below {@code quorumd.volumes}. */
    String yaml() {
        StringBuilder yaml = new StringBuilder("    - name: " + name + "\n      size: 1MB\n      vote-threshold: "
                + threshold + "\n      read-pattern: " + pattern + "\n      read-completion: all\n      vote-unit: "
                + voteUnit + "\n");
        if (pattern.equals("quorum")) {
            yaml.append("      rewrite-corrupted: ").append(rewrite).append('\n');
        }
        yaml.append("      children:\n");
        for (int i = 0; i < children; i++) {
            yaml.append("        - {node-name: %s-%d, uri: \"file:./%s\"}%n"
                    .formatted(name, i, folder.relativize(ours(i))));
        }
        return yaml.toString();
    }

    /** What {@code qemu-io} opens to find the same on QEMU's quorum. */
    String qemuImage() {
        List<String> nodes = new ArrayList<>();
        for (int i = 0; i < children; i++) {
            nodes.add("{\"driver\":\"file\",\"filename\":\"" + theirs(i) + "\"}");
        }
        return "json:{\"driver\":\"quorum\",\"vote-threshold\":" + threshold + ",\"read-pattern\":\"" + pattern
                + "\",\"rewrite-corrupted\":" + rewrite + ",\"children\":[" + String.join(",", nodes) + "]}";
    }

    Path ours(int child) {
        return folder.resolve(name + "-" + child + ".img");
    }

    Path theirs(int child) {
        return folder.resolve(name + "-" + child + ".qemu");
    }

    /** Equal contents on every child of both sides. */
    void fill(Random random) {
        byte[] content = new byte[SIZE];
        random.nextBytes(content);
        for (int i = 0; i < children; i++) {
            put(i, 0, content);
        }
    }

    /** Writes behind both quorums' backs. The file is kept, not replaced. */
    void put(int child, int offset, byte[] bytes) {
        for (Path file : List.of(ours(child), theirs(child))) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(bytes), offset);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** A child's bytes, ours and QEMU's, must be the same; says where they are not. */
    static long firstDifference(Path one, Path other) {
        try {
            return Files.mismatch(one, other);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
