package io.quorumd.block.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.collection.LongObjectHashMap;
import io.quorumd.block.BlockError;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NbdRepliesTest {

    private static final int SIMPLE = 0x67446698;
    private static final int STRUCTURED = 0x668e33ef;
    private static final int EXTENDED = 0x6e8a278c;
    private static final ByteBufAllocator POOL = PooledByteBufAllocator.DEFAULT;

    private final LongObjectHashMap<NbdRequest> inFlight = new LongObjectHashMap<>();
    private byte @Nullable [] data;
    private @Nullable BlockError error;
    private int ended;

    @ParameterizedTest
    @ValueSource(ints = {SIMPLE, STRUCTURED, EXTENDED})
    void aReadIsTheSameInWhateverPiecesItArrives(int kind) {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            NbdReplies replies = new NbdReplies(inFlight, kind != SIMPLE, POOL);
            int length = 1 + random.nextInt(5000);
            byte[] expected = new byte[length];
            random.nextBytes(expected);
            ByteBuf stream = POOL.directBuffer();
            for (int round = 0; round < 3; round++) {
                request(round, 1000, length);
                if (kind == SIMPLE) {
                    stream.writeInt(SIMPLE).writeInt(0).writeLong(round).writeBytes(expected);
                } else {
                    chunks(kind, stream, round, expected, random);
                }
            }
            ended = 0;
            feed(replies, stream, random);
            assertThat(ended).isEqualTo(3);
            assertThat(error).isNull();
            assertThat(data).isEqualTo(expected);
            assertThat(inFlight.isEmpty()).isTrue();
        }
    }

    @Test
    void aReadThatLacksBytesIsAnError() {
        NbdReplies replies = new NbdReplies(inFlight, true, POOL);
        request(7, 0, 100);
        ByteBuf stream = POOL.directBuffer();
        chunk(STRUCTURED, stream, 7, 1, 8 + 50, 0).writeLong(0).writeZero(50);
        chunk(STRUCTURED, stream, 7, 0, 0, 1);
        feed(replies, stream, new Random(1));
        assertThat(error).extracting(BlockError::code).isEqualTo(BlockError.Errno.EIO);
    }

    @Test
    void anErrorChunkFailsTheRequestWithTheServersWords() {
        NbdReplies replies = new NbdReplies(inFlight, true, POOL);
        request(7, 0, 100);
        ByteBuf stream = POOL.directBuffer();
        chunk(STRUCTURED, stream, 7, 0x8001, 6 + 4, 1)
                .writeInt(28)
                .writeShort(4)
                .writeBytes("full".getBytes(StandardCharsets.UTF_8));
        feed(replies, stream, new Random(1));
        assertThat(error).isEqualTo(BlockError.of(BlockError.Errno.ENOSPC, "the server answered error 28 (full)"));
    }

    @ParameterizedTest
    @ValueSource(ints = {STRUCTURED, EXTENDED})
    void onlyAHoleOfZeroesIsAHole(int kind) {
        for (int flags = 0; flags < 4; flags++) {
            NbdReplies replies = new NbdReplies(inFlight, true, POOL);
            List<Object> told = new ArrayList<>();
            inFlight.put(
                    7,
                    NbdRequest.blockStatus(
                            0, 100, (length, allocated, failed) -> told.addAll(List.of(length, allocated))));
            ByteBuf stream = POOL.directBuffer();
            if (kind == EXTENDED) {
                chunk(kind, stream, 7, 6, 24, 1)
                        .writeInt(1)
                        .writeInt(1)
                        .writeLong(4096)
                        .writeLong(flags);
            } else {
                chunk(kind, stream, 7, 5, 12, 1).writeInt(1).writeInt(64).writeInt(flags);
            }
            feed(replies, stream, new Random(flags));
            assertThat(told).containsExactly(kind == EXTENDED ? 100L : 64L, flags != 3);
        }
    }

    @Test
    void aStatusThatIsLeftOutIsAnError() {
        NbdReplies replies = new NbdReplies(inFlight, true, POOL);
        inFlight.put(7, NbdRequest.blockStatus(0, 100, (length, allocated, failed) -> error = failed));
        ByteBuf stream = POOL.directBuffer();
        chunk(STRUCTURED, stream, 7, 0, 0, 1);
        feed(replies, stream, new Random(1));
        assertThat(error).extracting(BlockError::code).isEqualTo(BlockError.Errno.EIO);
    }

    @Test
    void garbageIsOneViolationAndNeverAnException() {
        for (int seed = 0; seed < 2000; seed++) {
            Random random = new Random(seed);
            NbdReplies replies = new NbdReplies(inFlight, random.nextBoolean(), POOL);
            request(1, 0, 64);
            ByteBuf stream = POOL.directBuffer();
            stream.writeInt(new int[] {SIMPLE, STRUCTURED, EXTENDED, 5}[random.nextInt(4)]);
            stream.writeShort(random.nextInt(2)).writeShort(random.nextInt(4)).writeLong(random.nextInt(2));
            for (int i = 0; i < 40; i++) {
                stream.writeByte(random.nextInt(4) == 0 ? random.nextInt(256) : 0);
            }
            replies.read(stream);
            stream.release();
            replies.discard();
            inFlight.values().forEach(request -> {
                request.failed(BlockError.of(BlockError.Errno.ENODEV, "over"));
                request.end();
            });
            inFlight.clear();
        }
        assertThat(ended).isEqualTo(2000);
    }

    private void request(long cookie, long offset, int length) {
        inFlight.put(cookie, new NbdRequest(NbdRequest.READ, offset, length, (bytes, failed) -> {
            ended++;
            error = failed;
            if (bytes != null) {
                data = new byte[bytes.readableBytes()];
                bytes.readBytes(data).release();
            }
        }));
    }

    /** The read of {@code expected} at 1000 in up to four chunks, last one first; one of them a hole. */
    private static void chunks(int kind, ByteBuf stream, long cookie, byte[] expected, Random random) {
        int[] cuts = random.ints(3, 0, expected.length + 1).sorted().toArray();
        int[] edges = {0, cuts[0], cuts[1], cuts[2], expected.length};
        for (int i = 3; i >= 0; i--) {
            int length = edges[i + 1] - edges[i];
            if (length == 0) {
                continue;
            }
            if (i == 2) {
                Arrays.fill(expected, edges[2], edges[3], (byte) 0);
                chunk(kind, stream, cookie, 2, 12, 0).writeLong(1000 + edges[i]).writeInt(length);
            } else {
                chunk(kind, stream, cookie, 1, 8 + length, 0)
                        .writeLong(1000 + edges[i])
                        .writeBytes(expected, edges[i], length);
            }
        }
        chunk(kind, stream, cookie, 0, 0, 1);
    }

    private static ByteBuf chunk(int kind, ByteBuf stream, long cookie, int type, int length, int flags) {
        stream.writeInt(kind).writeShort(flags).writeShort(type).writeLong(cookie);
        return kind == EXTENDED ? stream.writeLong(1000).writeLong(length) : stream.writeInt(length);
    }

    private static void feed(NbdReplies replies, ByteBuf stream, Random random) {
        while (stream.isReadable()) {
            ByteBuf piece = stream.readRetainedSlice(Math.min(stream.readableBytes(), 1 + random.nextInt(1500)));
            assertThat(replies.read(piece)).isNull();
            piece.release();
        }
        stream.release();
    }
}
