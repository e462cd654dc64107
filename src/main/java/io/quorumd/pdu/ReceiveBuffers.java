package io.quorumd.pdu;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;

/** Lets a {@link PduFramer} choose what its socket reads into. One per connection. */
public final class ReceiveBuffers extends DefaultMaxMessagesRecvByteBufAllocator {

    private final PduFramer framer;

    public ReceiveBuffers(PduFramer framer) {
        this.framer = framer;
    }

    @Override
    @SuppressWarnings("deprecation") // Netty's own channels still take the old Handle type
    public RecvByteBufAllocator.Handle newHandle() {
        return new MaxMessageHandle() {
            @Override
            public ByteBuf allocate(ByteBufAllocator allocator) {
                return framer.receiveBuffer(allocator);
            }

            @Override
            public int guess() {
                return 0; // only allocate() asks, and it does not
            }
        };
    }
}
