package io.quorumd.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A child of one quorum of ours and the same one of QEMU's, each a file behind an nbdkit of its own. What fails is, on
 * both sides, the same function of the request.
 */
final class FaultyChild implements AutoCloseable {

    static final int EIO = 5;
    static final int ENOSPC = 28;

    /** Requests of a kind ({@code read}, {@code write}, {@code flush}) that touch these bytes fail. */
    record Fault(String operation, int from, int to, int errno) {

        @Override
        public String toString() {
            return operation + " " + from + " " + to + " " + errno;
        }
    }

    private final Path folder;
    private final String name;
    private final List<Nbdkit> servers;

    FaultyChild(String plugin, Path folder, String name, int size) {
        this.folder = folder;
        this.name = name;
        fail();
        servers = List.of(
                Nbdkit.faulty(plugin, ours(), faults(), socket(ours()), size),
                Nbdkit.faulty(plugin, theirs(), faults(), socket(theirs()), size));
    }

    /** From now on these and no others. */
    void fail(Fault... wanted) {
        try {
            Path next = folder.resolve(name + ".next");
            Files.write(next, Arrays.stream(wanted).map(Fault::toString).collect(Collectors.toList()));
            Files.move(next, faults(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path ours() {
        return folder.resolve(name + ".img");
    }

    Path theirs() {
        return folder.resolve(name + ".qemu");
    }

    String nodeName() {
        return name;
    }

    /** Its entry below {@code children}. */
    String yaml() {
        return "        - {node-name: %s, uri: \"%s\"}%n".formatted(name, Nbdkit.uri(socket(ours())));
    }

    /** Its node for QEMU. */
    String node() {
        return "{\"driver\":\"nbd\",\"server\":{\"type\":\"unix\",\"path\":\"" + socket(theirs()) + "\"}}";
    }

    private Path faults() {
        return folder.resolve(name + ".faults");
    }

    private static Path socket(Path image) {
        return Path.of(image + ".sock");
    }

    @Override
    public void close() {
        servers.forEach(Nbdkit::close);
    }
}
