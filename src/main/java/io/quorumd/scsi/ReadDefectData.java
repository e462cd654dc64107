package io.quorumd.scsi;

import io.netty.buffer.ByteBuf;

/** READ DEFECT DATA (10) and (12) (SBC-4 §5.22, §5.23): there are none, whichever list is asked for. */
final class ReadDefectData extends Command {

    private static final int LISTS_AND_FORMAT = 0x1F;

    private final boolean twelve;

    private ReadDefectData(boolean twelve, String usage) {
        super(usage);
        this.twelve = twelve;
    }

    static ReadDefectData ten() {
        return new ReadDefectData(false, "37 00 1F 00000000 FFFF 00");
    }

    static ReadDefectData twelve() {
        return new ReadDefectData(true, "B7 1F FFFFFFFF FFFFFFFF 00 00");
    }

    @Override
    int access(byte[] cdb) {
        return Access.LEGACY | Access.READS;
    }

    @Override
    void run(Disk disk, ScsiTask task) {
        byte[] cdb = task.cdb;
        int asked = Cdb.u8(cdb, twelve ? 1 : 2) & LISTS_AND_FORMAT;
        ByteBuf data = DataIn.zeroed(twelve ? 8 : 4).setByte(1, asked);
        DataIn.reply(task, data, twelve ? Cdb.u32(cdb, 6) : Cdb.u16(cdb, 7));
    }
}
