package io.quorumd.iscsi;

import java.time.Duration;

/**
 * What peers may take, in time and memory.
 *
 * @param loginTimeout from connection to full feature phase
 * @param pingInterval of silence before a NOP-In asks whether the initiator is there
 * @param pingTimeout without a word after that, and the connection is dropped
 * @param unauthenticatedConnections at once; one more drops the oldest. Each holds at most about 80 KiB
 * @param sessions at once
 * @param commandWindow commands in flight per session; a power of two
 * @param dataOutBytes of write data in memory at once, over all sessions; R2Ts wait for it
 */
public record IscsiLimits(
        Duration loginTimeout,
        Duration pingInterval,
        Duration pingTimeout,
        int unauthenticatedConnections,
        int sessions,
        int commandWindow,
        long dataOutBytes) {

    public static final IscsiLimits DEFAULT = new IscsiLimits(
            Duration.ofSeconds(15), Duration.ofSeconds(15), Duration.ofSeconds(15), 1024, 4096, 128, 256L << 20);

    public IscsiLimits {
        if (Integer.bitCount(commandWindow) != 1 || sessions > 0xffff) {
            throw new IllegalArgumentException("the command window is a power of two, sessions are at most 65535");
        }
    }
}
