package io.quorumd.it;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The SCSI commands of one iSCSI connection as the target's system calls show them (RFC 7143 §11.2 to §11.4). */
final class WireTrace {

    private static final int HEADER = 48;
    private static final int SCSI_COMMAND = 0x01;
    private static final int SCSI_RESPONSE = 0x21;

    /**
     * @param cdb 16 bytes
     * @param asked the position by which all of it had been received, immediate data too
     * @param answered the position at which its response was about to be sent
     */
    record Command(ByteBuffer cdb, int asked, int answered) {

        /** SYNCHRONIZE CACHE (10) or (16). */
        boolean isFlush() {
            return opcode() == 0x35 || opcode() == 0x91;
        }

        /** WRITE (10) or (16). */
        boolean isWrite() {
            return opcode() == 0x2A || opcode() == 0x8A;
        }

        boolean forcesUnitAccess() {
            return isWrite() && (cdb.get(1) & 0x08) != 0;
        }

        private int opcode() {
            return cdb.get(0) & 0xFF;
        }
    }

    private record Pdu(ByteBuffer header, int first, int last) {}

    private WireTrace() {}

    /** Commands with a good status in the order of their answers. */
    static List<Command> commands(List<SystemCall> calls, int port) {
        Predicate<SystemCall> ofPort =
                call -> call.descriptor().startsWith("TCP") && call.descriptor().contains(":" + port + "->");
        Map<Integer, Pdu> asked = new LinkedHashMap<>();
        List<Command> commands = new ArrayList<>();
        for (Pdu pdu :
                pdus(calls.stream().filter(ofPort).filter(SystemCall::receives).toList())) {
            if ((pdu.header.get(0) & 0x3F) == SCSI_COMMAND) {
                asked.put(tag(pdu), pdu);
            }
        }
        for (Pdu pdu :
                pdus(calls.stream().filter(ofPort).filter(SystemCall::sends).toList())) {
            Pdu command = asked.get(tag(pdu));
            boolean isGood = pdu.header.get(0) == SCSI_RESPONSE && pdu.header.getShort(2) == 0;
            if (isGood && command != null) {
                commands.add(new Command(command.header.slice(32, 16), command.last, pdu.first));
            }
        }
        return commands;
    }

    private static int tag(Pdu pdu) {
        return pdu.header.getInt(16);
    }

    /** One direction of one connection, without digests. */
    private static List<Pdu> pdus(List<SystemCall> calls) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        List<Integer> ends = new ArrayList<>();
        for (SystemCall call : calls) {
            all.writeBytes(call.data());
            ends.add(all.size());
        }
        ByteBuffer stream = ByteBuffer.wrap(all.toByteArray());
        List<Pdu> pdus = new ArrayList<>();
        int call = 0;
        for (int at = 0; at + HEADER <= stream.limit(); ) {
            int additional = (stream.get(at + 4) & 0xFF) * 4;
            int data = stream.getInt(at + 4) & 0xFFFFFF;
            int end = at + HEADER + additional + (data + 3) / 4 * 4;
            while (ends.get(call) <= at) {
                call++;
            }
            int last = call;
            while (last < ends.size() - 1 && ends.get(last) < end) {
                last++;
            }
            pdus.add(new Pdu(
                    stream.slice(at, HEADER),
                    calls.get(call).entered(),
                    calls.get(last).left()));
            at = end;
        }
        return pdus;
    }
}
