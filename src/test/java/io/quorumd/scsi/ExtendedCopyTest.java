package io.quorumd.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Fault;
import io.quorumd.block.MemoryDevice;
import io.quorumd.block.MemoryDevice.Kind;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** EXTENDED COPY, RECEIVE COPY RESULTS, and GET LBA STATUS. */
class ExtendedCopyTest {

    private static final String OTHER = "6000112233445566778899aabbccdd00";

    private final Bench bench = new Bench(8 << 20, 512, true);
    private final MemoryDevice otherDevice = new MemoryDevice("other", 8 << 20, bench.strand);
    private final Disk other = new Disk(otherDevice, new DiskIdentity(OTHER, "SN2"), 4096, true, ReservationStore.NONE);

    @BeforeEach
    void showBoth() {
        bench.map.add(1, other, false);
        bench.strand.run();
        bench.clearAttentions(bench.alice);
    }

    private static String target(String naa) {
        return "E4000000" + "01030010" + naa + "00000000" + "00000000";
    }

    private static String segment(int from, int to, int blocks, long lba, long destination) {
        return "02000018%04X%04X0000%04X%016X%016X".formatted(from, to, blocks, lba, destination);
    }

    private static String list(String targets, String segments) {
        return "01 00 %04X 00000000 %08X 00000000".formatted(targets.length() / 2, segments.length() / 2)
                + targets
                + segments;
    }

    private String copy(String list) {
        byte[] bytes = HexFormat.of().parseHex(list.replace(" ", ""));
        return bench.write("8300 0000000000000000 %08X 00 00".formatted(bytes.length), bytes);
    }

    private static final String BOTH = target(Bench.IDENTITY.naa()) + target(OTHER);

    @Test
    void copiesWithinADiskAndToAnother() {
        byte[] data = Bench.pattern(1, 5000 * 512);
        for (int lba = 0; lba < 5000; lba += 1000) {
            byte[] part = Arrays.copyOfRange(data, lba * 512, (lba + 1000) * 512);
            bench.write("2A00 %08X 00 03E8".formatted(lba), part);
        }

        assertThat(copy(list(BOTH, segment(0, 0, 3000, 0, 6000) + segment(0, 1, 800, 8, 3))))
                .isEqualTo("GOOD");

        assertThat(bench.device.contents(6000 * 512, 3000 * 512)).isEqualTo(Arrays.copyOf(data, 3000 * 512));
        assertThat(otherDevice.contents(3 * 4096, 800 * 512)).isEqualTo(Arrays.copyOfRange(data, 8 * 512, 808 * 512));
        assertThat(bench.data("8400 01 00000000000000 000000FF 00 00"))
                .isEqualTo("00000008" + "01" + "0002" + "00" + "00000000");
        assertThat(bench.run("8400 01 00000000000000 000000FF 00 00")).isEqualTo("5/24/00");
    }

    @Test
    void countsBlocksOfTheDestinationWhereAsked() {
        String byDestination = "02020018" + segment(0, 1, 2, 8, 0).substring(8);
        assertThat(copy(list(BOTH, byDestination))).isEqualTo("GOOD");
        assertThat(otherDevice.requests())
                .singleElement()
                .satisfies(r -> assertThat(r.length()).isEqualTo(8192));
    }

