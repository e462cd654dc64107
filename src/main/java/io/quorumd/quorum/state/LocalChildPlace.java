package io.quorumd.quorum.state;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A child that is a regular file; its sidecar is {@code <file>.quorumd} beside it.
 *
 * <p>The file is marked by an extended attribute, which leaves its bytes alone and which a file made anew lacks; its
 * inode number stands in where there are no attributes (it alone would not do: a deleted file's number is given to the
 * next one).
 */
public final class LocalChildPlace implements ChildPlace {

    private static final String ATTRIBUTE = "quorumd.child";

    private final Path file;

    public LocalChildPlace(Path file) {
        this.file = file;
    }

    /** Sparse. A file that is there already (a first start that was cut short) is only ever extended. */
    @Override
    public void create(long length) throws IOException {
        DurableFiles.createFolders(DurableFiles.folderOf(file));
        try (RandomAccessFile made = new RandomAccessFile(file.toFile(), "rw")) {
            if (made.length() > length) {
                throw new IOException(file + " is longer than the volume");
            }
            made.setLength(length);
            made.getFD().sync();
        }
        DurableFiles.syncFolderOf(file);
    }

    @Override
    public String fileMark() throws IOException {
        UserDefinedFileAttributeView view = Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
        try {
            ByteBuffer value = ByteBuffer.allocate(view.size(ATTRIBUTE));
            view.read(ATTRIBUTE, value);
            return "attribute:" + StandardCharsets.UTF_8.decode(value.flip());
        } catch (IOException unmarked) {
            return "inode:" + Files.getAttribute(file, "unix:ino");
        }
    }

    @Override
    public String markFile(UUID child) throws IOException {
        UserDefinedFileAttributeView view = Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
        try {
            view.write(ATTRIBUTE, ByteBuffer.wrap(child.toString().getBytes(StandardCharsets.UTF_8)));
            try (RandomAccessFile marked = new RandomAccessFile(file.toFile(), "r")) {
                marked.getFD().sync();
            }
        } catch (IOException unsupported) {
            // No extended attributes here; fileMark() falls back to the inode number.
        }
        return fileMark();
    }

    @Override
    public byte @Nullable [] readSidecar() throws IOException {
        try {
            return Files.readAllBytes(sidecar());
        } catch (NoSuchFileException absent) {
            return null;
        }
    }

    @Override
    public void writeSidecar(byte[] content) throws IOException {
        DurableFiles.replace(sidecar(), content);
    }

    private Path sidecar() {
        return file.resolveSibling(file.getFileName() + ".quorumd");
    }
}
