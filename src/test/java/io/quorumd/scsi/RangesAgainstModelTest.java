package io.quorumd.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.block.MemoryDevice.Kind;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that change ranges do to the disk what they do to an array. */
class RangesAgainstModelTest {

    private static final int BLOCKS = 512;

    private final Random random = new Random(42);

    @ParameterizedTest
    @ValueSource(ints = {512, 4096})
    void theMediumHoldsWhatTheArrayHolds(int blockSize) {
        Bench bench = new Bench((long) BLOCKS * blockSize, blockSize, true);
        byte[] model = new byte[BLOCKS * blockSize];
        for (int i = 0; i < 2000; i++) {
            int lba = random.nextInt(BLOCKS);
            int blocks = 1 + random.nextInt(Math.min(16, BLOCKS - lba));
            int from = lba * blockSize;
            int to = (lba + blocks) * blockSize;
            switch (random.nextInt(5)) {
                case 0, 1 -> {
                    byte[] data = Bench.pattern(i, to - from);
                    assertThat(bench.write("8A00 %016X %08X".formatted(lba, blocks), data))
                            .isEqualTo("GOOD");
                    System.arraycopy(data, 0, model, from, data.length);
                }
                case 2 -> {
                    byte[] list = DiskReadWriteTest.unmap(lba, blocks);
                    assertThat(bench.write("4200 00000000 00 0018", list)).isEqualTo("GOOD");
                    Arrays.fill(model, from, to, (byte) 0);
                }
                case 3 -> {
                    byte[] block = Bench.pattern(i, blockSize);
                    assertThat(bench.write("4100 %08X 00 %04X".formatted(lba, blocks), block))
                            .isEqualTo("GOOD");
                    for (int at = from; at < to; at += blockSize) {
                        System.arraycopy(block, 0, model, at, blockSize);
                    }
                }
                default ->
                    assertThat(bench.command("2800 %08X 00 %04X".formatted(lba, blocks))
                                    .send()
                                    .received())
                            .isEqualTo(Arrays.copyOfRange(model, from, to));
            }
        }
        assertThat(bench.device.contents(0, model.length)).isEqualTo(model);
        assertThat(bench.device.count(Kind.FLUSH)).isZero();
    }
}
