package io.quorumd.iscsi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.quorumd.pdu.Opcode;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A peer that is logged in and sends nonsense: its connection may end, nobody else notices, nothing is left behind. */
class PeerFuzzTest {

    private final TestTarget target = new TestTarget();

    @AfterEach
    void stop() {
        target.close();
    }

    @Test
    void mutatedStreamsHarmNobodyElse() throws IOException {
        try (var witness = TestInitiator.login(target.address(), "witness")) {
            for (int seed = 0; seed < 150; seed++) {
                try (var peer = TestInitiator.login(target.address(), "peer", "InitialR2T=No")) {
                    peer.sendRaw(mutated(peer, new Random(seed)));
                } catch (IOException closedOnUs) {
                    assertThat(closedOnUs).isNotNull();
                }
                witness.clearAttentions();
            }
        }
        await().until(() -> target.server.connectionCount() == 0);
        assertThat(target.server.dataOutBytes()).isZero();
    }

    private static byte[] mutated(TestInitiator peer, Random random) {
        ByteBuf wire = Unpooled.buffer();
        for (int i = 0; i < 20; i++) {
            wire.writeBytes(pdu(peer, random, i));
        }
        for (int i = random.nextInt(6); i > 0; i--) {
            wire.setByte(random.nextInt(wire.readableBytes()), random.nextInt());
        }
        byte[] bytes = new byte[wire.readableBytes() - random.nextInt(50)];
        wire.readBytes(bytes);
        return bytes;
    }

    private static byte[] pdu(TestInitiator peer, Random random, int itt) {
        byte[] data = new byte[512 * random.nextInt(4)];
        int blocks = random.nextInt(64);
        return switch (random.nextInt(6)) {
            case 0 -> peer.wire(peer.command(0xc1, itt, blocks * 512, TestInitiator.cdb(0x28, itt, blocks)));
            case 1 -> peer.wire(peer.command(0xa1, itt, blocks * 512, TestInitiator.cdb(0x2a, itt, blocks)), data);
            case 2 -> peer.wire(peer.command(0x21, itt, blocks * 512, TestInitiator.cdb(0x2a, itt, blocks)), data);
            case 3 -> peer.wire(peer.dataOut(random.nextInt(20), random.nextInt(3) - 1, true, 0, 0), data);
            case 4 ->
                peer.wire(TestInitiator.header(Opcode.TASK_MANAGEMENT_REQUEST | 0x40, 0x80 | random.nextInt(7), itt)
                        .setInt(20, random.nextInt(20))
                        .setInt(24, peer.cmdSn)
                        .setInt(32, peer.cmdSn - random.nextInt(5)));
            default ->
                peer.wire(TestInitiator.header(random.nextInt(0x40), 0x80, itt).setInt(24, peer.cmdSn++), data);
        };
    }
}
