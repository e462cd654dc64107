package io.quorumd.scsi;

import io.netty.buffer.ByteBuf;
import io.quorumd.block.BlockError;
import io.quorumd.pdu.SenseData;
import org.jspecify.annotations.Nullable;

/**
 * VERIFY (10), (12), (16) (SBC-4 §5.44 to §5.46): reads the range, which for a quorum is a vote on it; with BYTCHK it
 * compares, too, with what the initiator sends.
 */
final class Verify extends RangeCommand {

    private static final int NO_COMPARISON = 0;
    private static final int SAME_LENGTH = 1;
    private static final int RESERVED = 2;

    Verify(CdbLayout layout, String usage) {
        super(layout, usage);
    }

    private static int byteCheck(byte[] cdb) {
        return (Cdb.u8(cdb, 1) >> 1) & 3;
    }

    @Override
    int access(byte[] cdb) {
        return Access.LEGACY | Access.READS;
    }

    @Override
    @Nullable
    SenseData checkFields(Disk disk, byte[] cdb) {
        return byteCheck(cdb) == RESERVED ? Sense.INVALID_FIELD_IN_CDB.atCdbBit(1, 2) : super.checkFields(disk, cdb);
    }

    @Override
    long dataOut(Disk disk, byte[] cdb) {
        long blocks = layout().length(cdb);
        return switch (byteCheck(cdb)) {
            case NO_COMPARISON -> 0;
            case SAME_LENGTH -> blocks * disk.blockSize();
            default -> blocks == 0 ? 0 : disk.blockSize();
        };
    }

    @Override
    void run(Disk disk, ScsiTask task) {
        long bytes = layout().length(task.cdb) * disk.blockSize();
        long expected = dataOut(disk, task.cdb);
        task.transferLength = expected;
        ByteBuf wanted = task.dataOut;
        if (bytes == 0) {
            task.good();
        } else if (expected != (wanted == null ? 0 : wanted.readableBytes())) {
            task.checkCondition(Sense.INVALID_FIELD_IN_INFORMATION_UNIT);
        } else {
            long offset = layout().lba(task.cdb) * disk.blockSize();
            ByteBuf compared = expected == 0 ? null : wanted;
            disk.device().read(offset, (int) bytes, (found, error) -> compared(task, compared, found, error));
        }
    }

    /**
     * The data, or the error, of reading what is to be verified.
     *
     * @param wanted what is to be there; null when that does not matter
     */
    static void compared(ScsiTask task, @Nullable ByteBuf wanted, @Nullable ByteBuf found, @Nullable BlockError error) {
        if (found == null) {
            task.execution().completed(null, error);
            return;
        }
        int difference = wanted == null ? -1 : Comparison.firstDifference(found, wanted);
        found.release();
        if (difference < 0) {
            task.good();
        } else {
            task.checkCondition(Sense.MISCOMPARE_DURING_VERIFY.withInformation(difference));
        }
    }
}
