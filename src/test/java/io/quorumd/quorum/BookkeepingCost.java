package io.quorumd.quorum;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.quorumd.block.BlockError;
import io.quorumd.block.EventLoopStrand;
import io.quorumd.block.Fence;
import io.quorumd.block.file.FileDevice;
import io.quorumd.block.file.FileOptions;
import io.quorumd.block.file.FileThreads;
import io.quorumd.block.file.IoThreads;
import io.quorumd.pdu.EventLoops;
import io.quorumd.quorum.state.ChildFound;
import io.quorumd.quorum.state.LocalChildPlace;
import io.quorumd.quorum.state.StateDirectory;
import io.quorumd.quorum.state.VolumeState;
import io.quorumd.quorum.state.VolumeWish;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What remembering costs: 4 KiB writes, 32 at a time, to a sparse 64 GiB volume of three files, with bookkeeping on stable
 * storage and with bookkeeping in memory, in turn. No network: what is measured is the most that it can be.
 *
 * <p>Arguments: a folder of a real file system (on tmpfs a flush is free), rounds, seconds, and, if not all of them are
 * wanted, a part of the names of those that are. Not a test.
 */
public final class BookkeepingCost {

    private static final long SIZE = 64L << 30;
    private static final int BLOCK = 4096;
    private static final int DEPTH = 32;

    /** @param spread bytes that the writes go to; 0: in sequence */
    private record Cell(String name, long spread, int writesPerFlush, boolean warm) {}

    private static final List<Cell> CELLS = List.of(
            new Cell("sequential, cold", 0, 0, false),
            new Cell("sequential, warm", 0, 0, true),
            new Cell("random in 64 GiB, cold", SIZE, 0, false),
            new Cell("random in 1 GiB, warm", 1 << 30, 0, true),
            new Cell("sequential, cold, a flush every 16", 0, 16, false),
            new Cell("sequential, warm, a flush every 16", 0, 16, true),
            new Cell("random in 1 GiB, warm, a flush every 16", 1 << 30, 16, true),
            new Cell("random in 64 GiB, cold, a flush every 16", SIZE, 16, false));

    private final EventLoops loops = EventLoops.start(1);
    private final EventLoopStrand strand = new EventLoopStrand(loops.next());
    private final ExecutorService io = IoThreads.newExecutor();
    private final FileThreads threads = new FileThreads(strand, io);
    private final Path folder;
    private final long nanos;

    private BookkeepingCost(Path folder, long seconds) {
        this.folder = folder;
        this.nanos = TimeUnit.SECONDS.toNanos(seconds);
    }

    /** @throws Exception when something cannot be measured */
    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createTempDirectory(Path.of(arguments[0]), "bookkeeping");
        int rounds = Integer.parseInt(arguments[1]);
        BookkeepingCost cost = new BookkeepingCost(folder, Long.parseLong(arguments[2]));
        System.out.println("| writes | remembered, writes/s | forgotten, writes/s | ratio of each round | median |");
        System.out.println("|---|---|---|---|---|");
        String wanted = arguments.length > 3 ? arguments[3] : "";
        List<Cell> cells =
                CELLS.stream().filter(cell -> cell.name.contains(wanted)).toList();
        // Not measured: the code is compiled, and the disk finds its pace.
        cost.run(cells.getFirst(), true);
        cost.run(cells.getFirst(), false);
        for (Cell cell : cells) {
            double[] ratios = new double[rounds];
            double[][] rates = new double[2][rounds];
            for (int round = 0; round < rounds; round++) {
                boolean first = round % 2 == 0;
                rates[first ? 0 : 1][round] = cost.run(cell, first);
                rates[first ? 1 : 0][round] = cost.run(cell, !first);
                ratios[round] = rates[0][round] / rates[1][round];
            }
            System.out.printf(
                    "| %s | %.0f | %.0f | %s | %.3f |%n",
                    cell.name, median(rates[0]), median(rates[1]), Arrays.toString(ratios), median(ratios));
        }
        var _ = cost.loops.stop();
        cost.io.shutdown();
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private double run(Cell cell, boolean remembered) throws Exception {
        Path here = Files.createTempDirectory(folder, "run");
        List<ChildFound> found = new ArrayList<>();
        for (int child = 0; child < 3; child++) {
            Path file = here.resolve(child + ".img");
            found.add(ChildFound.missing("" + child, new LocalChildPlace(file)));
        }
        VolumeWish wish = new VolumeWish("v", SIZE, 512, 1 << 20, 2, "");
        try (StateDirectory states = StateDirectory.open(here.resolve("state"), io, Fence.NONE)) {
            VolumeState state = states.start(wish, found, strand);
            QuorumDevice device = open(here, remembered ? Bookkeeping.in(state) : Bookkeeping.inMemory());
            if (cell.warm) {
                new Load(device, cell, nanos / 2).run();
            }
            double rate = new Load(device, cell, nanos).run();
            await(done -> strand.execute(
                    () -> device.close(error -> state.close(error == null, closed -> done.complete(null)))));
            return rate;
        } finally {
            for (int child = 0; child < 3; child++) {
                Files.delete(here.resolve(child + ".img"));
            }
        }
    }

