package io.quorumd.iscsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.block.ManualStrand;
import io.quorumd.scsi.LunMap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who has to go when too many connections have no session with a target. */
class LoginGateTest {

    private static final String TARGET = "iqn.2026-11.io.quorumd:disk0";

    private final List<EmbeddedPeer> peers = new ArrayList<>();
    private ServerContext server = server(8, 4);

    private static ServerContext server(int limit, int limitPerSource) {
        var d = IscsiLimits.DEFAULT;
        var limits = new IscsiLimits(
                d.loginTimeout(), d.pingInterval(), d.pingTimeout(), limit, limitPerSource, 16, 16, 8, 1 << 20);
        var target = new TargetNode(TARGET, null, TargetAccess.OPEN, new LunMap(TARGET, new ManualStrand()));
        return EmbeddedPeer.server(IscsiSettings.of().with(limits), target);
    }

    private EmbeddedPeer connect(String address) {
        var peer = new EmbeddedPeer(server, address);
        peers.add(peer);
        return peer;
    }

    /** Runs what the gate has asked connections on other event loops to do. */
    private void run() {
        peers.forEach(EmbeddedPeer::runPendingTasks);
    }

    @AfterEach
    void close() {
        peers.forEach(EmbeddedPeer::hangUp);
    }

    @Test
    void oneSourceHasALimitOfItsOwn() {
        for (int i = 0; i < 5; i++) {
            connect("10.0.0.1");
        }
        run();
        assertThat(peers).extracting(EmbeddedPeer::isOpen).containsExactly(false, true, true, true, true);
    }

    @Test
    void whoHoldsMostMakesRoom() {
        EmbeddedPeer honest = connect("10.0.0.1");
        for (int i = 0; i < 100; i++) {
            connect("10.0.0." + (2 + i % 3));
        }
        run();
        assertThat(peers.stream().filter(EmbeddedPeer::isOpen)).hasSize(8);
        assertThat(honest.isOpen()).isTrue();
        honest.login(TARGET);
        assertThat(server.sessions().all()).hasSize(1);
    }

    @Test
    void amongEqualsTheOldestGoes() {
        for (int i = 0; i < 9; i++) {
            connect("10.0.0." + i);
        }
        run();
        assertThat(peers.getFirst().isOpen()).isFalse();
        assertThat(peers.subList(1, 9)).allMatch(EmbeddedPeer::isOpen);
    }

    @Test
    void anIpv6NetworkIsOneSource() {
        for (int i = 0; i < 5; i++) {
            connect("2001:db8::" + i);
        }
        connect("2001:db8:0:1::1");
        run();
        assertThat(peers).extracting(EmbeddedPeer::isOpen).containsExactly(false, true, true, true, true, true);
    }

    @Test
    void discoverySessionsStillCountAndSessionsWithTargetsDoNot() {
        for (int i = 0; i < 4; i++) {
            connect("10.0.0.1").login("");
        }
        for (int i = 0; i < 3; i++) {
            connect("10.0.0.2").login(TARGET);
        }
        connect("10.0.0.1");
        run();
        assertThat(peers.getFirst().isOpen()).isFalse();
        assertThat(peers.get(6).isOpen()).isTrue();
    }

    @Test
    void discoverySessionsTakeNoSessionFromOthers() {
        server = server(512, 512);
        for (int i = 0; i < 40; i++) {
            connect("10.0.0.1").login("");
        }
        assertThat(server.sessions().all()).hasSize(40);
        connect("10.0.0.2").login(TARGET);
        assertThat(server.sessions().all()).hasSize(41);
    }

    @Test
    void afterFailuresASourceWaitsAndOthersDoNot() {
        for (int i = 0; i < 5; i++) {
            connect("10.0.0.1").login("iqn.2026-11.io.quorumd:guess" + i);
        }
        EmbeddedPeer guesser = connect("10.0.0.1");
        assertThat(guesser.config().isAutoRead()).isFalse();
        assertThat(connect("10.0.0.2").config().isAutoRead()).isTrue();
        guesser.pass(Duration.ofSeconds(2));
        assertThat(guesser.config().isAutoRead()).isTrue();
        guesser.login(TARGET);
        assertThat(server.sessions().all()).hasSize(1);
    }
}
