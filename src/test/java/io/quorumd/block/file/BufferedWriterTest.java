package io.quorumd.block.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.PooledByteBufAllocator;
import io.quorumd.block.BlockDevice;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.SyncDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The one thread of a strand's buffered writes, and what becomes of it when a disk keeps it. */
class BufferedWriterTest {

    private static final int SIZE = 1 << 20;
    private static final int BLOCK = 4096;
    private static final long MOMENT = TimeUnit.MILLISECONDS.toNanos(4);

    private final FileFixture files = new FileFixture();
    private final AtomicInteger threads = new AtomicInteger();
    private boolean refuses;
    private final FileThreads counted = new FileThreads(files.strand, task -> {
        if (refuses) {
            throw new RejectedExecutionException("no more");
        }
        threads.incrementAndGet();
        FileFixture.IO.execute(task);
    });

    @TempDir
    private Path folder = Path.of("");

    @BeforeEach
    void onADisk() throws IOException {
        assumeTrue(FileFixture.hasDisk(), "needs a temporary folder on a disk");
    }

    @Test
    void oneThreadWritesAllFilesOfAStrand() throws IOException {
        List<SyncDevice> disks = List.of(open(file("a")), open(file("b")), open(file("c")));
        threads.set(0);
        List<CompletableFuture<Boolean>> writes = new ArrayList<>();
        for (int block = 0; block < 100; block++) {
            for (SyncDevice disk : disks) {
                writes.add(disk.writeLater((long) block * BLOCK, content(block), false));
            }
        }
        writes.forEach(write -> await(disks, write));
        assertThat(threads).hasValue(1);
        for (SyncDevice disk : disks) {
            assertThat(disk.read(99L * BLOCK, BLOCK)).isEqualTo(content(99));
            disk.await(disk.closeLater());
        }
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
        refuses = true;
        assertThat(disk.awaitError(disk.writeLater(0, content(1), false)).code())
                .isEqualTo(Errno.ENOMEM);
        refuses = false;
        disk.write(0, content(2));
        assertThat(disk.read(0, BLOCK)).isEqualTo(content(2));
        disk.await(disk.closeLater());
    }

    private Path file(String name) {
        Path path = folder.resolve(name);
        assertThat(files.create(path, SIZE, false)).isNull();
        return path;
    }

    private SyncDevice open(Path path) {
        List<BlockDevice> opened = new ArrayList<>();
        FileDevice.open(
                path.toString(),
                path,
                FileOptions.DEFAULT,
                counted,
                PooledByteBufAllocator.DEFAULT,
                (device, error) -> opened.add(Objects.requireNonNull(device)));
        files.strand.runUntil(() -> !opened.isEmpty());
        return new SyncDevice(opened.getFirst());
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
