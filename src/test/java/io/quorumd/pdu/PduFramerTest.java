package io.quorumd.pdu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The framer, fed as a socket would feed it: whatever the pieces, the same PDUs come out. */
class PduFramerTest {

    private static final PooledByteBufAllocator ALLOCATOR = PooledByteBufAllocator.DEFAULT;
    private static final int MAX = 256 << 10;

    /** Writes down what arrives; Data-Out goes to a buffer of its own, as a write command's would. */
    private static final class Recorder implements PduSink {

        final List<String> seen = new ArrayList<>();

        @Nullable
        ByteBuf placed;

        @Override
        public @Nullable ByteBuf place(Pdu pdu) {
            if (pdu.opcode() == Opcode.DATA_OUT) {
                placed = ALLOCATOR.directBuffer(pdu.dataLength(), pdu.dataLength());
            }
            return placed;
        }

        @Override
        public void received(Pdu pdu) {
            ByteBuf data = placed != null ? placed : pdu.takeData();
            seen.add(describe(pdu.opcode(), pdu.initiatorTaskTag(), pdu.ahsLength(), data));
            if (data != null) {
                data.release();
            }
            placed = null;
        }

        void close() {
            if (placed != null) {
                placed.release();
                placed = null;
            }
        }

        static String describe(int opcode, int itt, int ahsLength, @Nullable ByteBuf data) {
            int crc = data == null ? 0 : WireBytes.crc(WireBytes.bytes(data));
            int length = data == null ? 0 : data.readableBytes();
            return opcode + ":" + itt + ":" + ahsLength + ":" + length + ":" + crc;
        }
    }

    private final Recorder recorder = new Recorder();

    private PduFramer framer(Framing framing) {
        return new PduFramer(ALLOCATOR, recorder, framing);
    }

    /** Pours the wire bytes in, in pieces of random length, into the buffers the framer asks for. */
    private static void pour(ByteBuf wire, PduFramer framer, Random random, int pieceMax) {
        while (wire.isReadable()) {
            ByteBuf buffer = framer.receiveBuffer(ALLOCATOR);
            assertThat(buffer.writableBytes()).isPositive();
            int length = Math.min(wire.readableBytes(), Math.min(buffer.writableBytes(), 1 + random.nextInt(pieceMax)));
            buffer.writeBytes(wire, length);
            framer.received(buffer);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 100, 5000, 70_000, 1 << 20})
    void anySplitGivesTheSamePdus(int pieceMax) {
        for (int round = 0; round < 8; round++) {
            Random random = new Random(pieceMax * 31L + round);
            boolean headerDigest = random.nextBoolean();
            boolean dataDigest = random.nextBoolean();
            ByteBuf wire = Unpooled.buffer();
            List<String> expected = new ArrayList<>();
            int scale = pieceMax < 10 ? 1000 : 40_000;
            for (int i = 0; i < 40; i++) {
                int opcode = random.nextBoolean() ? Opcode.DATA_OUT : Opcode.SCSI_COMMAND;
                byte[] ahs = new byte[4 * (random.nextInt(4) == 0 ? random.nextInt(10) : 0)];
                byte[] data = new byte[random.nextInt(3) == 0 ? 0 : random.nextInt(scale)];
                random.nextBytes(data);
                wire.writeBytes(WireBytes.pdu(opcode, i, ahs, data, headerDigest, dataDigest));
                expected.add(Recorder.describe(
                        opcode, i, ahs.length, data.length == 0 ? null : Unpooled.wrappedBuffer(data)));
            }
            recorder.seen.clear();
            PduFramer framer = framer(Framing.fullFeature(MAX, headerDigest, dataDigest));
            pour(wire, framer, random, pieceMax);
            framer.close();
            assertThat(recorder.seen).isEqualTo(expected);
        }
    }

    @Test
    void aLargeSegmentStillToComeIsReceivedStraightIntoItsBuffer() {
        byte[] data = new byte[200_000];
        new Random(1).nextBytes(data);
        ByteBuf wire = WireBytes.pdu(Opcode.DATA_OUT, 1, new byte[0], data, false, false);
        PduFramer framer = framer(Framing.fullFeature(MAX, false, false));
        framer.received(framer.receiveBuffer(ALLOCATOR).writeBytes(wire, 1048));
        ByteBuf next = framer.receiveBuffer(ALLOCATOR);
        assertThat(next.writableBytes()).isEqualTo(data.length - 1000);
        assertThat(next.memoryAddress())
                .isEqualTo(java.util.Objects.requireNonNull(recorder.placed).memoryAddress() + 1000);
        framer.received(next.writeBytes(wire, data.length - 1000));
        assertThat(recorder.seen)
                .containsExactly(Recorder.describe(Opcode.DATA_OUT, 1, 0, Unpooled.wrappedBuffer(data)));
        framer.close();
    }

