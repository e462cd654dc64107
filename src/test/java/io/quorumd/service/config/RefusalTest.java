package io.quorumd.service.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each mistake in the configuration is answered with one line: the property, what is wrong, what would be right. */
class RefusalTest {

    private static final String THREE = " children: [{node-name: a, uri: 'file:a'}, {node-name: b, uri: 'file:b'},"
            + " {node-name: c, uri: 'file:c'}]";
    private static final String TWO = " children: [{node-name: a, uri: 'file:a'}, {node-name: b, uri: 'file:b'}]";
    private static final String ONE = " children: [{node-name: a, uri: 'file:a'}]";
    private static final String SIZE =
            " is not a size. Write a whole number, alone (bytes) or with its unit, such as 1GB"
                    + " (units B, KB, MB, GB, TB).";

    static Stream<Arguments> volumes() {
        return Stream.of(
                arguments(
                        "",
                        "children: Number of provided children must be greater than 1, and there is none."
                                + " Add children, or set kind to plain for a volume without a vote."),
                arguments(
                        ONE,
                        "children: Number of provided children must be greater than 1, and there is 1."
                                + " Add children, or set kind to plain for a volume without a vote."),
                arguments(
                        "kind: plain," + TWO,
                        "children: has 2 entries, and kind is plain. A plain volume has exactly"
                                + " one child; for more set kind to quorum."),
                arguments(
                        "kind: plain, vote-threshold: 2," + ONE,
                        "vote-threshold: is set, and kind is plain. A plain"
                                + " volume has no vote; leave the key out."),
                arguments(
                        "kind: plain, rewrite-corrupted: true," + ONE,
                        "rewrite-corrupted: is set, and kind is plain."
                                + " A plain volume has no vote; leave the key out."),
                arguments(
                        "kind: plain, blkverify: true," + ONE,
                        "blkverify: is set, and kind is plain. A plain volume" + " has no vote; leave the key out."),
                arguments(
                        "vote-threshold: 4," + THREE,
                        "vote-threshold: threshold may not exceed children count, and 4"
                                + " is more than 3. Set it to 1 to 3."),
                arguments(
                        "read-pattern: fifo, vote-threshold: 4," + THREE,
                        "vote-threshold: threshold may not exceed"
                                + " children count, and 4 is more than 3. Set it to 1 to 3."),
                arguments("vote-threshold: 0," + THREE, "vote-threshold: is 0. Set it to 1 to 3."),
                arguments("vote-threshold: two," + THREE, "vote-threshold: \"two\" is not a whole number."),
                arguments(
                        "read-pattern: lifo," + THREE,
                        "read-pattern: \"lifo\" is not a value it knows. Please set"
                                + " read-pattern as fifo or quorum."),
                arguments(
                        "on-open-failure: retry," + THREE,
                        "on-open-failure: \"retry\" is not a value it knows."
                                + " Please set on-open-failure as degraded or fail."),
                arguments(
                        "rewrite-corrupted: perhaps," + THREE,
                        "rewrite-corrupted: \"perhaps\" is not true or" + " false."),
                arguments(
                        "blkverify: true," + THREE,
                        "blkverify: is true with 3 children, a threshold of 2 and read"
                                + " pattern quorum. It works only with exactly 2 children, vote-threshold 2 and read pattern"
                                + " quorum."),
                arguments(
                        "blkverify: true, vote-threshold: 1," + TWO,
                        "blkverify: is true with 2 children, a threshold"
                                + " of 1 and read pattern quorum. It works only with exactly 2 children, vote-threshold 2 and"
                                + " read pattern quorum."),
                arguments(
                        "blkverify: true, read-pattern: fifo," + TWO,
                        "blkverify: is true with 2 children, a threshold"
                                + " of 2 and read pattern fifo. It works only with exactly 2 children, vote-threshold 2 and"
                                + " read pattern quorum."),
                arguments(
                        "blkverify: true, rewrite-corrupted: true," + TWO,
                        "rewrite-corrupted: is true with blkverify."
                                + " Leave it out: without a vote there is nothing to repair from."),
                arguments(
                        "read-pattern: fifo, rewrite-corrupted: true," + TWO,
                        "rewrite-corrupted: is true with read"
                                + " pattern fifo. Leave it out: without a vote there is nothing to repair from."),
                arguments(
                        "on-mismatch: exit," + TWO,
                        "on-mismatch: is set without blkverify. Leave it out, or set" + " blkverify to true."),
                arguments("block-size: 1024," + TWO, "block-size: is 1024. Set it to 512 or 4096."),
                arguments(
                        "size: 1000," + TWO,
                        "size: is 1000 bytes. Set it to a multiple, 1 or more, of the block size" + " (512 bytes)."),
                arguments(
                        "size: 0," + TWO,
                        "size: is 0 bytes. Set it to a multiple, 1 or more, of the block size (512" + " bytes)."),
                arguments("size: 1GiB," + TWO, "size: \"1GiB\"" + SIZE),
                arguments("size: 99999999999TB," + TWO, "size: \"99999999999TB\"" + SIZE),
                arguments(
                        "region-size: 32KB," + TWO,
                        "region-size: is 32768 bytes. Set it to a power of two, 64KB to" + " 1GB."),
                arguments(
                        "region-size: 100KB," + TWO,
                        "region-size: is 102400 bytes. Set it to a power of two, 64KB to" + " 1GB."),
                arguments(
                        "resync-rate: -1," + TWO,
                        "resync-rate: is negative. Set it to bytes per second, or 0 for no" + " limit."),
                arguments(
                        "child-timeout: 0s," + TWO,
                        "child-timeout: is 0 ms. Set it to more than 0 and at most 14s, so"
                                + " that an abort is answered within 15 s."),
                arguments(
                        "child-timeout: soon," + TWO,
                        "child-timeout: \"soon\" is not a duration. Write a number with"
                                + " its unit, such as 500ms or 5s."),
                arguments(
                        "wwn: 6001," + TWO,
                        "wwn: \"6001\" is not an NAA-6 identifier. Write 32 hex digits of which"
                                + " the first is 6, in quotes, or leave it out."),
                arguments(
                        "name: 'a b'," + TWO,
                        "name: \"a b\" cannot be a name. Write up to 64 letters, digits, dots,"
                                + " dashes and underscores, beginning with a letter or digit."),
                arguments(
                        "name: ''," + TWO,
                        "name: is missing. Write up to 64 letters, digits, dots, dashes and"
                                + " underscores, beginning with a letter or digit."));
    }

