package io.quorumd.quorum.sim;

import io.quorumd.quorum.state.StateFile;
import io.quorumd.quorum.state.StateStorage;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A disk for state that forgets: writes in place survive a power loss whole, in part, or not at all, in any order, until
 * they are synced. Replacing a file is atomic, as {@code rename} is.
 */
public final class SimStorage implements StateStorage {

    private final TreeMap<String, Content> files = new TreeMap<>();
    private long operations;
    private long crashAt = Long.MAX_VALUE;
    private int failures;
    private BooleanSupplier fails = () -> false;
    private boolean dead;

    /** From the {@code n}th changing operation on (counted from 1), nothing happens any more but {@link PowerLoss}. */
    public void losePowerAt(long n) {
        crashAt = n;
    }

    /** The next {@code count} changing operations fail with an I/O error. */
    public void fail(int count) {
        failures = count;
    }

    /** Asked before each changing operation whether it fails with an I/O error. */
    public void failWhen(BooleanSupplier strikes) {
        fails = strikes;
    }

    /** Changing operations so far. */
    public long operations() {
        return operations;
    }

    public boolean isDead() {
        return dead;
    }

    /** What a power loss leaves; this storage is dead afterwards. */
    public SimStorage afterPowerLoss(Random random) {
        dead = true;
        SimStorage survivor = new SimStorage();
        files.forEach((path, content) -> survivor.files.put(path, content.survivor(random)));
        return survivor;
    }

    /** The bytes as the running process sees them, to be damaged. */
    public byte[] bytes(String path) {
        return content(path).seen;
    }

    public List<String> paths() {
        return List.copyOf(files.keySet());
    }

    /** An exact copy, with everything durable. */
    public SimStorage copy() {
        SimStorage copy = new SimStorage();
        files.forEach((path, content) -> copy.files.put(path, new Content(content.seen.clone())));
        return copy;
    }

    @Override
    public String describe(String path) {
        return "state/" + path;
    }

    @Override
    public List<String> list(String folder) {
        String prefix = folder.isEmpty() ? "" : folder + "/";
        return files.keySet().stream()
                .filter(path -> path.startsWith(prefix))
                .map(path -> path.substring(prefix.length()).split("/", 2)[0])
                .distinct()
                .toList();
    }

    @Override
    public byte @Nullable [] read(String path) {
        alive();
        Content content = files.get(path);
        return content == null ? null : content.seen.clone();
    }

    @Override
    public void replace(String path, byte[] content) throws IOException {
        change();
        files.put(path, new Content(content.clone()));
    }

    @Override
    public void delete(String path) throws IOException {
        change();
        files.remove(path);
    }

    @Override
    public StateFile open(String path) throws IOException {
        alive();
        if (!files.containsKey(path)) {
            throw new NoSuchFileException(path);
        }
        return new OpenFile(content(path));
    }

    private Content content(String path) {
        Content content = files.get(path);
        if (content == null) {
            throw new IllegalArgumentException(path);
        }
        return content;
    }

    private void alive() {
        if (dead) {
            throw new PowerLoss();
        }
    }

    private void change() throws IOException {
        alive();
        operations++;
        boolean failing = fails.getAsBoolean();
        if (operations >= crashAt) {
            dead = true;
            throw new PowerLoss();
        }
        if (failures > 0 || failing) {
            failures = Math.max(0, failures - 1);
            throw new IOException("simulated failure");
        }
    }

    /** The process is gone. */
    public static final class PowerLoss extends RuntimeException {}

    private static final class Content {
        private byte[] seen;
        private byte[] durable;
        private final List<Piece> unsynced = new ArrayList<>();
        private final List<Piece> doubtful = new ArrayList<>();

        Content(byte[] bytes) {
            this.seen = bytes;
            this.durable = bytes.clone();
        }

        void synced() {
            for (Piece piece : unsynced) {
                durable = piece.into(durable);
                doubtful.removeIf(old -> old.offset >= piece.offset
                        && old.offset + old.bytes.length <= piece.offset + piece.bytes.length);
            }
            unsynced.clear();
        }

        Content survivor(Random random) {
            List<Piece> order = new ArrayList<>(doubtful);
            order.addAll(unsynced);
            Collections.shuffle(order, random);
            byte[] left = durable.clone();
            for (Piece piece : order) {
                left = piece.tornInto(left, random);
            }
            return new Content(left);
        }
    }

    private static final class Piece {
        private final int offset;
        private final byte[] bytes;

        Piece(int offset, byte[] bytes) {
            this.offset = offset;
            this.bytes = bytes;
        }

        byte[] into(byte[] target) {
            byte[] grown = Arrays.copyOf(target, Math.max(target.length, offset + bytes.length));
            System.arraycopy(bytes, 0, grown, offset, bytes.length);
            return grown;
        }

        /** Lost, whole, a prefix of any length, or any choice of its sectors. */
        byte[] tornInto(byte[] target, Random random) {
            return switch (random.nextInt(4)) {
                case 0 -> target;
                case 1 -> into(target);
                case 2 -> new Piece(offset, Arrays.copyOf(bytes, random.nextInt(bytes.length + 1))).into(target);
                default -> {
                    byte[] torn = target;
                    for (int from = 0; from < bytes.length; from += 512) {
                        if (random.nextBoolean()) {
                            byte[] sector = Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + 512));
                            torn = new Piece(offset + from, sector).into(torn);
                        }
                    }
                    yield torn;
                }
            };
        }
    }

    private final class OpenFile implements StateFile {
        private final Content content;

        OpenFile(Content content) {
            this.content = content;
        }

        @Override
        public long size() {
            alive();
            return content.seen.length;
        }

        @Override
        public void read(ByteBuffer target, long offset) throws IOException {
            alive();
            if (offset + target.remaining() > content.seen.length) {
                throw new EOFException("the file ends at byte " + content.seen.length);
            }
            target.put(content.seen, (int) offset, target.remaining());
        }

        @Override
        public void write(ByteBuffer source, long offset) throws IOException {
            byte[] bytes = new byte[source.remaining()];
            source.duplicate().get(bytes);
            Piece piece = new Piece((int) offset, bytes);
            try {
                change();
            } catch (PowerLoss loss) {
                content.unsynced.add(piece);
                throw loss;
            } catch (IOException failed) {
                content.unsynced.add(piece);
                content.seen = piece.into(content.seen);
                throw failed;
            }
            source.position(source.limit());
            content.unsynced.add(piece);
            content.seen = piece.into(content.seen);
        }

        /** After a failure what was written may or may not be on the disk, and no later sync changes that. */
        @Override
        public void sync() throws IOException {
            try {
                change();
            } catch (IOException failed) {
                content.doubtful.addAll(content.unsynced);
                content.unsynced.clear();
                throw failed;
            }
            content.synced();
        }

        @Override
        public void close() {
            // nothing to give back
        }
    }
}
