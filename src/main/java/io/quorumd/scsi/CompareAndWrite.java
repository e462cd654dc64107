package io.quorumd.scsi;

import io.netty.buffer.ByteBuf;
import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Completion;
import io.quorumd.block.Update;
import io.quorumd.pdu.SenseData;
import org.jspecify.annotations.Nullable;

/** COMPARE AND WRITE (SBC-4 §5.3), atomic: the device lets no other request to the range in between. */
final class CompareAndWrite extends Command {

    static final int MAX_BLOCKS = 128;

    private static final int BLOCKS = 13;
    private static final int FUA = 3;
    private static final BlockError MISCOMPARE = BlockError.of(Errno.EILSEQ, "COMPARE AND WRITE found other data");

    CompareAndWrite() {
        super("89 18 FFFFFFFFFFFFFFFF 000000 FF 00 00");
    }

    @Override
    boolean changesMedium() {
        return true;
    }

    @Override
    @Nullable
    SenseData checkFields(Disk disk, byte[] cdb) {
        int blocks = Cdb.u8(cdb, BLOCKS);
        if (blocks > MAX_BLOCKS) {
            return Sense.INVALID_FIELD_IN_CDB.atCdbByte(BLOCKS);
        }
        return disk.checkRange(CdbLayout.SIXTEEN.lba(cdb), blocks);
    }

    /** What is to be there, and then what is to be put there. */
    @Override
    long dataOut(Disk disk, byte[] cdb) {
        return 2L * Cdb.u8(cdb, BLOCKS) * disk.blockSize();
    }

    @Override
    void run(Disk disk, ScsiTask task) {
        long wanted = dataOut(disk, task.cdb);
        ByteBuf data = task.dataOut;
        task.transferLength = wanted;
        if (task.expectedDataOut != wanted) {
            // Whoever compares something else than was meant had better do nothing.
            task.checkCondition(Sense.INVALID_FIELD_IN_CDB.atCdbByte(BLOCKS));
        } else if (wanted == 0) {
            task.good();
        } else if (data == null || data.readableBytes() != wanted) {
            task.checkCondition(Sense.INVALID_FIELD_IN_INFORMATION_UNIT);
        } else {
            boolean fua = disk.writesThrough() || Cdb.bit(task.cdb, 1, FUA);
            long offset = CdbLayout.SIXTEEN.lba(task.cdb) * disk.blockSize();
            Exchange exchange = new Exchange(task, data);
            disk.device().update(offset, (int) wanted / 2, fua, exchange, exchange);
        }
    }

    private static final class Exchange implements Update, Completion {

        private final ScsiTask task;
        private final ByteBuf data;
        private int difference;

        Exchange(ScsiTask task, ByteBuf data) {
            this.task = task;
            this.data = data;
        }

        @Override
        public @Nullable BlockError apply(ByteBuf current) {
            int half = data.readableBytes() / 2;
            difference = Comparison.firstDifference(current, 0, data, half);
            if (difference >= 0) {
                return MISCOMPARE;
            }
            current.setBytes(current.readerIndex(), data, data.readerIndex() + half, half);
            return null;
        }

        /** The initiator learns at which byte of its data the comparison failed (SBC-4 §5.3.1). */
        @Override
        public void completed(@Nullable BlockError error) {
            if (error != null && error.code() == Errno.EILSEQ) {
                task.checkCondition(Sense.MISCOMPARE_DURING_VERIFY.withInformation(difference));
            } else {
                task.execution().completed(error);
            }
        }
    }
}
