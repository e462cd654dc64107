package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the kernel was asked for, and when, between a command and its answer: a flush that did nothing would pass every
 * test that lets the page cache live. strace shows the order of calls that do not overlap; it cannot show whether a drive
 * keeps what it was told to keep, nor what happened inside the kernel between two calls that do overlap. Nothing here
 * goes around system calls: no mapped files, no io_uring.
 */
class FlushTraceIT {

    private static final int THRESHOLD = 2;
    private static final int REGION = 64 << 10;
    private static final int SIZE = 16 << 20;
    private static final int ROUNDS = 60;

    @Test
    void everyAnswerFollowsWhatItPromises() throws Exception {
        Tool.require("strace");
        // Not in a temporary folder, which may be in memory, where there is nothing to sync.
        Path folder = Files.createTempDirectory(Path.of("target"), "traced").toAbsolutePath();
        Tool.require(!Files.getFileStore(folder).type().equals("tmpfs"), folder + " is in memory");
        Path trace = folder.resolve("trace");
        int port;
        FileVolume volume = FileVolume.of("traced", 3, "region-size: " + REGION + "B", "vote-threshold: " + THRESHOLD);
        try (Quorumd quorumd = Quorumd.startWith(folder, FileVolume.yaml(List.of(volume)))) {
            port = quorumd.port();
            Process strace = attach(trace, quorumd.process().pid());
            Tool.succeed(load(quorumd.url(0)));
            quorumd.stop();
            assertThat(strace.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
        List<SystemCall> calls = SystemCall.read(trace);
        List<WireTrace.Command> commands = WireTrace.commands(calls, port);
        List<SystemCall> children = calls.stream()
                .filter(call -> call.descriptor().endsWith(".img") && call.succeeded())
                .toList();
        assertFlushesSynced(commands, children);
        assertWritesReachedChildren(commands, children);
        assertIntentCameFirst(calls, children);
        Files.delete(trace);
    }

    private static Process attach(Path trace, long pid) throws IOException {
        List<String> command = new ArrayList<>(SystemCall.STRACE);
        command.addAll(List.of("-o", trace.toString(), "-p", String.valueOf(pid)));
        Process strace = new ProcessBuilder(command).redirectErrorStream(true).start();
        BufferedReader output = strace.inputReader();
        String line = output.readLine();
        assertThat(line).as("what strace says").contains("attached");
        Thread.ofVirtual().start(() -> output.lines().forEach(ignored -> {}));
        return strace;
    }

    /** One command after the other: writes anywhere, some of them with FUA, and a flush after every few. */
    private static String[] load(String url) {
        Random random = new Random(1);
        List<String> command = new ArrayList<>(List.of("qemu-io", "-t", "writeback", "-f", "raw"));
        for (int i = 0; i < ROUNDS; i++) {
            for (int writes = 1 + random.nextInt(3); writes > 0; writes--) {
                int length = 512 * (1 + random.nextInt(64));
                int offset = 512 * random.nextInt((SIZE - length) / 512);
                String fua = random.nextInt(4) == 0 ? "-f " : "";
                command.addAll(List.of("-c", "write " + fua + "-P " + (1 + i) + " " + offset + " " + length));
            }
            command.addAll(List.of("-c", "flush"));
        }
        command.add(url);
        return command.toArray(String[]::new);
    }

    /** Of each flush: T children were synced after the last write before it was answered, and before it was itself. */
    private static void assertFlushesSynced(List<WireTrace.Command> commands, List<SystemCall> children) {
        int flushes = 0;
        for (WireTrace.Command flush : commands) {
            if (flush.isFlush()) {
                int written = commands.stream()
                        .filter(command -> command.isWrite() && command.answered() < flush.asked())
                        .mapToInt(WireTrace.Command::answered)
                        .max()
                        .orElse(0);
                Stream<SystemCall> syncs = children.stream()
                        .filter(call -> call.isSync() && call.entered() > written && call.left() < flush.answered());
                assertThat(files(syncs)).as("children synced for %s", flush).isGreaterThanOrEqualTo(THRESHOLD);
                flushes++;
            }
        }
        assertThat(flushes).isGreaterThanOrEqualTo(ROUNDS);
    }

    /** Of each write: T children have it when it is answered, with FUA on stable storage. */
    private static void assertWritesReachedChildren(List<WireTrace.Command> commands, List<SystemCall> children) {
        int forced = 0;
        for (WireTrace.Command write : commands) {
            if (write.isWrite()) {
                boolean fua = write.forcesUnitAccess();
                Stream<SystemCall> done = children.stream()
                        .filter(call -> fua ? call.isDurableWrite() || call.isSync() : call.isWrite())
                        .filter(call -> call.entered() > write.asked() && call.left() < write.answered());
                assertThat(files(done)).as("children written for %s", write).isGreaterThanOrEqualTo(THRESHOLD);
                forced += fua ? 1 : 0;
            }
        }
        assertThat(forced).as("writes with FUA").isPositive();
    }

    private static long files(Stream<SystemCall> calls) {
        return calls.map(SystemCall::descriptor).distinct().count();
    }

    /** Of each write to a child: that its regions are being written was on stable storage before. */
    private static void assertIntentCameFirst(List<SystemCall> calls, List<SystemCall> children) {
        List<SystemCall> intent = calls.stream()
                .filter(call -> call.descriptor().endsWith("intent.map") && call.succeeded())
                .toList();
        int checked = 0;
        for (SystemCall write : children) {
            if (write.isWrite()) {
                int first = (int) (write.offset() / REGION);
                int last = (int) ((write.offset() + write.result() - 1) / REGION);
                assertThat(durableAt(write.entered(), intent)
                                .get(first, last + 1)
                                .cardinality())
                        .as(
                                "regions %d to %d with intent before %s at %d",
                                first, last, write.descriptor(), write.offset())
                        .isEqualTo(last - first + 1);
                checked++;
            }
        }
        assertThat(checked).isGreaterThan(THRESHOLD * ROUNDS);
    }

    /** The regions of the map as last synced; this volume's map is one page, whose newest copy is the last written. */
    private static BitSet durableAt(int position, List<SystemCall> intent) {
        SystemCall durable = null;
        for (SystemCall sync : intent) {
            if (sync.isSync() && sync.left() < position) {
                for (SystemCall write : intent) {
                    durable = !write.isSync() && write.left() < sync.entered() ? write : durable;
                }
            }
        }
        return durable == null ? new BitSet() : regions(durable.data());
    }

    /** A page of a map: a header of 32 bytes, then words of 64 regions, the lowest bit first. */
    private static BitSet regions(byte[] page) {
        BitSet regions = new BitSet();
        ByteBuffer words = ByteBuffer.wrap(page, 32, page.length - 32);
        for (int word = 0; words.remaining() >= Long.BYTES; word++) {
            long bits = words.getLong();
            for (int bit = 0; bit < Long.SIZE; bit++) {
                regions.set(word * Long.SIZE + bit, (bits >>> bit & 1) != 0);
            }
        }
        return regions;
    }
}
