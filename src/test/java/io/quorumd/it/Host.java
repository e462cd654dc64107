package io.quorumd.it;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a server runs: this machine, or one of its own in a network namespace, with a cable to a {@link Lan} that can be
 * pulled.
 *
 * @param namespace empty: this machine
 * @param address at which its servers listen
 */
record Host(String namespace, String address) {

    static final Host HERE = new Host("", "127.0.0.1");

    /** A command line that runs a program there, as the very process that is started. */
    List<String> command(List<String> program) {
        List<String> command = new ArrayList<>();
        if (!namespace.isEmpty()) {
            command.addAll(List.of("ip", "netns", "exec", namespace));
        }
        command.addAll(program);
        return command;
    }

    boolean listens(int port) throws IOException {
        return namespace.isEmpty()
                ? Tool.listens(port)
                : Tool.listens(port, Tool.succeed("ip", "netns", "exec", namespace, "cat", "/proc/net/tcp"));
    }

    /** Pulls the cable: from now on there is silence, in which nobody is told that anything has ended. */
    void unplug() {
        Tool.succeed("ip", "-n", namespace, "link", "set", Lan.CARD, "down");
    }

    void plug() {
        Tool.succeed("ip", "-n", namespace, "link", "set", Lan.CARD, "up");
    }
}
