package io.quorumd.block.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.quorumd.block.BlockDevice;
import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.SyncDevice;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be wrong with a file, when it is opened and later. */
class FileFaultsTest {

    private static final int SIZE = 1 << 20;

    private final FileFixture files = new FileFixture();
    private final CountedThreads threads = new CountedThreads();
    private final FileThreads counted = new FileThreads(files.strand, threads);

    @TempDir
    private Path folder = Path.of("");

    @Test
    void saysWhatIsMissing() {
        BlockError error = files.refusal(folder.resolve("none.img"), FileOptions.DEFAULT);
        assertThat(error.code()).isEqualTo(Errno.ENODEV);
        assertThat(error.message()).contains("none.img", "does not exist", "create it");
    }

    @Test
    void refusesWhatIsNoStorage() {
        assertThat(files.refusal(folder, FileOptions.DEFAULT).message()).contains("is a directory");
        assertThat(files.refusal(Path.of("/dev/null"), FileOptions.DEFAULT).message())
                .contains("neither a regular file nor a block device");
    }

    @Test
    void isOpenedOnceAtATime() throws IOException {
        Path path = file();
        SyncDevice first = new SyncDevice(files.open(path, FileOptions.DEFAULT));
        BlockError error = files.refusal(path, FileOptions.DEFAULT);
        assertThat(error.code()).isEqualTo(Errno.EBUSY);
        assertThat(error.message()).contains("held by another process");
        assertThat(files.refusal(path, new FileOptions(false, true, false)).code())
                .isEqualTo(Errno.EBUSY);

        first.await(first.closeLater());
        close(files.open(path, FileOptions.DEFAULT));
    }

    @Test
    void respectsTheLocksOfOthers() throws IOException {
        Path path = file();
        try (FileChannel other = FileChannel.open(path, StandardOpenOption.WRITE)) {
            assertThat(other.tryLock()).isNotNull();
            assertThat(files.refusal(path, FileOptions.DEFAULT).code()).isEqualTo(Errno.EBUSY);
        }
        close(files.open(path, FileOptions.DEFAULT));
    }

    @Test
    void sharesAFileAmongReaders() throws IOException {
        Path path = file();
        BlockDevice one = files.open(path, new FileOptions(false, true, false));
        BlockDevice two = files.open(path, new FileOptions(false, true, false));
        SyncDevice disk = new SyncDevice(one);
        assertThat(disk.awaitError(disk.writeLater(0, new byte[512], false)).code())
                .isEqualTo(Errno.EROFS);
        assertThat(disk.awaitError(disk.zeroLater(0, 512, true, false)).code()).isEqualTo(Errno.EROFS);
        assertThat(disk.awaitError(disk.updateLater(0, 512, current -> null)).code())
                .isEqualTo(Errno.EROFS);
        assertThat(disk.read(0, 512)).containsOnly(0);
        assertThat(disk.await(disk.flushLater())).isTrue();
        close(one);
        close(two);
    }

    @Test
    void leavesAnExistingFileAlone() throws IOException {
        Path path = folder.resolve("precious");
        Files.writeString(path, "do not touch");
        BlockError error = files.create(path, SIZE, true);
        assertThat(error).extracting(BlockError::message).asString().contains("exists already");
        assertThat(path).hasContent("do not touch");
    }

    @Test
    void leavesNothingBehindWhenItCannotCreate() {
        Path path = folder.resolve("huge");
        assertThat(files.create(path, 1L << 60, true)).isNotNull();
        assertThat(path).doesNotExist();
    }

