package io.quorumd.iscsi;

import java.time.Duration;

/**
 * What peers may take, in time and memory.
 *
 * @param loginTimeout from connection to full feature phase
 * @param pingInterval of silence before a NOP-In asks whether the initiator is there
 * @param pingTimeout without a word after that, and the connection is dropped
 * @param unauthenticatedConnections at once that have no session with a target, discovery sessions included; one more
 *     drops the oldest of the source that holds most. Each takes at most 128 KiB (docs/security.md)
 * @param unauthenticatedPerSource of these from one address
 * @param sessions with targets at once
 * @param commandWindow commands in flight per session; a power of two
 * @param discoveryWindow the same for discovery sessions, which are not proven to be anybody's
 * @param dataOutBytes of write data in memory at once, over all sessions; R2Ts wait for it
 */
public record IscsiLimits(
        Duration loginTimeout,
        Duration pingInterval,
        Duration pingTimeout,
        int unauthenticatedConnections,
        int unauthenticatedPerSource,
        int sessions,
        int commandWindow,
        int discoveryWindow,
        long dataOutBytes) {

    public static final IscsiLimits DEFAULT = new IscsiLimits(
            Duration.ofSeconds(15), Duration.ofSeconds(15), Duration.ofSeconds(15), 512, 64, 4096, 128, 8, 256L << 20);

    public IscsiLimits {
        if (Integer.bitCount(commandWindow) != 1 || Integer.bitCount(discoveryWindow) != 1 || sessions > 0xffff) {
            throw new IllegalArgumentException("command windows are powers of two, sessions are at most 65535");
        }
    }

    /** Commands in flight per session of that kind. */
    int window(boolean discovery) {
        return discovery ? discoveryWindow : commandWindow;
    }
}
