package io.quorumd.quorum.state;

import io.quorumd.block.Completion;
import io.quorumd.block.Strand;
import java.io.IOException;
import java.util.concurrent.Executor;

/**
 * A running volume's record: changed on the worker, one change after the other, each built on what the one before left
 * on stable storage.
 */
final class RecordFile {

    private final StateStorage storage;
    private final String path;
    private final SerialWriter writer;
    private volatile VolumeRecord current;

    RecordFile(StateStorage storage, String folder, VolumeRecord current, Strand strand, Executor worker) {
        this.storage = storage;
        this.path = VolumeStart.recordFile(folder);
        this.current = current;
        this.writer = new SerialWriter(storage.describe(path), strand, worker);
    }

    /** As it is on stable storage. Any thread. */
    VolumeRecord current() {
        return current;
    }

    /** On the strand. */
    void change(Change change, Completion done) {
        writer.submit(() -> write(change.apply(current)), done);
    }

    /** Puts a record on stable storage; for a {@link Change} that needs more than one step. */
    void write(VolumeRecord next) throws IOException {
        storage.replace(path, RecordFormat.encode(next));
        current = next;
    }

    /** What is to become of the record. On the worker; may block. */
    interface Change {
        VolumeRecord apply(VolumeRecord record) throws IOException;
    }
}
