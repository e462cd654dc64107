package io.quorumd.quorum.state;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One page of a map file: 4096 bytes, big-endian. 0: magic {@code QDM1}; 4: CRC32C of bytes 8 to 4095; 8: sequence
 * number; 16: whose map it is; 24: page number; 28: zero; 32: 508 words of bits, the lowest bit being the first region.
 */
final class MapPage {

    static final int BYTES = 4096;

    private static final int MAGIC = 0x51444d31;
    private static final int CHECKED_FROM = 8;
    private static final int BITS = 32;

    private MapPage() {}

    static void encode(ByteBuffer target, long owner, int page, long sequence, long @Nullable [] words) {
        target.clear().limit(BYTES);
        target.putInt(0, MAGIC)
                .putLong(8, sequence)
                .putLong(16, owner)
                .putInt(24, page)
                .putInt(28, 0);
        for (int word = 0; word < RegionMap.PAGE_WORDS; word++) {
            target.putLong(BITS + word * Long.BYTES, words == null ? 0 : words[word]);
        }
        target.putInt(4, checksum(target));
    }

    /** The sequence number of a page that is whole and belongs here, or -1. */
    static long sequence(ByteBuffer source, long owner, int page) {
        boolean whole = source.getInt(0) == MAGIC
                && source.getInt(4) == checksum(source)
                && source.getLong(16) == owner
                && source.getInt(24) == page;
        return whole ? source.getLong(8) : -1;
    }

    static void addTo(RegionMap map, ByteBuffer source, int page) {
        for (int word = 0; word < RegionMap.PAGE_WORDS; word++) {
            long bits = source.getLong(BITS + word * Long.BYTES);
            int base = page * RegionMap.PAGE_REGIONS + word * Long.SIZE;
            while (bits != 0) {
                int from = Long.numberOfTrailingZeros(bits);
                int length = Long.numberOfTrailingZeros(~(bits >>> from));
                int to = Math.min(map.regions(), base + from + length);
                map.add(Math.min(base + from, to), to);
                bits = from + length >= Long.SIZE ? 0 : bits & (-1L << (from + length));
            }
        }
    }

    private static int checksum(ByteBuffer page) {
        CRC32C crc = new CRC32C();
        crc.update(page.duplicate().limit(BYTES).position(CHECKED_FROM));
        return (int) crc.getValue();
    }
}
