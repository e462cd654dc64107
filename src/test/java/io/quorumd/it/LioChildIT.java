package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A volume with two files and a LUN of LIO, which dies and comes back while the disk is in use. */
class LioChildIT {

    private static final long SIZE = 16L << 20;

    @TempDir
    Path folder;

    @Test
    void isMissedByNobodyAndBroughtUpToDate() throws Exception {
        String program = Tool.compiled("iscsi-verify");
        Path home = Files.createDirectory(folder.resolve("front"));
        // None is made beside a LUN that is there.
        Files.write(home.resolve("a.img"), new byte[(int) SIZE]);
        Files.write(home.resolve("b.img"), new byte[(int) SIZE]);
        try (Lio lio = Lio.serving(
                        folder.resolve("lio.img"),
                        SIZE,
                        "CHAP_USER=front",
                        "CHAP_PASS=secret-in-1234",
                        "CHAP_MUTUAL_USER=lio",
                        "CHAP_MUTUAL_PASS=secret-out-567");
                Quorumd front = Quorumd.startWith(home, """
                        quorumd:
                          volumes:
                            - name: disk0
                              size: 16MB
                              child-timeout: 2s
                              children:
                                - {node-name: a, uri: "file:./a.img"}
                                - {node-name: b, uri: "file:./b.img"}
                                - node-name: lio
                                  uri: "%s?reservation=required"
                                  credentials: {user: front, secret: secret-in-1234, mutual-user: lio, mutual-secret: secret-out-567}
                        """.formatted(lio.uri(0)));
                BusyDisk disk = new BusyDisk(front, program)) {
            disk.without("lio", "faulted", lio::kill, lio::restart);
            disk.restartAndReadBack();

            front.stop();
            byte[] expected = new Child(home.resolve("a.img")).read(0, SteppedLoad.USED);
            assertThat(new Child(lio.file()).read(0, SteppedLoad.USED)).isEqualTo(expected);
        }
    }
}
