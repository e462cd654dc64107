package io.quorumd.quorum.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The journal on disk: two files of lines, one being appended to; when it is full the other is emptied and takes over.
 * Lines that a crash tore are passed over by their checksum. Blocking; one thread writes, any thread may read.
 */
final class JournalFiles {

    private final StateStorage storage;
    private final String folder;
    private final long fileLimit;
    private @Nullable StateFile active;
    private int index;
    private long end;
    private boolean midLine;
    private long number;

    /** @param fileLimit bytes after which a file is full */
    JournalFiles(StateStorage storage, String folder, long fileLimit) throws IOException {
        this.storage = storage;
        this.folder = folder;
        this.fileLimit = fileLimit;
        for (int file = 0; file < 2; file++) {
            byte[] bytes = storage.read(path(file));
            long last = bytes == null ? -1 : lastNumber(bytes);
            if (bytes != null && last >= number) {
                index = file;
                number = last;
                end = bytes.length;
                midLine = end > 0 && bytes[bytes.length - 1] != '\n';
            }
        }
    }

    /** Appends entries, numbering them, and syncs. After a failure they may or may not be there. */
    void append(List<JournalEntry> entries, long skipped) throws IOException {
        StringBuilder text = new StringBuilder(midLine ? "\n" : "");
        long next = number;
        for (JournalEntry entry : entries) {
            text.append(new JournalLine(++next, skipped, entry).encode());
        }
        ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
        StateFile file = fileFor(bytes.remaining());
        int length = bytes.remaining();
        midLine = true;
        file.write(bytes, end);
        file.sync();
        end += length;
        number = next;
        midLine = false;
    }

    /** Up to {@code limit} entries, the newest first. */
    List<JournalEntry> newest(int limit) throws IOException {
        List<JournalLine> lines = new ArrayList<>();
        for (int file = 0; file < 2; file++) {
            byte[] bytes = storage.read(path(file));
            if (bytes != null) {
                lines.addAll(parse(bytes));
            }
        }
        return lines.stream()
                .sorted(Comparator.comparingLong(JournalLine::number).reversed())
                .limit(limit)
                .map(JournalLine::entry)
                .toList();
    }

    void close() throws IOException {
        if (active != null) {
            active.close();
            active = null;
        }
    }

    private StateFile fileFor(int length) throws IOException {
        boolean exists = storage.read(path(index)) != null;
        if (!exists || (end > 0 && end + length > fileLimit)) {
            close();
            index = exists ? 1 - index : index;
            storage.replace(path(index), new byte[0]);
            end = 0;
        }
        if (active == null) {
            active = storage.open(path(index));
        }
        return active;
    }

    private String path(int file) {
        return folder + "/journal-" + file + ".log";
    }

    private static long lastNumber(byte[] bytes) {
        return parse(bytes).stream().mapToLong(JournalLine::number).max().orElse(0);
    }

    private static List<JournalLine> parse(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8)
                .lines()
                .map(JournalLine::decode)
                .filter(line -> line != null)
                .toList();
    }
}
