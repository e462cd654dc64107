package io.quorumd.scsi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Completion;
import io.quorumd.block.Fault;
import io.quorumd.block.MemoryDevice.Kind;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PersistentReservationTest {

    private static final int REGISTER = 0;
    private static final int RESERVE = 1;
    private static final int RELEASE = 2;
    private static final int CLEAR = 3;
    private static final int PREEMPT = 4;
    private static final int PREEMPT_AND_ABORT = 5;
    private static final int REGISTER_AND_IGNORE = 6;
    private static final int REGISTER_AND_MOVE = 7;

    private static final String READ = "2800 00000000 00 0001";

    /** Keeps bytes as a file would; can be slow, and can fail. */
    private static final class Shelf implements ReservationStore {
        private byte[] kept = new byte[0];
        private @Nullable Errno failure;
        private @Nullable Completion held;
        private boolean slow;

        @Override
        public byte[] load() {
            return kept;
        }

        @Override
        public void save(byte[] state, Completion done) {
            if (failure != null) {
                done.completed(BlockError.of(failure, "injected"));
                return;
            }
            kept = state;
            if (slow) {
                held = done;
            } else {
                done.completed(null);
            }
        }
    }

    private final Shelf shelf = new Shelf();
    private final Bench bench = bench();

    private Bench bench() {
        Bench made = new Bench(1 << 20, 512, true, shelf);
        made.clearAttentions(made.bob);
        return made;
    }

    private static String list(long key, long actionKey, int flags) {
        return "%016X%016X 00000000 %02X 000000".formatted(key, actionKey, flags);
    }

    private TestTask out(ItNexus nexus, int action, int type, String list) {
        String hex = list.replace(" ", "");
        return bench.command(nexus, "5F %02X %02X 0000 %08X 00".formatted(action, type, hex.length() / 2))
                .out(hex);
    }

    private String reserveOut(ItNexus nexus, int action, int type, long key, long actionKey) {
        return out(nexus, action, type, list(key, actionKey, 0)).send().outcome();
    }

    private void register(ItNexus nexus, long key) {
        assertThat(reserveOut(nexus, REGISTER, 0, 0, key)).isEqualTo("GOOD");
    }

    private String read(ItNexus nexus) {
        return bench.command(nexus, READ).send().outcome();
    }

    private String write(ItNexus nexus) {
        return bench.command(nexus, "2A00 00000000 00 0001")
                .out(new byte[512])
                .send()
                .outcome();
    }

    private String ready(ItNexus nexus) {
        return bench.command(nexus, "00").send().outcome();
    }

    private String keys() {
        return bench.data("5E00 0000000000 00FF 00");
    }

    private String reservation() {
        return bench.data("5E01 0000000000 00FF 00");
    }

    private static String transportId(String name) {
        var out = Unpooled.buffer();
        TransportId.write(out, name);
        return ByteBufUtil.hexDump(out);
    }

    @Test
    void registeringAndChangingKeys() {
        assertThat(keys()).isEqualTo("0000000000000000");
        register(bench.alice, 1);
        register(bench.bob, 2);
        assertThat(keys()).isEqualTo("00000002" + "00000010" + "0000000000000001" + "0000000000000002");

        assertThat(reserveOut(bench.alice, REGISTER, 0, 9, 3)).isEqualTo("18");
        assertThat(reserveOut(bench.alice, REGISTER, 0, 1, 3)).isEqualTo("GOOD");
        assertThat(reserveOut(bench.bob, REGISTER_AND_IGNORE, 0, 99, 4)).isEqualTo("GOOD");
        assertThat(reserveOut(bench.bob, REGISTER, 0, 4, 0)).isEqualTo("GOOD");
        assertThat(keys()).isEqualTo("00000005" + "00000008" + "0000000000000003");
    }

    @Test
    void registeringWithoutAKeyChangesNothing() {
        assertThat(reserveOut(bench.alice, REGISTER, 0, 0, 0)).isEqualTo("GOOD");
        assertThat(reserveOut(bench.alice, REGISTER, 0, 7, 1)).isEqualTo("18");
        assertThat(keys()).isEqualTo("0000000000000000");
    }

    @Test
    void onlyTheRegisteredReserveAndNobodyTwice() {
        assertThat(reserveOut(bench.alice, RESERVE, 1, 1, 0)).isEqualTo("18");
        register(bench.alice, 1);
        register(bench.bob, 2);
        assertThat(reserveOut(bench.alice, RESERVE, 1, 2, 0)).isEqualTo("18");
        assertThat(reserveOut(bench.alice, RESERVE, 1, 1, 0)).isEqualTo("GOOD");
        assertThat(reserveOut(bench.alice, RESERVE, 1, 1, 0)).isEqualTo("GOOD");
        assertThat(reserveOut(bench.alice, RESERVE, 3, 1, 0)).isEqualTo("18");
        assertThat(reserveOut(bench.bob, RESERVE, 1, 2, 0)).isEqualTo("18");
        assertThat(reservation())
                .isEqualTo("00000002" + "00000010" + "0000000000000001" + "00000000" + "00" + "01" + "0000");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 4, 9, 15, 0x11})
    void typesAndScopesThatDoNotExist(int type) {
        register(bench.alice, 1);
        assertThat(reserveOut(bench.alice, RESERVE, type, 1, 0)).isEqualTo("5/24/00");
    }

    @ParameterizedTest
    @CsvSource({
        // type, what a stranger may, what a registrant may
        "1, GOOD, 18, GOOD, 18",
        "3, 18, 18, 18, 18",
        "5, GOOD, 18, GOOD, GOOD",
        "6, 18, 18, GOOD, GOOD",
        "7, GOOD, 18, GOOD, GOOD",
        "8, 18, 18, GOOD, GOOD"
    })
    void whoMayDoWhat(int type, String strangerReads, String strangerWrites, String bobReads, String bobWrites) {
        ItNexus stranger = Bench.nexus("stranger");
        bench.clearAttentions(stranger);
        register(bench.alice, 1);
        register(bench.bob, 2);
        assertThat(reserveOut(bench.alice, RESERVE, type, 1, 0)).isEqualTo("GOOD");

        assertThat(read(bench.alice)).isEqualTo("GOOD");
        assertThat(write(bench.alice)).isEqualTo("GOOD");
        assertThat(read(stranger)).isEqualTo(strangerReads);
        assertThat(write(stranger)).isEqualTo(strangerWrites);
        assertThat(read(bench.bob)).isEqualTo(bobReads);
        assertThat(write(bench.bob)).isEqualTo(bobWrites);
        assertThat(ready(stranger)).isEqualTo("GOOD");
        assertThat(bench.command(stranger, "9E10 0000000000000000 00000020")
                        .send()
                        .outcome())
                .isEqualTo("GOOD");
        assertThat(bench.command(stranger, "3500 00000000 00 0000").send().outcome())
                .isEqualTo("18");
    }

    @Test
    void releasing() {
        register(bench.alice, 1);
        register(bench.bob, 2);
        reserveOut(bench.alice, RESERVE, 6, 1, 0);
        assertThat(reserveOut(bench.bob, RELEASE, 6, 2, 0)).as("not the holder").isEqualTo("GOOD");
        assertThat(reserveOut(bench.alice, RELEASE, 1, 1, 0)).isEqualTo("5/26/04");
        assertThat(reserveOut(bench.alice, RELEASE, 6, 1, 0)).isEqualTo("GOOD");
        assertThat(ready(bench.bob)).isEqualTo("6/2A/04");
        assertThat(ready(bench.alice)).isEqualTo("GOOD");
        assertThat(reservation()).isEqualTo("0000000200000000");
    }

    @Test
    void unregisteringReleases() {
        register(bench.alice, 1);
        register(bench.bob, 2);
        reserveOut(bench.alice, RESERVE, 5, 1, 0);
        reserveOut(bench.alice, REGISTER, 0, 1, 0);

        assertThat(reservation()).isEqualTo("0000000300000000");
        assertThat(ready(bench.bob)).isEqualTo("6/2A/04");
    }

    @Test
    void allRegistrantsHoldUntilTheLastIsGone() {
        register(bench.alice, 1);
        register(bench.bob, 2);
        reserveOut(bench.alice, RESERVE, 8, 1, 0);
        assertThat(reservation()).endsWith("0000000000000000" + "00000000" + "00" + "08" + "0000");
        assertThat(reserveOut(bench.bob, RESERVE, 8, 2, 0)).isEqualTo("GOOD");
        reserveOut(bench.alice, REGISTER, 0, 1, 0);
        assertThat(read(bench.alice)).isEqualTo("18");
        reserveOut(bench.bob, REGISTER, 0, 2, 0);
        assertThat(read(bench.alice)).isEqualTo("GOOD");
    }

    @Test
    void clearing() {
        register(bench.alice, 1);
        register(bench.bob, 2);
        reserveOut(bench.alice, RESERVE, 3, 1, 0);
        assertThat(reserveOut(bench.bob, CLEAR, 0, 2, 0)).isEqualTo("GOOD");

        assertThat(ready(bench.alice)).isEqualTo("6/2A/03");
        assertThat(ready(bench.bob)).isEqualTo("GOOD");
        assertThat(keys()).isEqualTo("0000000300000000");
    }

    @Test
    void preemptingTheHolder() {
        register(bench.alice, 1);
        register(bench.bob, 2);
        reserveOut(bench.alice, RESERVE, 1, 1, 0);
        assertThat(reserveOut(bench.bob, PREEMPT, 3, 2, 1)).isEqualTo("GOOD");

        assertThat(bench.command(bench.bob, "5E01 0000000000 00FF 00").send().receivedHex())
                .endsWith("0000000000000002" + "00000000" + "00" + "03" + "0000");
        assertThat(keysOf(3, 2))
                .isEqualTo(bench.command(bench.bob, "5E00 0000000000 00FF 00")
                        .send()
                        .receivedHex());
        assertThat(write(bench.alice)).isEqualTo("18");
        assertThat(ready(bench.alice)).isEqualTo("6/2A/05");
    }

    private static String keysOf(int generation, long... keys) {
        StringBuilder hex = new StringBuilder("%08x%08x".formatted(generation, 8 * keys.length));
        for (long key : keys) {
            hex.append("%016x".formatted(key));
        }
        return hex.toString();
    }

    @Test
    void preemptingSomebodyElse() {
        register(bench.alice, 1);
        register(bench.bob, 2);
        reserveOut(bench.alice, RESERVE, 1, 1, 0);
        assertThat(reserveOut(bench.alice, PREEMPT, 1, 1, 7)).as("nobody's key").isEqualTo("18");
        assertThat(reserveOut(bench.alice, PREEMPT, 1, 1, 0)).as("no key").isEqualTo("5/26/00");
        assertThat(reserveOut(bench.alice, PREEMPT, 1, 1, 2)).isEqualTo("GOOD");

        assertThat(reservation()).endsWith("0000000000000001" + "00000000" + "00" + "01" + "0000");
        assertThat(ready(bench.bob)).isEqualTo("6/2A/05");
    }

    @Test
    void preemptingAllRegistrants() {
        register(bench.alice, 1);
        register(bench.bob, 2);
        reserveOut(bench.alice, RESERVE, 7, 1, 0);
        assertThat(reserveOut(bench.bob, PREEMPT, 1, 2, 0)).isEqualTo("GOOD");
        assertThat(bench.command(bench.bob, "5E00 0000000000 00FF 00").send().receivedHex())
                .isEqualTo(keysOf(3, 2));
        assertThat(write(bench.alice)).isEqualTo("18");
    }

    @Test
    void preemptAndAbortWaitsForWhatItAborts() {
        register(bench.alice, 1);
        register(bench.bob, 2);
        reserveOut(bench.alice, RESERVE, 1, 1, 0);
        bench.device.on(Kind.WRITE, Fault.hang());
        TestTask under =
                bench.command("2A00 00000000 00 0001").out(new byte[512]).send();
        TestTask preempt = out(bench.bob, PREEMPT_AND_ABORT, 1, list(2, 1, 0)).send();

        assertThat(preempt.isFinished()).isFalse();
        bench.device.releaseAll();
        assertThat(under.outcome()).isEqualTo("aborted");
        assertThat(preempt.outcome()).isEqualTo("GOOD");
    }

    @Test
    void moving() {
        register(bench.alice, 1);
        reserveOut(bench.alice, RESERVE, 1, 1, 0);
        String id = transportId(bench.bob.initiatorPort());
        String to = "%016X%016X 00 02 0001 %08X".formatted(1, 5, id.length() / 2) + id;
        assertThat(out(bench.alice, REGISTER_AND_MOVE, 1, to).send().outcome()).isEqualTo("GOOD");

        assertThat(write(bench.bob)).isEqualTo("GOOD");
        assertThat(write(bench.alice)).isEqualTo("18");
        assertThat(keys()).isEqualTo(keysOf(2, 5));
        String self = transportId(bench.bob.initiatorPort());
        String toSelf = "%016X%016X 00 00 0001 %08X".formatted(5, 6, self.length() / 2) + self;
        assertThat(out(bench.bob, REGISTER_AND_MOVE, 1, toSelf).send().outcome())
                .isEqualTo("5/26/00");
    }

    @Test
    void registeringForOthersAndForAllPorts() {
        String id = transportId(bench.bob.initiatorPort());
        String forBob = list(0, 7, 0x0C) + "%08X".formatted(id.length() / 2) + id;
        assertThat(out(bench.alice, REGISTER, 0, forBob).send().outcome()).isEqualTo("GOOD");
        assertThat(reserveOut(bench.bob, RESERVE, 5, 7, 0)).isEqualTo("GOOD");

        String alice = HexFormat.of().formatHex(bench.alice.initiatorPort().getBytes(StandardCharsets.US_ASCII));
        assertThat(bench.data("5E03 0000000000 01FF 00"))
                .startsWith("00000001" + "00000090")
                .contains("0000000000000007" + "00000000" + "02" + "00" + "00000000" + "0000" + "00000030" + "4500002c"
                        + alice)
                .contains("0000000000000007" + "00000000" + "03" + "05" + "00000000" + "0000");
        ItNexus otherPort = new ItNexus(bench.alice.initiatorName(), bench.alice.initiatorPort(), 2);
        bench.clearAttentions(otherPort);
        assertThat(write(otherPort)).isEqualTo("GOOD");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00000000000000", "0000001045000010", "000000184000001400000000", "0000000445000000"})
    void transportIdsThatAreNone(String ids) {
        assertThat(out(bench.alice, REGISTER, 0, list(0, 7, 0x08) + ids).send().outcome())
                .startsWith("5/26");
        assertThat(keys()).isEqualTo("0000000000000000");
    }

    @Test
    void parameterListsOfTheWrongLength() {
        assertThat(bench.write("5F00 00 0000 00000017 00", new byte[23])).isEqualTo("5/1A/00");
        assertThat(bench.write("5F00 00 0000 00000018 00", new byte[20])).isEqualTo("5/1A/00");
        assertThat(bench.write("5F00 00 0000 00000020 00", new byte[32])).isEqualTo("5/1A/00");
        assertThat(bench.write("5F00 00 0000 7FFFFFFF 00", new byte[32])).isEqualTo("5/1A/00");
    }

    @Test
    void capabilities() {
        assertThat(bench.data("5E02 0000000000 00FF 00")).isEqualTo("00080d80" + "ea010000");
        assertThat(new Bench().data("5E02 0000000000 0008 00")).isEqualTo("00080c80" + "ea010000");
        assertThat(bench.run("5E04 0000000000 00FF 00")).isEqualTo("5/24/00");
    }

    @Test
    void whatIsToSurviveIsDurableBeforeItIsAnswered() {
        shelf.slow = true;
        TestTask register = out(bench.alice, REGISTER, 0, list(0, 1, 0x01)).send();
        TestTask next = out(bench.bob, REGISTER, 0, list(0, 2, 0x01)).send();
        assertThat(register.isFinished()).isFalse();
        assertThat(keys()).isEqualTo("0000000000000000");

        release();
        assertThat(register.outcome()).isEqualTo("GOOD");
        assertThat(next.isFinished()).isFalse();
        release();
        assertThat(next.outcome()).isEqualTo("GOOD");
        shelf.slow = false;
        reserveOut(bench.alice, RESERVE, 1, 1, 0);

        Bench restarted = new Bench(1 << 20, 512, true, shelf);
        assertThat(restarted.data("5E00 0000000000 00FF 00")).isEqualTo(keysOf(0, 1, 2));
        assertThat(restarted.command(restarted.bob, "00").send().outcome()).isEqualTo("6/29/00");
        assertThat(restarted
                        .command(restarted.bob, "2A00 00000000 00 0001")
                        .out(new byte[512])
                        .send()
                        .outcome())
                .isEqualTo("18");
    }

    private void release() {
        Completion done = shelf.held;
        shelf.held = null;
        assertThat(done).isNotNull();
        if (done != null) {
            done.completed(null);
        }
    }

    @Test
    void whatIsNotToSurviveDoesNot() {
        out(bench.alice, REGISTER, 0, list(0, 1, 0x01)).send();
        out(bench.alice, REGISTER, 0, list(1, 1, 0x00)).send();

        assertThat(new Bench(1 << 20, 512, true, shelf).data("5E00 0000000000 00FF 00"))
                .isEqualTo("0000000000000000");
    }

    @Test
    void whatCannotBeSavedIsNotDone() {
        shelf.failure = Errno.ENOSPC;
        assertThat(out(bench.alice, REGISTER, 0, list(0, 1, 0x01)).send().outcome())
                .isEqualTo("7/27/07");
        assertThat(keys()).isEqualTo("0000000000000000");
        assertThat(out(bench.alice, REGISTER, 0, list(0, 1, 0x00)).send().outcome())
                .isEqualTo("GOOD");
    }

    @Test
    void withoutAStoreNothingSurvivesAndInitiatorsAreTold() {
        Bench plain = new Bench();
        assertThat(plain.write(
                        "5F00 00 0000 00000018 00",
                        HexFormat.of().parseHex(list(0, 1, 1).replace(" ", ""))))
                .isEqualTo("5/26/00");
    }

    @Test
    void aStoreThatHoldsSomethingElseIsNotIgnored() {
        shelf.kept = new byte[] {9, 9};
        assertThatThrownBy(this::bench).isInstanceOf(IllegalArgumentException.class);
        shelf.kept = new byte[] {1};
        assertThatThrownBy(this::bench).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void reservationsOutliveSessionsAndResets() {
        register(bench.alice, 1);
        reserveOut(bench.alice, RESERVE, 3, 1, 0);
        bench.unit.nexusLost(bench.alice, () -> {});
        bench.unit.reset(() -> {});
        bench.clearAttentions(bench.bob);
        bench.clearAttentions(bench.alice);

        assertThat(read(bench.bob)).isEqualTo("18");
        assertThat(read(bench.alice)).isEqualTo("GOOD");
    }

    @Test
    void theOldWayOfReserving() {
        assertThat(bench.run("16")).isEqualTo("GOOD");
        assertThat(bench.run("16")).isEqualTo("GOOD");
        assertThat(ready(bench.alice)).isEqualTo("GOOD");
        assertThat(ready(bench.bob)).isEqualTo("18");
        assertThat(bench.command(bench.bob, "16").send().outcome()).isEqualTo("18");
        assertThat(bench.command(bench.bob, "17").send().outcome()).isEqualTo("GOOD");
        assertThat(bench.command(bench.bob, "1200 00 0024").send().outcome()).isEqualTo("GOOD");
        assertThat(reserveOut(bench.bob, REGISTER, 0, 0, 1)).isEqualTo("18");
        assertThat(ready(bench.bob)).isEqualTo("18");
        assertThat(bench.run("17")).isEqualTo("GOOD");
        assertThat(ready(bench.bob)).isEqualTo("GOOD");

        bench.run("16");
        bench.unit.nexusLost(bench.alice, () -> {});
        assertThat(ready(bench.bob)).isEqualTo("GOOD");
        register(bench.bob, 1);
        bench.clearAttentions(bench.alice);
        assertThat(bench.run("16")).isEqualTo("18");
        assertThat(bench.run("17")).isEqualTo("18");
    }

    @Test
    void aResetEndsTheOldReservation() {
        bench.run("16");
        bench.unit.reset(() -> {});
        bench.clearAttentions(bench.bob);
        assertThat(read(bench.bob)).isEqualTo("GOOD");
    }
}
