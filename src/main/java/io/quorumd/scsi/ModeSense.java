package io.quorumd.scsi;

import io.netty.buffer.ByteBuf;
import io.quorumd.pdu.SenseData;
import org.jspecify.annotations.Nullable;

/** MODE SENSE (6) and (10) (SPC-5 §6.14, §6.15). */
final class ModeSense extends Command {

    private static final int LLBAA = 4;
    private static final int DBD = 3;
    private static final int PAGE = 2;
    private static final int SUBPAGE = 3;
    private static final int SAVED = 3;

    private static final int WRITE_PROTECT = 0x80;
    private static final int DPOFUA = 0x10;

    private final boolean ten;

    private ModeSense(boolean ten, String usage) {
        super(usage);
        this.ten = ten;
    }

    static ModeSense six() {
        return new ModeSense(false, "1A 08 FF FF FF 00");
    }

    static ModeSense ten() {
        return new ModeSense(true, "5A 18 FF FF 000000 FFFF 00");
    }

    @Override
    @Nullable
    SenseData checkFields(Disk disk, byte[] cdb) {
        if (pageControl(cdb) == SAVED) {
            return Sense.SAVING_PARAMETERS_NOT_SUPPORTED;
        }
        int page = page(cdb);
        if (disk.modePages().has(page, Cdb.u8(cdb, SUBPAGE))) {
            return null;
        }
        return Sense.INVALID_FIELD_IN_CDB.atCdbByte(disk.modePages().has(page, 0) ? SUBPAGE : PAGE);
    }

    private static int pageControl(byte[] cdb) {
        return Cdb.u8(cdb, PAGE) >> 6;
    }

    private static ModePage.Values values(byte[] cdb) {
        return switch (pageControl(cdb)) {
            case 0 -> ModePage.Values.CURRENT;
            case 1 -> ModePage.Values.CHANGEABLE;
            default -> ModePage.Values.DEFAULT;
        };
    }

    private static int page(byte[] cdb) {
        return Cdb.u8(cdb, PAGE) & 0x3F;
    }

    @Override
    int access(byte[] cdb) {
        return Access.LEGACY | Access.READS;
    }

    @Override
    void run(Disk disk, ScsiTask task) {
        byte[] cdb = task.cdb;
        boolean longBlocks = ten && Cdb.bit(cdb, 1, LLBAA);
        int descriptor = Cdb.bit(cdb, 1, DBD) ? 0 : longBlocks ? 16 : 8;
        boolean protect = disk.isReadOnly(task.execution());
        int parameter = DPOFUA | (protect ? WRITE_PROTECT : 0);
        ByteBuf data = DataIn.buffer(128);
        if (ten) {
            data.writeShort(0).writeByte(0).writeByte(parameter);
            data.writeByte(longBlocks && descriptor != 0 ? 1 : 0).writeByte(0).writeShort(descriptor);
        } else {
            data.writeByte(0).writeByte(0).writeByte(parameter).writeByte(descriptor);
        }
        writeBlockDescriptor(data, disk, descriptor);
        disk.modePages().write(data, page(cdb), values(cdb));
        if (ten) {
            data.setShort(0, data.writerIndex() - 2);
        } else {
            data.setByte(0, data.writerIndex() - 1);
        }
        DataIn.reply(task, data, ten ? Cdb.u16(cdb, 7) : Cdb.u8(cdb, 4));
    }

    /** SBC-4 §6.5.2; the short one cannot express more than FFFFFFFFh blocks. */
    private static void writeBlockDescriptor(ByteBuf data, Disk disk, int length) {
        if (length == 16) {
            data.writeLong(disk.capacity()).writeInt(0).writeInt(disk.blockSize());
        } else if (length == 8) {
            data.writeInt((int) Math.min(disk.capacity(), 0xFFFFFFFFL)).writeInt(disk.blockSize());
        }
    }
}
