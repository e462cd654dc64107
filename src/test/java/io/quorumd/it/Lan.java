package io.quorumd.it;

import java.util.ArrayList;
import java.util.List;

/** A switch, to which this machine and {@link Host}s of its own are connected: a bridge and network namespaces. Needs root. */
final class Lan implements AutoCloseable {

    /** What each host calls its network card. */
    static final String CARD = "eth0";

    private final long pid = ProcessHandle.current().pid();
    private final String bridge = "q" + pid;
    /** For networks that are no part of the Internet (RFC 2544): nobody here has an address of it. */
    private final String network = "198.18." + pid % 256 + ".";

    private final List<Host> hosts = new ArrayList<>();

    Lan() {
        Tool.require("ip");
        Tool.require(System.getProperty("user.name").equals("root"), "network namespaces need root");
        ip("link", "add", bridge, "type", "bridge");
        ip("addr", "add", network + "1/24", "dev", bridge);
        ip("link", "set", bridge, "up");
    }

    /** One more, with nothing running on it yet. */
    Host host() {
        int number = hosts.size() + 2;
        String name = bridge + "-" + number;
        Host host = new Host(name, network + number);
        ip("netns", "add", name);
        hosts.add(host);
        ip("link", "add", name, "type", "veth", "peer", "name", CARD, "netns", name);
        ip("link", "set", name, "master", bridge, "up");
        ip("-n", name, "addr", "add", host.address() + "/24", "dev", CARD);
        ip("-n", name, "link", "set", "lo", "up");
        host.plug();
        return host;
    }

    private static void ip(String... arguments) {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments));
        Tool.succeed(command.toArray(String[]::new));
    }

    /** Takes all of it away; the servers must have ended. */
    @Override
    public void close() {
        ip("link", "del", bridge);
        for (Host host : hosts) {
            ip("netns", "del", host.namespace());
        }
    }
}