    @Test
    void randomGarbageEndsInOneExceptionAndNeverInMemory() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            byte[] garbage = new byte[100_000];
            random.nextBytes(garbage);
            PduFramer framer = framer(
                    random.nextBoolean()
                            ? Framing.login(Opcode.LOGIN_REQUEST)
                            : Framing.fullFeature(MAX, random.nextBoolean(), random.nextBoolean()));
            try {
                pour(Unpooled.wrappedBuffer(garbage), framer, random, 1 + random.nextInt(70_000));
            } catch (ProtocolException expected) {
                assertThat(expected).hasMessageNotContaining("\n");
            }
            framer.close();
            recorder.close();
        }
    }

    @Test
    void mutatedStreamsNeverBreakTheFramer() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            ByteBuf wire = Unpooled.buffer();
            for (int i = 0; i < 10; i++) {
                wire.writeBytes(
                        WireBytes.pdu(random.nextInt(6), i, new byte[8], new byte[random.nextInt(20_000)], true, true));
            }
            wire.setByte(random.nextInt(wire.readableBytes()), random.nextInt());
            PduFramer framer = framer(Framing.fullFeature(MAX, true, true));
            try {
                pour(wire, framer, random, 9000);
            } catch (ProtocolException expected) {
                assertThat(expected.getMessage()).isNotEmpty();
            }
            framer.close();
            recorder.close();
        }
    }

    @Test
    void beforeLoginOnlyWhatHasArrivedTakesMemory() {
        ByteBuf wire = WireBytes.pdu(Opcode.LOGIN_REQUEST, 1, new byte[0], new byte[8192], false, false);
        PduFramer framer = framer(Framing.login(Opcode.LOGIN_REQUEST));
        framer.received(framer.receiveBuffer(ALLOCATOR).writeBytes(wire, 60));
        ByteBuf next = framer.receiveBuffer(ALLOCATOR);
        assertThat(next.capacity()).isLessThanOrEqualTo(4096);
        next.release();
        framer.close();
    }

    @Test
    void whatTheLimitsForbidEndsTheConnection() {
        refuses(Framing.login(Opcode.LOGIN_REQUEST), Opcode.NOP_OUT, 0, 0, "unexpected opcode 0x00");
        refuses(Framing.login(Opcode.LOGIN_REQUEST), Opcode.LOGIN_REQUEST, 0, 8193, "data segment of 8193 bytes");
        refuses(Framing.login(Opcode.LOGIN_REQUEST), Opcode.LOGIN_REQUEST, 4, 0, "additional header segments of 4");
        refuses(Framing.fullFeature(MAX, false, false), Opcode.NOP_OUT, 0, MAX + 1, "data segment of 262145 bytes");
    }

    private void refuses(Framing framing, int opcode, int ahs, int data, String message) {
        PduFramer framer = framer(framing);
        ByteBuf wire = WireBytes.pdu(opcode, 1, new byte[ahs], new byte[data], false, false);
        ByteBuf in = framer.receiveBuffer(ALLOCATOR).writeBytes(wire, 48);
        assertThatThrownBy(() -> framer.received(in))
                .isInstanceOf(ProtocolException.class)
                .hasMessageStartingWith(message);
        framer.close();
    }

    @Test
    void aWrongHeaderDigestEndsTheConnectionAWrongDataDigestOnlyThePdu() {
        ByteBuf wire = WireBytes.pdu(Opcode.SCSI_COMMAND, 1, new byte[0], new byte[] {1, 2, 3}, true, true);
        ByteBuf badData = wire.copy().setByte(53, 9);
        ByteBuf badPadding = wire.copy().setByte(55, 9);
        ByteBuf badHeader = wire.copy().setByte(20, 9);
        List<Boolean> wrong = new ArrayList<>();
        PduFramer framer = new PduFramer(
                ALLOCATOR,
                new PduSink() {
                    @Override
                    public @Nullable ByteBuf place(Pdu pdu) {
                        return null;
                    }

                    @Override
                    public void received(Pdu pdu) {
                        wrong.add(pdu.isDataDigestWrong());
                    }
                },
                Framing.fullFeature(MAX, true, true));
        pour(Unpooled.wrappedBuffer(wire, badData, badPadding, wire.duplicate()), framer, new Random(3), 30);
        assertThat(wrong).containsExactly(false, true, true, false);
        assertThatThrownBy(() -> pour(badHeader, framer, new Random(3), 30)).hasMessage("header digest error");
        framer.close();
    }

    @Test
    void nothingIsDeliveredAfterClose() {
        PduFramer framer = framer(Framing.fullFeature(MAX, false, false));
        ByteBuf wire = WireBytes.pdu(Opcode.DATA_OUT, 1, new byte[0], new byte[50_000], false, false);
        framer.received(framer.receiveBuffer(ALLOCATOR).writeBytes(wire, 100));
        ByteBuf window = framer.receiveBuffer(ALLOCATOR);
        framer.close();
        framer.received(window.writeBytes(wire, window.writableBytes()));
        assertThat(recorder.seen).isEmpty();
        recorder.close();
    }
}
