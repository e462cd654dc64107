package io.quorumd.block.iscsi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quorumd.block.BlockDevice;
import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Fault;
import io.quorumd.block.MemoryDevice;
import io.quorumd.block.SyncDevice;
import io.quorumd.pdu.Opcode;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Who may write to a LUN, and what becomes of what others have in flight there. */
class OwnershipTest {

    private static final int SIZE = 1 << 20;
    private static final Duration PATIENT = Duration.ofSeconds(20);
    private static final Opener OPENER = new Opener();

    @AfterAll
    static void stop() {
        OPENER.close();
    }

    private static IscsiConnector connector(String uri) {
        return OPENER.connector(uri, null, PATIENT);
    }

    private static SyncDevice open(IscsiConnector connector, IscsiOwner owner) {
        return new SyncDevice(OPENER.open(connector, owner));
    }

    @Test
    void anotherVolumeIsKeptOutUntilTheFirstIsClosed() {
        try (ServedDisk served = ServedDisk.of(SIZE, 512)) {
            SyncDevice disk = open(connector(served.uri()), Opener.owner("one", 1));
            IscsiOwner other = Opener.owner("other", 1);
            BlockError error = OPENER.refusal(connector(served.uri()), other);
            assertThat(error.code()).isEqualTo(Errno.EBUSY);
            assertThat(error.message())
                    .startsWith(served.uri() + " is reserved by another with key 0x")
                    .endsWith("; if that one is gone for good, clear its reservation");
            disk.write(0, new byte[4096]);
            disk.await(disk.closeLater());
            SyncDevice next = open(connector(served.uri()), other);
            next.await(next.closeLater());
        }
    }

    @Test
    void aLookDisturbsNobody() {
        try (ServedDisk served = ServedDisk.of(SIZE, 512)) {
            SyncDevice disk = open(connector(served.uri()), Opener.owner("one", 1));
            CompletableFuture<Long> size = new CompletableFuture<>();
            connector(served.uri()).look(Opener.INITIATOR, Opener.POOL, (bytes, error) -> size.complete(bytes));
            assertThat(disk.await(size)).isEqualTo(SIZE);
            disk.write(0, new byte[4096]);
            disk.await(disk.closeLater());
        }
    }

    @Test
    void aLaterStartTakesOverAndTheEarlierOneIsFencedForGood() {
        try (ServedDisk served = ServedDisk.of(SIZE, 512)) {
            IscsiConnector earlier = connector(served.uri());
            SyncDevice old = open(earlier, Opener.owner("volume", 7));
            SyncDevice fresh = open(connector(served.uri()), Opener.owner("volume", 8));
            assertThat(old.awaitError(old.writeLater(0, new byte[512], false)).code())
                    .isEqualTo(Errno.ENODEV);
            old.await(old.closeLater());

            BlockError error = OPENER.refusal(earlier, Opener.owner("volume", 7));
            assertThat(error.code()).isEqualTo(Errno.EBUSY);
            assertThat(error.message()).contains("is held by a later start of this volume");
            // Its attempt took the session's place, by its name; it does not do so a second time.
            fresh.awaitError(fresh.writeLater(0, new byte[512], false));
            fresh.await(fresh.closeLater());
            SyncDevice again = open(connector(served.uri()), Opener.owner("volume", 8));
            OPENER.refusal(earlier, Opener.owner("volume", 7));
            again.write(0, new byte[512]);
            again.await(again.closeLater());
        }
    }

    @Test
    void whoeverIsPreemptedIsLostAtOnce() {
        try (ServedDisk served = ServedDisk.of(SIZE, 512)) {
            // Another nexus of the same volume, as after a change of the initiator's name.
            IscsiOwner before = IscsiOwner.of("iqn.2026-11.io.example:before", "volume", 1, "child");
            SyncDevice old = open(connector(served.uri()), before);
            SyncDevice fresh = open(connector(served.uri()), Opener.owner("volume", 2));
            BlockError error = old.awaitError(old.writeLater(0, new byte[512], false));
            assertThat(error.code()).isEqualTo(Errno.ENODEV);
            assertThat(error.message()).contains("fenced: ");
            old.await(old.closeLater());
            fresh.write(0, new byte[512]);
            fresh.await(fresh.closeLater());
        }
    }

