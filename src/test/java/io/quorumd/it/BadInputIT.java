package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Peers that send garbage, half of something, too much, or nothing, while a well-behaved session works. */
class BadInputIT {

    private static final int HEADER = 48;
    private static final long MEMORY = 256L << 20;

    /** Longer than any login time-out. */
    private static final int PATIENCE_MILLIS = 60_000;

    private final Random random = new Random(4711);

    @TempDir
    Path folder;

    @Test
    void disturbsNobodyElse() throws IOException {
        try (Quorumd quorumd = Quorumd.start(folder)) {
            int port = quorumd.port();
            VerifiedLoad load = VerifiedLoad.start(quorumd.url(0), 1, 16, 20_000, acknowledged -> {});
            long before = quorumd.residentBytes();
            List<Socket> silent = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                silent.add(connect(port));
            }
            List<Socket> half = new ArrayList<>();
            for (int length = 1; length < HEADER; length++) {
                half.add(send(port, login(0), length));
            }
            half.add(send(port, login(512), HEADER));
            for (int i = 0; i < 1000; i++) {
                connect(port).close();
            }
            for (int i = 0; i < 200; i++) {
                assertAnsweredOrClosed(send(port, garbage(), HEADER));
            }
            assertAnsweredOrClosed(send(port, login(0xffffff), HEADER));
            for (Socket socket : half) {
                assertAnsweredOrClosed(socket);
            }
            for (Socket socket : silent) {
                assertAnsweredOrClosed(socket);
            }
            assertThat(quorumd.residentBytes() - before).isLessThan(MEMORY);
            load.assertClean();
            quorumd.stop();
            assertThat(quorumd.log()).noneMatch(line -> line.startsWith("\tat ") || line.contains("OutOfMemory"));
        }
    }

    /** A header of noise whose opcode is none that starts a login, and which announces no data. */
    private byte[] garbage() {
        byte[] bytes = new byte[HEADER];
        random.nextBytes(bytes);
        bytes[0] = (byte) (0x40 | (1 + random.nextInt(0x3f)));
        bytes[4] = bytes[5] = bytes[6] = bytes[7] = 0;
        return bytes[0] == 0x43 ? garbage() : bytes;
    }

    /** The header of a login request (RFC 7143 §11.12) that announces this many bytes of text. */
    private static byte[] login(int announced) {
        byte[] header = new byte[HEADER];
        header[0] = 0x43;
        header[1] = (byte) 0x87;
        ByteBuffer.wrap(header).putInt(4, announced);
        header[8] = (byte) 0x80;
        return header;
    }

    private static Socket connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    private static Socket send(int port, byte[] bytes, int length) throws IOException {
        Socket socket = connect(port);
        OutputStream out = socket.getOutputStream();
        out.write(bytes, 0, length);
        out.flush();
        return socket;
    }

    /** What comes is read to the end of the stream, which must come within the patience. */
    private static void assertAnsweredOrClosed(Socket socket) throws IOException {
        try (socket) {
            InputStream in = socket.getInputStream();
            byte[] answer = in.readNBytes(1 << 20);
            assertThat(answer.length).as("bytes of an answer to nonsense").isLessThan(1 << 16);
        } catch (java.net.SocketException reset) {
            assertThat(reset).hasMessageContaining("reset");
        }
    }
}
