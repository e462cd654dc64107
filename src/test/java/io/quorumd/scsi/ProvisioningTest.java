package io.quorumd.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Fault;
import io.quorumd.block.MemoryDevice.Kind;
import io.quorumd.block.MemoryDevice.Request;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** UNMAP and WRITE SAME. */
class ProvisioningTest {

    private final Bench bench = new Bench(8 << 20, 512, true);

    @Test
    void unmapMakesEveryRangeReadAsZeroes() {
        bench.write("2A00 00000000 00 0040", Bench.pattern(1, 64 * 512));

        assertThat(bench.write("4200 00000000 00 0038", DiskReadWriteTest.unmap(1, 2, 9, 0, 8, 4)))
                .isEqualTo("GOOD");

        byte[] expected = Bench.pattern(1, 64 * 512);
        Arrays.fill(expected, 512, 3 * 512, (byte) 0);
        Arrays.fill(expected, 8 * 512, 12 * 512, (byte) 0);
        assertThat(bench.device.contents(0, 64 * 512)).isEqualTo(expected);
        assertThat(bench.device.count(Kind.ZEROES)).isEqualTo(2);
    }

    @Test
    void unmapOfNothing() {
        assertThat(bench.run("4200 00000000 00 0000")).isEqualTo("GOOD");
        assertThat(bench.write("4200 00000000 00 0008", DiskReadWriteTest.unmap()))
                .isEqualTo("GOOD");
        assertThat(bench.device.requests()).isEmpty();
    }

    @Test
    void unmapDoesNothingUnlessTheWholeListIsValid() {
        assertThat(bench.write("4200 00000000 00 0028", DiskReadWriteTest.unmap(0, 1, 0x3FFF, 2)))
                .isEqualTo("5/21/00");
        assertThat(bench.write("4200 00000000 00 0028", DiskReadWriteTest.unmap(0, 1, -1, 1)))
                .isEqualTo("5/21/00");
        assertThat(bench.device.requests()).isEmpty();
    }

    @Test
    void unmapKeepsItsLimits() {
        Bench huge = new Bench(1L << 30, 512, true);
        assertThat(huge.write("4200 00000000 00 0018", DiskReadWriteTest.unmap(0, 0x80000)))
                .isEqualTo("GOOD");
        assertThat(huge.write("4200 00000000 00 0028", DiskReadWriteTest.unmap(0, 0x80000, 0x90000, 1)))
                .isEqualTo("5/26/00");
        assertThat(huge.write("4200 00000000 00 1018", DiskReadWriteTest.unmap(new long[2 * 257])))
                .isEqualTo("5/26/00");
        assertThat(huge.write("4200 00000000 00 1008", DiskReadWriteTest.unmap(new long[2 * 256])))
                .isEqualTo("GOOD");
    }

    @Test
    void aTruncatedUnmapListIsRefused() {
        assertThat(bench.write("4200 00000000 00 0007", new byte[7])).isEqualTo("5/1A/00");
        assertThat(bench.write("4200 00000000 00 0018", new byte[8])).isEqualTo("5/1A/00");
    }

    @Test
    void anIncompleteDescriptorIsNone() {
        byte[] list = DiskReadWriteTest.unmap(0, 1, 1, 1);
        ByteBuffer.wrap(list).putShort(2, (short) 31);

        assertThat(bench.write("4200 00000000 00 0028", list)).isEqualTo("GOOD");
        assertThat(bench.device.requests()).containsExactly(new Request(Kind.ZEROES, 0, 512, false));
    }

    @Test
    void unmapStopsAtTheFirstError() {
        bench.device.on(Kind.ZEROES, Fault.fail(Errno.ENOSPC));

        assertThat(bench.write("4200 00000000 00 0028", DiskReadWriteTest.unmap(0, 1, 2, 1)))
                .isEqualTo("7/27/07");
        assertThat(bench.device.count(Kind.ZEROES)).isEqualTo(1);
    }

