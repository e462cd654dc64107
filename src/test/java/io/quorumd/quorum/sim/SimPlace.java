package io.quorumd.quorum.sim;

import io.quorumd.quorum.state.ChildFound;
import io.quorumd.quorum.state.ChildPlace;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A local file, as far as the state is concerned. */
public final class SimPlace implements ChildPlace {

    private static final AtomicInteger INODES = new AtomicInteger();

    public long length = -1;
    public byte @Nullable [] sidecar;
    public boolean readOnlyFolder;
    private String mark = "";

    @Override
    public void create(long newLength) {
        if (length < 0) {
            mark = "inode:" + INODES.incrementAndGet();
        }
        length = newLength;
    }

    /** Deletes the file and leaves its sidecar lying about. */
    public void deleteFile() {
        length = -1;
    }

    /** An exact copy, as a backup has it; the mark is an attribute of the file and comes along. */
    public SimPlace copy() {
        SimPlace copy = new SimPlace();
        copy.length = length;
        copy.mark = mark;
        copy.sidecar = sidecar == null ? null : sidecar.clone();
        return copy;
    }

    /** The copy is put back. */
    void become(SimPlace copy) {
        length = copy.length;
        mark = copy.mark;
        sidecar = copy.sidecar == null ? null : copy.sidecar.clone();
    }

    /** As a start finds it. */
    public ChildFound found(String nodeName) {
        return length < 0 ? ChildFound.missing(nodeName, this) : ChildFound.present(nodeName, length, this);
    }

    @Override
    public String fileMark() {
        return mark;
    }

    @Override
    public String markFile(UUID child) {
        mark = "attribute:" + child;
        return mark;
    }

    @Override
    public byte @Nullable [] readSidecar() {
        return sidecar;
    }

    @Override
    public void writeSidecar(byte[] content) throws IOException {
        if (readOnlyFolder) {
            throw new IOException("Read-only file system");
        }
        sidecar = content;
    }
}
