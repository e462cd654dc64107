package io.quorumd.scsi;

import io.netty.buffer.ByteBuf;
import io.quorumd.pdu.SenseData;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The parameter list of an EXTENDED COPY (LID1): disks, and ranges to be copied between them (SPC-5 §6.5, §6.6).
 *
 * @param listId what RECEIVE COPY RESULTS asks by
 * @param keepsStatus whether it will ask
 */
record CopyRequest(int listId, boolean keepsStatus, List<Segment> segments) {

    static final int MAX_TARGETS = 8;
    static final int MAX_SEGMENTS = 64;
    static final int TARGET_LENGTH = 32;
    static final int SEGMENT_LENGTH = 28;
    static final int HEADER_LENGTH = 16;
    static final int MAX_DESCRIPTORS_LENGTH = MAX_TARGETS * TARGET_LENGTH + MAX_SEGMENTS * SEGMENT_LENGTH;

    /** Identification descriptor CSCD descriptor. */
    static final int IDENTIFICATION = 0xE4;

    /** Block device to block device. */
    static final int BLOCK_TO_BLOCK = 0x02;

    private static final int LIST_ID_NOT_KEPT = 3;
    private static final int COUNTS_DESTINATION_BLOCKS = 0x02;
    private static final int NUL = 0x20;
    private static final int BINARY = 1;
    private static final int NAA = 3;
    private static final int NAA_LENGTH = 16;

    private static final SenseData TOO_MANY_TARGETS = new SenseData(SenseData.ILLEGAL_REQUEST, 0x26, 0x06);
    private static final SenseData UNSUPPORTED_TARGET = new SenseData(SenseData.ILLEGAL_REQUEST, 0x26, 0x07);
    private static final SenseData TOO_MANY_SEGMENTS = new SenseData(SenseData.ILLEGAL_REQUEST, 0x26, 0x08);
    private static final SenseData UNSUPPORTED_SEGMENT = new SenseData(SenseData.ILLEGAL_REQUEST, 0x26, 0x09);
    private static final SenseData UNREACHABLE_TARGET = new SenseData(SenseData.COPY_ABORTED, 0x08, 0x04);
    private static final SenseData COPY_FAILED = new SenseData(SenseData.COPY_ABORTED, 0x00, 0x00);

    /** Bytes of one disk, to be put on another or the same. */
    record Segment(Disk source, long from, Disk destination, long to, long length) {}

    /** Either a request, or what is wrong with the list. */
    record Parsed(@Nullable CopyRequest request, @Nullable SenseData invalid) {}

    static Parsed parse(ByteBuf list, List<Disk> reachable) {
        List<@Nullable Disk> targets = new ArrayList<>();
        List<Segment> segments = new ArrayList<>();
        SenseData invalid = checkLengths(list);
        if (invalid == null) {
            invalid = readTargets(list, reachable, targets);
        }
        if (invalid == null) {
            invalid = readSegments(list, targets, segments);
        }
        if (invalid != null) {
            return new Parsed(null, invalid);
        }
        boolean kept = ((list.getByte(1) >> 3) & 3) != LIST_ID_NOT_KEPT;
        return new Parsed(new CopyRequest(list.getUnsignedByte(0), kept, segments), null);
    }

    private static int targetsLength(ByteBuf list) {
        return list.getUnsignedShort(2);
    }

    private static @Nullable SenseData checkLengths(ByteBuf list) {
        if (list.readableBytes() < HEADER_LENGTH) {
            return Sense.PARAMETER_LIST_LENGTH_ERROR;
        }
        int targets = targetsLength(list);
        long segments = list.getUnsignedInt(8);
        // Too many of one kind is told apart from too many in all.
        if (targets + segments > MAX_DESCRIPTORS_LENGTH) {
            return Sense.PARAMETER_LIST_LENGTH_ERROR;
        }
        if (targets / TARGET_LENGTH > MAX_TARGETS) {
            return TOO_MANY_TARGETS;
        }
        if (segments / SEGMENT_LENGTH > MAX_SEGMENTS) {
            return TOO_MANY_SEGMENTS;
        }
        boolean whole = HEADER_LENGTH + targets + segments <= list.readableBytes() && targets % TARGET_LENGTH == 0;
        return whole ? null : Sense.PARAMETER_LIST_LENGTH_ERROR;
    }

    private static @Nullable SenseData readTargets(ByteBuf list, List<Disk> reachable, List<@Nullable Disk> targets) {
        for (int at = HEADER_LENGTH; at < HEADER_LENGTH + targetsLength(list); at += TARGET_LENGTH) {
            if (list.getUnsignedByte(at) != IDENTIFICATION) {
                return UNSUPPORTED_TARGET;
            }
            // LU ID TYPE is not looked at: what a proxy token would be, is not a designator that names a disk.
            boolean nul = (list.getByte(at + 1) & NUL) != 0;
            targets.add(nul ? null : find(list, at + 4, reachable));
        }
        return null;
    }

    /** The disk that a designator names by its NAA identifier. */
    private static @Nullable Disk find(ByteBuf list, int at, List<Disk> reachable) {
        boolean naa = (list.getByte(at) & 0x0F) == BINARY
                && (list.getByte(at + 1) & 0x3F) == NAA
                && list.getUnsignedByte(at + 3) == NAA_LENGTH;
        if (!naa) {
            return null;
        }
        byte[] identifier = new byte[NAA_LENGTH];
        list.getBytes(at + 4, identifier);
        return reachable.stream()
                .filter(disk -> disk.identity().isNaa(identifier))
                .findAny()
                .orElse(null);
    }

    private static @Nullable SenseData readSegments(
            ByteBuf list, List<@Nullable Disk> targets, List<Segment> segments) {
        int at = HEADER_LENGTH + targetsLength(list);
        int end = at + list.getInt(8);
        for (; at < end; at += SEGMENT_LENGTH) {
            if (list.getUnsignedByte(at) != BLOCK_TO_BLOCK) {
                return UNSUPPORTED_SEGMENT;
            }
            if (end - at < SEGMENT_LENGTH || list.getUnsignedShort(at + 2) != SEGMENT_LENGTH - 4) {
                return Sense.PARAMETER_LIST_LENGTH_ERROR;
            }
            Disk source = target(targets, list.getUnsignedShort(at + 4));
            Disk destination = target(targets, list.getUnsignedShort(at + 6));
            if (source == null || destination == null) {
                return UNREACHABLE_TARGET;
            }
            SenseData invalid = addSegment(list, at, source, destination, segments);
            if (invalid != null) {
                return invalid;
            }
        }
        return null;
    }

    private static @Nullable Disk target(List<@Nullable Disk> targets, int index) {
        return index < targets.size() ? targets.get(index) : null;
    }

    private static @Nullable SenseData addSegment(
            ByteBuf list, int at, Disk source, Disk destination, List<Segment> segments) {
        boolean byDestination = (list.getByte(at + 1) & COUNTS_DESTINATION_BLOCKS) != 0;
        Disk counted = byDestination ? destination : source;
        long length = (long) list.getUnsignedShort(at + 10) * counted.blockSize();
        long from = list.getLong(at + 12);
        long to = list.getLong(at + 20);
        if (length == 0) {
            return null;
        }
        boolean whole = length % source.blockSize() == 0 && length % destination.blockSize() == 0;
        if (!whole
                || source.checkRange(from, length / source.blockSize()) != null
                || destination.checkRange(to, length / destination.blockSize()) != null) {
            return COPY_FAILED;
        }
        segments.add(new Segment(source, from * source.blockSize(), destination, to * destination.blockSize(), length));
        return null;
    }
}
