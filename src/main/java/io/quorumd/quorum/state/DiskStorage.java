package io.quorumd.quorum.state;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** State on a real file system. */
final class DiskStorage implements StateStorage {

    private final Path root;

    DiskStorage(Path root) {
        this.root = root;
    }

    @Override
    public String describe(String path) {
        return root.resolve(path).toString();
    }

    @Override
    public List<String> list(String folder) throws IOException {
        Path path = root.resolve(folder);
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(path)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    @Override
    public byte @Nullable [] read(String path) throws IOException {
        try {
            return Files.readAllBytes(root.resolve(path));
        } catch (NoSuchFileException absent) {
            return null;
        }
    }

    @Override
    public void replace(String path, byte[] content) throws IOException {
        DurableFiles.replace(root.resolve(path), content);
    }

    @Override
    public void delete(String path) throws IOException {
        Path file = root.resolve(path);
        if (Files.deleteIfExists(file)) {
            DurableFiles.syncFolderOf(file);
        }
    }

    @Override
    public StateFile open(String path) throws IOException {
        return new ChannelFile(FileChannel.open(root.resolve(path), StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    private record ChannelFile(FileChannel channel) implements StateFile {

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public void read(ByteBuffer target, long offset) throws IOException {
            long position = offset;
            while (target.hasRemaining()) {
                int count = channel.read(target, position);
                if (count < 0) {
                    throw new EOFException("the file ends at byte " + position);
                }
                position += count;
            }
        }

        @Override
        public void write(ByteBuffer source, long offset) throws IOException {
            long position = offset;
            while (source.hasRemaining()) {
                position += channel.write(source, position);
            }
        }

        @Override
        public void sync() throws IOException {
            channel.force(false);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
