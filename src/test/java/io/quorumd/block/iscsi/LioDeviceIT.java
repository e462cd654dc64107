package io.quorumd.block.iscsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.SyncDevice;
import io.quorumd.it.Lio;
import io.quorumd.it.Tool;
import io.quorumd.pdu.ChapAccount;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What else there is to see with LIO; what goes right is {@link LioContractIT}'s. */
class LioDeviceIT {

    private static final int SIZE = 8 << 20;
    private static final Duration PATIENT = Duration.ofSeconds(20);
    private static final Duration HASTY = Duration.ofSeconds(1);
    private static final IscsiOwner OWNER = Opener.owner("volume", 1);

    /** Where LIO tells who may write. */
    private static final String RESERVATION = "/sys/kernel/config/target/core/iblock_0/disk/pr/";

    private static final Opener OPENER = new Opener();

    @TempDir
    private static Path folder;

    private static Lio lio;

    @BeforeAll
    static void start() {
        lio = Lio.serving(folder.resolve("lio.img"), SIZE);
    }

    @AfterAll
    static void stop() {
        OPENER.close();
        if (lio != null) {
            lio.close();
        }
    }

    private static SyncDevice open(Duration timeout) {
        return new SyncDevice(OPENER.open(OPENER.connector(lio.uri(0), null, timeout), OWNER));
    }

    private static byte[] filled(int value) {
        byte[] bytes = new byte[512];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static Tool writeAsAnother() {
        return Tool.run("qemu-io", "-f", "raw", "-c", "write 0 512", lio.uri(0));
    }

    @Test
    void nobodyElseCanWriteWhileItIsOpen() {
        SyncDevice disk = open(PATIENT);
        lio.order("grep 'Write Exclusive Access' " + RESERVATION + "res_pr_type");
        lio.order("grep " + Opener.INITIATOR + " " + RESERVATION + "res_holder");
        assertThat(writeAsAnother().output()).contains("write failed");
        disk.await(disk.closeLater());
        assertThat(writeAsAnother().output()).contains("wrote 512/512 bytes");
    }

    @Test
    void aTargetThatCannotKeepReservationsIsRefusedWithTheRemedy() {
        lio.order("mv /var/target/pr /var/target/moved");
        BlockError error = OPENER.refusal(OPENER.connector(lio.uri(0), null, PATIENT), OWNER);
        lio.order("mv /var/target/moved /var/target/pr");
        assertThat(error.message())
                .startsWith(lio.uri(0) + " cannot be reserved: ")
                .endsWith("make the folder /var/target/pr there");
        SyncDevice disk = open(PATIENT);
        disk.await(disk.closeLater());
    }

    /** The network is gone in silence, so that LIO still has the old session when the next one comes. */
    @Test
    void takesItsReservationAgainAfterASilence() {
        SyncDevice disk = open(HASTY);
        byte[] kept = filled(42);
        disk.write(0, kept);
        disk.await(disk.flushLater());
        lio.order("unplug");
        assertThat(disk.awaitError(disk.readLater(0, 512)).code()).isEqualTo(Errno.ENODEV);
        disk.await(disk.closeLater());
        lio.order("plug");
        SyncDevice again = open(PATIENT);
        assertThat(again.read(0, 512)).isEqualTo(kept);
        lio.order("grep " + Opener.INITIATOR + " " + RESERVATION + "res_holder");
        assertThat(writeAsAnother().output()).contains("write failed");
        again.await(again.closeLater());
    }

    /** LIO forgets reservations when its machine dies: whoever comes first has the LUN. */
    @Test
    void takesItsReservationAgainFromATargetThatForgotIt() {
        IscsiConnector connector = OPENER.connector(lio.uri(0), null, PATIENT);
        SyncDevice disk = new SyncDevice(OPENER.open(connector, OWNER));
        byte[] kept = filled(43);
        disk.write(0, kept);
        lio.kill();
        assertThat(disk.awaitError(disk.flushLater()).code()).isEqualTo(Errno.ENODEV);
        disk.await(disk.closeLater());
        lio.restart();
        SyncDevice again = new SyncDevice(OPENER.open(connector, OWNER));
        assertThat(again.read(0, 512)).isEqualTo(kept);
        assertThat(writeAsAnother().output()).contains("write failed");
        again.await(again.closeLater());
    }

    /** A file in blocks of 4096 bytes, which does not promise that what is unmapped reads as zeroes. */
    @Test
    void writesAndZeroesPartsOfLargeBlocks() {
        SyncDevice disk = new SyncDevice(OPENER.open(lio.uri(1)));
        byte[] model = new byte[3 << 20];
        new Random(1).nextBytes(model);
        disk.write(0, model);
        disk.write(1024, filled(44));
        System.arraycopy(filled(44), 0, model, 1024, 512);
        disk.await(disk.zeroLater(3584, 2 << 20, true, true));
        Arrays.fill(model, 3584, 3584 + (2 << 20), (byte) 0);
        assertThat(disk.read(0, model.length)).isEqualTo(model);
        disk.await(disk.closeLater());
    }

    /** LIO says of whatever its disk cannot do that the unit is not ready, with a failure of its communication. */
    @Test
    void aBadSectorIsAnErrorOfThatSectorOnly() {
        SyncDevice disk = open(PATIENT);
        lio.order("damage 16 8");
        assertThat(disk.awaitError(disk.readLater(16 * 512, 512)).code()).isEqualTo(Errno.EIO);
        assertThat(disk.awaitError(disk.writeLater(16 * 512, new byte[512], false))
                        .code())
                .isEqualTo(Errno.EIO);
        assertThat(disk.read(0, 512)).hasSize(512);
        lio.order("damage");
        disk.write(16 * 512, new byte[512]);
        disk.await(disk.closeLater());
    }

    @Test
    void bothSidesProveWhoTheyAre() {
        lio.order("demand_chap initiator initiator-secret target the-target-secret");
        ChapAccount right = ChapAccount.mutual("initiator", "initiator-secret", "target", "the-target-secret");
        SyncDevice disk = new SyncDevice(OPENER.open(OPENER.connector(lio.uri(0), right, PATIENT), OWNER));
        assertThat(disk.read(0, 512)).hasSize(512);
        disk.await(disk.closeLater());

        assertThat(refusal(ChapAccount.oneWay("initiator", "another-secret"))).contains("authentication failure");
        assertThat(refusal(ChapAccount.mutual("initiator", "initiator-secret", "target", "not-what-it-has")))
                .contains("it is not who it should be");
        lio.order("echo 0 > $T/attrib/authentication");
    }

    private static String refusal(ChapAccount account) {
        return OPENER.refusal(OPENER.connector(lio.uri(0), account, PATIENT), OWNER)
                .message();
    }
}
