package io.quorumd.block.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.quorumd.block.BlockDevice;
import io.quorumd.block.BlockError;
import io.quorumd.block.Completion;
import io.quorumd.block.Fence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What was admitted before the fence was up, and comes to be done afterwards, is not done: the device admits, the file refuses. */
class FileFenceTest {

    private static final int SIZE = 1 << 20;

    private final FileFixture files = new FileFixture();
    private final Fence fence = () -> true;

    static Stream<Path> places() {
        return Stream.of(FileFixture.MEMORY, FileFixture.DISK);
    }

    @ParameterizedTest
    @MethodSource("places")
    void neitherInMemoryNorOnADisk(Path place) throws IOException {
        Path file = Files.createTempFile(place, "fence", ".img");
        try {
            Files.write(file, new byte[SIZE]);
            BlockDevice device = files.open(file, new FileOptions(false, false, false, fence));
            List<BlockError> refused = change(device);
            assertThat(refused).hasSize(4).containsOnly(Fence.REFUSAL);
            assertThat(Files.readAllBytes(file)).isEqualTo(new byte[SIZE]);
            close(device);
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void norPastThePageCache() throws IOException {
        Path file = Files.createTempFile(FileFixture.DISK, "fence", ".img");
        try {
            Files.write(file, new byte[SIZE]);
            BlockDevice device = files.open(file, new FileOptions(FileFixture.hasDisk(), false, false, fence));
            assertThat(change(device)).hasSize(4).containsOnly(Fence.REFUSAL);
            assertThat(Files.readAllBytes(file)).isEqualTo(new byte[SIZE]);
            close(device);
        } finally {
            Files.delete(file);
        }
    }

    /** What each kind of change ended with. */
    private List<BlockError> change(BlockDevice device) {
        List<BlockError> errors = new ArrayList<>();
        Completion end = error -> errors.add(error);
        ByteBuf ones = PooledByteBufAllocator.DEFAULT.directBuffer(4096, 4096);
        ones.writeBytes("x".repeat(4096).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        files.strand.execute(() -> {
            device.write(0, ones, false, end);
            device.write(8192, ones, true, end);
            device.update(
                    16384,
                    4096,
                    false,
                    current -> {
                        current.setBytes(current.readerIndex(), ones, 0, 4096);
                        return null;
                    },
                    end);
            device.writeZeroes(65536, 65536, true, false, end);
        });
        files.strand.runUntil(() -> errors.size() == 4);
        ones.release();
        return errors;
    }

    private void close(BlockDevice device) {
        List<Boolean> closed = new ArrayList<>();
        files.strand.execute(() -> device.close(error -> closed.add(error == null)));
        files.strand.runUntil(() -> !closed.isEmpty());
        assertThat(closed).containsExactly(true);
    }
}
