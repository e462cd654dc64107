package io.quorumd.it;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file system of its own that is small, full, read-only or on a disk that dies; needs root. */
final class Mount implements AutoCloseable {

    final Path folder;
    private final @Nullable Loop disk;

    private Mount(Path folder, @Nullable Loop disk) {
        this.folder = folder;
        this.disk = disk;
    }

    /** In memory, with room for so many bytes. */
    static Mount inMemory(Path folder, long bytes) {
        make(folder);
        Tool.succeed("mount", "-t", "tmpfs", "-o", "size=" + bytes, "tmpfs", folder.toString());
        return new Mount(folder, null);
    }

    /** ext4 on a disk that {@link Loop#vanish} may take away. */
    static Mount on(Path folder, Loop disk) {
        make(folder);
        Tool.succeed("mkfs.ext4", "-q", disk.device());
        Tool.succeed("mount", disk.device(), folder.toString());
        return new Mount(folder, disk);
    }

    private static void make(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Another size, or {@code ro}. */
    void remount(String options) {
        Tool.succeed("mount", "-o", "remount," + options, folder.toString());
    }

    @Override
    public void close() {
        Tool.succeed("umount", "--lazy", folder.toString());
        if (disk != null) {
            disk.close();
        }
    }

    /** A block device over a file. */
    record Loop(String device, Path backing, long size) implements AutoCloseable {

        static Loop over(Path backing, long size) {
            resize(backing, size);
            return new Loop(
                    Tool.succeed("losetup", "--find", "--show", backing.toString())
                            .strip(),
                    backing,
                    size);
        }

        /** As a disk that is pulled out: it has no length any more, and what is asked of it fails. */
        void vanish() {
            resize(backing, 0);
            Tool.succeed("losetup", "--set-capacity", device);
        }

        /** Another disk in its place, with nothing on it. */
        void comeBack() {
            resize(backing, size);
            Tool.succeed("losetup", "--set-capacity", device);
        }

        static void resize(Path file, long size) {
            try (RandomAccessFile backing = new RandomAccessFile(file.toFile(), "rw")) {
                backing.setLength(size);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            Tool.succeed("losetup", "--detach", device);
        }
    }
}
