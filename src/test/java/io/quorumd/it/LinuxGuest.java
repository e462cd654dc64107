package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A real Linux kernel with open-iscsi, from {@code src/test/guest}, against a target on this host's loopback. */
final class LinuxGuest {

    /** Scenarios take 10 to 60 s, on a machine that has little else to do. */
    private static final String LIMIT_SECONDS = "240";

    private LinuxGuest() {}

    /** Runs a scenario, which must succeed; {@code variables} are what its head comment names, as {@code NAME=VALUE}. */
    static void run(String scenario, int port, String... variables) {
        run(scenario, port, event -> {}, variables);
    }

    /** The same; {@code onEvent} does what the scenario asks the host for, "restart" say, before the scenario goes on. */
    static void run(String scenario, int port, Consumer<String> onEvent, String... variables) {
        List<String> all = new ArrayList<>(List.of("TARGET_PORT=" + port));
        all.addAll(List.of(variables));
        try (RunningGuest guest = RunningGuest.start(scenario, List.of("-t", LIMIT_SECONDS), all)) {
            for (String event = guest.nextEvent(); event != null; event = guest.nextEvent()) {
                onEvent.accept(event);
                guest.answer("0");
            }
            assertThat(guest.status())
                    .as("scenario %s:%n%s", scenario, guest.output())
                    .isZero();
        }
    }
}
