package io.quorumd.iscsi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.PooledByteBufAllocator;
import io.quorumd.pdu.ChapAccount;
import io.quorumd.pdu.Opcode;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
            assertThat(first.receive().opcode()).isEqualTo(Opcode.ASYNC_MESSAGE);
            assertThatThrownBy(first::receive).isInstanceOf(EOFException.class);
            other.login("a", 0x800000000002L, TestTarget.NAME);
            second.clearAttentions();
            other.clearAttentions();
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

    @Test
    void aPortalTellsItsGroup() throws IOException {
        var portal = new Portal(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 7);
        var second = new IscsiServer(
                IscsiSettings.of(portal), target.loops, PooledByteBufAllocator.DEFAULT, CommandListener.NONE);
        second.addTarget(new TargetNode(TestTarget.NAME, null, TargetAccess.OPEN, target.luns));
        second.start();
        var address = second.addresses().getFirst();
        try (var initiator = TestInitiator.login(address, "a");
                var discovery = new TestInitiator(address)) {
            assertThat(initiator.answers).containsEntry("TargetPortalGroupTag", "7");
            discovery.login("a", 0x800000000002L, "");
            discovery.send(
                    TestInitiator.header(Opcode.TEXT_REQUEST | 0x40, 0x80, 1)
                            .setInt(20, TestInitiator.NO_TAG)
                            .setInt(24, discovery.cmdSn),
                    "SendTargets=All\0".getBytes(UTF_8));
            assertThat(discovery.receive().data().toString(UTF_8))
                    .isEqualTo("TargetName=" + TestTarget.NAME + "\0TargetAddress=127.0.0.1:" + address.getPort()
                            + ",7\0");
        } finally {
            second.stop(Duration.ofSeconds(5)).orTimeout(20, TimeUnit.SECONDS).join();
        }
    }

    @Test
    void aTargetThatIsRemovedIsNotFoundAndItsSessionsEnd() throws IOException {
        try (var initiator = TestInitiator.login(target.address(), "a");
                var late = new TestInitiator(target.address())) {
            target.server
                    .removeTarget(TestTarget.NAME)
                    .orTimeout(10, TimeUnit.SECONDS)
                    .join();
            assertThat(initiator.receive().opcode()).isEqualTo(Opcode.ASYNC_MESSAGE);
            assertThatThrownBy(initiator::receive).isInstanceOf(EOFException.class);
            var refusal = late.login("b", 0x800000000001L, TestTarget.NAME);
            assertThat(refusal.header().getShort(36)).isEqualTo((short) 0x0203);
            assertThatThrownBy(late::receive).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void anInitiatorThatMayOnlyReadIsToldThatTheMediumIsProtected() throws IOException {
        TargetAccess access = new OnlyReading("iqn.2026-11.io.example:b");
        target.server.addTarget(new TargetNode("iqn.2026-11.io.quorumd:shared", null, access, target.luns));
        try (var writer = new TestInitiator(target.address());
                var reader = new TestInitiator(target.address())) {
            writer.login("a", 0x800000000001L, "iqn.2026-11.io.quorumd:shared");
            reader.login("b", 0x800000000001L, "iqn.2026-11.io.quorumd:shared");
            writer.clearAttentions();
            reader.clearAttentions();
            writer.send(writer.command(0xa1, 1, 512, TestInitiator.cdb(0x2a, 0, 1)), new byte[512]);
            assertThat(writer.receive().status()).isZero();
            reader.send(reader.command(0xa1, 1, 512, TestInitiator.cdb(0x2a, 0, 1)), new byte[512]);
            var refusal = reader.receive();
            assertThat(refusal.status()).isEqualTo(2);
            // Sense data behind its length: DATA PROTECT, WRITE PROTECTED.
            assertThat(refusal.data().getByte(2 + 2) & 0x0f).isEqualTo(7);
            assertThat(refusal.data().getShort(2 + 12)).isEqualTo((short) 0x2700);
        }
    }

    private record OnlyReading(String name) implements TargetAccess {

        @Override
        public boolean admits(String initiatorName) {
            return true;
        }

        @Override
        public boolean isReadOnly(String initiatorName) {
            return initiatorName.equals(name);
        }

        @Override
        public @Nullable ChapAccount chap(String initiatorName) {
            return null;
        }
    }

    @Test
    void writesThatAreOnlyAnnouncedHoldNobodyUp() throws IOException {
        restart(new IscsiLimits(
                Duration.ofSeconds(15), Duration.ofSeconds(15), Duration.ofSeconds(15), 10, 10, 10, 128, 8, 1 << 20));
        try (var greedy = TestInitiator.login(target.address(), "a");
                var modest = TestInitiator.login(target.address(), "b")) {
            greedy.clearAttentions();
            modest.clearAttentions();
            for (int i = 0; i < 3; i++) {
                greedy.send(greedy.command(0xa1, 500 + i, 1 << 20, TestInitiator.cdb(0x2a, 0, 2048)));
            }
            var r2t = greedy.receive();
            assertThat(r2t.itt()).isEqualTo(500);
            modest.send(modest.command(0xa1, 500, 8192, TestInitiator.cdb(0x2a, 0, 16)));
            modest.send(modest.dataOut(500, modest.receive().at(20), true, 0, 0), new byte[8192]);
            assertThat(modest.receive().status()).isZero();
            answer(greedy, r2t);
            for (int ended = 0; ended < 3; ) {
                var pdu = greedy.receive();
                if (pdu.opcode() == Opcode.READY_TO_TRANSFER) {
                    answer(greedy, pdu);
                } else {
                    ended++;
                }
            }
        }
        await().until(() -> target.server.dataOutBytes() == 0);
    }

    /** One burst of as many bytes as an R2T asks for. */
    private static void answer(TestInitiator initiator, TestInitiator.Received r2t) throws IOException {
        int end = r2t.at(40) + r2t.at(44);
        int dataSn = 0;
        for (int at = r2t.at(40); at < end; at += 65536) {
            int length = Math.min(65536, end - at);
            initiator.send(
                    initiator.dataOut(r2t.itt(), r2t.at(20), at + length == end, dataSn++, at), new byte[length]);
        }
    }
}
