package io.quorumd.helm;

import com.marcnuri.helm.DryRun;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import org.springframework.util.FileSystemUtils;

/**
 * The chart rendered as the release {@code quorumd} in the namespace {@code storage}.
 *
 * @param manifests all of them, the pod of {@code helm test} too
 */
public record Chart(String manifests) {

    private static final Path HOME = Path.of("helm/quorumd");
    private static final String KUBERNETES = "1.30.0";
    private static final Path VALUES = Path.of("src/test/resources/helm");

    /** With the values as they come. */
    public static Chart ofDefaults() {
        return of("{}");
    }

    /** With a file of values, {@code NAME.yaml} beside the golden files. */
    public static Chart ofFile(String name) {
        try {
            return of(Files.readString(VALUES.resolve(name + ".yaml")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * With these values laid over the chart's.
     *
     * @throws IllegalStateException when the chart refuses them; the message is what the user sees
     */
    public static Chart of(String values) {
        return new Chart(with(
                values,
                (chart, file) -> chart.template()
                        .withName("quorumd")
                        .withNamespace("storage")
                        .withKubeVersion(KUBERNETES)
                        .withValuesFile(file)
                        .call()));
    }

    /** What the user is told after the installation with these values. */
    static String notes(String values) {
        String output = with(
                values,
                (chart, file) -> chart.install()
                        .withName("quorumd")
                        .withNamespace("storage")
                        .withKubeVersion(KUBERNETES)
                        .withValuesFile(file)
                        .clientOnly()
                        .withDryRunOption(DryRun.CLIENT)
                        .dryRun()
                        .call()
                        .getOutput());
        return output.substring(output.indexOf("NOTES:"));
    }

    private static String with(String values, BiFunction<Helm, Path, String> helm) {
        try {
            Path folder = Files.createTempDirectory("chart");
            try {
                Path file = Files.writeString(folder.resolve("values.yaml"), values);
                return helm.apply(new Helm(withoutHooks(folder)), file);
            } finally {
                FileSystemUtils.deleteRecursively(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A copy in which the test's pod is no hook: Helm's library leaves hooks out of what it renders. */
    private static Path withoutHooks(Path folder) throws IOException {
        Path copy = folder.resolve("quorumd");
        FileSystemUtils.copyRecursively(HOME, copy);
        Path test = copy.resolve("templates/tests/login.yaml");
        Files.writeString(test, Files.readString(test).replaceAll(" +helm.sh/hook: test\n", ""));
        return copy;
    }

    static LintResult lint() {
        return new Helm(HOME).lint().strict().call();
    }

    /** Every object, as Kubernetes knows it; a field that it does not know is an error. */
    public List<HasMetadata> objects() {
        return Manifests.read(manifests);
    }

    /** The one object of a kind and name. */
    public <T extends HasMetadata> T object(Class<T> kind, String name) {
        return objects().stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .filter(object -> object.getMetadata().getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + kind.getSimpleName() + " " + name));
    }

    /** The application.yaml in a ConfigMap. */
    public String application(String configMap) {
        return Objects.requireNonNull(
                object(ConfigMap.class, configMap).getData().get("application.yaml"));
    }

    static Path golden(String name) {
        return VALUES.resolve(name + ".golden.yaml");
    }
}
