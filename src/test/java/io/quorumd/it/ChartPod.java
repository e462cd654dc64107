package io.quorumd.it;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.quorumd.helm.Chart;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.testcontainers.containers.wait.strategy.Wait;

/**
 * The image as the chart's StatefulSet runs it: with its environment, its mounts and its restrictions, done by a container
 * engine instead of kubelet. What stands for the cluster's network is a port of this host that leads to the container's by
 * address translation, so that the container does not know the address that initiators use.
 */
final class ChartPod implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofSeconds(90);

    private final Path folder;
    private final Chart chart;
    private final String serviceHost;
    private final QuorumdContainer container;

    /**
     * @param folder holds the claims, config maps and secrets
     * @param serviceHost the Service's address, as initiators know it
     * @param port the Service's port, on this host
     */
    ChartPod(Path folder, Chart chart, String serviceHost, int port) {
        this.folder = folder;
        this.chart = chart;
        this.serviceHost = serviceHost;
        PodSpec pod = chart.object(StatefulSet.class, "quorumd")
                .getSpec()
                .getTemplate()
                .getSpec();
        Container spec = pod.getContainers().getFirst();
        container = new QuorumdContainer()
                .withExposedPorts(8080)
                .withEnv(environment(spec))
                .waitingFor(
                        Wait.forHttp("/actuator/health/readiness").forPort(8080).withStartupTimeout(START_LIMIT));
        container.setPortBindings(List.of("127.0.0.1:" + port + ":3260", "127.0.0.1:" + Quorumd.freePort() + ":8080"));
        spec.getVolumeMounts().forEach(mount -> mount(pod, mount));
        container.start();
    }

    private void mount(PodSpec pod, VolumeMount mount) {
        Volume volume = pod.getVolumes().stream()
                .filter(one -> one.getName().equals(mount.getName()))
                .findFirst()
                .orElseThrow();
        if (volume.getEmptyDir() != null) {
            return;
        }
        Path source = folder.resolve(volume.getName());
        try {
            Files.createDirectory(source);
            if (volume.getPersistentVolumeClaim() != null) {
                Files.setPosixFilePermissions(source, PosixFilePermissions.fromString("rwxrwxrwx"));
            } else {
                Files.setPosixFilePermissions(source, PosixFilePermissions.fromString("rwxr-xr-x"));
                write(source, files(volume));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        container.withFolder(source, mount.getMountPath(), Boolean.TRUE.equals(mount.getReadOnly()));
    }

    private Map<String, String> files(Volume volume) {
        return volume.getConfigMap() != null
                ? chart.object(ConfigMap.class, volume.getConfigMap().getName()).getData()
                : chart.object(Secret.class, volume.getSecret().getSecretName()).getStringData();
    }

    private static void write(Path folder, Map<String, String> files) throws IOException {
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.writeString(folder.resolve(file.getKey()), file.getValue());
        }
    }

    /** What a container of the chart finds in its environment. */
    Map<String, String> environment(Container spec) {
        Map<String, String> variables = new TreeMap<>();
        for (EnvVar variable : spec.getEnv()) {
            variables.put(variable.getName(), value(variable));
        }
        variables.put("QUORUMD_SERVICE_HOST", serviceHost);
        return variables;
    }

    private String value(EnvVar variable) {
        if (variable.getValueFrom() == null) {
            return variable.getValue().replace("$(QUORUMD_SERVICE_HOST)", serviceHost);
        }
        var reference = variable.getValueFrom().getSecretKeyRef();
        return Objects.requireNonNull(
                chart.object(Secret.class, reference.getName()).getStringData().get(reference.getKey()));
    }

    /** The file of a child that has a claim. */
    Child child(String nodeName) {
        return new Child(folder.resolve("child-" + nodeName).resolve(nodeName + ".img"));
    }

    /** The answer of the health endpoint. */
    String health() throws IOException {
        URI health = URI.create("http://127.0.0.1:" + container.getMappedPort(8080) + "/actuator/health");
        try (InputStream body = health.toURL().openStream()) {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** SIGKILL, and the same container once more. */
    void killAndStart() {
        container.kill();
        container.startAgain();
    }

    /** SIGTERM; the status it ended with, within 20 seconds. */
    int stop() {
        return container.terminate();
    }

    String log() {
        return container.getLogs();
    }

    @Override
    public void close() {
        container.close();
    }
}
