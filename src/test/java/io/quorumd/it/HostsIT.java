package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A volume whose three copies are on three hosts, each with a server of another kind. Each host in turn is cut off in
 * silence and comes back, two servers are killed and started again, and nobody who uses the disk is told.
 */
class HostsIT {

    private static final long SIZE = 16L << 20;

    private static final String REPLICA = """
            quorumd:
              volumes:
                - {name: disk0, kind: plain, size: 16MB, children: [{node-name: replica, uri: "file:./replica.img"}]}
            """;

    @TempDir
    Path folder;

    @Test
    void aHostThatIsCutOffOrDiesIsMissedByNobodyAndBroughtUpToDate() throws IOException {
        String program = Tool.compiled("iscsi-verify");
        try (Lan lan = new Lan()) {
            Host first = lan.host();
            Host second = lan.host();
            Host third = lan.host();
            String portal = first.address() + ":" + Quorumd.freePort();
            try (Quorumd replica = replica(portal, first);
                    QemuNbd nbd = QemuNbd.serving(second, folder("b").resolve("b.img"), SIZE);
                    Tgtd tgtd = Tgtd.start(third, folder("c"), SIZE, 512);
                    Quorumd front = Quorumd.startWith(
                            folder("front"), """
                            quorumd:
                              volumes:
                                - name: disk0
                                  child-timeout: 2s
                                  children:
                                    - {node-name: replica, uri: "iscsi://%s/%s/0"}
                                    - {node-name: nbd, uri: "%s"}
                                    - {node-name: tgt, uri: "%s"}
                            """.formatted(portal, Quorumd.IQN, nbd.uri(), tgtd.uri()));
                    BusyDisk disk = new BusyDisk(front, program)) {
                disk.without("replica", "faulted", first::unplug, first::plug);
                // A silent NBD connection is kept: the same goes on when the network is back.
                disk.without("nbd", "suspended", second::unplug, second::plug);
                disk.without("tgt", "faulted", third::unplug, third::plug);
                disk.without("nbd", "faulted", nbd::close, nbd::restart);
                disk.without("tgt", "faulted", tgtd::kill, tgtd::restart);
                disk.restartAndReadBack();

                front.stop();
                replica.stop();
                byte[] expected = new Child(nbd.file()).read(0, SteppedLoad.USED);
                assertThat(new Child(tgtd.file()).read(0, SteppedLoad.USED)).isEqualTo(expected);
                assertThat(new Child(replica.folder().resolve("replica.img")).read(0, SteppedLoad.USED))
                        .isEqualTo(expected);
            }
        }
    }

    private Path folder(String name) throws IOException {
        return Files.createDirectories(folder.resolve(name));
    }

    private Quorumd replica(String portal, Host host) throws IOException {
        List<String> java = host.command(Quorumd.asUsersDo());
        Quorumd replica = Quorumd.prepared(folder("a"), REPLICA, java, "--quorumd.iscsi.portals=" + portal);
        replica.start();
        return replica;
    }
}
