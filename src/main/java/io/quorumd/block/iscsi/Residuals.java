package io.quorumd.block.iscsi;

import io.quorumd.pdu.Pdu;
import org.jspecify.annotations.Nullable;

/** Whether a command that is said to have succeeded has moved all of its data (RFC 7143 §11.4.5). */
final class Residuals {

    private static final int UNDERFLOW = 0x02;
    private static final int OVERFLOW = 0x04;

    private Residuals() {}

    /** @return what is wrong, or null */
    static @Nullable String complaint(ScsiCommand command, Pdu status) {
        if (command.reads() && command.received() != command.length) {
            return "the target left out bytes of a read: %d of %d arrived"
                    .formatted(command.received(), command.length);
        }
        if ((status.flags() & (UNDERFLOW | OVERFLOW)) != 0 && status.intAt(44) != 0) {
            return "the target moved another number of bytes than %d".formatted(command.length);
        }
        return null;
    }
}
