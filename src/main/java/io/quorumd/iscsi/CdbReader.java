package io.quorumd.iscsi;

import io.quorumd.pdu.Pdu;
import io.quorumd.scsi.ScsiTask;
import java.util.Arrays;

/** Fetches the CDB of a SCSI Command, with the rest of a long one from its additional header segment. */
final class CdbReader {

    private static final int CDB = 32;
    private static final int BASIC_LENGTH = 16;
    /** AHS type of an extended CDB (RFC 7143 §11.2.2.3). */
    private static final int EXTENDED_CDB = 1;

    private CdbReader() {}

    static void read(Pdu pdu, ScsiTask task) {
        pdu.bytesAt(CDB, task.cdb, 0, BASIC_LENGTH);
        task.cdbLength = BASIC_LENGTH;
        int end = Pdu.HEADER_LENGTH + pdu.ahsLength();
        for (int at = Pdu.HEADER_LENGTH; at < end; ) {
            // AHSLength counts from the byte after the type, which is reserved here, without padding.
            int length = pdu.byteAt(at) << 8 | pdu.byteAt(at + 1);
            int next = at + (3 + length + 3 & ~3);
            if (pdu.byteAt(at + 2) == EXTENDED_CDB && length > 1 && next <= end) {
                extend(task, pdu, at + 4, length - 1);
            }
            at = next;
        }
    }

    private static void extend(ScsiTask task, Pdu pdu, int at, int length) {
        int total = BASIC_LENGTH + length;
        if (task.cdb.length < total) {
            task.cdb = Arrays.copyOf(task.cdb, total);
        }
        pdu.bytesAt(at, task.cdb, BASIC_LENGTH, length);
        task.cdbLength = total;
    }
}
