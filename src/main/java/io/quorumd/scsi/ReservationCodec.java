package io.quorumd.scsi;

import io.quorumd.scsi.ReservationState.Registration;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The reservations as bytes for a {@link ReservationStore}. Nothing that is to survive is no bytes. */
final class ReservationCodec {

    private static final int VERSION = 1;

    private ReservationCodec() {}

    static byte[] encode(ReservationState state) {
        if (!state.persistent()) {
            return new byte[0];
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            ReservationType type = state.type();
            out.writeByte(type == null ? 0 : type.code());
            out.writeShort(state.registrations().size());
            for (Registration registration : state.registrations()) {
                write(out, registration.registrant());
                out.writeLong(registration.key());
            }
            Registrant holder = state.holder();
            out.writeBoolean(holder != null);
            if (holder != null) {
                write(out, holder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("an array cannot fail", e);
        }
        return bytes.toByteArray();
    }

    /** @throws IllegalArgumentException when these are not the bytes of {@link #encode} */
    static ReservationState decode(byte[] bytes) {
        if (bytes.length == 0) {
            return ReservationState.NONE;
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int version = in.readUnsignedByte();
            if (version != VERSION) {
                throw new IllegalArgumentException("persistent reservations of the unknown version " + version);
            }
            int code = in.readUnsignedByte();
            @Nullable ReservationType type = ReservationType.of(code);
            List<Registration> registrations = new ArrayList<>();
            for (int left = in.readUnsignedShort(); left > 0; left--) {
                registrations.add(new Registration(readRegistrant(in), in.readLong()));
            }
            @Nullable Registrant holder = in.readBoolean() ? readRegistrant(in) : null;
            if (in.read() != -1 || (type == null) != (code == 0)) {
                throw new IllegalArgumentException("persistent reservations that make no sense");
            }
            return new ReservationState(0, registrations, type, holder, true);
        } catch (IOException e) {
            throw new IllegalArgumentException("persistent reservations cut short", e);
        }
    }

    private static void write(DataOutputStream out, Registrant registrant) throws IOException {
        out.writeUTF(registrant.initiatorPort());
        out.writeUTF(registrant.target());
        out.writeShort(registrant.targetPort());
    }

    private static Registrant readRegistrant(DataInputStream in) throws IOException {
        return new Registrant(in.readUTF(), in.readUTF(), in.readUnsignedShort());
    }
}
