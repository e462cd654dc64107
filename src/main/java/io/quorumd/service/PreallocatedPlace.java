package io.quorumd.service;

import io.quorumd.block.BlockError;
import io.quorumd.block.Strand;
import io.quorumd.block.file.FileDevice;
import io.quorumd.quorum.state.ChildPlace;
import io.quorumd.quorum.state.LocalChildPlace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A local file that is to take its space when it is made, so that no write fails for want of it later. */
final class PreallocatedPlace implements ChildPlace {

    private final LocalChildPlace place;
    private final Path file;
    private final Strand strand;
    private final Executor io;

    PreallocatedPlace(Path file, Strand strand, Executor io) {
        this.place = new LocalChildPlace(file);
        this.file = file;
        this.strand = strand;
        this.io = io;
    }

    /** A file that is there already is only ever extended, as by any other place. */
    @Override
    public void create(long length) throws IOException {
        if (!Files.exists(file)) {
            // Makes the folders, durably; the file has to be made by the call that reserves its space.
            place.create(0);
            Files.delete(file);
            CompletableFuture<Optional<BlockError>> made = new CompletableFuture<>();
            FileDevice.create(file, length, true, strand, io, error -> made.complete(Optional.ofNullable(error)));
            Optional<BlockError> failed = made.join();
            if (failed.isPresent()) {
                throw new IOException(failed.get().message());
            }
        }
        place.create(length);
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
