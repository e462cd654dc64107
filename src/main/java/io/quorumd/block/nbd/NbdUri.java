package io.quorumd.block.nbd;

import io.netty.channel.unix.DomainSocketAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where an export is, in the form of the NBD URI specification: {@code nbd://host:port/export},
 * {@code nbds://…} (TLS), {@code nbd+unix:///export?socket=PATH}, {@code nbds+unix:///…}.
 *
 * @param host null for a Unix socket
 * @param port TCP port, 10809 when the URI has none; 0 for a Unix socket
 * @param socket path of the Unix socket, null for TCP
 * @param export name of the export, may be empty (the server's default export)
 * @param tls whether the connection is upgraded before anything else is said
 * @param certificates folder with {@code ca-cert.pem} and, for a server that asks, {@code client-cert.pem} and
 *     {@code client-key.pem}; null: the JDK's trust store
 * @param tlsHostname the name the server's certificate must have; null: the host's
 */
public record NbdUri(
        @Nullable String host,
        int port,
        @Nullable Path socket,
        String export,
        boolean tls,
        @Nullable Path certificates,
        @Nullable String tlsHostname) {

    static final int DEFAULT_PORT = 10809;

    /**
     * Reads a URI.
     *
     * @throws IllegalArgumentException naming what is wrong and what would be right
     */
    public static NbdUri parse(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("'" + text + "' is not a URI: " + e.getReason(), e);
        }
        String scheme = String.valueOf(uri.getScheme());
        boolean tls = scheme.equals("nbds") || scheme.equals("nbds+unix");
        boolean unix = scheme.endsWith("+unix");
        if (!tls && !scheme.equals("nbd") && !scheme.equals("nbd+unix")) {
            throw new IllegalArgumentException("'" + text + "': the scheme is one of nbd, nbds, nbd+unix, nbds+unix");
        }
        String path = uri.getPath() == null ? "" : uri.getPath();
        String export = path.startsWith("/") ? path.substring(1) : path;
        String certificates = parameter(uri, "tls-certificates");
        Path folder = certificates == null ? null : Path.of(certificates);
        String name = parameter(uri, "tls-hostname");
        if (unix) {
            String socket = parameter(uri, "socket");
            if (socket == null || uri.getHost() != null) {
                throw new IllegalArgumentException(
                        "'" + text + "': a Unix socket is written " + scheme + ":///EXPORT?socket=PATH");
            }
            return new NbdUri(null, 0, Path.of(socket), export, tls, folder, name);
        }
        if (uri.getHost() == null) {
            throw new IllegalArgumentException("'" + text + "' names no host: " + scheme + "://HOST[:PORT]/EXPORT");
        }
        String host = uri.getHost().startsWith("[")
                ? uri.getHost().substring(1, uri.getHost().length() - 1)
                : uri.getHost();
        return new NbdUri(host, uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(), null, export, tls, folder, name);
    }

    private static @Nullable String parameter(URI uri, String key) {
        String query = uri.getRawQuery();
        if (query == null) {
            return null;
        }
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0 && pair.substring(0, equals).equals(key)) {
                return URLDecoder.decode(pair.substring(equals + 1).replace("+", "%2B"), StandardCharsets.UTF_8);
            }
        }
        return null;
    }

    /** The address to connect to; a host name is still to be resolved. */
    SocketAddress address() {
        return socket != null
                ? new DomainSocketAddress(socket.toString())
                : InetSocketAddress.createUnresolved(String.valueOf(host), port);
    }

    @Override
    public String toString() {
        String where =
                socket != null ? "+unix:///" + export + "?socket=" + socket : "://" + host + ":" + port + "/" + export;
        return (tls ? "nbds" : "nbd") + where;
    }
}
