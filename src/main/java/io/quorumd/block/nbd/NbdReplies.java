package io.quorumd.block.nbd;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.util.collection.LongObjectHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Takes the server's bytes apart: replies and chunks in any split. Headers are gathered in a small buffer; the data of a
 * read is either a slice of what the socket gave, when it arrived in one piece, or copied once into the read's buffer.
 */
final class NbdReplies {

    private static final int SIMPLE_MAGIC = 0x67446698;
    private static final int STRUCTURED_MAGIC = 0x668e33ef;
    private static final int EXTENDED_MAGIC = 0x6e8a278c;
    private static final int DONE = 1;
    private static final int NONE = 0;
    private static final int OFFSET_DATA = 1;
    private static final int OFFSET_HOLE = 2;
    private static final int BLOCK_STATUS = 5;
    private static final int BLOCK_STATUS_EXT = 6;
    /** base:allocation: NBD_STATE_HOLE and NBD_STATE_ZERO. A hole alone may read as anything. */
    private static final int HOLE_OF_ZEROES = 3;

    private static final int ERROR_BIT = 1 << 15;
    /** What a chunk may carry besides read data: an error message (NBD allows 4 KiB strings), a hole's length. */
    private static final int SMALL_MAX = 8 * 1024;

    private final LongObjectHashMap<NbdRequest> inFlight;
    private final boolean structured;
    private final ByteBufAllocator allocator;
    private ByteBuf head = Unpooled.buffer(64, SMALL_MAX + 64);
    private int headWanted = 4;

    // The data that is arriving, when dataLeft > 0.
    private @Nullable NbdRequest current;
    private int position;
    private int dataLeft;
    private boolean last;
    private long cookieOfData;

    NbdReplies(LongObjectHashMap<NbdRequest> inFlight, boolean structured, ByteBufAllocator allocator) {
        this.allocator = allocator;
        this.inFlight = inFlight;
        this.structured = structured;
    }

    /**
     * Reads all of {@code in}, ending requests on the way.
     *
     * @return what is wrong with the stream, after which it cannot be read on; null when all is well
     */
    @Nullable
    String read(ByteBuf in) {
        while (in.isReadable()) {
            if (dataLeft > 0) {
                data(in);
                continue;
            }
            int take = Math.min(headWanted - head.readableBytes(), in.readableBytes());
            head.writeBytes(in, take);
            if (head.readableBytes() == headWanted) {
                String violation = header();
                if (violation != null) {
                    return violation;
                }
            }
        }
        return null;
    }

    void discard() {
        current = null;
        dataLeft = 0;
        head.clear();
    }

    /** More of the header is there: either it is whole now, or it says how long it is. */
    private @Nullable String header() {
        int magic = head.getInt(0);
        return switch (magic) {
            case SIMPLE_MAGIC -> more(16) ? null : simple();
            case STRUCTURED_MAGIC -> structured ? chunk(20, 16) : "sent a structured reply nobody asked for";
            case EXTENDED_MAGIC -> structured ? chunk(32, 28) : "sent an extended reply nobody asked for";
            default -> "sent a reply with magic 0x" + Integer.toHexString(magic);
        };
    }

    /** Whether the header needs more bytes, up to {@code length}. */
    private boolean more(int length) {
        headWanted = length;
        return head.readableBytes() < length;
    }

    private void nextHeader() {
        head.clear();
        headWanted = 4;
    }

    private @Nullable String simple() {
        int error = head.getInt(4);
        long cookie = head.getLong(8);
        nextHeader();
        NbdRequest request = inFlight.get(cookie);
        if (request == null) {
            return "answered a request that was not made";
        }
        if (error != 0) {
            request.failed(NbdErrors.of(error, ""));
        } else if (request.type == NbdRequest.READ) {
            if (structured) {
                return "sent read data in a simple reply";
            }
            return expect(request, cookie, 0, (int) request.length, true);
        }
        end(cookie, request);
        return null;
    }

