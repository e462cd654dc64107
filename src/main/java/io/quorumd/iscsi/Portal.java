package io.quorumd.iscsi;

import java.net.InetSocketAddress;

/**
 * An address the server listens on.
 *
 * @param address port 0: any free one
 * @param groupTag target portal group tag, 1 to 65535; also the relative target port identifier (SPC-5 §7.7)
 */
public record Portal(InetSocketAddress address, int groupTag) {

    /** In portal group 1. */
    public static Portal of(InetSocketAddress address) {
        return new Portal(address, 1);
    }

    /** {@code address:port}, as configuration and logs write it. */
    @Override
    public String toString() {
        return IscsiServer.text(address);
    }
}
