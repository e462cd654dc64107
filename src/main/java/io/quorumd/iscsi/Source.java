package io.quorumd.iscsi;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * Where a connection comes from, as far as somebody who wants to look like many cannot choose it: an IPv4 address, or the
 * network half of an IPv6 address, whose other half its owner picks freely.
 */
record Source(boolean v6, long network) {

    static Source of(InetSocketAddress peer) {
        InetAddress address = peer.getAddress();
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        return bytes.remaining() == Integer.BYTES
                ? new Source(false, bytes.getInt())
                : new Source(true, bytes.getLong());
    }
}