    @Test
    void nothingToCopy() {
        assertThat(bench.run("8300 0000000000000000 00000000 00 00")).isEqualTo("GOOD");
        assertThat(copy(list(BOTH, ""))).isEqualTo("GOOD");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 2, 8, 0, 0, A/08/04", // no such target
        "0, 0, 8, 16383, 0, A/00/00", // beyond the end
        "0, 0, 8, 0, 16380, A/00/00",
        "0, 1, 7, 0, 0, A/00/00" // no whole blocks of the destination
    })
    void segmentsThatCannotBeCopied(int from, int to, int blocks, long lba, long destination, String outcome) {
        assertThat(copy(list(BOTH, segment(from, to, blocks, lba, destination))))
                .isEqualTo(outcome);
        assertThat(bench.device.requests()).isEmpty();
    }

    @Test
    void listsThatAreRefused() {
        String one = segment(0, 0, 8, 0, 100);
        String me = target(Bench.IDENTITY.naa());
        assertThat(copy(list(me.repeat(9), one))).isEqualTo("5/26/06");
        assertThat(copy(list(me, one.repeat(65)))).isEqualTo("5/26/08");
        assertThat(copy(list(me.repeat(9), one.repeat(65)))).isEqualTo("5/1A/00");
        assertThat(copy(list("E0" + me.substring(2), one))).isEqualTo("5/26/07");
        assertThat(copy(list(me, "03" + one.substring(2)))).isEqualTo("5/26/09");
        assertThat(copy(list("E420" + me.substring(4), one))).isEqualTo("A/08/04");
        assertThat(copy(list(target("6" + "0".repeat(31)), one))).isEqualTo("A/08/04");
        String whole = list(me, one).replace(" ", "");
        assertThat(copy(whole.substring(0, whole.length() - 2))).isEqualTo("5/1A/00");
        assertThat(copy("0100")).isEqualTo("5/1A/00");
    }

    @Test
    void theOtherDiskIsNoLessProtectedThanDirectly() {
        TestTask reserve = new TestTask(bench.map.logicalUnit(1L << 48), bench.bob, "16");
        new TestTask(bench.map.logicalUnit(1L << 48), bench.bob, "00").send();
        assertThat(reserve.send().outcome()).isEqualTo("GOOD");
        assertThat(copy(list(BOTH, segment(0, 1, 8, 0, 0)))).isEqualTo("18");
        assertThat(copy(list(BOTH, segment(1, 0, 1, 0, 0)))).isEqualTo("18");
        assertThat(otherDevice.requests()).isEmpty();
    }

    @Test
    void errorsSayWhichSideFailed() {
        otherDevice.on(Kind.WRITE, Fault.fail(Errno.ENOSPC)).times(1);
        assertThat(copy(list(BOTH, segment(0, 1, 8, 0, 0)))).isEqualTo("7/27/07");
        assertThat(bench.data("8400 01 00000000000000 000000FF 00 00")).startsWith("00000008" + "02");
        otherDevice.on(Kind.READ, Fault.fail(Errno.EIO)).times(1);
        assertThat(copy(list(BOTH, segment(1, 0, 1, 0, 0)))).isEqualTo("3/11/00");
    }

    @Test
    void anAbortedCopyStops() {
        bench.device.on(Kind.READ, Fault.hang()).times(1);
        byte[] bytes =
                HexFormat.of().parseHex(list(BOTH, segment(0, 0, 8000, 0, 8000)).replace(" ", ""));
        TestTask task = bench.command("8300 0000000000000000 %08X 00 00".formatted(bytes.length))
                .out(bytes)
                .send();
        bench.unit.abort(task);
        bench.device.releaseAll();
        assertThat(task.outcome()).isEqualTo("aborted");
        assertThat(bench.device.count(Kind.READ)).isEqualTo(1);
    }

    @Test
    void operatingParameters() {
        assertThat(bench.data("8403 00 00000000000000 000000FF 00 00"))
                .isEqualTo("0000002a" + "01000000" + "0008" + "0040" + "00000800" + "0ffff000" + "00".repeat(12)
                        + "0000" + "00ff" + "ff" + "09" + "0000" + "000000" + "02" + "02e4");
    }

    @Test
    void thirdPartyCopyPage() {
        assertThat(bench.data("1201 8F 00FF"))
                .isEqualTo("008f0058"
                        + "00010008" + "07" + "830100" + "84020003"
                        + "0004001c" + "00".repeat(8) + "0008" + "0040" + "00000800" + "00".repeat(12)
                        + "00080004" + "0202e400"
                        + "80010020" + "000000ff" + "000000ff" + "0ffff000" + "0900" + "00".repeat(18));
    }
}
