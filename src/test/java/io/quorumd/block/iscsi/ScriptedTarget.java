package io.quorumd.block.iscsi;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.quorumd.pdu.Opcode;
import io.quorumd.pdu.TargetHeaders;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.CRC32C;

/**
 * A target small enough to misbehave on purpose, on a port of its own: it logs everybody in and has a disk of 1 MiB of
 * zeroes that forgets what is written, except where its {@link Behaviour} knows better. One virtual thread a connection.
 */
final class ScriptedTarget implements AutoCloseable {

    static final int SIZE = 1 << 20;
    static final String NAME = "iqn.2026-11.io.example:scripted";

    /** What is done instead of the usual. */
    @FunctionalInterface
    interface Behaviour {

        /** @return false to have the request served as usual */
        boolean handle(Request request, Talk talk) throws IOException;
    }

    /** A PDU as received. */
    record Request(ByteBuf header, ByteBuf data) {

        int opcode() {
            return header.getByte(0) & 0x3f;
        }

        int at(int offset) {
            return header.getInt(offset);
        }

        int tag() {
            return at(16);
        }

        /** The operation code of a SCSI Command's CDB, -1 of anything else. */
        int operation() {
            return opcode() == Opcode.SCSI_COMMAND ? header.getUnsignedByte(32) : -1;
        }
    }

    private final ServerSocket listening;
    private final Behaviour behaviour;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    final List<Request> requests = new CopyOnWriteArrayList<>();

