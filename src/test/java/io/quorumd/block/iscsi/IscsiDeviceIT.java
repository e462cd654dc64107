package io.quorumd.block.iscsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.SyncDevice;
import io.quorumd.it.Tgtd;
import io.quorumd.it.Tool;
import io.quorumd.pdu.ChapAccount;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What else there is to see with another target than ours; what goes right is {@link IscsiContractIT}'s. */
class IscsiDeviceIT {

    private static final int SIZE = 4 << 20;
    private static final Duration PATIENT = Duration.ofSeconds(20);
    private static final Opener OPENER = new Opener();
    private static final IscsiOwner OWNER = Opener.owner("volume", 1);

    @TempDir
    Path folder;

    @AfterAll
    static void stop() {
        OPENER.close();
    }

    @Test
    void everyRequestInFlightEndsWhenTheTargetIsKilledAndItIsOpenedAgain() {
        try (Tgtd tgtd = Tgtd.start(folder, SIZE, 512)) {
            IscsiConnector connector = OPENER.connector(tgtd.uri(), null, PATIENT);
            SyncDevice disk = new SyncDevice(OPENER.open(connector, OWNER));
            byte[] kept = new byte[4096];
            kept[0] = 42;
            disk.write(0, kept);
            disk.await(disk.flushLater());
            List<CompletableFuture<Boolean>> writes = new ArrayList<>();
            for (int i = 1; i < 200; i++) {
                writes.add(disk.writeLater(i * 4096L, new byte[4096], true));
            }
            tgtd.kill();
            for (CompletableFuture<Boolean> write : writes) {
                try {
                    disk.await(write);
                } catch (SyncDevice.Failed failed) {
                    assertThat(failed.error.code()).isEqualTo(Errno.ENODEV);
                }
            }
            assertThat(disk.awaitError(disk.flushLater()).code()).isEqualTo(Errno.ENODEV);
            disk.await(disk.closeLater());

            assertThat(OPENER.refusal(connector, OWNER).message()).startsWith("cannot connect to " + tgtd.uri());
            tgtd.restart();
            SyncDevice again = new SyncDevice(OPENER.open(connector, OWNER));
            assertThat(again.read(0, 4096)).isEqualTo(kept);
            again.await(again.closeLater());
        }
    }

    @Test
    void bothSidesProveWhoTheyAre() {
        try (Tgtd tgtd = Tgtd.start(folder, SIZE, 512)) {
            tgtd.demandChap("initiator", "initiator-secret", "target", "the-target-secret");
            ChapAccount right = ChapAccount.mutual("initiator", "initiator-secret", "target", "the-target-secret");
            SyncDevice disk = new SyncDevice(OPENER.open(OPENER.connector(tgtd.uri(), right, PATIENT), OWNER));
            assertThat(disk.read(0, 512)).containsOnly(0);
            disk.await(disk.closeLater());

            ChapAccount wrong = ChapAccount.oneWay("initiator", "another-secret");
            assertThat(OPENER.refusal(OPENER.connector(tgtd.uri(), wrong, PATIENT), OWNER)
                            .message())
                    .contains("authentication failure");
            ChapAccount impostor = ChapAccount.mutual("initiator", "initiator-secret", "target", "not-what-it-has");
            assertThat(OPENER.refusal(OPENER.connector(tgtd.uri(), impostor, PATIENT), OWNER)
                            .message())
                    .contains("it is not who it should be");
        }
    }

    @Test
    void nobodyElseCanWriteWhileItIsOpen() {
        try (Tgtd tgtd = Tgtd.start(folder, SIZE, 512)) {
            SyncDevice disk = new SyncDevice(OPENER.open(OPENER.connector(tgtd.uri(), null, PATIENT), OWNER));
            assertThat(write(tgtd).output()).contains("write failed");
            disk.await(disk.closeLater());
            assertThat(write(tgtd).output()).contains("wrote 512/512 bytes");
        }
    }

    private static Tool write(Tgtd tgtd) {
        return Tool.run("qemu-io", "-f", "raw", "-c", "write 0 512", tgtd.uri());
    }
}
