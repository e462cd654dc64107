package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A wrong configuration stops the start with one line that names the property: never a stack trace. */
class BadConfigIT {

    @TempDir
    Path folder;

    @Test
    void anUnknownKey() {
        assertRefused("quorumd: {state-dri: ./x}", "quorumd.state-dri");
    }

    @Test
    void aValueOfTheWrongKind() {
        assertRefused("quorumd: {volumes: [{name: v, vote-threshold: two}]}", "quorumd.volumes[0].vote-threshold");
    }

    @Test
    void aCombinationThatCannotBe() {
        assertRefused("""
                quorumd:
                  volumes:
                    - name: disk0
                      size: 1MB
                      blkverify: true
                      children:
                        - {node-name: a, uri: "file:a"}
                        - {node-name: b, uri: "file:b"}
                        - {node-name: c, uri: "file:c"}
                """, "quorumd.volumes[0].blkverify");
    }

    /** The process ends though it has been to the network meanwhile. */
    @Test
    void tooFewChildrenOfWhichOneIsRemote() {
        assertRefused("""
                quorumd:
                  volumes:
                    - name: disk0
                      size: 1MB
                      children:
                        - {node-name: a, uri: "file:a"}
                        - {node-name: b, uri: "file:b"}
                        - {node-name: r, uri: "nbd://127.0.0.1:%d"}
                """.formatted(Quorumd.freePort()), "disk0 needs 2 children");
    }

    private void assertRefused(String yaml, String property) {
        List<String> output = Quorumd.refusal(folder, yaml);
        assertThat(output).noneMatch(line -> line.startsWith("\tat ") || line.contains("Exception"));
        List<String> description = output.subList(output.indexOf("Description:"), output.indexOf("Action:"));
        assertThat(description.stream().filter(line -> !line.isBlank()).skip(1))
                .singleElement()
                .asString()
                .contains(property);
    }
}
