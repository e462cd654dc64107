package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/** One quorum twice, ours and QEMU's, over children that fail alike. */
final class FaultyVolume implements AutoCloseable {

    static final int SIZE = 1 << 20;
    static final int BLOCK = 4096;

    final String name;
    final int threshold;
    final List<FaultyChild> children = new ArrayList<>();

    FaultyVolume(String plugin, Path folder, String name, int count, int threshold) {
        this.name = name;
        this.threshold = threshold;
        for (int i = 0; i < count; i++) {
            children.add(new FaultyChild(plugin, folder, name + "-" + i, SIZE));
        }
    }

    /** Its entry below {@code quorumd.volumes}. */
    String yaml() {
        return "    - name: " + name + "\n      size: 1MB\n      region-size: 64KB\n      vote-threshold: " + threshold
                + "\n      read-completion: all\n      vote-unit: request\n      children:\n"
                + children.stream().map(FaultyChild::yaml).collect(Collectors.joining());
    }

    QemuIo onQemu(List<String> script) {
        return onQemu(script, "writethrough");
    }

    QemuIo onQemu(List<String> script, String cache) {
        return QemuIo.run(
                script,
                "json:{\"driver\":\"quorum\",\"vote-threshold\":" + threshold
                        + ",\"rewrite-corrupted\":true,\"children\":["
                        + children.stream().map(FaultyChild::node).collect(Collectors.joining(",")) + "]}",
                cache);
    }

    QemuIo onOurs(Quorumd quorumd, List<String> script) {
        return onOurs(quorumd, script, "writethrough");
    }

    QemuIo onOurs(Quorumd quorumd, List<String> script, String cache) {
        return QemuIo.run(script, QemuIo.lun(quorumd.port(), name), cache);
    }

    /** Nothing fails any more, and ours has brought everything in sync. */
    void heal(Quorumd quorumd) {
        children.forEach(FaultyChild::fail);
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> VolumeStatus.of(quorumd, name).isWhole());
    }

    /** Equal contents on every child of both sides, behind both quorums' backs. */
    void fill(Random random) {
        byte[] content = new byte[SIZE];
        random.nextBytes(content);
        children.forEach(child -> put(child, 0, content));
    }

    void put(FaultyChild child, int offset, byte[] bytes) {
        for (Path file : List.of(child.ours(), child.theirs())) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(bytes), offset);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    void assertSameChildren(String story) {
        for (FaultyChild child : children) {
            assertThat(OracleVolume.firstDifference(child.ours(), child.theirs()))
                    .as("first byte of %s that is not as QEMU left it; %s", child.nodeName(), story)
                    .isEqualTo(-1);
        }
    }

    @Override
    public void close() {
        children.forEach(FaultyChild::close);
    }
}
