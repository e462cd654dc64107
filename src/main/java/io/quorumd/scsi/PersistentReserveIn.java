package io.quorumd.scsi;

import io.netty.buffer.ByteBuf;
import io.quorumd.scsi.ReservationState.Registration;

/** PERSISTENT RESERVE IN (SPC-5 §6.15). */
final class PersistentReserveIn extends Command {

    private static final int READ_KEYS = 0;
    private static final int READ_RESERVATION = 1;
    private static final int REPORT_CAPABILITIES = 2;
    private static final int READ_FULL_STATUS = 3;

    private static final int SIP_C_AND_ATP_C = 0x0C;
    private static final int PTPL_C = 0x01;
    private static final int TMV = 0x80;
    private static final int PTPL_A = 0x01;
    /** WR_EX_AR, EX_AC_RO, WR_EX_RO, EX_AC, WR_EX, and EX_AC_AR in the next byte. */
    private static final int TYPE_MASK = 0xEA01;

    private static final int ALL_TARGET_PORTS = 0x02;
    private static final int HOLDER = 0x01;

    private final int action;

    private PersistentReserveIn(int action) {
        super(action, "5E %02X 0000000000 FFFF 00".formatted(action));
        this.action = action;
    }

    static PersistentReserveIn readKeys() {
        return new PersistentReserveIn(READ_KEYS);
    }

    static PersistentReserveIn readReservation() {
        return new PersistentReserveIn(READ_RESERVATION);
    }

    static PersistentReserveIn reportCapabilities() {
        return new PersistentReserveIn(REPORT_CAPABILITIES);
    }

    static PersistentReserveIn readFullStatus() {
        return new PersistentReserveIn(READ_FULL_STATUS);
    }

    @Override
    void run(Disk disk, ScsiTask task) {
        Reservations reservations = disk.reservations();
        ByteBuf data = switch (action) {
            case READ_KEYS -> keys(reservations.state());
            case READ_RESERVATION -> reservation(reservations.state());
            case REPORT_CAPABILITIES -> capabilities(reservations);
            default -> fullStatus(reservations);
        };
        DataIn.reply(task, data, Cdb.u16(task.cdb, 7));
    }

    private static ByteBuf withHeader(ReservationState state) {
        return DataIn.buffer(256).writeInt(state.generation()).writeInt(0);
    }

    private static ByteBuf withLength(ByteBuf data) {
        return data.setInt(4, data.writerIndex() - 8);
    }

    private static ByteBuf keys(ReservationState state) {
        ByteBuf data = withHeader(state);
        state.registrations().forEach(r -> data.writeLong(r.key()));
        return withLength(data);
    }

    private static ByteBuf reservation(ReservationState state) {
        ByteBuf data = withHeader(state);
        ReservationType type = state.type();
        if (type != null) {
            data.writeLong(state.holderKey()).writeInt(0).writeByte(0);
            data.writeByte(type.code()).writeShort(0);
        }
        return withLength(data);
    }

    private static ByteBuf capabilities(Reservations reservations) {
        ByteBuf data = DataIn.buffer(8).writeShort(8);
        data.writeByte(SIP_C_AND_ATP_C | (reservations.canPersist() ? PTPL_C : 0));
        data.writeByte(TMV | (reservations.state().persistent() ? PTPL_A : 0));
        return data.writeShort(TYPE_MASK).writeShort(0);
    }

    private static ByteBuf fullStatus(Reservations reservations) {
        ReservationState state = reservations.state();
        ByteBuf data = withHeader(state);
        for (Registration registration : state.registrations()) {
            boolean holder = reservations.isHolder(registration);
            boolean allPorts = registration.registrant().targetPort() == Registrant.ALL_PORTS;
            data.writeLong(registration.key()).writeInt(0);
            data.writeByte((allPorts ? ALL_TARGET_PORTS : 0) | (holder ? HOLDER : 0));
            ReservationType type = state.type();
            data.writeByte(holder && type != null ? type.code() : 0).writeInt(0);
            data.writeShort(registration.registrant().targetPort());
            int length = data.writerIndex();
            data.writeInt(0);
            TransportId.write(data, registration.registrant().initiatorPort());
            data.setInt(length, data.writerIndex() - length - 4);
        }
        return withLength(data);
    }
}