    @Test
    void writeSameWritesTheBlockAllOverTheRange() {
        byte[] block = Bench.pattern(7, 512);
        // More than a chunk, and not a multiple of one.
        assertThat(bench.write("9300 0000000000000003 00000803 00 00", block)).isEqualTo("GOOD");

        byte[] expected = new byte[0x803 * 512];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = block[i % 512];
        }
        assertThat(bench.device.contents(3 * 512, expected.length)).isEqualTo(expected);
        assertThat(bench.device.contents(0, 3 * 512)).containsOnly(0);
        assertThat(bench.device.contents((3 + 0x803) * 512, 512)).containsOnly(0);
    }

    @Test
    void writeSameOfZeroesIsLeftToTheDevice() {
        bench.write("4100 00000000 00 0008", new byte[512]);
        bench.write("4108 00000000 00 0008", new byte[512]);
        bench.run("9301 0000000000000000 00000008 00 00");
        bench.run("9309 0000000000000000 00000008 00 00");

        assertThat(bench.device.requests()).hasSize(4).containsOnly(new Request(Kind.ZEROES, 0, 4096, false));
    }

    @Test
    void writeSameWithUnmapStillWritesWhatIsNotZero() {
        byte[] block = Bench.pattern(8, 512);
        assertThat(bench.write("4108 00000000 00 0001", block)).isEqualTo("GOOD");
        assertThat(bench.device.contents(0, 512)).isEqualTo(block);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "4100 00000000 00 0000", // WSNZ
                "9310 0000000000000000 00000001 00 00", // ANCHOR
                "4101 00000000 00 0001", // NDOB exists in (16) only
                "93E0 0000000000000000 00000001 00 00", // WRPROTECT
                "9300 0000000000000000 00008001 00 00" // MAXIMUM WRITE SAME LENGTH
            })
    void writeSameRefuses(String cdb) {
        assertThat(new Bench(1L << 30, 512, true).write(cdb, new byte[512])).isEqualTo("5/24/00");
    }

    @Test
    void writeSameWithoutItsBlock() {
        assertThat(bench.run("4100 00000000 00 0001")).isEqualTo("5/0E/03");
    }

    @Test
    void writeSameBeyondTheEnd() {
        assertThat(bench.write("4100 00003FFF 00 0002", new byte[512])).isEqualTo("5/21/00");
    }

    @Test
    void writeSameReportsTheErrorOfAnyChunk() {
        bench.device.on(r -> r.offset() >= 1 << 20, Fault.fail(Errno.EIO));
        assertThat(bench.write("9300 0000000000000000 00001801 00 00", Bench.pattern(1, 512)))
                .isEqualTo("3/0C/00");
    }

    @Test
    void lbaStatusTellsHolesFromData() {
        bench.write("2A00 00000100 00 0080", Bench.pattern(1, 128 * 512));

        assertThat(bench.data("9E12 0000000000000010 00000018 00 00")).isEqualTo(status(0x10, 0xF0, 1));
        assertThat(bench.data("9E12 0000000000000110 00000018 00 00")).isEqualTo(status(0x110, 0x70, 0));
        bench.write("4200 00000000 00 0018", DiskReadWriteTest.unmap(0x100, 0x80));
        assertThat(bench.data("9E12 0000000000000100 00000018 00 00")).isEqualTo(status(0x100, 0x3F00, 1));
    }

    @Test
    void lbaStatusBeyondTheEndAndOfADeviceThatFails() {
        assertThat(bench.run("9E12 0000000000004000 00000018 00 00")).isEqualTo("5/21/00");
        bench.device.on(Kind.STATUS, Fault.fail(Errno.EIO));
        assertThat(bench.run("9E12 0000000000000000 00000018 00 00")).isEqualTo("3/11/00");
    }

    /** One descriptor. */
    private static String status(long lba, int blocks, int provisioning) {
        return "00000014" + "00000000" + "%016x%08x%02x000000".formatted(lba, blocks, provisioning);
    }

    @Test
    void saysThatItIsThinAndReadsZeroesWhereItIsUnmapped() {
        // READ CAPACITY (16): LBPME, LBPRZ.
        assertThat(bench.data("9E10 0000000000000000 00000020")).endsWith("c000" + "00".repeat(16));
        // Logical Block Provisioning page: LBPU, LBPWS, LBPWS10, LBPRZ 001b, no ANC_SUP; thin.
        assertThat(bench.data("1201 B2 00FF")).isEqualTo("00b20004" + "00" + "e4" + "02" + "00");
        // Block Limits page: MAXIMUM UNMAP LBA COUNT, BLOCK DESCRIPTOR COUNT, GRANULARITY, UGAVALID, WRITE SAME LENGTH.
        assertThat(bench.data("1201 B0 00FF").substring(2 * 20, 2 * 44))
                .isEqualTo("00080000" + "00000100" + "00000008" + "80000000" + "0000000000008000");
    }

    @Test
    void aFullMediumIsNoMediumError() {
        bench.device.on(r -> true, Fault.fail(Errno.ENOSPC));
        assertThat(bench.write("2A00 00000000 00 0001", new byte[512])).isEqualTo("7/27/07");
        assertThat(bench.write("9300 0000000000000000 00000001 00 00", Bench.pattern(1, 512)))
                .isEqualTo("7/27/07");
        assertThat(bench.write("8900 0000000000000000 00000001 00 00", new byte[1024]))
                .isEqualTo("7/27/07");
        assertThat(bench.run("3500 00000000 00 0000")).isEqualTo("7/27/07");
    }
}
