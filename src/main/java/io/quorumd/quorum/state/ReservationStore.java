package io.quorumd.quorum.state;

import io.quorumd.block.Completion;
import io.quorumd.block.Strand;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Small records that SCSI keeps across a power loss (persistent reservations with APTPL, SPC-5 5.14.5), by key. What is
 * in them is no concern of this package.
 *
 * <p>File: CRC32C of the rest (4 bytes), magic {@code QDR1}, content.
 */
public final class ReservationStore {

    private static final int MAGIC = 0x51445231;
    private static final int HEADER = 8;

    private final StateStorage storage;
    private final String folder;
    private final SerialWriter writer;

    ReservationStore(StateStorage storage, String folder, Strand strand, Executor worker) {
        this.storage = storage;
        this.folder = folder;
        this.writer = new SerialWriter(storage.describe(folder), strand, worker);
    }

    /**
     * Reads a record; blocking, for start-up.
     *
     * @param key letters, digits, {@code - _}
     * @return null when there is none
     * @throws StateException when it is damaged or cannot be read
     */
    public byte @Nullable [] read(String key) {
        String path = path(key);
        byte[] bytes;
        try {
            bytes = storage.read(path);
        } catch (IOException failed) {
            throw new StateException(
                    storage.describe(path) + " cannot be read: " + failed.getMessage() + ".",
                    "Make it readable for the service.",
                    failed);
        }
        if (bytes == null) {
            return null;
        }
        ByteBuffer file = ByteBuffer.wrap(bytes);
        if (bytes.length < HEADER || file.getInt(0) != checksum(file) || file.getInt(4) != MAGIC) {
            throw new StateException(
                    storage.describe(path) + " does not match its checksum.",
                    "Remove it: the persistent reservations of this volume are then forgotten, and the cluster that "
                            + "made them has to register again.");
        }
        byte[] content = new byte[bytes.length - HEADER];
        file.get(HEADER, content);
        return content;
    }

    /** Replaces a record, atomically; durable when {@code done} completes without an error. On the strand. */
    public void write(String key, byte[] content, Completion done) {
        ByteBuffer file = ByteBuffer.allocate(HEADER + content.length);
        file.putInt(4, MAGIC).put(HEADER, content);
        file.putInt(0, checksum(file));
        String path = path(key);
        writer.submit(() -> storage.replace(path, file.array()), done);
    }

    private String path(String key) {
        if (!key.matches("[A-Za-z0-9_-]{1,64}")) {
            throw new IllegalArgumentException("key: " + key);
        }
        return folder + "/" + key + ".bin";
    }

    private static int checksum(ByteBuffer file) {
        CRC32C crc = new CRC32C();
        crc.update(file.duplicate().clear().position(4));
        return (int) crc.getValue();
    }
}
