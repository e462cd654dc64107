package io.quorumd.service.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.helm.Chart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the chart writes into application.yaml is what the service reads. */
class ChartConfigurationTest {

    /** What kubelet puts into the environment of each pod beside the chart's Services, when the container starts. */
    private static final Map<String, Object> BESIDE_THE_SERVICES = Map.of(
            "QUORUMD_SERVICE_HOST", "10.96.7.7",
            "QUORUMD_SERVICE_PORT", "3260",
            "QUORUMD_SERVICE_PORT_ISCSI", "3260",
            "QUORUMD_PORT", "tcp://10.96.7.7:3260",
            "QUORUMD_PORT_3260_TCP", "tcp://10.96.7.7:3260",
            "QUORUMD_PORT_3260_TCP_PROTO", "tcp",
            "QUORUMD_HTTP_SERVICE_HOST", "10.96.7.8",
            "QUORUMD_HTTP_PORT_8080_TCP_ADDR", "10.96.7.8");

    @TempDir
    Path secrets;

    @Test
    void theServicesAddressIsAdvertised() {
        QuorumdProperties properties = Yaml.read(Chart.ofDefaults().application("quorumd"), BESIDE_THE_SERVICES);

        assertThat(properties.iscsi().advertise()).containsExactly("10.96.7.7:3260");
        assertThat(properties.iscsi().portals()).containsExactly("0.0.0.0:3260");
        assertThat(properties.volumes().getFirst().children())
                .extracting(ChildProperties::uri)
                .containsExactly(
                        "file:/children/disk0-a/disk0-a.img",
                        "file:/children/disk0-b/disk0-b.img",
                        "file:/children/disk0-c/disk0-c.img");
        assertThat(properties.targets())
                .extracting(TargetProperties::name)
                .containsExactly("iqn.2026-11.io.quorumd:disk0", "iqn.2026-11.io.quorumd:helm-test");
    }

    /** A container that kubelet started before it knew the Service: better none, and started again, than the pod's address. */
    @Test
    void withoutTheServicesAddressItDoesNotStart() {
        assertThat(Yaml.refusal(Chart.ofDefaults().application("quorumd")))
                .startsWith("quorumd.iscsi.advertise[0]: \"${QUORUMD_SERVICE_HOST}:3260\" is not a portal.");
    }

    @Test
    void anIpv6ServiceIsAdvertisedInBrackets() {
        String yaml = Chart.of("service: {ipFamily: IPv6}").application("quorumd");
        assertThat(Yaml.read(yaml, Map.of("QUORUMD_SERVICE_HOST", "fd00::7"))
                        .iscsi()
                        .advertise())
                .containsExactly("[fd00::7]:3260");
    }

    @Test
    void aFixedAddressNeedsNoEnvironment() {
        String yaml = Chart.of("advertise: [192.0.2.7]").application("quorumd");
        assertThat(Yaml.read(yaml).iscsi().advertise()).containsExactly("192.0.2.7");
    }

    @Test
    void everySwitchIsAccepted() throws IOException {
        Map<String, Object> variables = new HashMap<>(BESIDE_THE_SERVICES);
        variables.put("ADMIN_USERNAME", "admin");
        secret("admin/password", "of the admin");
        for (String whose : List.of("disk0", "logs", "helm-test", "discovery")) {
            String keys = whose.equals("discovery") ? "discovery.sendtargets.auth" : "node.session.auth";
            String variable = "CHAP_" + whose.toUpperCase(java.util.Locale.ROOT).replace('-', '_') + "_USERNAME";
            variables.put(variable, "initiator-of-" + whose);
            variables.put(variable + "_IN", "target-of-" + whose);
            secret("chap/" + whose + "/" + keys + ".password", "secret of " + whose);
            secret("chap/" + whose + "/" + keys + ".password_in", "secret back to " + whose);
        }
        String yaml = Chart.ofFile("everything").application("quorumd").replace("/etc/quorumd", secrets.toString());

        QuorumdProperties properties = Yaml.read(yaml, variables);

        assertThat(properties.iscsi().discoveryChap().user()).isEqualTo("initiator-of-discovery");
        assertThat(properties.targets().getFirst().chap().mutualUser()).isEqualTo("target-of-disk0");
        assertThat(properties.volumes().getFirst().threshold()).isEqualTo(3);
        assertThat(properties.iscsi().threads()).isEqualTo(2);
        assertThat(properties.admin().user()).isEqualTo("admin");
    }

    @Test
    void aReplicaExportsPlainVolumes() throws IOException {
        secret("login/password", "secret of a replica");
        String yaml =
                Chart.ofFile("replicas").application("quorumd-replica").replace("/etc/quorumd", secrets.toString());

        QuorumdProperties properties = Yaml.read(yaml, Map.of("REPLICA_USERNAME", "quorumd"));

        assertThat(properties.volumes().getFirst().kind()).isEqualTo(VolumeProperties.Kind.PLAIN);
        assertThat(properties.targets().getFirst().name()).isEqualTo("iqn.2026-11.io.quorumd:disk0.replica");
        assertThat(properties.targets().getFirst().chap().user()).isEqualTo("quorumd");
    }

    @Test
    void aChildOnAReplicaIsReachedOverIscsi() throws IOException {
        secret("children/disk0-b/password", "secret of a replica");
        secret("children/disk0-c/password", "secret of a replica");
        String yaml = Chart.ofFile("replicas").application("quorumd").replace("/etc/quorumd", secrets.toString());
        Map<String, Object> variables = new HashMap<>(BESIDE_THE_SERVICES);
        variables.put("CHILD_DISK0_B_USERNAME", "quorumd");
        variables.put("CHILD_DISK0_C_USERNAME", "quorumd");

        QuorumdProperties properties = Yaml.read(yaml, variables);

        ChildProperties child = properties.volumes().getFirst().children().get(1);
        assertThat(child.uri()).startsWith("iscsi://").endsWith(".svc:3260/iqn.2026-11.io.quorumd:disk0.replica/0");
        assertThat(child.credentials().user()).isEqualTo("quorumd");
    }

    private void secret(String name, String text) throws IOException {
        Path file = secrets.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
