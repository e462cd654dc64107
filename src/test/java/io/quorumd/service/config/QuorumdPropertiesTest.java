package io.quorumd.service.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.quorum.QuorumOptions.OnMismatch;
import io.quorumd.quorum.QuorumOptions.ReadPattern;
import io.quorumd.quorum.QuorumOptions.When;
import io.quorumd.service.config.VolumeProperties.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class QuorumdPropertiesTest {

    /** Every key of the fixed names, each with a value of its own. */
    static final String EVERY_KEY = """
            quorumd:
              state-dir: ./data/state
              iscsi:
                portals: ["127.0.0.1:3260", "[::1]:3260"]
                advertise: [10.0.0.9, "10.0.0.9:3261"]
                redirect: {"[iqn.2026-11.io.quorumd:disk1]": "10.0.0.8:3260"}
                discovery-chap: {user: discoverer, secret: "a secret for discovery"}
                threads: 2
              volumes:
                - name: disk0
                  kind: quorum
                  size: 1GB
                  block-size: 4096
                  wwn: "60014050000000000000000000000001"
                  vote-threshold: 2
                  read-pattern: quorum
                  vote-unit: request
                  rewrite-corrupted: false
                  blkverify: true
                  on-mismatch: exit
                  on-open-failure: fail
                  read-completion: all
                  write-completion: threshold
                  write-cache: false
                  child-timeout: 500ms
                  region-size: 2MB
                  resync-rate: 10MB
                  resync-from-fewer: true
                  children:
                    - {node-name: disk0-a, uri: "file:./data/disk0-a.img?direct=true"}
                    - {node-name: disk0-b, uri: "file:./data/disk0-b.img?preallocate=true", credentials: {}}
                - name: disk1
                  kind: plain
                  children:
                    - {node-name: disk1-a, uri: "file:./data/disk1-a.img"}
              targets:
                - name: iqn.2026-11.io.quorumd:disk0
                  alias: disk0
                  luns: [{lun: 0, volume: disk0, read-only: false}]
                  initiators: [iqn.1993-08.org.debian:01:a, {name: iqn.1993-08.org.debian:01:b, read-only: true}]
                  chap: {user: initiator1, secret: twelve bytes, mutual-user: quorumd, mutual-secret: another twelve}
                - name: iqn.2026-11.io.quorumd:disk1
                  luns: [{lun: 7, volume: disk1}]
              admin: {user: admin, password: "of the admin"}
            """;

    @Test
    void withoutConfigurationThereIsOneDiskOfThreeFiles() {
        QuorumdProperties properties = Yaml.read("");

        assertThat(properties.stateDir()).isEqualTo(Path.of("./data/state"));
        assertThat(properties.iscsi().portals()).containsExactly("127.0.0.1:3260");
        assertThat(properties.targets()).hasSize(1);
        assertThat(properties.targets().getFirst().name()).isEqualTo("iqn.2026-11.io.quorumd:disk0");
        assertThat(properties.targets().getFirst().luns()).containsExactly(new LunProperties(0, "disk0", false));
        VolumeProperties volume = properties.volumes().getFirst();
        assertThat(properties.volumes()).hasSize(1);
        assertThat(volume.size()).isEqualTo(DataSize.ofBytes(1073741824));
        assertThat(volume.threshold()).isEqualTo(2);
        assertThat(volume.children())
                .extracting(ChildProperties::uri)
                .containsExactly("file:./data/disk0-a.img", "file:./data/disk0-b.img", "file:./data/disk0-c.img");
    }

    @Test
    void aVolumeThatSaysLittleHasTheSameDefaultsAsTheDefaultVolume() {
        VolumeProperties volume = Yaml.read("""
                        quorumd.volumes:
                          - name: disk0
                            size: 1GB
                            children:
                              - {node-name: disk0-a, uri: "file:./data/disk0-a.img"}
                              - {node-name: disk0-b, uri: "file:./data/disk0-b.img"}
                              - {node-name: disk0-c, uri: "file:./data/disk0-c.img"}
                        """).volumes().getFirst();

        assertThat(volume).hasToString(Yaml.read("").volumes().getFirst().toString());
    }

    @Test
    void everyKeyIsBound() {
        QuorumdProperties properties = Yaml.read(EVERY_KEY);

        VolumeProperties disk0 = properties.volumes().getFirst();
        assertThat(disk0.blockSize()).isEqualTo(4096);
        assertThat(disk0.blkverify()).isTrue();
        assertThat(disk0.onMismatch()).isEqualTo(OnMismatch.EXIT);
        assertThat(disk0.writeCompletion()).isEqualTo(When.THRESHOLD);
        assertThat(disk0.readCompletion()).isEqualTo(When.ALL);
        assertThat(disk0.writeCache()).isFalse();
        assertThat(disk0.childTimeout()).isEqualTo(Duration.ofMillis(500));
        assertThat(disk0.regionSize()).isEqualTo(DataSize.ofMegabytes(2));
        assertThat(disk0.resyncFromFewer()).isTrue();
        assertThat(disk0.resyncRate()).isEqualTo(DataSize.ofMegabytes(10));
        assertThat(properties.volumes().get(1).kind()).isEqualTo(Kind.PLAIN);
        assertThat(properties.iscsi().eventLoops()).isEqualTo(2);
        assertThat(properties.iscsi().redirect()).containsEntry("iqn.2026-11.io.quorumd:disk1", "10.0.0.8:3260");
        assertThat(properties.targets().getFirst().initiators())
                .containsExactly(
                        new InitiatorProperties("iqn.1993-08.org.debian:01:a", false),
                        new InitiatorProperties("iqn.1993-08.org.debian:01:b", true));
        ChapProperties chap = properties.targets().getFirst().chap();
        assertThat(chap.initiatorSecret("chap").bytes()).asString().isEqualTo("twelve bytes");
        assertThat(chap.targetSecret("chap").bytes()).asString().isEqualTo("another twelve");
        assertThat(properties.admin().user()).isEqualTo("admin");
    }

    @Test
    void emptyMapsAndListsMeanThatNothingIsSet() {
        QuorumdProperties properties = Yaml.read("""
                quorumd:
                  iscsi: {advertise: [], redirect: {}, discovery-chap: {}}
                  targets:
                    - name: iqn.2026-11.io.quorumd:disk0
                      luns: [{lun: 0, volume: disk0}]
                      initiators: []
                      chap: {}
                  admin: {user: "", password-file: ""}
                """);

        assertThat(properties.iscsi().discoveryChap().isEmpty()).isTrue();
        assertThat(properties.iscsi().redirect()).isEmpty();
        assertThat(properties.targets().getFirst().chap().isEmpty()).isTrue();
        assertThat(properties.targets().getFirst().initiators()).isEmpty();
        assertThat(properties.admin().isEmpty()).isTrue();
    }

    @Test
    void environmentVariablesSetKeysWithAndWithoutDashes() {
        QuorumdProperties properties = Yaml.read(
                "",
                Map.of(
                        "QUORUMD_STATEDIR", "/srv/state",
                        "QUORUMD_ISCSI_PORTALS", "0.0.0.0:3260,10.0.0.1:3261",
                        "QUORUMD_ISCSI_DISCOVERY_CHAP_USER", "u",
                        "QUORUMD_ISCSI_DISCOVERYCHAP_SECRET", "twelve bytes",
                        "QUORUMD_VOLUMES_0_NAME", "data",
                        "QUORUMD_VOLUMES_0_KIND", "plain",
                        "QUORUMD_VOLUMES_0_CHILDREN_0_NODENAME", "data-a",
                        "QUORUMD_VOLUMES_0_CHILDREN_0_URI", "file:/srv/a.img"));

        assertThat(properties.stateDir()).isEqualTo(Path.of("/srv/state"));
        assertThat(properties.iscsi().portals()).containsExactly("0.0.0.0:3260", "10.0.0.1:3261");
        assertThat(properties.iscsi().discoveryChap().user()).isEqualTo("u");
        assertThat(properties.targets().getFirst().name()).isEqualTo("iqn.2026-11.io.quorumd:data");
        assertThat(properties.volumes().getFirst().children().getFirst().nodeName())
                .isEqualTo("data-a");
    }

    @Test
    void whatKubernetesPutsIntoTheEnvironmentIsNoConfiguration() {
        QuorumdProperties properties = Yaml.read(
                "",
                Map.of(
                        "QUORUMD_SERVICE_HOST", "10.0.0.1",
                        "QUORUMD_SERVICE_PORT_ISCSI", "3260",
                        "QUORUMD_PORT", "tcp://10.0.0.1:3260",
                        "QUORUMD_PORT_3260_TCP_ADDR", "10.0.0.1",
                        "QUORUMD_HTTP_SERVICE_PORT", "8080"));

        assertThat(properties.volumes()).hasSize(1);
    }

    @Test
    void noSecretShowsInAnyText() {
        QuorumdProperties properties = Yaml.read(EVERY_KEY);

        String text = properties.targets() + " " + properties.iscsi() + " " + properties.admin();

        for (String secret : List.of("a secret for", "twelve bytes", "another twelve", "of the admin")) {
            assertThat(text).doesNotContain(secret);
        }
    }

    @Test
    void rewritingDefaultsToWhetherThereIsAVote() {
        VolumeProperties volume = Yaml.read("").volumes().getFirst();

        assertThat(volume.rewrites()).isTrue();
        assertThat(volume.readPattern()).isEqualTo(ReadPattern.QUORUM);
        assertThat(Yaml.read(EVERY_KEY).volumes().getFirst().rewrites()).isFalse();
    }
}