    private QuorumDevice open(Path here, Bookkeeping book) throws Exception {
        List<ChildSpec> children = new ArrayList<>();
        for (int child = 0; child < 3; child++) {
            String name = "" + child;
            Path file = here.resolve(child + ".img");
            children.add(new ChildSpec(
                    name,
                    file.toString(),
                    (on, allocator, done) ->
                            FileDevice.open(name, file, FileOptions.DEFAULT, threads, allocator, done::completed)));
        }
        CompletableFuture<QuorumDevice> opened = new CompletableFuture<>();
        strand.execute(() -> QuorumDevice.open(
                "v",
                QuorumOptions.of(3).build(),
                children,
                book,
                strand,
                PooledByteBufAllocator.DEFAULT,
                event -> {},
                (device, error) -> {
                    if (device != null) {
                        opened.complete(device);
                    } else {
                        opened.completeExceptionally(new IllegalStateException(String.valueOf(error)));
                    }
                }));
        return opened.get();
    }

    private interface Task {
        void start(CompletableFuture<Void> done);
    }

    private static void await(Task task) throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        task.start(done);
        done.get();
    }

    /** Everything on the strand but {@link #run}. */
    private final class Load {
        private final QuorumDevice device;
        private final Cell cell;
        private final long until;
        private final CompletableFuture<Void> over = new CompletableFuture<>();
        private final SplittableRandom random = new SplittableRandom(1);
        private final ByteBuf data =
                PooledByteBufAllocator.DEFAULT.directBuffer(BLOCK, BLOCK).writeZero(BLOCK);
        private final long began = System.nanoTime();
        private long position;
        private long sent;
        private long completed;
        private int underWay;

        Load(QuorumDevice device, Cell cell, long nanos) {
            this.device = device;
            this.cell = cell;
            this.until = began + nanos;
        }

        double run() throws Exception {
            strand.execute(() -> {
                for (int i = 0; i < DEPTH; i++) {
                    next();
                }
            });
            over.get();
            data.release();
            return completed * 1e9 / (System.nanoTime() - began);
        }

        private void next() {
            if (System.nanoTime() < until) {
                underWay++;
                if (cell.writesPerFlush > 0 && ++sent % (cell.writesPerFlush + 1) == 0) {
                    device.flush(error -> ended(0, error));
                } else {
                    device.write(place(), data.duplicate(), false, error -> ended(1, error));
                }
            } else if (underWay == 0) {
                over.complete(null);
            }
        }

        private long place() {
            if (cell.spread > 0) {
                return random.nextLong(cell.spread / BLOCK) * BLOCK;
            }
            position += BLOCK;
            return position % SIZE;
        }

        private void ended(int writes, @Nullable BlockError error) {
            underWay--;
            if (error != null) {
                over.completeExceptionally(new IllegalStateException(error.toString()));
            }
            completed += writes;
            // Not from within the completion: it may have come inline.
            strand.execute(this::next);
        }
    }
}
