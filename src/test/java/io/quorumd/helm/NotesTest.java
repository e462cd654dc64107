package io.quorumd.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.Quantity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the chart tells its user to type, typed. */
class NotesTest {

    private static final String CHAP = "chap: {enabled: true, existingSecret: chap}";

    @ParameterizedTest
    @ValueSource(strings = {"{}", "service: {clusterIP: 10.96.7.7}", CHAP})
    void theNotesHaveAPersistentVolumeToPaste(String values) throws IOException, InterruptedException {
        String notes = Chart.notes(values);
        String source = notes.substring(notes.indexOf("  csi:"), notes.indexOf("\n\nHow the volumes"));

        String yaml = typed(notes.substring(notes.indexOf("kubectl apply"), notes.indexOf("or, in place of")));
        PersistentVolume inTree = (PersistentVolume) Manifests.read(yaml).getFirst();
        PersistentVolume csi = (PersistentVolume) Manifests.read(
                        yaml.substring(0, yaml.indexOf("  iscsi:")) + source.replace("$PORTAL", "10.96.7.7:3260"))
                .getFirst();

        assertThat(inTree.getSpec().getCapacity()).containsEntry("storage", Quantity.parse("10Gi"));
        assertThat(inTree.getSpec().getIscsi().getTargetPortal()).isEqualTo("10.96.7.7:3260");
        assertThat(inTree.getSpec().getIscsi().getIqn()).isEqualTo("iqn.2026-11.io.quorumd:disk0");
        assertThat(csi.getSpec().getCsi().getVolumeAttributes())
                .containsEntry("iqn", "iqn.2026-11.io.quorumd:disk0")
                .containsEntry("targetPortal", "10.96.7.7:3260");
    }

    @Test
    void theNotesHaveTheCommandsOfANode() throws IOException, InterruptedException {
        String notes = Chart.notes("service: {port: 3261}");
        String node = "iscsiadm -m node -T iqn.2026-11.io.quorumd:disk0 -p 10.96.7.7:3261";

        assertThat(typed(login(notes)).lines())
                .containsExactly("iscsiadm -m discovery -t sendtargets -p 10.96.7.7:3261", node + " --login");
        assertThat(Chart.notes("service: {clusterIP: 'fd00::7'}")).contains("  PORTAL=[fd00::7]:3260\n");
        assertThat(typed(login(Chart.notes(CHAP + "\nservice: {port: 3261}"))).lines())
                .containsExactly(
                        "iscsiadm -m node -o new -T iqn.2026-11.io.quorumd:disk0 -p 10.96.7.7:3261",
                        node + " -o update -n node.session.auth.authmethod -v CHAP",
                        node + " -o update -n node.session.auth.username -v secret",
                        node + " -o update -n node.session.auth.password -v secret",
                        node + " -o update -n node.session.auth.username_in -v secret",
                        node + " -o update -n node.session.auth.password_in -v secret",
                        node + " --login");
    }

    /** From the address to the login, but for the headings between. */
    private static String login(String notes) {
        return notes.substring(notes.indexOf("  PORTAL="), notes.indexOf("A PersistentVolume"))
                .replace("Log in from a node:", "");
    }

    /** What a shell makes of it where `kubectl apply` shows what it is given, and `iscsiadm` how it is called. */
    private static String typed(String commands) throws IOException, InterruptedException {
        String tools = """
                set -eu
                PORTAL=10.96.7.7:3260
                kubectl() {
                    case $* in
                        *service*) printf 10.96.7.7;;
                        *secret*) printf c2VjcmV0;;
                        "apply -f -") cat;;
                    esac
                }
                iscsiadm() { echo "iscsiadm $*"; }
                """;
        Process shell = new ProcessBuilder("bash", "-c", tools + commands)
                .redirectErrorStream(true)
                .start();
        String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor()).as(output).isZero();
        return output;
    }
}