    @Test
    void refusesDirectAccessToAnUnalignedLength() throws IOException {
        Path path = Files.write(FileFixture.DISK.resolve("quorumd-unaligned-" + System.nanoTime()), new byte[1000]);
        try {
            assertThat(files.refusal(path, new FileOptions(true, false, false)).message())
                    .contains("its length 1000 is no multiple of");
        } finally {
            Files.delete(path);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void neverGivesZeroesForWhatWasCutOff(boolean inMemory) throws IOException {
        Path path = Files.createTempDirectory(inMemory ? FileFixture.MEMORY : FileFixture.DISK, "quorumd-cut-")
                .resolve("child.img");
        assertThat(files.create(path, SIZE, false)).isNull();
        BlockDevice device = files.open(path, FileOptions.DEFAULT);
        SyncDevice disk = new SyncDevice(device);
        try {
            cut(path, 8192);
            assertThat(disk.read(0, 8192)).containsOnly(0);
            BlockError error = disk.awaitError(disk.readLater(4096, 8192));
            assertThat(error.code()).isEqualTo(Errno.ENODEV);
            assertThat(error.message()).contains(path.toString(), "shorter than the " + SIZE);
            // A write would lengthen it again, with zeroes in between.
            assertThat(disk.awaitError(disk.writeLater(SIZE - 512, new byte[512], false))
                            .code())
                    .isEqualTo(Errno.ENODEV);
            assertThat(disk.awaitError(disk.zeroLater(0, 4096, true, false)).code())
                    .isEqualTo(Errno.ENODEV);
            assertThat(disk.awaitError(disk.flushLater()).code()).isEqualTo(Errno.ENODEV);
            assertThat(path).hasSize(8192);
        } finally {
            close(device);
            Files.delete(path);
            Files.delete(path.getParent());
        }
    }

    @Test
    void noticesWhenWritingThatTheEndIsGone() throws IOException {
        Path path = file();
        BlockDevice device = files.open(path, FileOptions.DEFAULT);
        SyncDevice disk = new SyncDevice(device);
        cut(path, 0);
        files.strand.advance(200_000_000);
        assertThat(disk.awaitError(disk.writeLater(4096, new byte[512], false)).code())
                .isEqualTo(Errno.ENODEV);
        assertThat(path).hasSize(0);
        close(device);
    }

    @Test
    void noticesThatItWasDeleted() throws IOException {
        Path path = file();
        BlockDevice device = files.open(path, FileOptions.DEFAULT);
        SyncDevice disk = new SyncDevice(device);
        Files.delete(path);
        BlockError error = disk.awaitError(disk.flushLater());
        assertThat(error.code()).isEqualTo(Errno.ENODEV);
        assertThat(error.message()).contains(path.toString(), "deleted");
        close(device);
    }

    @Test
    void noticesWhenReadingThatItWasDeletedThoughThePageCacheStillAnswers() throws IOException {
        Path path = file();
        BlockDevice device = files.open(path, FileOptions.DEFAULT);
        SyncDevice disk = new SyncDevice(device);
        assertThat(disk.read(0, 512)).containsOnly(0);
        Files.delete(path);
        files.strand.advance(200_000_000);
        assertThat(disk.awaitError(disk.readLater(0, 512)).code()).isEqualTo(Errno.ENODEV);
        close(device);
    }

    @Test
    void reportsAFullFileSystem() throws IOException, InterruptedException {
        Path mount = Files.createDirectory(folder.resolve("small"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=256k", "none", mount.toString()), "mounting needs root");
        try {
            Path path = mount.resolve("child.img");
            assertThat(files.create(path, SIZE, false)).isNull();
            BlockDevice device = files.open(path, FileOptions.DEFAULT);
            SyncDevice disk = new SyncDevice(device);
            BlockError error = disk.awaitError(disk.writeLater(0, new byte[SIZE], false));
            assertThat(error.code()).isEqualTo(Errno.ENOSPC);
            assertThat(error.message()).contains(path.toString());
            disk.await(disk.zeroLater(0, SIZE, true, false));
            disk.write(0, new byte[4096]);
            close(device);
        } finally {
            assertThat(run("umount", mount.toString())).isTrue();
        }
    }

    /** A disk that hangs is a thread that does not come back. */
    @Test
    void aHangingDiskHoldsUpNobodyElseAndHasABoundedNumberOfThreads() throws IOException {
        assumeTrue(FileFixture.hasDisk(), "needs a temporary folder on a disk");
        SyncDevice stuck = files.open(file(), counted);
        threads.reset();
        threads.holdBack();

        List<CompletableFuture<?>> all = new ArrayList<>(writeThrough(stuck, 40));
        all.add(stuck.flushLater());
        all.add(stuck.closeLater());
        assertThat(threads.asked()).isEqualTo(Workers.MOST);

        SyncDevice other = new SyncDevice(files.open(file("other.img"), FileOptions.DEFAULT));
        other.await(other.writeLater(0, new byte[4096], true));
        other.await(other.closeLater());
        assertThat(all).noneMatch(CompletableFuture::isDone);

        threads.letGo();
        all.forEach(stuck::await);
    }

    @Test
    void failsRequestsWhenThereAreNoThreads() throws IOException {
        assumeTrue(FileFixture.hasDisk(), "needs a temporary folder on a disk");
        SyncDevice disk = files.open(file(), counted);
        threads.refuse(true);
        assertThat(disk.awaitError(disk.writeLater(0, new byte[512], true)).code())
                .isEqualTo(Errno.ENOMEM);
        threads.refuse(false);
        disk.await(disk.flushLater().handle((good, error) -> true));
        disk.await(disk.closeLater());
    }

    @Test
    void theThreadsThereAreMustDoWhereThereAreNoMore() throws IOException {
        assumeTrue(FileFixture.hasDisk(), "needs a temporary folder on a disk");
        SyncDevice disk = files.open(file(), counted);
        threads.reset();
        threads.holdBack();
        List<CompletableFuture<Boolean>> all = new ArrayList<>(writeThrough(disk, 1));
        threads.refuse(true);
        all.addAll(writeThrough(disk, 40));
        assertThat(threads.asked())
                .as("one that was refused, and not asked for again")
                .isEqualTo(2);
        files.strand.advance(TimeUnit.SECONDS.toNanos(1));
        all.addAll(writeThrough(disk, 1));
        assertThat(threads.asked()).isEqualTo(3);
        threads.letGo();
        threads.refuse(false);
        assertThat(all).allMatch(disk::await);
        disk.await(disk.closeLater());
    }

    /** So many blocks, none of which the page cache may keep. */
    private static List<CompletableFuture<Boolean>> writeThrough(SyncDevice disk, int blocks) {
        return IntStream.range(0, blocks)
                .mapToObj(block -> disk.writeLater(block * 4096L, new byte[4096], true))
                .toList();
    }

    private Path file() {
        return file("child.img");
    }

    private Path file(String name) {
        Path path = folder.resolve(name);
        assertThat(files.create(path, SIZE, false)).isNull();
        return path;
    }

    private static void cut(Path path, long length) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.truncate(length);
        }
    }

    private static void close(BlockDevice device) {
        SyncDevice disk = new SyncDevice(device);
        disk.await(disk.closeLater());
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }
}