    @ParameterizedTest
    @MethodSource("volumes")
    void ofAVolume(String keys, String line) {
        String name = keys.startsWith("name:") ? "" : "name: v, ";
        assertThat(Yaml.refusal("quorumd.volumes: [{" + name + keys + "}]")).isEqualTo("quorumd.volumes[0]." + line);
    }

    static Stream<Arguments> targets() {
        String luns = ", luns: [{lun: 0, volume: disk0}]";
        String good = "name: 'iqn.2026-11.io.quorumd:x'" + luns;
        return Stream.of(
                arguments(
                        "name: 'iqn.2026-11.io.quorumd:x'",
                        "luns: is empty. Give the target a LUN: {lun: 0, volume:" + " NAME}."),
                arguments(
                        "name: ''" + luns,
                        "name: is missing. Write an iSCSI name, such as" + " iqn.2026-11.io.quorumd:disk0."),
                arguments(
                        "name: disk0" + luns,
                        "name: \"disk0\" is not an iSCSI name. Write"
                                + " iqn.YYYY-MM.REVERSED-DOMAIN:NAME in lower case, such as iqn.2026-11.io.quorumd:disk0 (or"
                                + " eui. with 16, naa. with 16 or 32 hex digits)."),
                arguments(
                        "name: 'iqn.2026-11.io.quorumd:x', luns: [{lun: 0, volume: disk0}, {lun: 0, volume: disk0}]",
                        "luns[1].lun: \"0\" is already used by quorumd.targets[0].luns[0].lun. Choose another: the number"
                                + " of a LUN in a target is unique."),
                arguments(
                        "name: 'iqn.2026-11.io.quorumd:x', luns: [{lun: 0, volume: disk0}, {lun: 1, volume: disk0}]",
                        "luns[1].volume: \"disk0\" is already used by quorumd.targets[0].luns[0].volume. Choose another:"
                                + " the volume of a LUN in a target is unique."),
                arguments(
                        "name: 'iqn.2026-11.io.quorumd:x', luns: [{lun: 16384, volume: disk0}]",
                        "luns[0].lun: is 16384. Set it to 0 to 16383."),
                arguments(
                        "name: 'iqn.2026-11.io.quorumd:x', luns: [{lun: 0, volume: disk9}]",
                        "luns[0].volume: there is no volume \"disk9\". Name one of these: disk0."),
                arguments(
                        "name: 'iqn.2026-11.io.quorumd:x', luns: [{lun: 0}]",
                        "luns[0].volume: is missing. Name one of these: disk0."),
                arguments(
                        good + ", initiators: [me]",
                        "initiators[0]: \"me\" is not an iSCSI name. Write the initiator's name as it stands in its"
                                + " /etc/iscsi/initiatorname.iscsi, such as iqn.1993-08.org.debian:01:2f5c8e."),
                arguments(
                        good + ", initiators: ['iqn.2026-11.io.x:a', 'iqn.2026-11.io.x:A']",
                        "initiators[1]: \"iqn.2026-11.io.x:a\" is already used by quorumd.targets[0].initiators[0]. Choose"
                                + " another: the name of an initiator in a target is unique."),
                arguments(
                        good + ", chap: {secret: twelve bytes}",
                        "chap.user: is missing. CHAP needs a name and a" + " secret."),
                arguments(
                        good + ", chap: {user: u}",
                        "chap.secret: is missing. CHAP needs a name and a secret; give it"
                                + " here or in quorumd.targets[0].chap.secret-file."),
                arguments(
                        good + ", chap: {user: u, secret: short}",
                        "chap.secret: has 5 bytes. A CHAP secret has 12 to" + " 255 bytes."),
                arguments(
                        good + ", chap: {user: u, secret: '" + "s".repeat(256) + "'}",
                        "chap.secret: has 256 bytes. A" + " CHAP secret has 12 to 255 bytes."),
                arguments(
                        good + ", chap: {user: u, secret: twelve bytes, mutual-user: m}",
                        "chap.mutual-secret: is"
                                + " missing. CHAP needs a name and a secret; give it here or in"
                                + " quorumd.targets[0].chap.mutual-secret-file."),
                arguments(
                        good + ", chap: {mutual-user: m, mutual-secret: twelve bytes}",
                        "chap.user: is missing. CHAP" + " needs a name and a secret."),
                arguments(
                        good + ", chap: {user: u, secret: twelve bytes, mutual-user: m, mutual-secret: twelve bytes}",
                        "chap.mutual-secret: is the same as quorumd.targets[0].chap.secret. Each direction needs a secret"
                                + " of its own (RFC 7143 §9.2.1)."),
                arguments(
                        good + ", chap: {user: u, secret: twelve bytes, secret-file: f}",
                        "chap.secret: is set as well"
                                + " as quorumd.targets[0].chap.secret-file. Keep one of the two, better the file."),
                arguments(
                        good + ", chap: {user: u, secret-file: absent}",
                        "chap.secret-file: \"absent\" cannot be read"
                                + " (NoSuchFileException). Name a file that holds the secret and that this user may read."),
                arguments(
                        good + ", chap: twelve bytes",
                        "chap: the value is not what belongs there. See the sample" + " configuration in README.md."),
                arguments(
                        good + ", alias: '" + "a".repeat(256) + "'",
                        "alias: is longer than 255 bytes. Choose a shorter" + " one."));
    }