    ScriptedTarget(Behaviour behaviour) throws IOException {
        this.behaviour = behaviour;
        this.listening = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    String uri() {
        return "iscsi://127.0.0.1:" + listening.getLocalPort() + "/" + NAME + "/0";
    }

    String portal() {
        return "127.0.0.1:" + listening.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listening.accept();
                sockets.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            Talk talk = new Talk(socket);
            while (true) {
                Request request = talk.receive();
                requests.add(request);
                if (!behaviour.handle(request, talk)) {
                    talk.serve(request);
                }
            }
        } catch (IOException gone) {
            // The initiator closed, as it should in many tests.
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    /** One connection. */
    static final class Talk {
        private final Socket socket;
        private final DataInputStream in;
        boolean digests;
        boolean wrongHeaderDigest;
        boolean wrongDataDigest;
        int statSn = 1000;
        int expCmdSn = 1;
        /** Commands that are taken beyond the last one received. */
        int window = 32;

        Talk(Socket socket) throws IOException {
            this.socket = socket;
            socket.setTcpNoDelay(true);
            this.in = new DataInputStream(socket.getInputStream());
        }

        Request receive() throws IOException {
            ByteBuf header = Unpooled.wrappedBuffer(in.readNBytes(48));
            if (header.readableBytes() < 48) {
                throw new EOFException();
            }
            in.skipNBytes(digests ? 4 : 0);
            int length = header.getUnsignedMedium(5);
            byte[] data = in.readNBytes(length);
            in.skipNBytes((-length & 3) + (digests && length > 0 ? 4 : 0));
            if ((header.getByte(0) & 0x40) == 0 && (header.getByte(0) & 0x3f) != Opcode.DATA_OUT) {
                expCmdSn = header.getInt(24) + 1;
            }
            return new Request(header, Unpooled.wrappedBuffer(data));
        }

        static ByteBuf header(int opcode, int flags, int tag) {
            return Unpooled.buffer(48)
                    .writeZero(48)
                    .setByte(0, opcode)
                    .setByte(1, flags)
                    .setInt(16, tag);
        }

        /** Sends a PDU that is a response, with the next StatSN. */
        void respond(ByteBuf header, byte... data) throws IOException {
            send(header.setInt(24, statSn++), data);
        }

        void send(ByteBuf header, byte... data) throws IOException {
            header.setInt(28, expCmdSn).setInt(32, expCmdSn + window - 1).setMedium(5, data.length);
            ByteBuf wire = Unpooled.buffer().writeBytes(header, 0, 48);
            if (digests) {
                wire.writeIntLE(crc(wire, 0, 48) ^ (wrongHeaderDigest ? 1 : 0));
            }
            int start = wire.writerIndex();
            wire.writeBytes(data).writeZero(-data.length & 3);
            if (digests && data.length > 0) {
                wire.writeIntLE(crc(wire, start, wire.writerIndex() - start) ^ (wrongDataDigest ? 1 : 0));
            }
            raw(wire);
        }

        void raw(ByteBuf bytes) throws IOException {
            bytes.readBytes(socket.getOutputStream(), bytes.readableBytes());
        }

        private static int crc(ByteBuf buffer, int from, int length) {
            CRC32C crc = new CRC32C();
            crc.update(buffer.nioBuffer(from, length));
            return (int) crc.getValue();
        }

        void hangUp() throws IOException {
            socket.close();
        }

        void serve(Request request) throws IOException {
            switch (request.opcode()) {
                case Opcode.LOGIN_REQUEST -> login(request);
                case Opcode.SCSI_COMMAND -> command(request);
                case Opcode.NOP_OUT -> {
                    if (request.tag() != TargetHeaders.NO_TAG) {
                        respond(header(Opcode.NOP_IN, 0x80, request.tag()).setInt(20, TargetHeaders.NO_TAG));
                    }
                }
                case Opcode.TASK_MANAGEMENT_REQUEST ->
                    respond(header(Opcode.TASK_MANAGEMENT_RESPONSE, 0x80, request.tag()));
                case Opcode.LOGOUT_REQUEST -> {
                    respond(header(Opcode.LOGOUT_RESPONSE, 0x80, request.tag()));
                    hangUp();
                }
                default -> {}
            }
        }

        /** Agrees with everything, stage by stage. */
        void login(Request request) throws IOException {
            boolean operational = (request.header.getByte(1) & 0x0c) != 0;
            List<String> answers = new ArrayList<>();
            for (String pair : request.data.toString(UTF_8).split("\0", -1)) {
                if (pair.startsWith("AuthMethod=") || (operational && !pair.isEmpty())) {
                    answers.add(pair);
                }
            }
            loginResponse(request, request.header.getByte(1), 0, answers);
            if (operational && answers.contains("HeaderDigest=CRC32C")) {
                digests = true;
            }
        }

        void loginResponse(Request request, int flags, int status, List<String> keys) throws IOException {
            ByteBuf response = header(Opcode.LOGIN_RESPONSE, flags, request.tag());
            response.setLong(8, request.header.getLong(8) | 1).setShort(36, status);
            String text = keys.isEmpty() ? "" : String.join("\0", keys) + "\0";
            respond(response, text.getBytes(UTF_8));
        }

        void command(Request request) throws IOException {
            ByteBuf cdb = request.header.slice(32, 16);
            switch (request.operation()) {
                case 0x12 -> inquiry(request, cdb);
                case 0x9E ->
                    dataIn(request, hex("00000000000007ff 00000200 0000 c000").concat("00".repeat(16)));
                case 0x1A -> dataIn(request, "03001000");
                case 0x88 -> dataIn(request, "00".repeat(cdb.getInt(10) * 512));
                case 0x5E -> dataIn(request, "0000000000000000");
                case 0x8A, 0x5F, 0x93 -> good(request);
                default -> good(request);
            }
        }

        private void inquiry(Request request, ByteBuf cdb) throws IOException {
            int page = cdb.getByte(1) == 0 ? -1 : cdb.getUnsignedByte(2);
            dataIn(
                    request,
                    switch (page) {
                        case -1 -> "000006021f000000".concat("20".repeat(28));
                        case 0x00 -> "0000000400b0b280";
                        case 0xB0 -> hex("00b0003c 00000000 00000000").concat("00".repeat(52));
                        case 0x80 -> "0080000431323334";
                        default -> hex("00b20004 00e40200");
                    });
        }

        private static String hex(String spaced) {
            return spaced.replace(" ", "");
        }

        /** All the data of a command that succeeds, in one PDU with the status. */
        void dataIn(Request request, String hex) throws IOException {
            byte[] data = HexFormat.of().parseHex(hex);
            int expected = request.at(20);
            int missing = Math.max(0, expected - data.length);
            ByteBuf header = header(Opcode.DATA_IN, 0x81 | (missing > 0 ? 0x02 : 0), request.tag());
            header.setInt(20, TargetHeaders.NO_TAG).setInt(44, missing);
            respond(header, data.length > expected ? Arrays.copyOf(data, expected) : data);
        }

        void good(Request request) throws IOException {
            status(request, 0);
        }

        void status(Request request, int status) throws IOException {
            respond(header(Opcode.SCSI_RESPONSE, 0x80, request.tag()).setByte(3, status));
        }

        void checkCondition(Request request, int key, int asc, int ascq) throws IOException {
            byte[] sense = new byte[20];
            sense[1] = 18;
            sense[2] = 0x70;
            sense[4] = (byte) key;
            sense[9] = 10;
            sense[14] = (byte) asc;
            sense[15] = (byte) ascq;
            respond(header(Opcode.SCSI_RESPONSE, 0x80, request.tag()).setByte(3, 2), sense);
        }
    }
}
