package io.quorumd.scsi;

import io.quorumd.pdu.SenseData;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * One command of the set: what its CDB may say and what it does. Stateless; {@link CommandSet} lists them.
 */
abstract class Command {

    static final int NO_SERVICE_ACTION = -1;

    private final byte[] usage;
    private final int serviceAction;
    private final long supportedHigh;
    private final long supportedLow;

    /**
     * @param usage the CDB usage data of SPC-5 §6.35.3, in hexadecimal: the operation code, then a bit map of what the
     *     command looks at. A CDB with any other bit set is refused
     */
    Command(String usage) {
        this(NO_SERVICE_ACTION, usage);
    }

    /** @param serviceAction the value of SERVICE ACTION, which {@code usage} has in its place */
    Command(int serviceAction, String usage) {
        this.usage = HexFormat.of().parseHex(usage.replace(" ", ""));
        this.serviceAction = serviceAction;
        byte[] supported = new byte[16];
        System.arraycopy(this.usage, 0, supported, 0, this.usage.length);
        supported[0] = (byte) 0xFF;
        if (serviceAction != NO_SERVICE_ACTION) {
            supported[1] |= 0x1F;
        }
        this.supportedHigh = Cdb.u64(supported, 0);
        this.supportedLow = Cdb.u64(supported, 8);
    }

    final int opcode() {
        return usage[0] & 0xFF;
    }

    final int serviceAction() {
        return serviceAction;
    }

    final byte[] usage() {
        return usage.clone();
    }

    /** Bytes of the CDB. */
    final int length() {
        return usage.length;
    }

    /** What is wrong with the CDB by itself; null when nothing is. */
    final @Nullable SenseData check(Disk disk, byte[] cdb) {
        SenseData unsupported = checkUsage(cdb);
        return unsupported != null ? unsupported : checkFields(disk, cdb);
    }

    /** Refuses a CDB with anything set that the command does not know. */
    final @Nullable SenseData checkUsage(byte[] cdb) {
        if (((Cdb.u64(cdb, 0) & ~supportedHigh) | (Cdb.u64(cdb, 8) & ~supportedLow)) == 0) {
            return null;
        }
        return unsupportedField(cdb);
    }

    private SenseData unsupportedField(byte[] cdb) {
        for (int i = 0; i < 8; i++) {
            int bits = Cdb.u8(cdb, i) & ~(int) (supportedHigh >> (56 - 8 * i));
            if (bits != 0) {
                return invalidBit(i, bits);
            }
        }
        int i = 8;
        while ((Cdb.u8(cdb, i) & ~(int) (supportedLow >> (120 - 8 * i))) == 0) {
            i++;
        }
        return invalidBit(i, Cdb.u8(cdb, i) & ~(int) (supportedLow >> (120 - 8 * i)));
    }

    private static SenseData invalidBit(int offset, int bits) {
        return Sense.INVALID_FIELD_IN_CDB.atCdbBit(offset, 31 - Integer.numberOfLeadingZeros(bits & 0xFF));
    }

    /** What is wrong with the values of its fields; null when nothing is. */
    @Nullable
    SenseData checkFields(Disk disk, byte[] cdb) {
        return null;
    }

    /** Bytes of data-out that the CDB asks for. */
    long dataOut(Disk disk, byte[] cdb) {
        return 0;
    }

    /** Whether it changes the medium, and so fails on a read-only logical unit. */
    boolean changesMedium() {
        return false;
    }

    /** What it needs that a reservation of another nexus may forbid: bits of {@link Access}. */
    int access(byte[] cdb) {
        return changesMedium() ? Access.LEGACY | Access.WRITES : Access.LEGACY;
    }

    /**
     * Whether it runs whatever else is queued and whatever unit attention is pending, which it leaves pending (SAM-6
     * §5.14, §8.6.2).
     */
    boolean isImmediate() {
        return false;
    }

    /** Runs it; ends with one of the ways a {@link ScsiTask} ends. */
    abstract void run(Disk disk, ScsiTask task);
}
