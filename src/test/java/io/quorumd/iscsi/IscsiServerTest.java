package io.quorumd.iscsi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.PooledByteBufAllocator;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Portals, sessions and their ends. */
class IscsiServerTest {

    private TestTarget target = new TestTarget();

    @AfterEach
    void stop() {
        target.close();
    }

    private void restart(IscsiLimits limits) {
        target.close();
        target = new TestTarget(limits);
    }

    @Test
    void aPortalThatIsTakenIsNamed() {
        var taken = Portal.of(target.address());
        var second = new IscsiServer(
                IscsiSettings.of(taken), target.loops, PooledByteBufAllocator.DEFAULT, CommandListener.NONE);
        assertThatThrownBy(second::start)
                .isInstanceOf(PortalBindException.class)
                .hasMessageStartingWith(
                        "cannot listen on 127.0.0.1:" + target.address().getPort() + ": ");
        assertThat(second.addresses()).isEmpty();
    }

    @Test
    void aSessionIsListedWithItsConnection() throws IOException {
        try (var initiator = TestInitiator.login(target.address(), "a", "MaxRecvDataSegmentLength=65536")) {
            initiator.clearAttentions();
            var session = target.server.sessions().getFirst();
            assertThat(session.initiatorName()).isEqualTo("iqn.2026-11.io.example:a");
            assertThat(session.isid()).isEqualTo("800000000001");
            assertThat(session.targetName()).isEqualTo(TestTarget.NAME);
            var connection = session.connections().getFirst();
            assertThat(connection.keys().maxSendDataSegmentLength()).isEqualTo(65536);
            assertThat(connection.commands()).isPositive();
            assertThat(connection.portal()).isEqualTo(target.address());
        }
        await().until(() -> target.server.sessions().isEmpty());
    }

    @Test
    void theSameInitiatorPortTakesTheSessionOver() throws IOException {
        try (var first = TestInitiator.login(target.address(), "a");
                var second = TestInitiator.login(target.address(), "a");
                var other = new TestInitiator(target.address())) {
            assertThatThrownBy(first::receive).isInstanceOf(EOFException.class);
            other.login("a", 0x800000000002L, TestTarget.NAME);
            second.clearAttentions();
            other.clearAttentions();
            assertThat(target.server.sessions()).hasSize(2);
        }
    }

    @Test
    void aSilentConnectionIsClosed() throws IOException {
        restart(limits(Duration.ofMillis(200), 1000));
        try (var silent = new TestInitiator(target.address())) {
            assertThatThrownBy(silent::receive).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void oneConnectionTooManyWithoutLoginDropsTheOldest() throws IOException {
        restart(limits(Duration.ofMinutes(1), 2));
        try (var oldest = new TestInitiator(target.address());
                var second = new TestInitiator(target.address());
                var third = new TestInitiator(target.address())) {
            assertThatThrownBy(oldest::receive).isInstanceOf(EOFException.class);
            second.login("a", 0x800000000001L, TestTarget.NAME);
            third.login("b", 0x800000000001L, TestTarget.NAME);
            assertThat(target.server.sessions()).hasSize(2);
        }
    }

    @Test
    void connectionsOpenedAndDroppedLeaveNothingBehind() throws IOException {
        List<TestInitiator> all = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            var initiator = new TestInitiator(target.address());
            if (i % 3 == 0) {
                initiator.sendRaw(new byte[i % 100]);
            } else if (i % 3 == 1) {
                initiator.login("n" + i, 0x800000000001L, TestTarget.NAME);
            }
            all.add(initiator);
            if (all.size() == 100) {
                for (var each : all) {
                    each.close();
                }
                all.clear();
            }
        }
        await().until(() -> target.server.connectionCount() == 0);
        assertThat(target.server.sessions()).isEmpty();
    }

    private static IscsiLimits limits(Duration loginTimeout, int unauthenticated) {
        var d = IscsiLimits.DEFAULT;
        return new IscsiLimits(
                loginTimeout,
                d.pingInterval(),
                d.pingTimeout(),
                unauthenticated,
                d.sessions(),
                d.commandWindow(),
                d.dataOutBytes());
    }
}