    /** Quorum-device specification, section 3: what was in flight lands before the device is open again, or never. */
    @Test
    void whatWasInFlightHasEndedWhenTheSuccessorIsOpen() {
        byte[] ones = filled(1);
        byte[] twos = filled(2);
        try (ServedDisk served = ServedDisk.of(SIZE, 512)) {
            IscsiConnector connector = connector(served.uri());
            IscsiOwner owner = Opener.owner("volume", 1);
            SyncDevice old = open(connector, owner);
            served.onDisk(() ->
                    served.device.on(MemoryDevice.Kind.WRITE, Fault.hang()).times(1));
            CompletableFuture<Boolean> inFlight = old.writeLater(0, ones, false);
            await().until(() -> {
                int[] hanging = {0};
                served.onDisk(() -> hanging[0] = served.device.hanging());
                return hanging[0] == 1;
            });

            CompletableFuture<BlockDevice> opened = new CompletableFuture<>();
            connector.open("child", owner, Opener.POOL, (device, error) -> complete(opened, device, error));
            assertThat(old.awaitError(inFlight).code()).isEqualTo(Errno.ENODEV);
            assertThat(opened).as("the target still works at the old write").isNotDone();
            served.onDisk(served.device::releaseAll);
            SyncDevice successor = new SyncDevice(opened.join());
            assertThat(successor.read(0, 4096)).isEqualTo(ones);
            successor.write(0, twos);
            assertThat(successor.read(0, 4096)).isEqualTo(twos);
            old.await(old.closeLater());
            successor.await(successor.closeLater());
        }
    }

    private static void complete(
            CompletableFuture<BlockDevice> opened, @Nullable BlockDevice device, @Nullable BlockError error) {
        if (device != null) {
            opened.complete(device);
        } else {
            opened.completeExceptionally(new AssertionError(error));
        }
    }

