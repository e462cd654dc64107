package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/** The image of the jar that is under test as a container, with no right that the chart does not give it. */
final class QuorumdContainer extends GenericContainer<QuorumdContainer> {

    private static final String IMAGE = "localhost/quorumd:it";
    private static final int STOP_LIMIT_SECONDS = 20;

    private static boolean built;

    private final List<Bind> binds = new ArrayList<>();

    QuorumdContainer() {
        super(DockerImageName.parse(IMAGE));
        withImagePullPolicy(image -> false);
        withCreateContainerCmdModifier(command -> {
            command.withUser("65532:65532");
            restrict(Objects.requireNonNull(command.getHostConfig()));
        });
    }

    /** Made once; skips the tests, or fails them, where no engine can build it. */
    static synchronized void buildImage() {
        String builder = "src/test/container/engine.sh";
        boolean engine = DockerClientFactory.instance().isDockerAvailable();
        Tool.require(engine, "no container engine; " + builder + " start makes one");
        if (!built) {
            Tool build = Tool.run(Duration.ofMinutes(10), line -> {}, builder, "build");
            assertThat(build.status()).as(build.output()).isZero();
            built = true;
        }
    }

    private void restrict(HostConfig host) {
        host.withBinds(binds)
                .withReadonlyRootfs(true)
                .withCapDrop(Capability.ALL)
                .withSecurityOpts(List.of("no-new-privileges"))
                .withTmpFs(Map.of("/tmp", "rw,noexec,nosuid,size=64m"));
    }

    /** A folder of this host, at a place in the container. */
    QuorumdContainer withFolder(Path folder, String place, boolean readOnly) {
        binds.add(Bind.parse(folder + ":" + place + (readOnly ? ":ro" : ":rw")));
        return this;
    }

    /** SIGKILL. */
    void kill() {
        docker().killContainerCmd(getContainerId()).withSignal("KILL").exec();
        awaitEnd();
    }

    /** The same container once more, after {@link #kill}; it need not be ready yet. */
    void startAgain() {
        docker().startContainerCmd(getContainerId()).exec();
    }

    /** SIGTERM; the status it ended with, within 20 seconds. */
    int terminate() {
        docker().killContainerCmd(getContainerId()).withSignal("TERM").exec();
        return awaitEnd();
    }

    private int awaitEnd() {
        return docker().waitContainerCmd(getContainerId())
                .start()
                .awaitStatusCode(STOP_LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    /** Stands still, while the engine's network goes on taking in what is sent to it. */
    void pause() {
        docker().pauseContainerCmd(getContainerId()).exec();
    }

    void unpause() {
        docker().unpauseContainerCmd(getContainerId()).exec();
    }

    static DockerClient docker() {
        return DockerClientFactory.lazyClient();
    }
}
