package io.quorumd.scsi;

import io.quorumd.pdu.SenseData;
import java.util.stream.LongStream;
import org.jscsi.target.scsi.lun.LogicalUnitNumber;
import org.jscsi.target.scsi.lun.ReportLunsParameterData;
import org.jspecify.annotations.Nullable;

/** REPORT LUNS (SPC-5 §6.33). */
final class ReportLuns extends Command {

    private static final int SELECT_REPORT = 2;
    private static final int ADDRESSABLE = 0x00;
    private static final int WELL_KNOWN = 0x01;
    private static final int ALL = 0x02;

    ReportLuns() {
        super("A0 00 FF 00 00 00 FFFFFFFF 00 00");
    }

    @Override
    boolean isImmediate() {
        return true;
    }

    @Override
    @Nullable
    SenseData checkFields(Disk disk, byte[] cdb) {
        return checkSelectReport(cdb);
    }

    private static @Nullable SenseData checkSelectReport(byte[] cdb) {
        return Cdb.u8(cdb, SELECT_REPORT) > ALL ? Sense.INVALID_FIELD_IN_CDB.atCdbByte(SELECT_REPORT) : null;
    }

    @Override
    int access(byte[] cdb) {
        return Access.NONE;
    }

    /** The initiator learns what REPORTED LUNS DATA HAS CHANGED was to tell it. */
    @Override
    void run(Disk disk, ScsiTask task) {
        NexusState nexus = task.execution().nexus();
        nexus.withdraw(Sense.REPORTED_LUNS_CHANGED);
        reply(nexus.lun().map(), task);
    }

    static void reply(LunMap map, ScsiTask task) {
        SenseData invalid = checkSelectReport(task.cdb);
        if (invalid != null) {
            task.checkCondition(invalid);
            return;
        }
        int select = Cdb.u8(task.cdb, SELECT_REPORT);
        LongStream disks = map.numbers().stream().mapToLong(LunMap::address);
        LongStream reported = switch (select) {
            case ADDRESSABLE -> disks;
            case WELL_KNOWN -> LongStream.of(LunMap.REPORT_LUNS);
            default -> LongStream.concat(disks, LongStream.of(LunMap.REPORT_LUNS));
        };
        LogicalUnitNumber[] luns = reported.mapToObj(LogicalUnitNumber::new).toArray(LogicalUnitNumber[]::new);
        DataIn.reply(task, DataIn.of(new ReportLunsParameterData(luns)), Cdb.u32(task.cdb, 6));
    }
}