    @ParameterizedTest
    @MethodSource("targets")
    void ofATarget(String keys, String line) {
        assertThat(Yaml.refusal("quorumd.targets: [{" + keys + "}]")).isEqualTo("quorumd.targets[0]." + line);
    }

    static Stream<Arguments> others() {
        String portal =
                " is not a portal. Write ADDRESS:PORT with an IP address, such as 127.0.0.1:3260 or [::1]:3260, and"
                        + " perhaps the tag of a portal group behind it: 127.0.0.1:3260,2.";
        return Stream.of(
                arguments(
                        "volumes: []",
                        "volumes: is empty. Configure a volume, or leave the key out for the default" + " one."),
                arguments(
                        "targets: []",
                        "targets: is empty. Configure a target, or leave the key out for one per" + " volume."),
                arguments("state-dir: ' '", "state-dir: is empty. Name a folder, such as ./data/state."),
                arguments(
                        "iscsi.portals: []",
                        "iscsi.portals: is empty. Write where to listen, such as" + " 127.0.0.1:3260."),
                arguments("iscsi.portals: [localhost:3260]", "iscsi.portals[0]: \"localhost:3260\"" + portal),
                arguments("iscsi.portals: [127.0.0.1]", "iscsi.portals[0]: \"127.0.0.1\"" + portal),
                arguments("iscsi.portals: ['::1']", "iscsi.portals[0]: \"::1\"" + portal),
                arguments("iscsi.portals: ['127.0.0.1:70000']", "iscsi.portals[0]: \"127.0.0.1:70000\"" + portal),
                arguments(
                        "iscsi.portals: ['127.0.0.1:3260', '127.0.0.1:3260']",
                        "iscsi.portals[1]: \"127.0.0.1:3260\""
                                + " is already used by quorumd.iscsi.portals[0]. Choose another: a portal is unique."),
                arguments("iscsi.portals: ['127.0.0.1:3260,0']", "iscsi.portals[0]: \"127.0.0.1:3260,0\"" + portal),
                arguments(
                        "iscsi.portals: ['127.0.0.1:3260,70000']",
                        "iscsi.portals[0]: \"127.0.0.1:3260,70000\"" + portal),
                arguments(
                        "iscsi.portals: ['127.0.0.1:3260', '127.0.0.1:3260,2']",
                        "iscsi.portals[1]: \"127.0.0.1:3260\" is already used by quorumd.iscsi.portals[0]. Choose another:"
                                + " a portal is unique."),
                arguments(
                        "iscsi.redirect: {'[iqn.2026-11.io.quorumd:disk0]': '10.0.0.1,2'}",
                        "iscsi.redirect[iqn.2026-11.io.quorumd:disk0]: \"10.0.0.1,2\" has the tag of a portal group. Write"
                                + " ADDRESS or ADDRESS:PORT only."),
                arguments(
                        "iscsi.advertise: [0.0.0.0]",
                        "iscsi.advertise[0]: \"0.0.0.0\" is not an address that an"
                                + " initiator can connect to. Write the address, and the port, that initiators use."),
                arguments(
                        "iscsi.initiator-name: me",
                        "iscsi.initiator-name: \"me\" is not an iSCSI name. Write"
                                + " iqn.YYYY-MM.REVERSED-DOMAIN:NAME in lower case, such as"
                                + " iqn.2026-11.io.quorumd:disk0 (or eui. with 16, naa. with 16 or 32 hex digits)."),
                arguments(
                        "iscsi.threads: -1",
                        "iscsi.threads: is -1. Set it to 1 to 256, or to 0 for half the" + " processors."),
                arguments(
                        "iscsi.redirect: {'[iqn.2026-11.io.quorumd:other]': '10.0.0.1:3260'}",
                        "iscsi.redirect[iqn.2026-11.io.quorumd:other]: there is no target"
                                + " \"iqn.2026-11.io.quorumd:other\". Name one of these, in YAML as \"[NAME]\" with"
                                + " brackets and quotes: iqn.2026-11.io.quorumd:disk0."),
                arguments(
                        "iscsi.discovery-chap: {user: u, secret: short}",
                        "iscsi.discovery-chap.secret: has 5 bytes. A" + " CHAP secret has 12 to 255 bytes."),
                arguments(
                        "iscsi.discovery-chap: {user: u, secret: twelve bytes, mutual-user: m, mutual-secret: of the target}\n"
                                + "quorumd.targets: [{name: 'iqn.2026-11.io.quorumd:x', luns: [{lun: 0, volume: disk0}], chap:"
                                + " {user: v, secret: of the target}}]",
                        "iscsi.discovery-chap.mutual-secret: is the same as quorumd.targets[0].chap.secret. Each direction"
                                + " needs a secret of its own (RFC 7143 §9.2.1)."),
                arguments(
                        "admin: {user: u}",
                        "admin.password: is missing. Give it here or in" + " quorumd.admin.password-file."),
                arguments(
                        "admin: {password: p}",
                        "admin.user: is missing. A password needs the name of the user it" + " belongs to."),
                arguments(
                        "iscsi: {busy-poll: 5ms}",
                        "iscsi.busy-poll: is not between 0 and 1ms. A thread that looks for longer keeps a processor from"
                                + " others; set it to 50us, or to 0 to sleep at once."),
                arguments(
                        "lease: {name: Disks}",
                        "lease.name: \"Disks\" cannot be the name of a Kubernetes object. Write up to 253 small letters,"
                                + " digits, dashes and dots."),
                arguments(
                        "lease: {name: disks, duration: 1500ms}",
                        "lease.duration: is not a whole number of seconds. A Lease counts seconds; set it to 15s."),
                arguments(
                        "lease: {name: disks, renew-deadline: 15s}",
                        "lease.renew-deadline: is not shorter than the duration. I/O must have stopped before another may"
                                + " take the Lease: set it to two thirds of quorumd.lease.duration."),
                arguments(
                        "lease: {name: disks, retry-period: 6s}",
                        "lease.retry-period: is not between 100 ms and half the renew-deadline. One renewal that fails"
                                + " must not cost the Lease: set it to a fifth of quorumd.lease.renew-deadline."));
    }

