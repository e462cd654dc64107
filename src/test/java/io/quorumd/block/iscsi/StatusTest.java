package io.quorumd.block.iscsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.SyncDevice;
import io.quorumd.block.iscsi.ScriptedTarget.Behaviour;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the statuses and sense data that a LUN answers with. */
class StatusTest {

    private static final int WRITE = 0x8A;
    private static final int WRITE_SAME = 0x93;
    private static final int READ_CAPACITY = 0x9E;
    private static final Opener OPENER = new Opener();

    @AfterAll
    static void stop() {
        OPENER.close();
    }

    private static SyncDevice open(ScriptedTarget target) {
        return new SyncDevice(
                OPENER.open(OPENER.connector(target.uri(), null, Duration.ofSeconds(20)), Opener.owner("volume", 1)));
    }

    /** The first so many writes end in CHECK CONDITION. */
    private static Behaviour sensing(AtomicInteger times, int key, int asc, int ascq) {
        return (request, talk) -> {
            boolean now = request.operation() == WRITE && times.getAndDecrement() > 0;
            if (now) {
                talk.checkCondition(request, key, asc, ascq);
            }
            return now;
        };
    }

    @ParameterizedTest
    @CsvSource({
        "2, 0x08, 0x00, EIO",
        "3, 0x0C, 0x00, EIO",
        "4, 0x44, 0x00, EIO",
        "5, 0x21, 0x00, EINVAL",
        "7, 0x27, 0x00, EROFS",
        "7, 0x27, 0x07, ENOSPC",
        "14, 0x1D, 0x00, EIO"
    })
    void errorsAreWhatTheSenseSays(int key, int asc, int ascq, Errno code) throws IOException {
        try (ScriptedTarget target = new ScriptedTarget(sensing(new AtomicInteger(1), key, asc, ascq))) {
            SyncDevice disk = open(target);
            BlockError error = disk.awaitError(disk.writeLater(0, new byte[512], false));
            assertThat(error.code()).isEqualTo(code);
            assertThat(error.message()).startsWith("the target answered sense ");
            disk.write(0, new byte[512]);
            disk.await(disk.closeLater());
        }
    }

    @ParameterizedTest
    @CsvSource({"6, 0x3F, 0x0E", "6, 0x2A, 0x01", "11, 0x08, 0x01", "2, 0x04, 0x01"})
    void whatPassesIsWaitedFor(int key, int asc, int ascq) throws IOException {
        try (ScriptedTarget target = new ScriptedTarget(sensing(new AtomicInteger(2), key, asc, ascq))) {
            SyncDevice disk = open(target);
            disk.write(0, new byte[512]);
            disk.await(disk.closeLater());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0x08, 0x28, 0x40})
    void aBusyTargetIsAskedAgain(int status) throws IOException {
        AtomicInteger times = new AtomicInteger(2);
        try (ScriptedTarget target = new ScriptedTarget((request, talk) -> {
            boolean now = request.operation() == WRITE && times.getAndDecrement() > 0;
            if (now) {
                talk.status(request, status);
            }
            return now;
        })) {
            SyncDevice disk = open(target);
            disk.write(0, new byte[512]);
            assertThat(times.get()).isNegative();
            disk.await(disk.closeLater());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "6, 0x29, 0x00, it was reset",
        "6, 0x29, 0x01, it was reset",
        "6, 0x2F, 0x00, it was reset",
        "6, 0x2A, 0x03, another initiator took our reservation",
        "6, 0x2A, 0x05, another initiator took our reservation",
        "5, 0x25, 0x00, there is no such LUN",
        "2, 0x04, 0x03, not ready"
    })
    void whatMayHaveLostDataOrTheLunEndsTheDevice(int key, int asc, int ascq, String text) throws IOException {
        try (ScriptedTarget target = new ScriptedTarget(sensing(new AtomicInteger(1), key, asc, ascq))) {
            SyncDevice disk = open(target);
            BlockError error = disk.awaitError(disk.writeLater(0, new byte[512], false));
            assertThat(error.code()).isEqualTo(Errno.ENODEV);
            assertThat(error.message()).contains(text);
            assertThat(disk.awaitError(disk.flushLater()).code()).isEqualTo(Errno.ENODEV);
            disk.await(disk.closeLater());
        }
    }

    @Test
    void aReservationConflictEndsTheDevice() throws IOException {
        try (ScriptedTarget target = new ScriptedTarget((request, talk) -> {
            if (request.operation() == WRITE) {
                talk.status(request, ScsiCommand.RESERVATION_CONFLICT);
            }
            return request.operation() == WRITE;
        })) {
            SyncDevice disk = open(target);
            BlockError error = disk.awaitError(disk.writeLater(0, new byte[512], false));
            assertThat(error).isEqualTo(BlockError.of(Errno.ENODEV, "fenced: another initiator has reserved the LUN"));
            assertThat(disk.awaitError(disk.readLater(0, 512)).code()).isEqualTo(Errno.ENODEV);
            disk.await(disk.closeLater());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aChangedCapacityIsLookedAt(boolean changed) throws IOException {
        AtomicInteger times = new AtomicInteger(1);
        Behaviour sensing = sensing(times, 6, 0x2A, 0x09);
        try (ScriptedTarget target = new ScriptedTarget((request, talk) -> {
            if (changed && times.get() < 1 && request.operation() == READ_CAPACITY) {
                talk.dataIn(request, "00000000000003ff00000200" + "00".repeat(20));
                return true;
            }
            return sensing.handle(request, talk);
        })) {
            SyncDevice disk = open(target);
            if (changed) {
                BlockError error = disk.awaitError(disk.writeLater(0, new byte[512], false));
                assertThat(error)
                        .isEqualTo(BlockError.of(Errno.ENODEV, "the LUN's size changed from 1048576 to 524288 bytes"));
            } else {
                disk.write(0, new byte[512]);
            }
            disk.await(disk.closeLater());
        }
    }

    @Test
    void aLunThatRefusesWriteSameGetsZeroesWritten() throws IOException {
        AtomicInteger refused = new AtomicInteger();
        try (ScriptedTarget target = new ScriptedTarget((request, talk) -> {
            if (request.operation() == WRITE_SAME) {
                refused.incrementAndGet();
                talk.checkCondition(request, 5, 0x20, 0);
            }
            return request.operation() == WRITE_SAME;
        })) {
            SyncDevice disk = open(target);
            disk.await(disk.zeroLater(0, 65536, true, false));
            disk.await(disk.zeroLater(0, 65536, true, true));
            assertThat(refused).hasValue(1);
            assertThat(target.requests.stream().filter(request -> request.operation() == WRITE))
                    .hasSize(2)
                    .allMatch(request -> request.at(20) == 65536);
            disk.await(disk.closeLater());
        }
    }
}
