package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * LIO, the target in the Linux kernel, in a guest of its own: LUN 0 is a file of this host, LUN 1 the guest's memory, in
 * blocks of 4096 bytes. What was written to LUN 0 outlasts the guest.
 */
public final class Lio implements AutoCloseable {

    public static final String TARGET = "iqn.2026-11.io.example:lio";

    private static final String LIMIT_SECONDS = "600";

    private final int port = Quorumd.freePort();
    private final Path file;
    private final List<String> variables;
    private RunningGuest guest;

    private Lio(Path file, List<String> variables) {
        this.file = file;
        this.variables = variables;
        this.guest = launch();
    }

    /**
     * Started and ready, over a sparse file that is made. Both LUNs are so long.
     *
     * @param chap CHAP_USER, CHAP_PASS, CHAP_MUTUAL_USER, CHAP_MUTUAL_PASS as {@code NAME=VALUE}; without, all are let in
     */
    public static Lio serving(Path file, long size, String... chap) {
        try (RandomAccessFile made = new RandomAccessFile(file.toFile(), "rw")) {
            made.setLength(size);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> variables = new ArrayList<>(
                List.of("TARGET_IQN=" + TARGET, "INITIATOR=iqn.2026-11.io.quorumd:initiator", "G_SIZE=" + size));
        variables.addAll(List.of(chap));
        return new Lio(file, variables);
    }

    private RunningGuest launch() {
        List<String> options = List.of(
                "-t",
                LIMIT_SECONDS,
                "-p",
                String.valueOf(port),
                "-d",
                file.toAbsolutePath().toString());
        RunningGuest started = RunningGuest.start("lio", options, variables);
        awaitDone(started, "the target");
        return started;
    }

    /** Has a line of shell executed in the guest, which must succeed. */
    public void order(String line) {
        guest.answer(line);
        awaitDone(guest, line);
    }

    private static void awaitDone(RunningGuest guest, String what) {
        assertThat(guest.nextEvent()).as("%s%n%s", what, guest.output()).isEqualTo("done 0");
    }

    /** The guest is gone at once, as after a power failure. */
    public void kill() {
        guest.close();
    }

    /** Again, after {@link #kill}, on the same port. */
    public void restart() {
        guest = launch();
    }

    public String uri(int lun) {
        return "iscsi://127.0.0.1:" + port + "/" + TARGET + "/" + lun;
    }

    public Path file() {
        return file;
    }

    @Override
    public void close() {
        kill();
    }
}