    private static byte[] filled(int value) {
        byte[] bytes = new byte[4096];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    @Test
    void aTargetWithoutReservationsIsUsedUnlessTheyAreRequired() throws IOException {
        try (ScriptedTarget target = new ScriptedTarget((request, talk) -> {
            boolean reservation = request.operation() == 0x5E || request.operation() == 0x5F;
            if (reservation) {
                talk.checkCondition(request, 5, 0x20, 0);
            }
            return reservation;
        })) {
            SyncDevice disk = open(connector(target.uri()), Opener.owner("volume", 1));
            disk.await(disk.closeLater());
            BlockError error =
                    OPENER.refusal(connector(target.uri() + "?reservation=required"), Opener.owner("volume", 1));
            assertThat(error)
                    .isEqualTo(BlockError.of(
                            Errno.EINVAL, target.uri() + " has no persistent reservations, and reservation=required"));
        }
    }

    /** As tgt does, to which each session is another nexus: what was ours is taken by PREEMPT alone. */
    @Test
    void aTargetWithoutPreemptAndAbortHasEndedTheOldSessionAtTheLogin() throws IOException {
        IscsiOwner owner = Opener.owner("volume", 1);
        try (ScriptedTarget target = new ScriptedTarget((request, talk) -> onlyPreempt(request, talk, owner.key()))) {
            SyncDevice disk = open(connector(target.uri()), owner);
            disk.write(0, new byte[512]);
            disk.await(disk.closeLater());
            assertThat(target.requests)
                    .filteredOn(request -> request.operation() == 0x5F)
                    .extracting(request -> request.header().getByte(33) & 0x1f)
                    .containsExactly(6, 1, 5, 4, 0);
        }
    }

    /** A session in another portal group was not ended by the login, and cannot be by anything else. */
    @Test
    void aTargetWithoutPreemptAndAbortInAnotherPortalGroupIsRefused() throws IOException {
        IscsiOwner owner = Opener.owner("volume", 1);
        int[] portalGroup = {1};
        try (ScriptedTarget target = new ScriptedTarget((request, talk) -> {
            if (request.opcode() == Opcode.LOGIN_REQUEST && (request.header().getByte(1) & 0x0c) == 0) {
                talk.loginResponse(
                        request,
                        request.header().getByte(1),
                        0,
                        List.of("AuthMethod=None", "TargetPortalGroupTag=" + portalGroup[0]));
                return true;
            }
            return onlyPreempt(request, talk, owner.key());
        })) {
            IscsiConnector connector = connector(target.uri());
            SyncDevice disk = open(connector, owner);
            disk.await(disk.closeLater());
            portalGroup[0] = 2;
            BlockError error = OPENER.refusal(connector, owner);
            assertThat(error.code()).isEqualTo(Errno.EINVAL);
            assertThat(error.message())
                    .startsWith(target.uri() + " moved to another portal group, and has no PREEMPT AND ABORT");
        }
    }

    /** Reserved with {@code key} by a nexus that is gone. */
    private static boolean onlyPreempt(ScriptedTarget.Request request, ScriptedTarget.Talk talk, long key)
            throws IOException {
        int action = request.header().getByte(33) & 0x1f;
        if (request.operation() == 0x5E) {
            talk.dataIn(
                    request,
                    "0000000000000010%016x00000000 00010000".formatted(key).replace(" ", ""));
            return true;
        }
        if (request.operation() == 0x5F && action == 1) {
            talk.status(request, 0x18);
            return true;
        }
        if (request.operation() == 0x5F && action == 5) {
            talk.checkCondition(request, 5, 0x24, 0);
            return true;
        }
        return false;
    }

    @Test
    void aLunThatIsAnotherThanBeforeIsRefused() throws IOException {
        String[] serial = {"31323334"};
        try (ScriptedTarget target = new ScriptedTarget((request, talk) -> {
            boolean asked = request.operation() == 0x12 && request.header().getUnsignedByte(34) == 0x80;
            if (asked) {
                talk.dataIn(request, "00800004" + serial[0]);
            }
            return asked;
        })) {
            IscsiConnector connector = connector(target.uri());
            SyncDevice disk = open(connector, Opener.owner("volume", 1));
            disk.await(disk.closeLater());
            serial[0] = "31323335";
            assertThat(OPENER.refusal(connector, Opener.owner("volume", 1)).message())
                    .isEqualTo(target.uri() + " is another LUN than before (31323335, it was 31323334)");
        }
    }

    @Test
    void aReadOnlyLunIsRefused() {
        try (ServedDisk served = ServedDisk.readOnly(SIZE)) {
            assertThat(OPENER.refusal(connector(served.uri()), Opener.owner("volume", 1))
                            .message())
                    .isEqualTo(served.uri() + " is write-protected; a child must be writable");
        }
    }

    @Test
    void namesAndKeysAreOfTheVolumeAndItsStart() {
        IscsiOwner owner = Opener.owner("volume", 5);
        assertThat(Opener.owner("volume", 5)).isEqualTo(owner);
        assertThat(owner.isid48() >>> 40).as("random format").isEqualTo(0x80);
        IscsiOwner next = Opener.owner("volume", 6);
        assertThat(next.isid48()).isEqualTo(owner.isid48());
        assertThat(owner.isSameVolume(next.key())).isTrue();
        assertThat(owner.isOlderThan(next.key())).isTrue();
        assertThat(next.isOlderThan(owner.key())).isFalse();
        assertThat(owner.isOlderThan(owner.key())).isFalse();
        assertThat(owner.isSameVolume(Opener.owner("other", 5).key())).isFalse();
        assertThat(Opener.owner("other", 5).isid48()).isNotEqualTo(owner.isid48());
        assertThat(Opener.owner("volume", 0xffffff)
                        .isOlderThan(Opener.owner("volume", 0x1000000).key()))
                .as("counted round")
                .isTrue();
    }
}
