package io.quorumd.pdu;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Where a {@link PduFramer} delivers. Either method may throw {@link ProtocolException} to end the connection. */
public interface PduSink {

    /**
     * A header with a data segment has arrived, its digest is right. The sink may name a buffer that the segment is to
     * be appended to, from its writer index on; it must have room. The sink keeps its reference, the framer holds one of
     * its own meanwhile. The segment is then not part of the PDU that {@link #received} gets.
     *
     * @return null to get the segment with the PDU
     */
    @Nullable
    ByteBuf place(Pdu pdu);

    /** A PDU is complete. It is valid during the call only; {@link Pdu#takeData} takes the data along. */
    void received(Pdu pdu);
}
