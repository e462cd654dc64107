package io.quorumd.pdu;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One PDU, between the socket's buffers and the command. */
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init") // JMH sets it up
public class PduCodecBenchmark {

    private static final ByteBufAllocator ALLOCATOR = PooledByteBufAllocator.DEFAULT;

    /** Bytes of the data segment; 0: there is none. */
    @Param({"0", "512", "4096", "65536"})
    int data;

    /** CRC32C of header and data. */
    @Param({"false", "true"})
    boolean digests;

    private final Received sink = new Received();
    private final Residual residual = new Residual();
    private PduFramer framer;
    private PduWriter writer;
    private ByteBuf wire;
    private ByteBuf segment;
    private int tag;
    private long sent;

    private static final class Received implements PduSink {
        private long bytes;

        @Override
        public @Nullable ByteBuf place(Pdu pdu) {
            return null;
        }

        @Override
        public void received(Pdu pdu) {
            bytes += Pdu.HEADER_LENGTH + pdu.initiatorTaskTag() + pdu.dataLength();
        }
    }

    @Setup
    public void connect() {
        framer = new PduFramer(ALLOCATOR, sink, Framing.fullFeature(256 << 10, digests, digests));
        writer = new PduWriter(ALLOCATOR, this::send);
        writer.digests(digests, digests);
        segment = ALLOCATOR.directBuffer(data + 1).writeZero(data);
        ByteBuf command = WireBytes.pdu(Opcode.SCSI_COMMAND, 7, new byte[0], new byte[data], digests, digests);
        wire = ALLOCATOR.directBuffer(command.readableBytes()).writeBytes(command);
    }

    @TearDown
    public void close() {
        framer.close();
        writer.close();
        wire.release();
        segment.release();
    }

    /** A SCSI Command, with immediate data, that has arrived whole. */
    @Benchmark
    public long decodeCommand() {
        framer.received(wire.retain().readerIndex(0));
        return sink.bytes;
    }

    /** A Data-In with status, or a SCSI Response, passed on for sending at once. */
    @Benchmark
    public long encodeReply() {
        int at = writer.begin();
        ByteBuf header = writer.header();
        if (data == 0) {
            TargetHeaders.scsiResponse(header, at, tag++, 0, 0, residual);
        } else {
            TargetHeaders.dataIn(header, at, true, tag++, 0, 0);
            TargetHeaders.dataInStatus(header, at, 0, residual);
        }
        TargetHeaders.sequence(header, at, tag, tag, tag);
        if (data == 0) {
            writer.end(at);
        } else {
            writer.end(at, segment.retain().readerIndex(0));
        }
        writer.flush();
        return sent;
    }

    private void send(ByteBuf piece) {
        sent += piece.readableBytes();
        piece.release();
    }
}
