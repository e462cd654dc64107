package io.quorumd.scsi;

import io.netty.buffer.ByteBuf;
import io.quorumd.pdu.SenseData;
import org.jspecify.annotations.Nullable;

/** MODE SELECT (6) and (10) (SPC-5 §6.12, §6.13): all of the list takes effect, or nothing does. */
final class ModeSelect extends Command {

    private static final int PF = 4;
    private static final int LONGLBA = 0x01;
    private static final SenseData INVALID = Sense.INVALID_FIELD_IN_PARAMETER_LIST;

    private final boolean ten;

    private ModeSelect(boolean ten, String usage) {
        super(usage);
        this.ten = ten;
    }

    static ModeSelect six() {
        return new ModeSelect(false, "15 10 0000 FF 00");
    }

    static ModeSelect ten() {
        return new ModeSelect(true, "55 10 0000000000 FFFF 00");
    }

    @Override
    int access(byte[] cdb) {
        return Access.LEGACY | Access.READS | Access.WRITES;
    }

    @Override
    long dataOut(Disk disk, byte[] cdb) {
        return ten ? Cdb.u16(cdb, 7) : Cdb.u8(cdb, 4);
    }

    @Override
    void run(Disk disk, ScsiTask task) {
        ByteBuf list = task.dataOut;
        int length = (int) dataOut(disk, task.cdb);
        if (length == 0) {
            task.good();
        } else if (list == null || list.readableBytes() < length) {
            task.checkCondition(Sense.PARAMETER_LIST_LENGTH_ERROR);
        } else if (!Cdb.bit(task.cdb, 1, PF)) {
            task.checkCondition(Sense.INVALID_FIELD_IN_CDB.atCdbBit(1, PF));
        } else {
            select(disk, task, list.slice());
        }
    }

    private void select(Disk disk, ScsiTask task, ByteBuf list) {
        int header = ten ? 8 : 4;
        if (list.readableBytes() < header) {
            task.checkCondition(Sense.PARAMETER_LIST_LENGTH_ERROR);
            return;
        }
        int descriptor = ten ? list.getUnsignedShort(6) : list.getUnsignedByte(3);
        boolean longBlocks = ten && (list.getByte(4) & LONGLBA) != 0;
        SenseData why = checkBlockDescriptor(disk, list, header, descriptor, longBlocks);
        if (why == null) {
            why = disk.modePages().check(list, header + descriptor);
        }
        if (why != null) {
            task.checkCondition(why);
            return;
        }
        if (disk.modePages().change(list, header + descriptor)) {
            disk.modeParametersChanged(task.execution().nexus());
        }
        task.good();
    }

    /** The disk has the size and the blocks that it has: anything else is refused (SBC-4 §6.5.2). */
    private static @Nullable SenseData checkBlockDescriptor(
            Disk disk, ByteBuf list, int at, int length, boolean longBlocks) {
        if (length == 0) {
            return null;
        }
        if (length != (longBlocks ? 16 : 8)) {
            return INVALID.atParameterByte(at - 1);
        }
        if (list.readableBytes() < at + length) {
            return Sense.PARAMETER_LIST_LENGTH_ERROR;
        }
        long blocks = longBlocks ? list.getLong(at) : list.getUnsignedInt(at);
        int blockSize = longBlocks ? list.getInt(at + 12) : list.getUnsignedMedium(at + 5);
        long all = longBlocks ? -1 : 0xFFFFFFFFL;
        boolean sameSize = blocks == 0 || blocks == all || blocks == disk.capacity();
        return sameSize && blockSize == disk.blockSize() ? null : INVALID.atParameterByte(at);
    }
}
