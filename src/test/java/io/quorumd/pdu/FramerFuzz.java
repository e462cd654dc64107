package io.quorumd.pdu;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.jspecify.annotations.Nullable;

/** Any bytes in pieces of any length: PDUs or one {@link ProtocolException}, and all memory is given back. */
class FramerFuzz {

    private static final int SEGMENT_MAX = 64 << 10;

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);

    /** Input: one byte that chooses the framing, one that is the length of pieces, then what arrives. */
    @FuzzTest(maxDuration = "20s")
    void whateverArrives(byte[] bytes) {
        var input = new FuzzInput(bytes);
        int mode = input.next();
        boolean login = input.bit(mode, 0);
        var framing = login
                ? Framing.login(Opcode.LOGIN_REQUEST)
                : Framing.fullFeature(SEGMENT_MAX, input.bit(mode, 1), input.bit(mode, 2));
        int piece = 1 + input.next() * 8;
        var sink = new Sink(input.bit(mode, 3));
        var framer = new PduFramer(allocator, sink, framing);
        ByteBuf wire = Unpooled.wrappedBuffer(input.rest());
        int all = wire.readableBytes();
        try {
            while (wire.isReadable()) {
                ByteBuf into = framer.receiveBuffer(allocator);
                int length = Math.min(Math.min(piece, into.writableBytes()), wire.readableBytes());
                assertThat(length).isPositive();
                framer.received(into.writeBytes(wire, length));
                if (login) {
                    assertThat(allocator.metric().usedDirectMemory()).isLessThan(16 << 10);
                }
            }
        } catch (ProtocolException ends) {
            assertThat(ends.getMessage()).isNotEmpty().doesNotContain("\n");
        }
        framer.close();
        sink.release();
        assertThat(sink.bytes).isLessThanOrEqualTo(all);
        assertThat(allocator.metric().usedDirectMemory()).isZero();
        assertThat(allocator.metric().usedHeapMemory()).isZero();
    }

    private final class Sink implements PduSink {

        private final boolean places;
        private @Nullable ByteBuf placed;
        private int bytes;

        Sink(boolean places) {
            this.places = places;
        }

        @Override
        public @Nullable ByteBuf place(Pdu pdu) {
            release();
            if (places && pdu.opcode() == Opcode.DATA_OUT) {
                placed = allocator.directBuffer(pdu.dataLength(), pdu.dataLength());
            }
            return placed;
        }

        @Override
        public void received(Pdu pdu) {
            bytes += Pdu.HEADER_LENGTH + pdu.ahsLength() + pdu.dataLength();
            ByteBuf data = placed != null ? placed : pdu.data();
            assertThat(data == null ? 0 : data.readableBytes()).isEqualTo(pdu.dataLength());
            for (int i = Pdu.HEADER_LENGTH; i < Pdu.HEADER_LENGTH + pdu.ahsLength(); i++) {
                pdu.byteAt(i);
            }
            release();
        }

        void release() {
            if (placed != null) {
                placed.release();
                placed = null;
            }
        }
    }
}
