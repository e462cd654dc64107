package io.quorumd.scsi;

import io.netty.buffer.ByteBuf;
import io.quorumd.pdu.SenseData;
import io.quorumd.scsi.ReserveRequest.Action;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** PERSISTENT RESERVE OUT (SPC-5 §6.16). */
final class PersistentReserveOut extends Command {

    /** The parameter list without TransportIDs. */
    private static final int LIST_LENGTH = 24;

    /** That of REGISTER AND MOVE up to the length of its TransportID. */
    private static final int MOVE_LIST_LENGTH = 20;

    private static final int FLAGS = 20;
    private static final int MOVE_FLAGS = 17;

    private static final int MAX_LIST_LENGTH = 8192;

    private static final int SPEC_I_PT = 0x08;
    private static final int ALL_TG_PT = 0x04;
    private static final int APTPL = 0x01;
    private static final int UNREG = 0x02;

    private final Action action;

    PersistentReserveOut(Action action) {
        super(action.code(), "5F %02X FF 0000 FFFFFFFF 00".formatted(action.code()));
        this.action = action;
    }

    @Override
    @Nullable
    SenseData checkFields(Disk disk, byte[] cdb) {
        long length = Cdb.u32(cdb, 5);
        return length < LIST_LENGTH || length > MAX_LIST_LENGTH ? Sense.PARAMETER_LIST_LENGTH_ERROR : null;
    }

    @Override
    long dataOut(Disk disk, byte[] cdb) {
        return Cdb.u32(cdb, 5);
    }

    @Override
    void run(Disk disk, ScsiTask task) {
        ByteBuf list = task.dataOut;
        if (list == null || list.readableBytes() < Cdb.u32(task.cdb, 5)) {
            task.checkCondition(Sense.PARAMETER_LIST_LENGTH_ERROR);
            return;
        }
        boolean move = action == Action.REGISTER_AND_MOVE;
        int flags = move ? at(list, MOVE_FLAGS) : action.registers() ? at(list, FLAGS) : 0;
        boolean namesOthers = move || (flags & SPEC_I_PT) != 0;
        int end = move ? MOVE_LIST_LENGTH : LIST_LENGTH;
        ByteBuf rest = list.slice(list.readerIndex() + end, list.readableBytes() - end);
        List<String> names = namesOthers ? transportIds(rest) : List.of();
        if (!namesOthers && rest.isReadable()) {
            task.checkCondition(Sense.PARAMETER_LIST_LENGTH_ERROR);
        } else if (names == null) {
            task.checkCondition(Sense.INVALID_FIELD_IN_PARAMETER_LIST.atParameterByte(end));
        } else if ((flags & APTPL) != 0 && !disk.reservations().canPersist()) {
            task.checkCondition(Sense.INVALID_FIELD_IN_PARAMETER_LIST.atParameterByte(move ? MOVE_FLAGS : FLAGS));
        } else {
            disk.reservations().change(task, request(task.cdb, list, flags, names));
        }
    }

    private ReserveRequest request(byte[] cdb, ByteBuf list, int flags, List<String> names) {
        boolean move = action == Action.REGISTER_AND_MOVE;
        return new ReserveRequest(
                action,
                Cdb.u8(cdb, 2) >> 4,
                ReservationType.of(Cdb.u8(cdb, 2) & 0x0F),
                list.getLong(list.readerIndex()),
                list.getLong(list.readerIndex() + 8),
                !move && (flags & SPEC_I_PT) != 0,
                !move && (flags & ALL_TG_PT) != 0,
                (flags & APTPL) != 0,
                move && (flags & UNREG) != 0,
                move ? list.getUnsignedShort(list.readerIndex() + 18) : 0,
                names);
    }

    private static int at(ByteBuf list, int offset) {
        return list.getUnsignedByte(list.readerIndex() + offset);
    }

    /** Their length, and then as many bytes as that says. */
    private static @Nullable List<String> transportIds(ByteBuf list) {
        if (list.readableBytes() < 4) {
            return null;
        }
        long length = list.readUnsignedInt();
        return length == list.readableBytes() ? TransportId.readAll(list) : null;
    }
}
