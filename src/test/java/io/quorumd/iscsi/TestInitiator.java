package io.quorumd.iscsi;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.quorumd.pdu.Opcode;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/** An initiator small enough to misbehave on purpose: one PDU after the other over a blocking socket. */
final class TestInitiator implements AutoCloseable {

    static final int NO_TAG = 0xffffffff;

    /** A PDU as received. */
    record Received(ByteBuf header, ByteBuf data) {

        int opcode() {
            return header.getByte(0) & 0x3f;
        }

        int flags() {
            return header.getUnsignedByte(1);
        }

        int at(int offset) {
            return header.getInt(offset);
        }

        int itt() {
            return at(16);
        }

        int status() {
            return header.getUnsignedByte(3);
        }

        /** Sense key, ASC and ASCQ of a SCSI Response, in hexadecimal. */
        String sense() {
            return data.readableBytes() < 16
                    ? ""
                    : "%x/%02x/%02x".formatted(data.getByte(4) & 0xf, data.getByte(14), data.getByte(15));
        }
    }

    private final Socket socket;
    private final DataInputStream in;
    private boolean headerDigest;
    private boolean dataDigest;
    int cmdSn = 100;
    int nextTag = 1;
    int expStatSn;
    final Map<String, String> answers = new TreeMap<>();

    TestInitiator(InetSocketAddress address) throws IOException {
        socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(10_000);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
    }

    /** Logged in as {@code iqn.2026-11.io.example:}name, with further keys as {@code Key=Value}. */
    static TestInitiator login(InetSocketAddress address, String name, String... keys) throws IOException {
        TestInitiator initiator = new TestInitiator(address);
        Received response = initiator.login(name, 0x800000000001L, TestTarget.NAME, keys);
        if (response.header().getShort(36) != 0) {
            throw new IOException("login status " + response.header().getUnsignedShort(36));
        }
        return initiator;
    }

    /** One Login Request from the operational stage to the full feature phase. */
    Received login(String name, long isid, String target, String... keys) throws IOException {
        String text = "InitiatorName=iqn.2026-11.io.example:" + name + "\0"
                + (target.isEmpty() ? "SessionType=Discovery\0" : "SessionType=Normal\0TargetName=" + target + "\0")
                + (keys.length == 0 ? "" : String.join("\0", keys) + "\0");
        ByteBuf header = header(Opcode.LOGIN_REQUEST | 0x40, 0x87, 0);
        header.setLong(8, isid << 16);
        header.setInt(24, cmdSn);
        send(header, text.getBytes(UTF_8));
        Received response = receive();
        Pattern.compile("([^=\0]+)=([^\0]*)\0")
                .matcher(response.data().toString(UTF_8))
                .results()
                .forEach(key -> answers.put(key.group(1), key.group(2)));
        headerDigest = "CRC32C".equals(answers.get("HeaderDigest"));
        dataDigest = "CRC32C".equals(answers.get("DataDigest"));
        return response;
    }

    static ByteBuf header(int opcode, int flags, int itt) {
        return Unpooled.buffer(48)
                .writeZero(48)
                .setByte(0, opcode)
                .setByte(1, flags)
                .setInt(16, itt);
    }

    /** A SCSI Command header; takes the next CmdSN. */
    ByteBuf command(int flags, int itt, int expectedLength, String cdbHex) {
        ByteBuf header = header(Opcode.SCSI_COMMAND, flags, itt);
        header.setInt(20, expectedLength).setInt(24, cmdSn++);
        header.setBytes(32, io.netty.buffer.ByteBufUtil.decodeHexDump(cdbHex.replace(" ", "")));
        return header;
    }

    /** READ(10) or WRITE(10). */
    static String cdb(int opcode, int lba, int blocks) {
        return "%02x00%08x00%04x00".formatted(opcode, lba, blocks);
    }

    ByteBuf dataOut(int itt, int ttt, boolean last, int dataSn, int offset) {
        return header(Opcode.DATA_OUT, last ? 0x80 : 0, itt)
                .setInt(20, ttt)
                .setInt(36, dataSn)
                .setInt(40, offset);
    }

    void send(ByteBuf header, byte... data) throws IOException {
        sendRaw(wire(header, data));
    }

    /** The bytes of a PDU, with digests as negotiated. */
    byte[] wire(ByteBuf header, byte... data) {
        ByteBuf wire = Unpooled.buffer();
        header.setMedium(5, data.length);
        wire.writeBytes(header, 0, 48);
        if (headerDigest) {
            wire.writeIntLE(crc(wire, 0, 48));
        }
        int start = wire.writerIndex();
        wire.writeBytes(data).writeZero(-data.length & 3);
        if (dataDigest && data.length > 0) {
            wire.writeIntLE(crc(wire, start, wire.writerIndex() - start));
        }
        byte[] bytes = new byte[wire.readableBytes()];
        wire.readBytes(bytes);
        return bytes;
    }

    void sendRaw(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** @throws java.io.EOFException when the target has closed the connection */
    Received receive() throws IOException {
        ByteBuf header = Unpooled.wrappedBuffer(in.readNBytes(48));
        if (header.readableBytes() < 48) {
            throw new java.io.EOFException();
        }
        if (headerDigest) {
            check(header, 0, 48);
        }
        int length = header.getUnsignedMedium(5);
        byte[] padded = new byte[length + 3 & ~3];
        in.readFully(padded);
        if (dataDigest && length > 0) {
            check(Unpooled.wrappedBuffer(padded), 0, padded.length);
        }
        return new Received(header, Unpooled.wrappedBuffer(padded, 0, length));
    }

    private void check(ByteBuf buffer, int from, int length) throws IOException {
        int crc = Integer.reverseBytes(in.readInt());
        if (crc != crc(buffer, from, length)) {
            throw new IOException("wrong digest");
        }
    }

    private static int crc(ByteBuf buffer, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(buffer.nioBuffer(from, length));
        return (int) crc.getValue();
    }

    /** TEST UNIT READY until no unit attention is pending. */
    void clearAttentions() throws IOException {
        Received response;
        do {
            send(command(0x81, nextTag++, 0, "000000000000"));
            response = receive();
        } while (response.status() != 0);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
