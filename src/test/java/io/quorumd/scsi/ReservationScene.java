package io.quorumd.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Completion;
import org.jspecify.annotations.Nullable;

/** Two initiators of a logical unit that keeps its reservations, and what they say to it. */
abstract class ReservationScene {

    static final int REGISTER = 0;
    static final int RESERVE = 1;
    static final int RELEASE = 2;
    static final int CLEAR = 3;
    static final int PREEMPT = 4;
    static final int PREEMPT_AND_ABORT = 5;
    static final int REGISTER_AND_IGNORE = 6;
    static final int REGISTER_AND_MOVE = 7;

    static final String READ = "2800 00000000 00 0001";

    /** Keeps bytes as a file would; can be slow, and can fail. */
    static final class Shelf implements ReservationStore {
        byte[] kept = new byte[0];

        @Nullable
        Errno failure;

        @Nullable
        Completion held;

        boolean slow;

        @Override
        public byte[] load() {
            return kept;
        }

        @Override
        public void save(byte[] state, Completion done) {
            if (failure != null) {
                done.completed(BlockError.of(failure, "injected"));
                return;
            }
            kept = state;
            if (slow) {
                held = done;
            } else {
                done.completed(null);
            }
        }
    }

    final Shelf shelf = new Shelf();
    final Bench bench = bench();

    Bench bench() {
        Bench made = new Bench(1 << 20, 512, true, shelf);
        made.clearAttentions(made.bob);
        return made;
    }

    static String list(long key, long actionKey, int flags) {
        return "%016X%016X 00000000 %02X 000000".formatted(key, actionKey, flags);
    }

    TestTask out(ItNexus nexus, int action, int type, String list) {
        String hex = list.replace(" ", "");
        return bench.command(nexus, "5F %02X %02X 0000 %08X 00".formatted(action, type, hex.length() / 2))
                .out(hex);
    }

    String reserveOut(ItNexus nexus, int action, int type, long key, long actionKey) {
        return out(nexus, action, type, list(key, actionKey, 0)).send().outcome();
    }

    void register(ItNexus nexus, long key) {
        assertThat(reserveOut(nexus, REGISTER, 0, 0, key)).isEqualTo("GOOD");
    }

    String read(ItNexus nexus) {
        return bench.command(nexus, READ).send().outcome();
    }

    String write(ItNexus nexus) {
        return bench.command(nexus, "2A00 00000000 00 0001")
                .out(new byte[512])
                .send()
                .outcome();
    }

    String ready(ItNexus nexus) {
        return bench.command(nexus, "00").send().outcome();
    }

    String keys() {
        return bench.data("5E00 0000000000 00FF 00");
    }

    String reservation() {
        return bench.data("5E01 0000000000 00FF 00");
    }

    static String transportId(String name) {
        var out = Unpooled.buffer();
        TransportId.write(out, name);
        return ByteBufUtil.hexDump(out);
    }

    static String keysOf(int generation, long... keys) {
        StringBuilder hex = new StringBuilder("%08x%08x".formatted(generation, 8 * keys.length));
        for (long key : keys) {
            hex.append("%016x".formatted(key));
        }
        return hex.toString();
    }
}
