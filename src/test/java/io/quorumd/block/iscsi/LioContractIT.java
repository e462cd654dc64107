package io.quorumd.block.iscsi;

import io.netty.buffer.Unpooled;
import io.quorumd.block.BlockDevice;
import io.quorumd.block.BlockDeviceContract;
import io.quorumd.block.SyncDevice;
import io.quorumd.it.Lio;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The promises of every child, kept by a disk of LIO. */
class LioContractIT extends BlockDeviceContract {

    private static final Opener OPENER = new Opener();
    private static final String OPTIONS = "?header-digest=crc32c&data-digest=crc32c&reservation=required";

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

    @Override
    protected BlockDevice open() {
        BlockDevice device = OPENER.open(lio.uri(0) + OPTIONS);
        // One guest for all tests, since it takes seconds to start.
        SyncDevice used = new SyncDevice(device);
        used.await(used.writeLater(0, Unpooled.directBuffer(SIZE).writeZero(SIZE), false));
        return device;
    }
}
