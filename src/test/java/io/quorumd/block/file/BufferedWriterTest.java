package io.quorumd.block.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.SyncDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The threads of a strand's buffered writes, and what becomes of them when a disk keeps one. */
class BufferedWriterTest {

    private static final int SIZE = 1 << 20;
    private static final int BLOCK = 4096;
    private static final long MOMENT = TimeUnit.MILLISECONDS.toNanos(4);

    private final FileFixture files = new FileFixture();
    private final CountedThreads threads = new CountedThreads();
    private final FileThreads counted = new FileThreads(files.strand, threads);

    @TempDir
    private Path folder = Path.of("");

    @BeforeEach
    void onADisk() throws IOException {
        assumeTrue(FileFixture.hasDisk(), "needs a temporary folder on a disk");
    }

    @Test
    void oneThreadWritesAllFilesOfAStrand() throws IOException {
        assertThat(threadsForWrites(8)).isEqualTo(1);
    }

    @Test
    void aSecondOneHelpsWhereManyWait() throws IOException {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "needs two processors");
        assertThat(threadsForWrites(100)).isEqualTo(2);
    }

    @Test
    void theThreadIsCalledOnceAllCopiesAreHandedOver() throws IOException {
        List<SyncDevice> disks = List.of(open(file("a")), open(file("b")), open(file("c")));
        threads.reset();
        threads.holdBack();
        List<CompletableFuture<Boolean>> writes = disks.stream()
                .map(disk -> disk.writeLater(0, content(0), false))
                .toList();
        assertThat(threads.asked()).isZero();
        files.strand.run();
        assertThat(threads.asked()).isEqualTo(1);
        threads.letGo();
        writes.forEach(write -> await(disks, write));
        disks.forEach(disk -> disk.await(disk.closeLater()));
    }

    /** So many blocks of three files, all handed over before one comes back. */
    private int threadsForWrites(int blocks) throws IOException {
        List<SyncDevice> disks = List.of(open(file("a")), open(file("b")), open(file("c")));
        threads.reset();
        threads.holdBack();
        List<CompletableFuture<Boolean>> writes = new ArrayList<>();
        for (int block = 0; block < blocks; block++) {
            for (SyncDevice disk : disks) {
                writes.add(disk.writeLater((long) block * BLOCK, content(block), false));
            }
        }
        threads.letGo();
        writes.forEach(write -> await(disks, write));
        int used = threads.asked();
        for (SyncDevice disk : disks) {
            for (int block = 0; block < blocks; block++) {
                assertThat(disk.read((long) block * BLOCK, BLOCK)).isEqualTo(content(block));
            }
            disk.await(disk.closeLater());
        }
        return used;
    }

    @Test
    void aFileWhoseWritesWaitHoldsUpNoOther() throws IOException {
        assumeTrue(LoopDevice.available(), LoopDevice.WHY_NOT);
        LoopDevice loop = LoopDevice.attach(16 << 20);
        Path mount = Files.createDirectory(folder.resolve("mount"));
        LoopDevice.run("mkfs.ext4", "-q", loop.path().toString());
        LoopDevice.run("mount", loop.path().toString(), mount.toString());
        try {
            Path there = mount.resolve("child.img");
            assertThat(files.create(there, SIZE, false)).isNull();
            SyncDevice slow = open(there);
            SyncDevice quick = open(file("quick"));
            // A write to a frozen file system waits in the kernel, as one to a disk that hangs.
            LoopDevice.run("fsfreeze", "--freeze", mount.toString());
            List<CompletableFuture<Boolean>> waiting = new ArrayList<>();
            try {
                for (int block = 0; block < 3; block++) {
                    waiting.add(slow.writeLater((long) block * BLOCK, content(block), false));
                    CompletableFuture<Boolean> write = quick.writeLater((long) block * BLOCK, content(block), false);
                    awaitWhileTimePasses(write);
                }
                assertThat(waiting).noneMatch(CompletableFuture::isDone);
            } finally {
                LoopDevice.run("fsfreeze", "--unfreeze", mount.toString());
            }
            waiting.forEach(slow::await);
            for (int block = 0; block < 3; block++) {
                assertThat(slow.read((long) block * BLOCK, BLOCK)).isEqualTo(content(block));
                assertThat(quick.read((long) block * BLOCK, BLOCK)).isEqualTo(content(block));
            }
            slow.await(slow.closeLater());
            quick.await(quick.closeLater());
        } finally {
            LoopDevice.run("umount", "--lazy", mount.toString());
            loop.detach();
        }
    }

    @Test
    void writesFailWhenThereAreNoThreads() throws IOException {
        SyncDevice disk = open(file("threadless"));
        threads.refuse(true);
        assertThat(disk.awaitError(disk.writeLater(0, content(1), false)).code())
                .isEqualTo(Errno.ENOMEM);
        threads.refuse(false);
        disk.write(0, content(2));
        assertThat(disk.read(0, BLOCK)).isEqualTo(content(2));
        disk.await(disk.closeLater());
    }

    @Test
    void oneThreadIsEnoughWhereNoSecondIsToBeHad() throws IOException {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "needs two processors");
        SyncDevice disk = open(file("one"));
        threads.reset();
        threads.holdBack();
        List<CompletableFuture<Boolean>> writes = new ArrayList<>();
        for (int block = 0; block < 100; block++) {
            writes.add(disk.writeLater((long) block * BLOCK, content(block), false));
            threads.refuse(threads.asked() > 0);
        }
        assertThat(threads.asked())
                .as("one that was refused, and not asked for again")
                .isEqualTo(2);
        threads.letGo();
        threads.refuse(false);
        writes.forEach(write -> await(List.of(disk), write));
        for (int block = 0; block < 100; block++) {
            assertThat(disk.read((long) block * BLOCK, BLOCK)).isEqualTo(content(block));
        }
        disk.await(disk.closeLater());
    }

    private Path file(String name) {
        Path path = folder.resolve(name);
        assertThat(files.create(path, SIZE, false)).isNull();
        return path;
    }

    private SyncDevice open(Path path) {
        return files.open(path, counted);
    }

    private static void await(List<SyncDevice> disks, CompletableFuture<Boolean> write) {
        assertThat(disks.getFirst().await(write)).isTrue();
    }

    /** Of a strand whose clock stands still otherwise, until another thread has done its part. */
    private void awaitWhileTimePasses(CompletableFuture<Boolean> write) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!write.isDone()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            files.strand.advance(MOMENT);
            Thread.onSpinWait();
        }
    }

    private static byte[] content(int block) {
        byte[] bytes = new byte[BLOCK];
        Arrays.fill(bytes, (byte) (block + 1));
        return bytes;
    }
}
