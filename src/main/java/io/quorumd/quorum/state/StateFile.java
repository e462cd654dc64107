package io.quorumd.quorum.state;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A file that is updated in place. Blocking; used by one thread at a time. */
public interface StateFile extends Closeable {

    /** Length in bytes. */
    long size() throws IOException;

    /** Fills {@code target} from {@code offset} (bytes); an {@link java.io.EOFException} when the file ends before. */
    void read(ByteBuffer target, long offset) throws IOException;

    /**
     * Writes all remaining bytes of {@code source} at {@code offset}, extending the file when need be. Until
     * {@link #sync} has succeeded, a power loss may leave any part of it written, in any order with other writes.
     */
    void write(ByteBuffer source, long offset) throws IOException;

    /** What was written before is on stable storage when this returns. After a failure nothing written is believed. */
    void sync() throws IOException;
}
