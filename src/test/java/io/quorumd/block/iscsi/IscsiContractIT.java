package io.quorumd.block.iscsi;

import io.quorumd.block.BlockDevice;
import io.quorumd.block.BlockDeviceContract;
import io.quorumd.it.Tgtd;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The promises of every child, kept by a LUN of another target than ours. */
class IscsiContractIT {

    private static final Opener OPENER = new Opener();

    @AfterAll
    static void stop() {
        OPENER.close();
    }

    abstract static class OfTgtd extends BlockDeviceContract {

        private final int block;
        private final String options;
        private @Nullable Tgtd tgtd;

        @TempDir
        Path folder;

        OfTgtd(int block, String options) {
            this.block = block;
            this.options = options;
        }

        @Override
        protected BlockDevice open() {
            Tgtd started = Tgtd.start(folder, SIZE, block);
            tgtd = started;
            return OPENER.open(started.uri() + options);
        }

        @AfterEach
        void stopTarget() {
            if (tgtd != null) {
                tgtd.close();
            }
        }
    }

    @Nested
    class Blocks512 extends OfTgtd {
        Blocks512() {
            super(512, "");
        }
    }

    @Nested
    class Blocks4096WithDigests extends OfTgtd {
        Blocks4096WithDigests() {
            super(4096, "?header-digest=crc32c&data-digest=crc32c");
        }
    }
}
