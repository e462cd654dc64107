package io.quorumd.scsi;

import io.quorumd.pdu.SenseData;
import io.quorumd.scsi.ReserveRequest.Action;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Every command of a disk: the one list that CDBs are looked up in and that initiators are shown. */
final class CommandSet {

    private static final List<Command> ALL = List.of(
            new TestUnitReady(),
            new RequestSense(),
            new Read(CdbLayout.SIX, "08 1FFFFF FF 00"),
            new Write(CdbLayout.SIX, "0A 1FFFFF FF 00"),
            new Inquiry(),
            ModeSelect.six(),
            ModeSense.six(),
            new Reserve("16 00 00 0000 00"),
            new Release("17 00 00 0000 00"),
            new StartStopUnit(),
            new PreventAllow(),
            new ReadCapacity10(),
            new Read(CdbLayout.TEN, "28 18 FFFFFFFF 00 FFFF 00"),
            new Write(CdbLayout.TEN, "2A 18 FFFFFFFF 00 FFFF 00"),
            new WriteAndVerify(CdbLayout.TEN, "2E 12 FFFFFFFF 00 FFFF 00"),
            new Verify(CdbLayout.TEN, "2F 16 FFFFFFFF 00 FFFF 00"),
            new Prefetch(CdbLayout.TEN, "34 02 FFFFFFFF 1F FFFF 00"),
            new SynchronizeCache(CdbLayout.TEN, "35 02 FFFFFFFF 00 FFFF 00"),
            ReadDefectData.ten(),
            new Sanitize(),
            new WriteSame(CdbLayout.TEN, "41 08 FFFFFFFF 00 FFFF 00"),
            new Unmap(),
            new Reserve("56 00 00000000 00 0000 00"),
            new Release("57 00 00000000 00 0000 00"),
            new LogSense(),
            ModeSelect.ten(),
            ModeSense.ten(),
            PersistentReserveIn.readKeys(),
            PersistentReserveIn.readReservation(),
            PersistentReserveIn.reportCapabilities(),
            PersistentReserveIn.readFullStatus(),
            new PersistentReserveOut(Action.REGISTER),
            new PersistentReserveOut(Action.RESERVE),
            new PersistentReserveOut(Action.RELEASE),
            new PersistentReserveOut(Action.CLEAR),
            new PersistentReserveOut(Action.PREEMPT),
            new PersistentReserveOut(Action.PREEMPT_AND_ABORT),
            new PersistentReserveOut(Action.REGISTER_AND_IGNORE_EXISTING_KEY),
            new PersistentReserveOut(Action.REGISTER_AND_MOVE),
            new ExtendedCopy(),
            ReceiveCopyResults.copyStatus(),
            ReceiveCopyResults.operatingParameters(),
            new Read(CdbLayout.SIXTEEN, "88 18 FFFFFFFFFFFFFFFF FFFFFFFF 00 00"),
            new CompareAndWrite(),
            new Write(CdbLayout.SIXTEEN, "8A 18 FFFFFFFFFFFFFFFF FFFFFFFF 00 00"),
            new OrWrite(),
            new WriteAndVerify(CdbLayout.SIXTEEN, "8E 12 FFFFFFFFFFFFFFFF FFFFFFFF 00 00"),
            new Verify(CdbLayout.SIXTEEN, "8F 16 FFFFFFFFFFFFFFFF FFFFFFFF 00 00"),
            new Prefetch(CdbLayout.SIXTEEN, "90 02 FFFFFFFFFFFFFFFF FFFFFFFF 1F 00"),
            new SynchronizeCache(CdbLayout.SIXTEEN, "91 02 FFFFFFFFFFFFFFFF FFFFFFFF 00 00"),
            new WriteSame(CdbLayout.SIXTEEN, "93 09 FFFFFFFFFFFFFFFF FFFFFFFF 00 00"),
            new ReadCapacity16(),
            new GetLbaStatus(),
            new ReportLuns(),
            new ReportTargetPortGroups(),
            new ReportSupportedOpcodes(),
            new ReportSupportedTaskManagement(),
            new Read(CdbLayout.TWELVE, "A8 18 FFFFFFFF FFFFFFFF 00 00"),
            new Write(CdbLayout.TWELVE, "AA 18 FFFFFFFF FFFFFFFF 00 00"),
            new WriteAndVerify(CdbLayout.TWELVE, "AE 12 FFFFFFFF FFFFFFFF 00 00"),
            new Verify(CdbLayout.TWELVE, "AF 16 FFFFFFFF FFFFFFFF 00 00"),
            ReadDefectData.twelve());

    private static final @Nullable Command[] BY_OPCODE = new Command[256];
    private static final @Nullable Command[][] BY_SERVICE_ACTION = new Command[256][];

    static {
        for (Command command : ALL) {
            int opcode = command.opcode();
            if (command.serviceAction() == Command.NO_SERVICE_ACTION) {
                BY_OPCODE[opcode] = command;
                continue;
            }
            @Nullable Command[] actions = BY_SERVICE_ACTION[opcode];
            if (actions == null) {
                actions = new Command[32];
                BY_SERVICE_ACTION[opcode] = actions;
            }
            actions[command.serviceAction()] = command;
        }
    }

    private CommandSet() {}

    static List<Command> all() {
        return ALL;
    }

    static boolean hasServiceActions(int opcode) {
        return BY_SERVICE_ACTION[opcode] != null;
    }

    static @Nullable Command find(byte[] cdb) {
        Command command = BY_OPCODE[Cdb.u8(cdb, 0)];
        return command != null ? command : find(Cdb.u8(cdb, 0), Cdb.serviceAction(cdb));
    }

    /** @param serviceAction without meaning, and to be 0, where the operation code has none */
    static @Nullable Command find(int opcode, int serviceAction) {
        @Nullable Command[] actions = BY_SERVICE_ACTION[opcode];
        if (actions == null) {
            return serviceAction == 0 ? BY_OPCODE[opcode] : null;
        }
        return serviceAction < actions.length ? actions[serviceAction] : null;
    }

    /** What a CDB is answered with that {@link #find} knows nothing of. */
    static SenseData unknown(byte[] cdb) {
        return hasServiceActions(Cdb.u8(cdb, 0))
                ? Sense.INVALID_FIELD_IN_CDB.atCdbBit(1, 4)
                : Sense.INVALID_COMMAND_OPERATION_CODE;
    }
}
