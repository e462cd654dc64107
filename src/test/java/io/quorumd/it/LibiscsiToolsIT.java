package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** libiscsi's command-line tools. */
class LibiscsiToolsIT {

    @TempDir
    static Path folder;

    private static Quorumd quorumd;

    @BeforeAll
    static void start() {
        quorumd = Quorumd.start(folder);
    }

    @AfterAll
    static void stop() {
        quorumd.stop();
    }

    @Test
    void listTheTargetAndItsDisk() {
        assertThat(Tool.succeed("iscsi-ls", "-s", "iscsi://127.0.0.1:" + quorumd.port()))
                .contains("Target:" + Quorumd.IQN + " Portal:127.0.0.1:" + quorumd.port() + ",1")
                // It takes the last block's number for the number of blocks.
                .containsPattern("Lun:0 +Type:DIRECT_ACCESS \\(Size:1023M\\)");
    }

    @Test
    void readEveryInquiryPageThatTheyKnow() {
        String standard = Tool.succeed("iscsi-inq", quorumd.url(0));
        assertThat(standard).contains("DIRECT_ACCESS", "Vendor:QUORUMD");
        String listed = Tool.succeed("iscsi-inq", "-e", "1", "-c", "0", quorumd.url(0));
        for (String page : List.of("00", "80", "83", "b0", "b1", "b2")) {
            assertThat(listed).contains("Page:0x" + page);
            String code = String.valueOf(Integer.parseInt(page, 16));
            assertThat(Tool.succeed("iscsi-inq", "-e", "1", "-c", code, quorumd.url(0)))
                    .isNotBlank();
        }
    }

    @Test
    void readTheCapacity() {
        assertThat(Tool.succeed("iscsi-readcapacity16", quorumd.url(0)))
                .contains("Total size:" + (1L << 30))
                .contains("LBPME:1", "LBPRZ:1");
    }
}
