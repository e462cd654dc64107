package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.quorumd.helm.Chart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The chart's replicas and its target as processes, each with the configuration, the environment and the mounts that the
 * chart renders for it. What stands for the cluster is an address for each name of a pod, and a folder for each mount.
 */
class ChartReplicasIT {

    private static final String VALUES = """
            volumes:
              - name: disk0
                size: 64MB
                children: [{name: a, replica: 0}, {name: b, replica: 1}, {name: c, replica: 2}]
            replicas: {enabled: true, credentialsSecret: replica-login}
            test: {enabled: false}
            lease: {enabled: false}
            """;

    private static final String NAMESPACE = "storage";
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String SECRET = "a secret of replicas";

    @TempDir
    Path folder;

    private final Chart chart = Chart.of(VALUES);
    private final StatefulSet replicas = chart.object(StatefulSet.class, "quorumd-replica");
    private final StatefulSet target = chart.object(StatefulSet.class, "quorumd");

    @Test
    void aReplicaThatIsKilledUnderLoadIsMissedByNobodyAndFilledAgain() throws IOException {
        try (Quorumd a = replica(0);
                Quorumd b = replica(1);
                Quorumd c = replica(2);
                Quorumd front = front(a, b, c)) {
            VerifiedLoad load = VerifiedLoad.start(front.url(0), 1, 16, 5_000, acknowledged -> {});
            b.kill();
            load.assertClean();
            assertThat(VolumeStatus.of(front, "disk0").childState("disk0-b")).isNotEqualTo("answering");

            b.start();
            await().atMost(LIMIT).until(() -> VolumeStatus.of(front, "disk0").isWhole());
            front.stop();
            byte[] written = copy(a);
            assertThat(copy(b)).isEqualTo(written);
            assertThat(copy(c)).isEqualTo(written);
            assertThat(front.log()).noneMatch(line -> line.contains(SECRET));
        }
    }

    private Quorumd replica(int number) throws IOException {
        return pod(replicas, "replica-" + number, chart.application("quorumd-replica"));
    }

    /** Each replica is asked for by the name that its set and its service give it. */
    private Quorumd front(Quorumd... pods) throws IOException {
        String yaml = chart.application("quorumd");
        String set = replicas.getMetadata().getName();
        String service = replicas.getSpec().getServiceName();
        for (int number = 0; number < pods.length; number++) {
            String name = set + "-" + number + "." + service + "." + NAMESPACE + ".svc:3260";
            assertThat(yaml).containsOnlyOnce(name);
            yaml = yaml.replace(name, "127.0.0.1:" + pods[number].port());
        }
        return pod(target, "target", yaml);
    }

    private Quorumd pod(StatefulSet set, String name, String application) throws IOException {
        PodSpec spec = set.getSpec().getTemplate().getSpec();
        Container container = spec.getContainers().getFirst();
        Path home = Files.createDirectory(folder.resolve(name));
        String yaml = application;
        for (VolumeMount mount : container.getVolumeMounts()) {
            Path place = Files.createDirectory(home.resolve(mount.getName()));
            yaml = yaml.replace(mount.getMountPath() + "/", place + "/");
            if (isSecret(spec, mount)) {
                Files.writeString(place.resolve("password"), SECRET);
            }
        }
        List<String> java = new ArrayList<>(List.of("env", "QUORUMD_SERVICE_HOST=127.0.0.1"));
        for (EnvVar variable : container.getEnv()) {
            assertThat(variable.getValueFrom().getSecretKeyRef().getKey()).isEqualTo("username");
            java.add(variable.getName() + "=front");
        }
        java.addAll(QuickStart.command());
        Quorumd pod = Quorumd.prepared(home, yaml, java);
        pod.start();
        String ready = container.getReadinessProbe().getHttpGet().getPath();
        await(ready).atMost(LIMIT).until(() -> pod.get(ready).statusCode() == 200);
        return pod;
    }

    /** What is not among the pod's volumes is a claim of the set. */
    private static boolean isSecret(PodSpec spec, VolumeMount mount) {
        return spec.getVolumes().stream()
                .anyMatch(volume -> volume.getName().equals(mount.getName()) && volume.getSecret() != null);
    }

    /** What the load wrote, as the raw copy holds it. */
    private static byte[] copy(Quorumd replica) {
        replica.stop();
        return new Child(replica.folder().resolve("data").resolve("disk0.img"))
                .read(0, (int) VerifiedLoad.BYTES_PER_SESSION);
    }
}
