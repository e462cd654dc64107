package io.quorumd.scsi;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jscsi.target.scsi.inquiry.Association;
import org.jscsi.target.scsi.inquiry.CodeSet;
import org.jscsi.target.scsi.inquiry.IdentificationDescriptor;
import org.jscsi.target.scsi.inquiry.Identifier;
import org.jscsi.target.scsi.inquiry.IdentifierType;
import org.jscsi.target.scsi.inquiry.ProtocolIdentifier;

/** The names in the Device Identification page: of the disk, of the port asked through, of the target (SPC-5 §7.7.6). */
final class Designators {

    private Designators() {}

    static void write(ByteBuf page, DiskIdentity disk, String targetName, ItNexus nexus) {
        byte[] vendor = (DiskIdentity.VENDOR + disk.serial()).getBytes(StandardCharsets.US_ASCII);
        ofDisk(page, CodeSet.BINARY_VALUES, IdentifierType.NAA, disk.naaBytes());
        ofDisk(page, CodeSet.ASCII_PRINTABLE_VALUES, IdentifierType.T10_VENDOR_ID_BASED, vendor);

        byte[] port = {0, 0, (byte) (nexus.targetPort() >> 8), (byte) nexus.targetPort()};
        Association ofPort = Association.TARGET_PORT;
        ofIscsi(page, CodeSet.BINARY_VALUES, ofPort, IdentifierType.RELATIVE_TARGET_PORT_IDENTIFIERT, port);
        // Each portal group is a target port group of one port.
        ofIscsi(page, CodeSet.BINARY_VALUES, ofPort, IdentifierType.TARGET_PORT_GROUP, port);
        ofIscsi(page, CodeSet.UTF8_CODES, ofPort, IdentifierType.SCSI_NAME_STRING, portName(targetName, nexus));
        ofIscsi(
                page,
                CodeSet.UTF8_CODES,
                Association.SCSI_TARGET_DEVICE,
                IdentifierType.SCSI_NAME_STRING,
                nameString(targetName));
    }

    /** iSCSI target port name (RFC 7143 §4.4.2, SPC-5 §7.7.6.11). */
    private static byte[] portName(String targetName, ItNexus nexus) {
        return nameString("%s,t,0x%04x".formatted(targetName, nexus.targetPort()));
    }

    /** UTF-8, ended by a null, padded with nulls to a multiple of four. */
    private static byte[] nameString(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(bytes, (bytes.length / 4 + 1) * 4);
    }

    private static void ofDisk(ByteBuf page, CodeSet codeSet, IdentifierType type, byte[] value) {
        append(page, ProtocolIdentifier.FIBRE_CHANNEL, codeSet, false, Association.LOGICAL_UNIT, type, value);
    }

    private static void ofIscsi(ByteBuf page, CodeSet codeSet, Association of, IdentifierType type, byte[] value) {
        append(page, ProtocolIdentifier.INTERNET_SCSI, codeSet, true, of, type, value);
    }

    private static void append(
            ByteBuf page,
            ProtocolIdentifier protocol,
            CodeSet codeSet,
            boolean protocolCounts,
            Association association,
            IdentifierType type,
            byte[] value) {
        IdentificationDescriptor descriptor =
                new IdentificationDescriptor(protocol, codeSet, protocolCounts, association, type, new Value(value));
        ByteBuffer bytes = ByteBuffer.allocate(descriptor.size());
        descriptor.serialize(bytes, 0);
        page.writeBytes(bytes.rewind());
    }

    private static final class Value extends Identifier {

        private final byte[] bytes;

        Value(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public void serialize(ByteBuffer out, int index) {
            out.put(index, bytes);
        }

        @Override
        public int size() {
            return bytes.length;
        }
    }
}
