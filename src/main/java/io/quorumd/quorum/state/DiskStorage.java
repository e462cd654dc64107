package io.quorumd.quorum.state;

import io.quorumd.block.Fence;
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

/** State on a real file system. Once the fence is up nothing of it is changed any more: a successor goes on with it. */
final class DiskStorage implements StateStorage {

    private final Path root;
    private final Fence fence;

    DiskStorage(Path root, Fence fence) {
        this.root = root;
        this.fence = fence;
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
        check(fence);
        DurableFiles.replace(root.resolve(path), content);
    }

    @Override
    public void delete(String path) throws IOException {
        check(fence);
        Path file = root.resolve(path);
        if (Files.deleteIfExists(file)) {
            DurableFiles.syncFolderOf(file);
        }
    }

    @Override
    public StateFile open(String path) throws IOException {
        return new ChannelFile(
                FileChannel.open(root.resolve(path), StandardOpenOption.READ, StandardOpenOption.WRITE), fence);
    }

    private static void check(Fence fence) throws IOException {
        if (fence.isUp()) {
            throw new IOException(Fence.REFUSAL.message());
        }
    }

    private record ChannelFile(FileChannel channel, Fence fence) implements StateFile {

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
                check(fence);
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
