package io.quorumd.block.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.block.BlockDevice;
import io.quorumd.block.BlockDeviceContract;
import io.quorumd.block.SyncDevice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** The contract, for each way in which a file is served. */
class FileContractTest {

    /** A new sparse file in a folder of its own. */
    abstract static class OfFile extends BlockDeviceContract {

        private final FileFixture files = new FileFixture();
        private final FileOptions options;
        private final Path path;

        OfFile(Path parent, FileOptions options) throws IOException {
            this.options = options;
            this.path = Files.createTempDirectory(parent, "quorumd-file-").resolve("child.img");
        }

        @Override
        protected BlockDevice open() {
            assertThat(files.create(path, SIZE, false)).isNull();
            return files.open(path, options);
        }

        @Test
        void saysWhereItsHolesAre() {
            assertThat(disk.status(0, SIZE)).isEqualTo(new SyncDevice.Extent(SIZE, false));
            disk.write(1 << 20, random(1 << 20, 1));
            assertThat(disk.status(0, SIZE)).isEqualTo(new SyncDevice.Extent(1 << 20, false));
            assertThat(disk.status(1 << 20, SIZE / 2)).isEqualTo(new SyncDevice.Extent(1 << 20, true));
            disk.await(disk.zeroLater(1 << 20, 512 << 10, true, false));
            assertThat(disk.status(0, SIZE)).isEqualTo(new SyncDevice.Extent(1536 << 10, false));
            assertThat(disk.status(1536 << 10, 4096)).isEqualTo(new SyncDevice.Extent(4096, true));
        }

        @AfterEach
        void remove() throws IOException {
            Files.delete(path);
            Files.delete(path.getParent());
        }
    }

    /** On tmpfs: everything inline. */
    @Nested
    class InMemory extends OfFile {
        InMemory() throws IOException {
            super(FileFixture.MEMORY, FileOptions.DEFAULT);
        }
    }

    /** On the file system of the build: through the page cache. */
    @Nested
    class OnDisk extends OfFile {
        OnDisk() throws IOException {
            super(FileFixture.DISK, FileOptions.DEFAULT);
        }
    }

    /** Past the page cache. */
    @Nested
    class Direct extends OfFile {
        Direct() throws IOException {
            super(FileFixture.DISK, new FileOptions(true, false, false));
        }
    }

    /** Its space is never given back, so that it cannot be wanting later. */
    @Nested
    class KeepingItsSpace extends BlockDeviceContract {

        private final FileFixture files = new FileFixture();
        private final Path path =
                Files.createTempDirectory(FileFixture.DISK, "quorumd-file-").resolve("child.img");

        KeepingItsSpace() throws IOException {}

        @Override
        protected BlockDevice open() {
            assertThat(files.create(path, SIZE, true)).isNull();
            return files.open(path, new FileOptions(false, false, true));
        }

        @Test
        void keepsItWhenItIsDeallocated() throws IOException {
            long space = allocated();
            assertThat(space).isGreaterThanOrEqualTo(SIZE);
            disk.write(1 << 20, random(1 << 20, 1));
            disk.await(disk.zeroLater(0, SIZE, true, true));
            assertThat(allocated()).isGreaterThanOrEqualTo(space);
        }

        /** Bytes; what reads as a hole may have its space. */
        private long allocated() throws IOException {
            Process stat = new ProcessBuilder("stat", "--format=%b", path.toString()).start();
            String sectors = new String(stat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return 512 * Long.parseLong(sectors.strip());
        }

        @AfterEach
        void remove() throws IOException {
            Files.delete(path);
            Files.delete(path.getParent());
        }
    }

    /** A block device, through the page cache and past it. */
    abstract static class OfLoopDevice extends BlockDeviceContract {

        private final FileFixture files = new FileFixture();
        private final FileOptions options;
        private final LoopDevice loop = LoopDevice.attach(SIZE);

        OfLoopDevice(FileOptions options) throws IOException {
            this.options = options;
        }

        @Override
        protected BlockDevice open() {
            return files.open(loop.path(), options);
        }

        @AfterEach
        void detach() throws IOException {
            loop.detach();
        }
    }

    @Nested
    @EnabledIf(value = "io.quorumd.block.file.LoopDevice#available", disabledReason = LoopDevice.WHY_NOT)
    class LoopBuffered extends OfLoopDevice {
        LoopBuffered() throws IOException {
            super(FileOptions.DEFAULT);
        }
    }

    @Nested
    @EnabledIf(value = "io.quorumd.block.file.LoopDevice#available", disabledReason = LoopDevice.WHY_NOT)
    class LoopDirect extends OfLoopDevice {
        LoopDirect() throws IOException {
            super(new FileOptions(true, false, false));
        }
    }
}
