package io.quorumd.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PersistentReservationTest extends ReservationScene {

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