    @ParameterizedTest
    @MethodSource("others")
    void ofTheRest(String keys, String line) {
        assertThat(Yaml.refusal("quorumd." + keys)).isEqualTo("quorumd." + line);
    }

    @Test
    void ofTwoVolumesOfOneName() {
        assertThat(Yaml.refusal("quorumd.volumes: [{name: v, kind: plain," + ONE + "}, {name: V, kind: plain, children:"
                        + " [{node-name: b, uri: 'file:b'}]}]"))
                .isEqualTo(
                        "quorumd.volumes[1].name: \"v\" is already used by quorumd.volumes[0].name. Choose another: the"
                                + " name of a volume is unique.");
    }

    @Test
    void ofASecretFileThatIsTooShortWithoutItsLineEnd(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("secret"), "elevenbytes\n");
        assertThat(Yaml.refusal("quorumd.iscsi.discovery-chap: {user: u, secret-file: '" + file + "'}"))
                .isEqualTo("quorumd.iscsi.discovery-chap.secret: has 11 bytes. A CHAP secret has 12 to 255 bytes.");
    }

    @Test
    void ofAnUnknownKey() {
        assertThat(Yaml.refusal("quorumd.volumes: [{name: v, vote-treshold: 2}]"))
                .isEqualTo(
                        "quorumd.volumes[0].vote-treshold: no such property. docs/configuration.md lists the names.");
        assertThat(Yaml.refusal("quorumd.iscsi.portal: 127.0.0.1:3260")).startsWith("quorumd.iscsi.portal: no such");
    }

    @Test
    void ofAnUnknownEnvironmentVariable() {
        assertThat(Yaml.refusal("", Map.of("QUORUMD_VOLUMES_0_SISE", "1GB")))
                .isEqualTo("environment variable QUORUMD_VOLUMES_0_SISE: no such property. Write the property's name in"
                        + " upper case with _ for each dot, without dashes, such as QUORUMD_STATEDIR or"
                        + " QUORUMD_VOLUMES_0_SIZE.");
    }
}
