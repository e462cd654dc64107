package io.quorumd.block.iscsi;

import io.quorumd.block.BlockDevice;
import io.quorumd.block.BlockDeviceContract;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;

/** The promises of every child, kept by a LUN of our own target. */
class IscsiContractTest {

    private static final Opener OPENER = new Opener();

    @AfterAll
    static void stop() {
        OPENER.close();
    }

    abstract static class Served extends BlockDeviceContract {

        private final int block;
        private final String options;
        private @Nullable ServedDisk served;

        Served(int block, String options) {
            this.block = block;
            this.options = options;
        }

        @Override
        protected BlockDevice open() {
            ServedDisk disk = ServedDisk.of(SIZE, block);
            served = disk;
            return OPENER.open(disk.uri() + options);
        }

        @AfterEach
        void stopServer() {
            if (served != null) {
                served.close();
            }
        }
    }

    @Nested
    class Blocks512 extends Served {
        Blocks512() {
            super(512, "");
        }
    }

    @Nested
    class Blocks4096WithDigests extends Served {
        Blocks4096WithDigests() {
            super(4096, "?header-digest=crc32c&data-digest=crc32c&reservation=required");
        }
    }
}
