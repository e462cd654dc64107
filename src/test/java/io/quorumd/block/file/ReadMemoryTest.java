package io.quorumd.block.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.quorumd.block.BlockDevice;
import io.quorumd.block.SyncDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where in memory a read's data is. */
class ReadMemoryTest {

    private final FileFixture files = new FileFixture();

    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest
    @ValueSource(ints = {1, 512, 4096, 65536})
    void itBeginsWhereTheProcessorIsQuickToCopyTo(int length) throws IOException {
        byte[] content = new byte[2 * length];
        content[length] = 1;
        BlockDevice disk = files.open(Files.write(folder.resolve("a.img"), content), FileOptions.DEFAULT);
        CompletableFuture<ByteBuf> read = new CompletableFuture<>();
        files.strand.execute(() -> disk.read(length, length, (data, error) -> read.complete(data)));
        files.strand.runUntil(read::isDone);
        ByteBuf data = read.join();
        assertThat(data.readableBytes()).isEqualTo(length);
        assertThat(data.getByte(data.readerIndex())).isEqualTo((byte) 1);
        assertThat((data.memoryAddress() + data.readerIndex()) % 64).isZero();
        data.release();
        SyncDevice open = new SyncDevice(disk);
        open.await(open.closeLater());
    }
}
