package io.quorumd.quorum.state;

import io.quorumd.block.Fence;
import io.quorumd.block.Strand;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The directory that holds the state of all volumes, a folder each; opened once per process and locked against a second
 * one.
 */
public final class StateDirectory implements Closeable {

    private static final String FORMAT_FILE = "format";
    private static final String FORMAT = "quorumd state 1\n";
    private static final Set<String> ALLOWED_WITHOUT_FORMAT = Set.of(DirectoryLock.FILE, "lost+found");

    private final StateStorage storage;
    private final Closeable lock;
    private final Executor worker;
    private final RandomGenerator random;
    private final Set<String> started = ConcurrentHashMap.newKeySet();

    /**
     * State on any storage, for a simulation.
     *
     * @param worker does all blocking work once a volume has started; never the strand itself
     * @param random makes identities
     * @param lock given back by {@link #close}
     */
    public StateDirectory(StateStorage storage, Closeable lock, Executor worker, RandomGenerator random) {
        this.storage = storage;
        this.lock = lock;
        this.worker = worker;
        this.random = random;
    }

    /**
     * Opens the directory, making it if need be, and locks it. Blocking.
     *
     * @param fence once it is up nothing is changed any more
     * @throws StateException when another process has it, or it is not ours, or cannot be used
     */
    public static StateDirectory open(Path root, Executor worker, Fence fence) {
        DirectoryLock lock = DirectoryLock.take(root);
        StateStorage storage = new DiskStorage(root, fence);
        try {
            checkFormat(storage);
        } catch (StateException refused) {
            lock.close();
            throw refused;
        }
        return new StateDirectory(storage, lock, worker, new SecureRandom());
    }

    private static void checkFormat(StateStorage storage) {
        String root = storage.describe("");
        try {
            byte[] found = storage.read(FORMAT_FILE);
            if (found == null) {
                for (String name : storage.list("")) {
                    if (!ALLOWED_WITHOUT_FORMAT.contains(name) && !name.equals(FORMAT_FILE + ".tmp")) {
                        throw new StateException(
                                root + " holds " + name + " but no file \"format\": it is no state directory.",
                                "Point quorumd.state-dir at an empty directory or at the right one.");
                    }
                }
                storage.replace(FORMAT_FILE, FORMAT.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            } else if (!FORMAT.equals(new String(found, java.nio.charset.StandardCharsets.UTF_8))) {
                throw new StateException(
                        storage.describe(FORMAT_FILE) + " does not say \"" + FORMAT.strip() + "\".",
                        "Start the version of quorumd that wrote this directory; if the file is damaged, correct it.");
            }
        } catch (IOException failed) {
            throw new StateException(
                    "State directory " + root + " cannot be used: " + failed.getMessage() + ".",
                    "Make it readable and writable for the service, on a file system with free space.",
                    failed);
        }
    }

    /**
     * Brings a volume's state into use: decides whether it is to be created, opened or refused, makes missing files if
     * this is its very first start, confirms the sidecars, and notes that it runs. Blocking.
     *
     * @param found every configured child in order
     * @param strand the thread that the volume, and with it its state, belongs to
     * @throws StateException when the start is refused
     */
    public VolumeState start(VolumeWish wish, List<ChildFound> found, Strand strand) {
        if (!wish.name().matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
            throw new StateException(
                    "\"" + wish.name() + "\" cannot be the name of a volume.",
                    "Use up to 64 letters, digits, dots, dashes and underscores, the first a letter or digit.");
        }
        if (!started.add(wish.name())) {
            throw new StateException("Volume " + wish.name() + " is started already.", "Name each volume once.");
        }
        try {
            return new VolumeStart(storage, worker, random, wish).start(found, strand);
        } catch (StateException refused) {
            started.remove(wish.name());
            throw refused;
        }
    }

    /**
     * Notes that a volume is to be made longer, which its next start does. The volume is {@link #closed}. Blocking.
     *
     * @param size bytes, more than it has and whole blocks
     * @throws StateException when that cannot be noted
     */
    public void grow(String volume, long size) {
        try {
            Growth.begin(storage, volume, size);
        } catch (IOException failed) {
            throw new StateException(
                    "That volume " + volume + " is to be grown cannot be noted: " + failed.getMessage() + ".",
                    "Make " + storage.describe(volume) + " writable for the service, on a file system with free space.",
                    failed);
        }
    }

    /** A volume that was started has been closed: it may be started again. */
    public void closed(String volume) {
        started.remove(volume);
    }

    /** What is recorded of a volume, null when there is no state of it. Blocking. */
    public @Nullable VolumeRecord record(String volume) {
        return VolumeStart.readRecord(storage, volume);
    }

    /** Gives the lock back. The volumes must have been closed. */
    @Override
    public void close() throws IOException {
        lock.close();
    }
}