    /** @param lengthAt where the (low half of the) length of the chunk's payload stands */
    private @Nullable String chunk(int headerLength, int lengthAt) {
        if (more(headerLength)) {
            return null;
        }
        int type = head.getUnsignedShort(6);
        long cookie = head.getLong(8);
        long length = head.getUnsignedInt(lengthAt);
        NbdRequest request = inFlight.get(cookie);
        if (request == null) {
            return "answered a request that was not made";
        }
        boolean done = (head.getUnsignedShort(4) & DONE) != 0;
        int small = type == OFFSET_DATA ? 8 : (int) Math.min(length, SMALL_MAX + 1);
        if (small > SMALL_MAX || (type == OFFSET_DATA && length <= 8)) {
            return "sent a chunk of type " + type + " with " + length + " bytes";
        }
        if (more(headerLength + small)) {
            return null;
        }
        ByteBuf payload = head.slice(headerLength, small);
        String violation = null;
        if (type == OFFSET_DATA) {
            violation = place(request, cookie, payload.getLong(0), length - 8, done);
        } else {
            violation = smallChunk(type, request, payload);
            if (violation == null && done) {
                end(cookie, request);
            }
        }
        nextHeader();
        return violation;
    }

    private @Nullable String smallChunk(int type, NbdRequest request, ByteBuf payload) {
        if ((type & ERROR_BIT) != 0) {
            if (payload.readableBytes() < 6 || payload.getUnsignedShort(4) > payload.readableBytes() - 6) {
                return "sent a short error chunk";
            }
            String message = NbdTransmission.text(payload.slice(6, payload.getUnsignedShort(4)));
            request.failed(NbdErrors.of(payload.getInt(0), message));
        } else if (type == OFFSET_HOLE) {
            if (payload.readableBytes() != 12 || request.type != NbdRequest.READ) {
                return "sent a bad hole";
            }
            return hole(request, payload.getLong(0), payload.getUnsignedInt(8));
        } else if (type == BLOCK_STATUS || type == BLOCK_STATUS_EXT) {
            return status(request, payload, type == BLOCK_STATUS_EXT);
        } else if (type != NONE) {
            return "sent a chunk of unknown type " + type;
        }
        return null;
    }

    /** The context's id, and for the first extent its length and what it is; one context was agreed upon. */
    private static @Nullable String status(NbdRequest request, ByteBuf payload, boolean extended) {
        NbdRequest.Extent extent = request.extent();
        int at = extended ? 8 : 4;
        boolean whole = payload.readableBytes() >= at + (extended ? 16 : 8);
        if (!whole || extent == null || extent.length != 0) {
            return "sent a bad block status";
        }
        extent.length = extended ? payload.getLong(at) : payload.getUnsignedInt(at);
        long flags = extended ? payload.getLong(at + 8) : payload.getUnsignedInt(at + 4);
        extent.hole = (flags & HOLE_OF_ZEROES) == HOLE_OF_ZEROES;
        return extent.length <= 0 ? "sent the block status of no bytes" : null;
    }

    private @Nullable String place(NbdRequest request, long cookie, long offset, long length, boolean done) {
        if (request.type != NbdRequest.READ || outside(request, offset, length)) {
            return "sent data that was not asked for";
        }
        return expect(request, cookie, (int) (offset - request.offset), (int) length, done);
    }

    private static boolean outside(NbdRequest request, long offset, long length) {
        return offset < request.offset || length > request.length || offset - request.offset > request.length - length;
    }

    private @Nullable String expect(NbdRequest request, long cookie, int at, int length, boolean done) {
        current = request;
        cookieOfData = cookie;
        position = at;
        dataLeft = length;
        last = done;
        request.arrived += length;
        return request.arrived > request.length ? "sent the same bytes of a read twice" : null;
    }

    private @Nullable String hole(NbdRequest request, long offset, long length) {
        if (outside(request, offset, length)) {
            return "sent a hole that was not asked for";
        }
        request.arrived += length;
        if (request.arrived > request.length) {
            return "sent the same bytes of a read twice";
        }
        buffer(request).setZero((int) (offset - request.offset), (int) length);
        return null;
    }

    private void data(ByteBuf in) {
        NbdRequest request = current;
        if (request == null) {
            throw new IllegalStateException("data without a request");
        }
        int take = Math.min(dataLeft, in.readableBytes());
        if (take == request.length && request.data() == null && in.isDirect()) {
            request.data(in.readRetainedSlice(take));
        } else {
            in.readBytes(buffer(request), position, take);
        }
        position += take;
        dataLeft -= take;
        if (dataLeft == 0) {
            current = null;
            if (last) {
                end(cookieOfData, request);
            }
        }
    }

    private ByteBuf buffer(NbdRequest request) {
        ByteBuf data = request.data();
        if (data == null) {
            data = allocator.directBuffer((int) request.length).writerIndex((int) request.length);
            request.data(data);
        }
        return data;
    }

    private void end(long cookie, NbdRequest request) {
        inFlight.remove(cookie);
        request.end();
    }
}
