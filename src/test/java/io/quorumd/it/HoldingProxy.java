package io.quorumd.it;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A network between a client and a server of the loopback that can keep what the client sends for later, and lose the
 * client meanwhile: the server then still has a connection, and gets on it what was sent long ago.
 */
final class HoldingProxy implements AutoCloseable {

    private final ServerSocket listener;
    private volatile int server;
    private final List<Link> links = new CopyOnWriteArrayList<>();

    HoldingProxy(int server) {
        this.server = server;
        try {
            this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Another server is behind it from now on, as behind a Service whose pod has been replaced; all connections end. */
    void moveTo(int port) throws IOException {
        server = port;
        for (Link link : links) {
            link.cut();
            link.release();
        }
    }

    /** One that is connected now, the first. */
    Link link() {
        return links.stream()
                .filter(link -> !link.ended)
                .findFirst()
                .orElseThrow(() -> new AssertionError("nobody is connected"));
    }

    private void accept() {
        try {
            while (true) {
                connect(listener.accept());
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    /** A server that is not there refuses the client as well. */
    private void connect(Socket client) throws IOException {
        Socket behind;
        try {
            behind = new Socket(InetAddress.getLoopbackAddress(), server);
        } catch (ConnectException refused) {
            client.close();
            return;
        }
        Link link = new Link(client, behind);
        links.add(link);
        Thread.ofVirtual().start(link::toServer);
        Thread.ofVirtual().start(link::toClient);
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Link link : links) {
                Link.close(link.client);
                Link.close(link.server);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A connection of the client and the one to the server that belongs to it. */
    static final class Link {
        private final Socket client;
        private final Socket server;
        private final ByteArrayOutputStream held = new ByteArrayOutputStream();
        private boolean holding;
        private int passing;
        private volatile boolean cut;
        private volatile boolean ended;

        Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        /** From now on what the client sends stays here, but for so many bytes that go on. */
        synchronized void hold(int passing) {
            this.passing = passing;
            holding = true;
        }

        synchronized int heldBytes() {
            return held.size();
        }

        /** The client has lost its connection; the server has not noticed. */
        void cut() throws IOException {
            cut = true;
            client.close();
        }

        /** What was held goes on at last; after a cut, nothing follows it. A server that closed long ago gets nothing. */
        synchronized void release() throws IOException {
            holding = false;
            if (!ended) {
                held.writeTo(server.getOutputStream());
                if (cut) {
                    server.shutdownOutput();
                }
            }
        }

        /** Whether the server has closed its end. */
        boolean serverEnded() {
            return ended;
        }

        private void toServer() {
            byte[] piece = new byte[1 << 16];
            try (InputStream in = client.getInputStream()) {
                for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                    forward(piece, count);
                }
                if (!cut) {
                    server.shutdownOutput();
                }
            } catch (IOException lost) {
                if (!cut) {
                    close(server);
                }
            }
        }

        private synchronized void forward(byte[] piece, int count) throws IOException {
            if (holding) {
                int through = Math.min(passing, count);
                passing -= through;
                server.getOutputStream().write(piece, 0, through);
                held.write(piece, through, count - through);
            } else {
                server.getOutputStream().write(piece, 0, count);
            }
        }

        /** Reads the server to its end whatever becomes of the client, so that {@link #ended} is the server's doing. */
        private void toClient() {
            byte[] piece = new byte[1 << 16];
            try (InputStream in = server.getInputStream()) {
                for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                    answer(piece, count);
                }
            } catch (IOException reset) {
                // An end like any other.
            }
            ended = true;
            close(client);
        }

        private void answer(byte[] piece, int count) {
            if (!cut) {
                try {
                    client.getOutputStream().write(piece, 0, count);
                } catch (IOException gone) {
                    close(client);
                }
            }
        }

        private static void close(Socket socket) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
