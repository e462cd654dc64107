package io.quorumd.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.MemoryDevice.Kind;
import io.quorumd.block.ReopeningDevice.Presence;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The contract, and what becomes of a device that is lost: of its requests, its unflushed writes, and of itself. */
class ReopeningDeviceTest extends BlockDeviceContract {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long PATIENCE = 5 * SECOND;
    private static final byte[] BLOCK = new byte[512];

    private final ManualStrand strand = new ManualStrand();
    private final MemoryDevice first = new MemoryDevice("ram", SIZE, strand);
    /** What the next openings come to; when there is nothing left, they fail. */
    private final ArrayDeque<MemoryDevice> next = new ArrayDeque<>();

    private final List<Long> attempts = new ArrayList<>();
    private final List<String> changes = new ArrayList<>();

    @Override
    protected BlockDevice open() {
        return new ReopeningDevice(
                first,
                done -> {
                    attempts.add(strand.nanoTime() / SECOND);
                    @Nullable MemoryDevice opened = next.poll();
                    done.completed(opened, opened != null ? null : BlockError.of(Errno.ENODEV, "nobody is there"));
                },
                (from, to) -> changes.add(from.presence() + " " + to.presence()),
                PATIENCE);
    }

    private ReopeningDevice.Condition condition() {
        return ((ReopeningDevice) device).condition();
    }

    /** Every request fails, as where a connection has broken. */
    private void lose() {
        first.on(request -> request.kind() != Kind.CLOSE, Fault.fail(Errno.ENODEV));
        assertThat(disk.awaitError(disk.readLater(0, 512)).code()).isEqualTo(Errno.EBUSY);
    }

    private MemoryDevice back() {
        MemoryDevice fresh = new MemoryDevice("ram", SIZE, strand);
        next.add(fresh);
        strand.advance(SECOND);
        assertThat(condition().presence()).isEqualTo(Presence.ANSWERING);
        return fresh;
    }

    @Test
    void failsAtOnceWhileItIsAwayAndIsTriedAtGrowingDistances() {
        lose();
        assertThat(first.isClosed()).isTrue();
        assertThat(condition().presence()).isEqualTo(Presence.LOST);
        assertThat(condition().reason()).isEqualTo("injected");
        strand.advance(100 * SECOND);
        assertThat(attempts).containsExactly(1L, 3L, 7L, 15L, 31L, 61L, 91L);
        assertThat(condition().reason()).isEqualTo("did not open: ENODEV: nobody is there");
        CompletableFuture<?>[] asked = {
            disk.readLater(0, 512),
            disk.writeLater(0, BLOCK, false),
            disk.zeroLater(0, 512, true, false),
            disk.updateLater(0, 512, current -> null),
            disk.flushLater(),
            disk.statusLater(0, SIZE)
        };
        assertThat(asked)
                .allSatisfy(
                        request -> assertThat(disk.awaitError(request).code()).isEqualTo(Errno.EBUSY));
        next.add(new MemoryDevice("ram", SIZE, strand));
        strand.advance(30 * SECOND);
        assertThat(disk.read(0, 512)).containsOnly(0);
        assertThat(changes).containsExactly("ANSWERING LOST", "LOST ANSWERING");
    }

    @Test
    void oneFlushTellsOfWritesThatWereNotFlushed() {
        disk.write(0, BLOCK);
        lose();
        assertThat(condition().reason()).contains("writes that were not flushed may be gone");
        assertThat(disk.awaitError(disk.flushLater()).code()).as("away").isEqualTo(Errno.EBUSY);
        MemoryDevice fresh = back();
        disk.write(512, BLOCK);
        BlockError error = disk.awaitError(disk.flushLater());
        assertThat(error.code()).isEqualTo(Errno.EIO);
        assertThat(fresh.count(Kind.FLUSH)).isZero();
        disk.await(disk.flushLater());
        assertThat(fresh.count(Kind.FLUSH)).isOne();
    }

