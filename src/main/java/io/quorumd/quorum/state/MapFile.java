package io.quorumd.quorum.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.zip.CRC32C;

/**
 * A region map on disk: each page twice, side by side, written in turn. What was last made durable is never overwritten,
 * so that a torn write costs only what had not been reported durable yet: the reader takes the whole page with the
 * higher sequence number.
 *
 * <p>Blocking. Reading is for start-up; afterwards one thread writes, one batch at a time.
 */
final class MapFile {

    private static final int COPIES = 2;

    private final StateFile file;
    private final long owner;
    private final long[] sequences;
    private final BitSet newerCopy;
    private final RegionMap found;
    private final BitSet halfDamaged = new BitSet();

    private MapFile(StateFile file, long owner, int regions) {
        this.file = file;
        this.owner = owner;
        this.found = new RegionMap(regions);
        this.sequences = new long[RegionMap.pagesFor(regions)];
        this.newerCopy = new BitSet(sequences.length);
    }

    /** Makes a map anew, atomically and durably, empty or full. */
    static void create(StateStorage storage, String path, VolumeIdentity volume, int regions, boolean full)
            throws IOException {
        RegionMap map = new RegionMap(regions);
        if (full) {
            map.add(0, regions);
        }
        create(storage, path, volume, map);
    }

    /** Makes a map with what {@code map} holds, in place of what there was. */
    static void create(StateStorage storage, String path, VolumeIdentity volume, RegionMap map) throws IOException {
        int pages = RegionMap.pagesFor(map.regions());
        byte[] content = new byte[pages * COPIES * MapPage.BYTES];
        for (int copy = 0; copy < pages * COPIES; copy++) {
            ByteBuffer page = ByteBuffer.wrap(content, copy * MapPage.BYTES, MapPage.BYTES)
                    .slice();
            MapPage.encode(page, owner(volume, path), copy / COPIES, copy % COPIES, map.page(copy / COPIES));
        }
        storage.replace(path, content);
    }

    /** Reads a map; the file stays open for writing until {@link #close}. */
    static MapFile open(StateStorage storage, String path, VolumeIdentity volume, int regions)
            throws IOException, DamageException {
        MapFile map = new MapFile(storage.open(path), owner(volume, path), regions);
        try {
            map.readAll();
            return map;
        } catch (IOException | DamageException failed) {
            map.close();
            throw failed;
        }
    }

    private void readAll() throws IOException, DamageException {
        long expected = (long) sequences.length * COPIES * MapPage.BYTES;
        if (file.size() < expected) {
            throw new DamageException("has " + file.size() + " bytes instead of " + expected);
        }
        ByteBuffer[] copies = {ByteBuffer.allocate(MapPage.BYTES), ByteBuffer.allocate(MapPage.BYTES)};
        for (int page = 0; page < sequences.length; page++) {
            file.read(copies[0].clear(), offset(page, 0));
            file.read(copies[1].clear(), offset(page, 1));
            long first = MapPage.sequence(copies[0], owner, page);
            long second = MapPage.sequence(copies[1], owner, page);
            if (first < 0 && second < 0) {
                throw new DamageException("is damaged in both copies of page " + page);
            }
            halfDamaged.set(page, first < 0 || second < 0);
            newerCopy.set(page, second > first);
            sequences[page] = Math.max(first, second);
            MapPage.addTo(found, copies[second > first ? 1 : 0], page);
        }
    }

    /** What was read by {@link #open}; the caller's from then on. */
    RegionMap found() {
        return found;
    }

    /** Pages of which one copy was not whole: torn by a crash, or damaged. Writing them again heals them. */
    BitSet halfDamaged() {
        return halfDamaged;
    }

    /** Fills {@code target} with what is to be written for a page; called by the map's owner, before {@link #write}. */
    void encode(ByteBuffer target, int page, RegionMap map) {
        sequences[page]++;
        MapPage.encode(target, owner, page, sequences[page], map.page(page));
    }

    /** Writes over the older copy. Nothing is durable before {@link #sync}, and a page is written once per sync. */
    void write(ByteBuffer image, int page) throws IOException {
        file.write(image, offset(page, newerCopy.get(page) ? 0 : 1));
    }

    void sync() throws IOException {
        file.sync();
    }

    /** The page as last written is durable: from now on it is the copy that is not overwritten. */
    void written(int page) {
        newerCopy.flip(page);
    }

    void close() throws IOException {
        file.close();
    }

    private static long offset(int page, int copy) {
        return ((long) page * COPIES + copy) * MapPage.BYTES;
    }

    /** So that a page of another volume's or child's map is never taken for one of this. */
    private static long owner(VolumeIdentity volume, String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        CRC32C crc = new CRC32C();
        crc.update(name.getBytes(StandardCharsets.UTF_8));
        return Long.parseUnsignedLong(volume.wwn().substring(16), 16) ^ crc.getValue();
    }
}
