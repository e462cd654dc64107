package io.quorumd.pdu;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What the writer lays out is what the wire wants, and the framer reads it back. */
class PduWriterTest {

    private static final PooledByteBufAllocator ALLOCATOR = PooledByteBufAllocator.DEFAULT;

    private final AtomicInteger pieces = new AtomicInteger();
    private final CompositeByteBuf wire = Unpooled.compositeBuffer(1000);
    private final PduWriter writer = new PduWriter(ALLOCATOR, piece -> {
        pieces.incrementAndGet();
        wire.addComponent(true, piece);
    });

    @Test
    void pdusOfAnyLengthComeOutAsTheWireWantsThem() {
        Random random = new Random(5);
        for (boolean digests : new boolean[] {false, true}) {
            writer.digests(digests, digests);
            ByteBuf expected = Unpooled.buffer();
            for (int i = 0; i < 100; i++) {
                byte[] data = new byte[random.nextInt(3) == 0 ? random.nextInt(2000) : random.nextInt(6)];
                random.nextBytes(data);
                expected.writeBytes(WireBytes.pdu(Opcode.NOP_IN, i, new byte[0], data, digests, digests));
                int at = writer.begin();
                TargetHeaders.nopIn(writer.header(), at, 0, i, 0);
                writer.end(at, ALLOCATOR.directBuffer().writeBytes(data));
            }
            writer.flush();
            assertThat(WireBytes.bytes(wire)).isEqualTo(WireBytes.bytes(expected));
            wire.skipBytes(wire.readableBytes());
        }
        writer.close();
        wire.release();
    }

    @Test
    void responsesWithoutDataLeaveAsOnePiece() {
        for (int i = 0; i < 32; i++) {
            int at = writer.begin();
            TargetHeaders.scsiResponse(writer.header(), at, i, 0, 0, new Residual());
            writer.end(at);
        }
        writer.flush();
        writer.close();
        assertThat(pieces).hasValue(1);
        assertThat(wire.readableBytes()).isEqualTo(32 * 48);
        wire.release();
    }
}
