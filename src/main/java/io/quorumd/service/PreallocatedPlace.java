package io.quorumd.service;

import io.quorumd.block.BlockError;
import io.quorumd.block.file.FileCreation;
import io.quorumd.quorum.state.ChildPlace;
import io.quorumd.quorum.state.LocalChildPlace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A local file that is to take its space when it is made or made longer, so that no write fails for want of it later. */
final class PreallocatedPlace implements ChildPlace {

    private final LocalChildPlace place;
    private final Path file;

    PreallocatedPlace(Path file) {
        this.place = new LocalChildPlace(file);
        this.file = file;
    }

    /** A file that is there already is only ever extended, as by any other place. */
    @Override
    public void create(long length) throws IOException {
        if (Files.exists(file)) {
            check(FileCreation.reserve(file, length));
        } else {
            // Makes the folders, durably; the file has to be made by the call that reserves its space.
            place.create(0);
            Files.delete(file);
            check(FileCreation.create(file, length, true));
        }
        place.create(length);
    }

    private static void check(@Nullable BlockError failed) throws IOException {
        if (failed != null) {
            throw new IOException(failed.message());
        }
    }

    @Override
    public String fileMark() throws IOException {
        return place.fileMark();
    }

    @Override
    public String markFile(UUID child) throws IOException {
        return place.markFile(child);
    }

    @Override
    public byte @Nullable [] readSidecar() throws IOException {
        return place.readSidecar();
    }

    @Override
    public void writeSidecar(byte[] content) throws IOException {
        place.writeSidecar(content);
    }
}