    @Test
    void zeroesAndUpdatesAreWritesToo() {
        disk.await(disk.zeroLater(0, 512, true, false));
        lose();
        MemoryDevice second = back();
        assertThat(disk.awaitError(disk.flushLater()).code()).isEqualTo(Errno.EIO);
        disk.await(disk.updateLater(0, 512, current -> null));
        second.on(Kind.READ, Fault.fail(Errno.ENODEV));
        disk.awaitError(disk.readLater(0, 512));
        strand.advance(SECOND);
        back();
        assertThat(disk.awaitError(disk.flushLater()).code()).isEqualTo(Errno.EIO);
    }

    @Test
    void nothingIsToldWhereAllWasFlushedOrDurableAtOnceOrNeverAcknowledged() {
        disk.write(0, BLOCK);
        disk.await(disk.flushLater());
        disk.await(disk.writeLater(512, BLOCK, true));
        first.on(Kind.WRITE, Fault.fail(Errno.ENODEV));
        disk.awaitError(disk.writeLater(0, BLOCK, false));
        assertThat(condition().reason()).isEqualTo("injected");
        back();
        disk.await(disk.flushLater());
    }

    /** A write that is acknowledged while a flush is under way is not in it. */
    @Test
    void aFlushCoversWhatWasAcknowledgedBeforeIt() {
        disk.write(0, BLOCK);
        first.on(Kind.FLUSH, Fault.hang()).times(1);
        CompletableFuture<Boolean> flush = disk.flushLater();
        disk.write(512, BLOCK);
        first.release();
        disk.await(flush);
        lose();
        back();
        assertThat(disk.awaitError(disk.flushLater()).code()).isEqualTo(Errno.EIO);
    }

    /** The old device acknowledges a write, or says that it has flushed, when its successor is there. */
    @Test
    void whatEndsLateSaysNothingOfTheSuccessor() {
        first.on(Kind.WRITE, Fault.hang()).times(1);
        CompletableFuture<Boolean> write = disk.writeLater(0, BLOCK, false);
        first.on(Kind.FLUSH, Fault.hang()).times(1);
        CompletableFuture<Boolean> flush = disk.flushLater();
        lose();
        back();
        disk.write(512, BLOCK);
        first.releaseAll();
        disk.await(write);
        disk.await(flush);
        assertThat(disk.awaitError(disk.flushLater()).code()).isEqualTo(Errno.EIO);
    }

    @Test
    void anotherLengthIsNotTaken() {
        lose();
        MemoryDevice other = new MemoryDevice("ram", 2L * SIZE, strand);
        next.add(other);
        strand.advance(SECOND);
        assertThat(other.isClosed()).isTrue();
        assertThat(condition().reason()).isEqualTo("it has " + 2 * SIZE + " bytes, and had " + SIZE);
        strand.advance(SECOND);
        back();
    }

    @Test
    void largerBlocksAreNotTaken() {
        lose();
        next.add(new MemoryDevice("ram", SIZE, strand).physicalBlockSize(4096));
        strand.advance(SECOND);
        assertThat(condition().reason()).contains("larger than before");
    }

    @Test
    void silenceIsNoticedWithoutWorkAndEndsWithAnAnswer() {
        first.on(Kind.READ, Fault.hang());
        strand.advance(3 * PATIENCE);
        assertThat(condition().presence()).isEqualTo(Presence.SILENT);
        assertThat(condition().reason()).isEqualTo("no answer within 5000 ms");
        assertThat(first.hanging()).as("probes").isOne();
        first.heal();
        assertThat(condition().presence()).isEqualTo(Presence.ANSWERING);
        assertThat(changes).containsExactly("ANSWERING SILENT", "SILENT ANSWERING");
    }

    @Test
    void aLossIsNoticedWithoutWork() {
        first.on(Kind.READ, Fault.fail(Errno.ENODEV));
        strand.advance(2 * PATIENCE);
        assertThat(changes).first().isEqualTo("ANSWERING LOST");
    }

    @Test
    void closedItIsNotOpenedAgain() {
        lose();
        disk.await(disk.closeLater());
        strand.advance(100 * SECOND);
        assertThat(attempts).isEmpty();
        assertThat(disk.awaitError(disk.readLater(0, 512)).code()).isEqualTo(Errno.ECANCELED);
        assertThat(strand.isIdle()).isTrue();
    }
}
