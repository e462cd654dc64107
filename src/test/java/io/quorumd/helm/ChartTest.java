package io.quorumd.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.marcnuri.helm.LintResult;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

class ChartTest {

    @Test
    void lintFindsNothing() {
        LintResult result = Chart.lint();
        assertThat(result.isFailed()).as("%s", result.getMessages()).isFalse();
    }

    /** After a change that is meant, {@code -Dgolden.write=true} writes what to review. */
    @ParameterizedTest
    @ValueSource(strings = {"defaults", "everything", "replicas"})
    void makesTheseManifests(String values) throws IOException {
        String manifests = (values.equals("defaults") ? Chart.ofDefaults() : Chart.ofFile(values))
                .manifests()
                .replaceAll("(checksum/\\w+): \\w+", "$1: SUM")
                .replaceAll("(?s)(  quorumd.json: \\|\n).*?\n---", "$1    {}\n---");
        if (Boolean.getBoolean("golden.write")) {
            Files.writeString(Chart.golden(values), manifests);
        }
        assertThat(manifests).isEqualTo(Files.readString(Chart.golden(values)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"everything", "replicas"})
    void makesOnlyWhatKubernetesKnows(String values) {
        assertThat(Chart.ofFile(values).objects()).hasSizeGreaterThan(5);
    }

    @Test
    void aFieldThatKubernetesDoesNotKnowWouldBeFound() {
        String manifests = Chart.ofDefaults().manifests();
        for (String field : List.of("serviceName:", "readOnlyRootFilesystem:", "mountPath:", "claimName:")) {
            assertThatThrownBy(() -> Manifests.read(manifests.replace(field, "x" + field)))
                    .hasMessageContaining("\"x" + field.replace(":", "\""));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"everything", "replicas"})
    void runsWithoutPrivileges(String values) {
        List<PodSpec> pods = Chart.ofFile(values).objects().stream()
                .map(object -> switch (object) {
                    case StatefulSet set -> set.getSpec().getTemplate().getSpec();
                    case Pod pod -> pod.getSpec();
                    default -> null;
                })
                .filter(spec -> spec != null)
                .toList();
        assertThat(pods).hasSize(2).allSatisfy(pod -> {
            assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
            assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
            assertThat(pod.getAutomountServiceAccountToken()).isEqualTo(pod.getServiceAccountName() != null);
            Container container = pod.getContainers().getFirst();
            assertThat(container.getSecurityContext().getReadOnlyRootFilesystem())
                    .isTrue();
            assertThat(container.getSecurityContext().getAllowPrivilegeEscalation())
                    .isFalse();
            assertThat(container.getSecurityContext().getCapabilities().getDrop())
                    .containsExactly("ALL");
        });
    }

    /** Reading and renewing one Lease by its name, and making it. */
    @Test
    void whoHoldsTheLeaseMayDoThatAndNothingElse() {
        Chart chart = Chart.of("fullnameOverride: disks");
        PodSpec pod = pod(chart, "disks");
        RoleBinding binding = chart.object(RoleBinding.class, "disks");
        assertThat(pod.getServiceAccountName())
                .isEqualTo("disks")
                .isEqualTo(binding.getSubjects().getFirst().getName());
        assertThat(pod.getAutomountServiceAccountToken()).isTrue();
        assertThat(binding.getRoleRef().getName()).isEqualTo("disks");
        assertThat(chart.object(Role.class, "disks").getRules())
                .extracting(
                        PolicyRule::getApiGroups,
                        PolicyRule::getResources,
                        PolicyRule::getResourceNames,
                        PolicyRule::getVerbs)
                .containsExactly(
                        tuple(
                                List.of("coordination.k8s.io"),
                                List.of("leases"),
                                List.of("disks"),
                                List.of("get", "update")),
                        tuple(List.of("coordination.k8s.io"), List.of("leases"), List.of(), List.of("create")));
        assertThat(chart.application("disks")).contains("name: disks", "renew-deadline: 10s");
    }

    @Test
    void withoutALeaseThePodHasNoToken() {
        Chart chart = Chart.of("lease: {enabled: false}");
        assertThat(chart.objects()).noneMatch(object -> object instanceof Role || object instanceof ServiceAccount);
        assertThat(pod(chart, "quorumd").getAutomountServiceAccountToken()).isFalse();
        assertThat(chart.application("quorumd")).doesNotContain("lease:");
    }

    private static PodSpec pod(Chart chart, String set) {
        return chart.object(StatefulSet.class, set).getSpec().getTemplate().getSpec();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            volums: []                                                                  | volums
            volumes: []                                                                 | at '/volumes'
            volumes: [{name: Disk0, size: 1GB, children: [{name: a, uri: nbd://h/x}]}]    | at '/volumes/0/name'
            volumes: [{name: helm-test, size: 1GB, children: [{name: a, uri: nbd://h/x}]}] | at '/volumes/0/name'
            volumes: [{name: d, size: 1Gi, children: [{name: a, uri: nbd://h/x}]}]        | at '/volumes/0/size'
            volumes: [{name: d, size: 1GB, children: [{name: a}]}]                        | at '/volumes/0/children/0'
            volumes: [{name: d, size: 1GB, children: [{name: a, claim: {size: 1GB}}]}]    | at '/volumes/0/children/0/claim/size'
            volumes: [{name: d, size: 1GB, children: [{name: a, uri: 'file:/x'}]}]        | at '/volumes/0/children/0/uri'
            volumes: [{name: d, size: 1GB, children: [{name: a, replica: 0}]}]            | set replicas.enabled to true
            replicas: {enabled: true}                                                   | no child has `replica: 0`
            networkPolicy: {enabled: true}                                              | at '/networkPolicy/initiatorCIDRs'
            networkPolicy: {enabled: true, initiatorCIDRs: [nodes]}                     | at '/networkPolicy/initiatorCIDRs/0'
            chap: {enabled: true}                                                       | a user name for discovery.sendtargets.auth is missing
            chap: {enabled: true, session: {username: u, password: short}}              | at '/chap/session/password'
            service: {type: External}                                                   | at '/service/type'
            iqnPrefix: eui.02004567A425678D                                             | at '/iqnPrefix'
            lease: {duration: 1500ms}                                                   | at '/lease/duration'
            terminationGracePeriodSeconds: 5                                            | at '/terminationGracePeriodSeconds'
            """)
    void refusesMistakesByName(String values, String says) {
        assertThatThrownBy(() -> Chart.of(values)).hasMessageContaining(says);
    }

    @Test
    void refusesAReplicaThatIsNotThere() {
        assertThatThrownBy(() -> Chart.of("""
                        volumes: [{name: d, size: 1GB, children: [{name: a, replica: 0}, {name: b, replica: 3}]}]
                        replicas: {enabled: true, count: 3}
                        """))
                .hasMessageContaining("child b of volume d is on replica 3, and replicas.count is 3");
    }

    /** As README.md installs it. */
    @Test
    void runsTheImagesThatItIsTold() throws IOException {
        Matcher install = Pattern.compile("helm install quorumd helm/quorumd --set (\\S+)")
                .matcher(Files.readString(Path.of("README.md")));
        assertThat(install.find()).isTrue();
        Map<String, Map<String, String>> values = new TreeMap<>();
        Matcher setting = Pattern.compile("(\\w+)\\.(\\w+)=([^,]+)").matcher(install.group(1));
        while (setting.find()) {
            values.computeIfAbsent(setting.group(1), group -> new TreeMap<>()).put(setting.group(2), setting.group(3));
        }
        Chart chart = Chart.of(new Yaml().dump(values));

        assertThat(image(chart.object(StatefulSet.class, "quorumd")
                        .getSpec()
                        .getTemplate()
                        .getSpec()))
                .isEqualTo("REGISTRY/quorumd:0.1.0");
        assertThat(image(chart.object(Pod.class, "quorumd-test").getSpec())).isEqualTo("REGISTRY/quorumd-tools:0.1.0");
    }

    private static String image(PodSpec pod) {
        return pod.getContainers().getFirst().getImage();
    }
}
