package io.quorumd.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.block.BlockError;
import io.quorumd.block.Fault;
import io.quorumd.block.MemoryDevice.Kind;
import io.quorumd.block.MemoryDevice.Request;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiskReadWriteTest {

    private final Bench bench = new Bench();

    @ParameterizedTest
    @CsvSource({
        "0A000005 02, 08000005 02",
        "2A00 00000005 00 0002, 2800 00000005 00 0002",
        "AA00 00000005 00000002, A800 00000005 00000002",
        "8A00 0000000000000005 00000002, 8800 0000000000000005 00000002"
    })
    void writesAndReadsBackInEverySizeOfCdb(String write, String read) {
        byte[] data = Bench.pattern(1, 1024);

        assertThat(bench.write(write, data)).isEqualTo("GOOD");
        assertThat(bench.device.contents(5 * 512, 1024)).isEqualTo(data);
        assertThat(bench.command(read).send().received()).isEqualTo(data);
    }

    @Test
    void countsBlocksOf4096Bytes() {
        Bench large = new Bench(1 << 20, 4096, true);
        byte[] data = Bench.pattern(2, 8192);

        assertThat(large.write("2A00 000000FE 00 0002", data)).isEqualTo("GOOD");
        assertThat(large.device.contents(254 * 4096, 8192)).isEqualTo(data);
        assertThat(large.run("2800 000000FF 00 0002")).isEqualTo("5/21/00");
    }

    @Test
    void readSixWithoutLengthMeans256Blocks() {
        assertThat(bench.command("080000000000").send().received()).hasSize(256 * 512);
    }

    @ParameterizedTest
    @CsvSource({
        "2800 00000800 00 0001, 00000800",
        "2800 000007FF 00 0002, 00000800",
        "2800 00000800 00 0000, 00000800",
        "8800 00000000FFFFFFFF 00000001, ffffffff"
    })
    void aRangeBeyondTheEndIsRefusedWithTheFirstBlockThatIsNotThere(String cdb, String lba) {
        TestTask task = bench.command(cdb).send();

        assertThat(task.outcome()).isEqualTo("5/21/00");
        assertThat(task.senseHex()).isEqualTo("f00005" + lba + "0a00000000" + "2100" + "00000000");
    }

    @Test
    void lbasFrom2To63OnAreBeyondTheEndToo() {
        assertThat(bench.run("8800 8000000000000000 00000001")).isEqualTo("5/21/00");
        assertThat(bench.run("8800 FFFFFFFFFFFFFFFF 00000000")).isEqualTo("5/21/00");
    }

    @Test
    void moreThanTheMaximumTransferLengthIsRefusedAtItsField() {
        Bench large = new Bench(1L << 30, 512, true);

        TestTask task = large.command("8800 0000000000000000 00002001").send();

        assertThat(task.senseHex()).isEqualTo("700005000000000a0000000024000" + "0c0000a");
        assertThat(large.run("8800 0000000000000000 00002000")).isEqualTo("GOOD");
    }

    @ParameterizedTest
    @CsvSource({
        "2820 00000000 00 0001, cd0001", // RDPROTECT
        "2804 00000000 00 0001, ca0001", // RARC
        "2800 00000000 01 0001, c80006", // GROUP NUMBER
        "2800 00000000 00 0001 04, ca0009" // NACA
    })
    void whatIsNotSupportedIsRefusedWithAPointerToIt(String cdb, String pointer) {
        TestTask task = bench.command(cdb).send();

        assertThat(task.outcome()).isEqualTo("5/24/00");
        assertThat(task.senseHex()).endsWith(pointer);
    }

    @Test
    void forceUnitAccessReachesTheDevice() {
        bench.write("2A08 00000001 00 0001", new byte[512]);
        bench.write("2A10 00000002 00 0001", new byte[512]);

        assertThat(bench.device.requests())
                .containsExactly(new Request(Kind.WRITE, 512, 512, true), new Request(Kind.WRITE, 1024, 512, false));
    }

    @Test
    void withoutAWriteCacheEveryChangeIsDurable() {
        Bench through = new Bench(1 << 20, 512, false);
        through.write("0A000001 01", Bench.pattern(1, 512));
        through.write("4100 00000002 00 0004", Bench.pattern(1, 512));
        through.write("4108 00000002 00 0004", new byte[512]);
        through.write("4200 00000000 00 0018", unmap(0, 8));

        assertThat(through.device.requests()).hasSize(4).allMatch(Request::fua);
    }

    @Test
    void readsNoMoreThanTheInitiatorHasRoomForAndSaysWhatItCouldHaveRead() {
        TestTask task = bench.command("2800 00000000 00 0004").expectIn(600).send();

        assertThat(task.outcome()).isEqualTo("GOOD");
        assertThat(task.received()).hasSize(600);
        assertThat(task.transferLength).isEqualTo(2048);
        assertThat(bench.device.requests()).containsExactly(new Request(Kind.READ, 0, 1024, false));
    }

    @Test
    void writesTheBlocksThatWereSentAndSaysWhatItWouldHaveWritten() {
        TestTask task = bench.command("2A00 00000000 00 0002")
                .out(Bench.pattern(3, 512))
                .send();

        assertThat(task.outcome()).isEqualTo("GOOD");
        assertThat(task.wanted).isEqualTo(512);
        assertThat(task.transferLength).isEqualTo(1024);
        assertThat(bench.device.requests()).containsExactly(new Request(Kind.WRITE, 0, 512, false));
    }

    @Test
    void writesNoPartOfABlock() {
        assertThat(bench.write("2A00 00000000 00 0001", new byte[200])).isEqualTo("5/0E/03");
        assertThat(bench.device.requests()).isEmpty();
    }

    @Test
    void wantsNoMoreDataThanTheCommandTakes() {
        TestTask task =
                bench.command("2A00 00000000 00 0001").out(new byte[2048]).send();

        assertThat(task.wanted).isEqualTo(512);
        assertThat(task.transferLength).isEqualTo(512);
    }

    @ParameterizedTest
    @CsvSource({
        "EIO, 3/11/00, 3/0C/00",
        "ENOSPC, 7/27/07, 7/27/07",
        "ETIMEDOUT, B/08/01, B/08/01",
        "EROFS, 7/27/00, 7/27/00",
        "EINVAL, 4/44/00, 4/44/00",
        "ENODEV, 2/04/03, 2/04/03",
        "ECANCELED, B/00/00, B/00/00",
        "EBUSY, 2/04/01, 2/04/01",
        "EILSEQ, E/1D/00, E/1D/00",
        "ENOMEM, B/55/03, B/55/03"
    })
    void errorsOfTheDeviceBecomeSenseData(BlockError.Errno error, String onRead, String onWrite) {
        bench.device.on(r -> true, Fault.fail(error));

        assertThat(bench.run("2800 00000000 00 0001")).isEqualTo(onRead);
        assertThat(bench.write("2A00 00000000 00 0001", new byte[512])).isEqualTo(onWrite);
        assertThat(bench.run("3500 00000000 00 0000")).isEqualTo(onWrite);
    }

    @Test
    void flushesForSynchronizeCacheAndForStop() {
        bench.write("2A00 00000000 00 0001", Bench.pattern(4, 512));
        assertThat(bench.run("3500 00000000 00 0000")).isEqualTo("GOOD");
        assertThat(bench.run("9102 0000000000000000 00000000")).isEqualTo("GOOD");
        assertThat(bench.run("1B00 0000 00")).isEqualTo("GOOD");
        assertThat(bench.run("1B00 0000 01")).isEqualTo("GOOD");

        assertThat(bench.device.count(Kind.FLUSH)).isEqualTo(3);
        assertThat(bench.device.durableContents(0, 512)).isEqualTo(Bench.pattern(4, 512));
        assertThat(bench.run("3500 000007FF 00 0002")).isEqualTo("5/21/00");
    }

    @Test
    void aReadOnlyLunRefusesEveryChange() {
        bench.map.remove(0, () -> {});
        bench.map.add(0, bench.disk, true);
        bench.strand.run();
        TestTask write = new TestTask(bench.map.logicalUnit(0), bench.bob, "2A00 00000000 00 0001").out(new byte[512]);
        new TestTask(bench.map.logicalUnit(0), bench.bob, "00").send();

        assertThat(write.send().outcome()).isEqualTo("7/27/00");
        TestTask sense = new TestTask(bench.map.logicalUnit(0), bench.bob, "1A08 3F00 FF").send();
        assertThat(sense.received()[2]).isEqualTo((byte) 0x90);
    }

    @Test
    void aReadOnlyInitiatorChangesNothing() {
        ItNexus reader = new ItNexus("iqn.2026-11.io.example:r", "iqn.2026-11.io.example:r,i,0x1", 1, true);
        bench.clearAttentions(reader);

        assertThat(bench.command(reader, "2A00 00000000 00 0001")
                        .out(new byte[512])
                        .send()
                        .outcome())
                .isEqualTo("7/27/00");
        assertThat(bench.command(reader, "1A08 3F00 FF").send().received()[2]).isEqualTo((byte) 0x90);
        assertThat(bench.command(reader, "2800 00000000 00 0001").send().outcome())
                .isEqualTo("GOOD");
        assertThat(bench.write("2A00 00000000 00 0001", new byte[512])).isEqualTo("GOOD");
    }

    static byte[] unmap(long... lbasAndBlocks) {
        ByteBuffer list = ByteBuffer.allocate(8 + lbasAndBlocks.length * 8);
        list.putShort((short) (list.capacity() - 2))
                .putShort((short) (list.capacity() - 8))
                .putInt(0);
        for (int i = 0; i < lbasAndBlocks.length; i += 2) {
            list.putLong(lbasAndBlocks[i]).putInt((int) lbasAndBlocks[i + 1]).putInt(0);
        }
        return list.array();
    }
}
