package io.quorumd.iscsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.quorumd.block.ManualStrand;
import io.quorumd.pdu.Opcode;
import io.quorumd.scsi.LunMap;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Peers that fall silent, by a clock of the test's own. */
class ConnectionTimesTest {

    private static final String TARGET = "iqn.2026-11.io.quorumd:disk0";
    private static final Duration ALMOST = Duration.ofMillis(14_999);
    private static final Duration A_LITTLE = Duration.ofMillis(1);

    private final ServerContext server = EmbeddedPeer.server(
            IscsiSettings.of(),
            new TargetNode(TARGET, null, TargetAccess.OPEN, new LunMap(TARGET, new ManualStrand())));
    private final EmbeddedPeer peer = new EmbeddedPeer(server, "10.0.0.1");

    @AfterEach
    void close() {
        peer.hangUp();
        assertThat(server.sessions().all()).isEmpty();
    }

    private static ByteBuf nopOut() {
        return EmbeddedPeer.pdu(TestInitiator.header(Opcode.NOP_OUT | 0x40, 0x80, TestInitiator.NO_TAG));
    }

    @Test
    void whoDoesNotLogInIsDropped() {
        peer.pass(ALMOST);
        assertThat(peer.isOpen()).isTrue();
        peer.pass(A_LITTLE);
        assertThat(peer.isOpen()).isFalse();
    }

    @Test
    void bytesThatAreNoLoginGiveNoRespite() {
        peer.send(TestInitiator.header(Opcode.LOGIN_REQUEST | 0x40, 0x87, 0).writerIndex(47));
        peer.pass(Duration.ofSeconds(15));
        assertThat(peer.isOpen()).isFalse();
    }

    @Test
    void whoIsSilentIsAskedAndThenDropped() {
        peer.login(TARGET);
        assertThat(peer.opcodes()).containsExactly(Opcode.LOGIN_RESPONSE);
        peer.pass(ALMOST);
        assertThat(peer.opcodes()).isEmpty();
        peer.pass(A_LITTLE);
        assertThat(peer.opcodes()).containsExactly(Opcode.NOP_IN);
        peer.pass(ALMOST);
        assertThat(peer.isOpen()).isTrue();
        peer.pass(A_LITTLE);
        assertThat(peer.opcodes()).containsExactly(Opcode.ASYNC_MESSAGE);
        assertThat(peer.isOpen()).isFalse();
    }

    @Test
    void whoAnswersStaysAndIsAskedAgain() {
        peer.login(TARGET);
        for (int i = 0; i < 5; i++) {
            peer.pass(Duration.ofSeconds(15));
            assertThat(peer.opcodes()).contains(Opcode.NOP_IN);
            peer.send(nopOut());
            peer.pass(Duration.ofSeconds(15)); // it was heard from
            assertThat(peer.opcodes()).isEmpty();
        }
        assertThat(peer.isOpen()).isTrue();
    }

    @Test
    void aDiscoverySessionIsDroppedUnasked() {
        peer.login("");
        peer.opcodes();
        peer.pass(Duration.ofSeconds(15));
        assertThat(peer.opcodes()).isEmpty();
        peer.pass(Duration.ofSeconds(15));
        assertThat(peer.isOpen()).isFalse();
    }
}
