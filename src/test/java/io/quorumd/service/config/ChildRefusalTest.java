package io.quorumd.service.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each mistake in what is said of a child is answered as {@link RefusalTest} has it. */
class ChildRefusalTest {

    static Stream<Arguments> children() {
        String write = "Write file:PATH, such as file:./data/disk0-a.img, nbd://HOST:PORT/EXPORT, or"
                + " iscsi://HOST/TARGET/LUN.";
        String iscsi = "Write iscsi://HOST:PORT/TARGET/LUN, such as iscsi://10.0.0.3/iqn.2026-11.io.quorumd:a/0.";
        String file = "Write file:PATH, such as file:./data/disk0-a.img or file:///srv/disk0-a.img.";
        return Stream.of(
                arguments(
                        "{node-name: a, uri: 'file:b'}",
                        "node-name: \"a\" is already used by quorumd.volumes[0].children[0].node-name. Choose another: the"
                                + " name of a child is unique."),
                arguments(
                        "{uri: 'file:b'}",
                        "node-name: is missing. Write up to 64 letters, digits, dots, dashes and underscores, beginning"
                                + " with a letter or digit."),
                arguments("{node-name: b}", "uri: is missing. " + write),
                arguments("{node-name: b, uri: 'disk.img'}", "uri: is not the address of a child. " + write),
                arguments("{node-name: b, uri: 'file:'}", "uri: has no path. " + file),
                arguments("{node-name: b, uri: 'file://host/b'}", "uri: names a host. " + file),
                arguments(
                        "{node-name: b, uri: 'file:b?direct=yes'}",
                        "uri: \"direct=yes\" is not an option of a file. After the ? write direct=true,"
                                + " preallocate=true, or both with & between."),
                arguments(
                        "{node-name: b, uri: 'nbd:///export'}",
                        "uri: 'nbd:///export' names no host: nbd://HOST[:PORT]/EXPORT. Write nbd://HOST:PORT/EXPORT or"
                                + " one of its kin."),
                arguments(
                        "{node-name: b, uri: 'iscsi://u%hidden@10.0.0.3'}",
                        "uri: is not the address of an iSCSI LUN. " + iscsi),
                arguments(
                        "{node-name: b, uri: 'iscsi://10.0.0.3/disk/0'}",
                        "uri: names the target \"disk\", which is not an iSCSI name. " + iscsi),
                arguments(
                        "{node-name: b, uri: 'iscsi://10.0.0.3/iqn.2026-11.io.example:c/16384'}",
                        "uri: names LUN 16384, which is not 0 to 16383. " + iscsi),
                arguments(
                        "{node-name: b, uri: 'iscsi://10.0.0.3/iqn.2026-11.io.example:c/0?digest=yes'}",
                        "uri: has an option that is none of header-digest=crc32c, data-digest=crc32c and"
                                + " reservation=required. " + iscsi),
                arguments(
                        "{node-name: b, uri: 'iscsi://u%hidden@10.0.0.3/iqn.2026-11.io.example:c/0'}",
                        "uri: a CHAP secret has 12 to 255 bytes, this one 6. " + iscsi),
                arguments(
                        "{node-name: b, uri: 'iscsi://u%hidden-secret@10.0.0.3/iqn.2026-11.io.example:c/0',"
                                + " credentials: {user: v, secret: another-secret}}",
                        "credentials: is set, and the URI has a user, too. Keep one of the two, better the"
                                + " credentials."),
                arguments(
                        "{node-name: b, uri: 'iscsi://10.0.0.3/iqn.2026-11.io.example:c/0', credentials: {user: v}}",
                        "credentials.secret: is missing. CHAP needs a name and a secret; give it here or in"
                                + " quorumd.volumes[0].children[1].credentials.secret-file."),
                arguments(
                        "{node-name: b, uri: 'file:b', credentials: {user: u, secret: s}}",
                        "credentials: is set for a file. Leave it out."));
    }

    @ParameterizedTest
    @MethodSource("children")
    void ofAChild(String child, String line) {
        assertThat(Yaml.refusal(
                        "quorumd.volumes: [{name: v, children: [{node-name: a, uri: 'file:a'}, " + child + "]}]"))
                .isEqualTo("quorumd.volumes[0].children[1]." + line);
    }

    @Test
    void ofOneFileUsedTwice(@TempDir Path folder) throws IOException {
        Path file = Files.createFile(folder.resolve("a.img")).toRealPath();
        Path link = Files.createSymbolicLink(folder.resolve("b.img"), file);
        assertThat(Yaml.refusal("quorumd.volumes: [{name: v, children: [{node-name: a, uri: 'file:" + file
                        + "'}, {node-name: b, uri: 'file:" + link + "'}]}]"))
                .isEqualTo("quorumd.volumes[0].children[1].uri: \"" + file + "\" is already used by"
                        + " quorumd.volumes[0].children[0].uri. Choose another: the place of a child is unique.");
    }
}
