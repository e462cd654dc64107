package io.quorumd.service.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configurations that README.md shows are accepted as they stand there. */
class SamplesTest {

    private static final Pattern SAMPLE = Pattern.compile("```yaml\n(quorumd:.*?)```", Pattern.DOTALL);

    @TempDir
    Path secrets;

    private List<String> samples;

    @BeforeEach
    void read() throws IOException {
        Files.writeString(secrets.resolve("vault"), "a secret of the vault\n");
        Files.writeString(secrets.resolve("replica"), "a secret of a replica\n");
        samples = SAMPLE.matcher(Files.readString(Path.of("README.md")).replace("/run/secrets", secrets.toString()))
                .results()
                .map(sample -> sample.group(1))
                .toList();
    }

    @Test
    void areAccepted() {
        assertThat(samples)
                .hasSize(4)
                .allSatisfy(sample -> assertThat(Yaml.read(sample).volumes()).isNotEmpty());
    }

    @Test
    void soAreVariablesAndAListIsTakenWholeFromOnePlace() {
        Map<String, Object> variables =
                Map.of("QUORUMD_STATEDIR", "/srv/state", "QUORUMD_ISCSI_ADVERTISE", "192.0.2.7");
        QuorumdProperties properties = Yaml.read("", variables);

        assertThat(properties.stateDir()).hasToString("/srv/state");
        assertThat(properties.iscsi().advertise()).containsExactly("192.0.2.7");
        assertThat(Yaml.refusal(samples.getFirst(), Map.of("QUORUMD_VOLUMES_0_SIZE", "2GB")))
                .startsWith("quorumd.volumes[0].name: is missing");
    }

    /** Three machines and a front: what one shows is what the other asks for. */
    @Test
    void theFrontAsksForWhatTheReplicasShow() {
        QuorumdProperties replica = Yaml.read(samples.get(2));
        QuorumdProperties front = Yaml.read(samples.get(3));
        TargetProperties target = replica.targets().getFirst();

        assertThat(target.initiators())
                .extracting(InitiatorProperties::name)
                .containsExactly(front.iscsi().initiatorName());
        assertThat(front.volumes().getFirst().children()).hasSize(3).allSatisfy(child -> {
            assertThat(child.uri()).endsWith("/" + target.name() + "/0");
            assertThat(child.credentials().user()).isEqualTo(target.chap().user());
        });
    }
}
