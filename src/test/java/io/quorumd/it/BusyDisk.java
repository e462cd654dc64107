package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The volume of three children of a service that is called {@code disk0}, and a {@link SteppedLoad} that works on it all
 * the time, checks every byte, and is not to notice anything.
 */
final class BusyDisk implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** Acknowledged writes that show that the disk goes on, in steps of fifty. */
    private static final int SOME = 200;

    private final Quorumd front;
    private final SteppedLoad load;
    private final AtomicLong acknowledged = new AtomicLong();

    /**
     * At work, with all children in sync.
     *
     * @param program {@code iscsi-verify}, compiled
     */
    BusyDisk(Quorumd front, String program) {
        this.front = front;
        this.load = SteppedLoad.start(
                program, front.url(0), SteppedLoad.Loss.KILL, 1, () -> {}, () -> acknowledged.addAndGet(50));
        load.awaitVerified();
        load.go(SOME);
        awaitWhole();
    }

    /**
     * It serves without a child, and says so, and takes it back; nobody says that it is safe before it is.
     *
     * @param state what the child is while it is away
     */
    void without(String child, String state, Runnable loss, Runnable back) {
        loss.run();
        await().atMost(LIMIT).until(() -> status().childState(child).equals(state));
        assertThat(health()).contains("\"margin\":0").contains("child " + child + " is " + state);
        long before = acknowledged.get();
        await().atMost(LIMIT).until(() -> acknowledged.get() > before + SOME);
        assertThat(health()).contains("\"margin\":0");
        back.run();
        await().atMost(LIMIT).untilAsserted(() -> assertThat(health()).contains("\"margin\":1"));
        assertThat(status()).matches(VolumeStatus::isWhole, "all children in sync once the margin is 1");
    }

    /** Ends the work: the service is restarted, all that was ever acknowledged is read back, and nobody writes any more. */
    void restartAndReadBack() {
        assertThat(front.log()).as("the load lost its sessions").noneMatch(line -> line.contains(" is gone"));
        front.stop();
        front.start();
        load.awaitVerified();
        awaitWhole();
    }

    /** Reads all of it back once more, after {@link #restartAndReadBack}. */
    void readBackAgain() {
        load.again();
        load.awaitVerified();
    }

    VolumeStatus status() {
        return VolumeStatus.of(front, "disk0");
    }

    private String health() {
        return front.get("/actuator/health").body();
    }

    void awaitWhole() {
        await().atMost(LIMIT).until(() -> status().isWhole());
    }

    @Override
    public void close() {
        load.close();
    }
}
