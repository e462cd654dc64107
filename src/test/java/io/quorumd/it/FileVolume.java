package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A volume of files in the service's folder, as configuration and as what somebody may do to it from outside. */
record FileVolume(String name, int children, List<String> options, List<String> otherUris) {

    static final long BYTES = 16 << 20;

    /** @param options lines of its configuration */
    static FileVolume of(String name, int children, String... options) {
        return new FileVolume(name, children, List.of(options), List.of());
    }

    /** With the last children elsewhere: their files are made and served by somebody else. */
    FileVolume with(String... uris) {
        return new FileVolume(name, children, options, List.of(uris));
    }

    /** The configuration of all of these, one target whose LUNs they are in this order. */
    static String yaml(List<FileVolume> volumes) {
        StringBuilder yaml = new StringBuilder("quorumd:\n  volumes:\n");
        volumes.forEach(volume -> yaml.append(volume.yaml()));
        yaml.append("  targets:\n    - name: ").append(Quorumd.IQN).append("\n      luns:\n");
        for (int lun = 0; lun < volumes.size(); lun++) {
            yaml.append("        - {lun: %d, volume: %s}\n".formatted(lun, volumes.get(lun).name));
        }
        return yaml.toString();
    }

    private String yaml() {
        StringBuilder yaml = new StringBuilder("    - name: " + name + "\n      size: " + BYTES + "B\n");
        options.forEach(option -> yaml.append("      ").append(option).append('\n'));
        yaml.append("      children:\n");
        for (int i = 0; i < children; i++) {
            int other = i - localChildren();
            String uri = other < 0 ? "file:./" + fileName(i) : otherUris.get(other);
            yaml.append("        - {node-name: %s, uri: \"%s\"}\n".formatted(nodeName(i), uri));
        }
        return yaml.toString();
    }

    /** Makes the local files of a volume that has others: the service makes files only where there is no child yet. */
    FileVolume withFilesIn(Path folder) {
        for (int i = 0; i < localChildren(); i++) {
            try (RandomAccessFile made = new RandomAccessFile(file(folder, i).toFile(), "rw")) {
                made.setLength(BYTES);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return this;
    }

    String nodeName(int child) {
        return name + "-" + child;
    }

    private String fileName(int child) {
        return nodeName(child) + ".img";
    }

    Path file(Path folder, int child) {
        return folder.resolve(fileName(child));
    }

    /** Whether a write may be acknowledged before it is on stable storage. */
    boolean hasWriteCache() {
        return !options.contains("write-cache: false");
    }

    /** How many children are files of the service itself; the first. */
    private int localChildren() {
        return children - otherUris.size();
    }

    /**
     * Children that may be wrong, or away, at once. Those that somebody else serves, which may be slow on top of it, or
     * else as many as can be spared.
     */
    IntStream victims(int first) {
        return otherUris.isEmpty()
                ? IntStream.range(first, first + children - (children / 2 + 1)).map(child -> child % children)
                : IntStream.range(localChildren(), children);
    }

    /** Takes a child's file away while the service is down. */
    void takeAway(Path folder, int child) {
        move(file(folder, child), away(folder, child));
    }

    void bringBack(Path folder, int child) {
        move(away(folder, child), file(folder, child));
    }

    private Path away(Path folder, int child) {
        return folder.resolve(fileName(child) + ".away");
    }

    private static void move(Path from, Path to) {
        try {
            Files.move(from, to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void assertChildrenEqual(Path folder, int length) {
        List<byte[]> contents = contents(folder, length).toList();
        for (int i = 1; i < contents.size(); i++) {
            int differs = Arrays.mismatch(contents.getFirst(), contents.get(i));
            assertThat(differs)
                    .as("first byte in which %s differs from %s", nodeName(i), nodeName(0))
                    .isNegative();
        }
    }

    private Stream<byte[]> contents(Path folder, int length) {
        return IntStream.range(0, children).mapToObj(i -> new Child(file(folder, i)).read(0, length));
    }
}
