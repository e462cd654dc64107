package io.quorumd.block.iscsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.block.BlockDevice;
import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.SyncDevice;
import io.quorumd.block.iscsi.ScriptedTarget.Behaviour;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Requests to a LUN of a {@link ScriptedTarget}. */
abstract class ScriptedTargetTests {

    static final int READ = 0x88;
    static final int WRITE = 0x8A;
    static final int SYNCHRONIZE_CACHE = 0x91;
    static final Duration PATIENT = Duration.ofSeconds(20);
    /** Where the test waits for it to pass. */
    static final Duration SHORT = Duration.ofMillis(500);

    private static Opener opener;

    @AfterAll
    static void stop() {
        opener.close();
    }

    /** The error of a 4 KiB read at 0, and after a lost session also that of the next request. */
    static BlockError readError(String options, Behaviour behaviour, boolean lost) throws IOException {
        return errorOf(options, PATIENT, behaviour, lost, false);
    }

    static BlockError errorOf(String options, Duration timeout, Behaviour behaviour, boolean lost, boolean write)
            throws IOException {
        try (ScriptedTarget target = new ScriptedTarget(behaviour)) {
            SyncDevice disk = new SyncDevice(open(target, options, timeout));
            BlockError error =
                    disk.awaitError(write ? disk.writeLater(0, new byte[131072], false) : disk.readLater(0, 4096));
            if (lost) {
                assertThat(error.code()).isEqualTo(Errno.ENODEV);
                assertThat(error.message()).startsWith(target.uri());
                assertThat(disk.awaitError(disk.flushLater()).code()).isEqualTo(Errno.ENODEV);
            }
            disk.await(disk.closeLater());
            return error;
        }
    }

    static BlockDevice open(ScriptedTarget target, String options, Duration timeout) {
        return opener.open(opener.connector(target.uri() + options, null, timeout), Opener.owner("volume", 1));
    }

    /** Classes are loaded by the first login, which then takes longer than {@link #SHORT}. */
    @BeforeAll
    static void warmUp() throws IOException {
        opener = new Opener();
        try (ScriptedTarget target = new ScriptedTarget((request, talk) -> false)) {
            SyncDevice disk = new SyncDevice(open(target, "", PATIENT));
            disk.await(disk.closeLater());
        }
    }
}
