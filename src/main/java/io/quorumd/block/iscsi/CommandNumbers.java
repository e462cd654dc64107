package io.quorumd.block.iscsi;

import io.quorumd.pdu.ProtocolException;

/** The sequence numbers of a session with one connection (RFC 7143 §4.2.2), compared as RFC 1982 has it. */
final class CommandNumbers {

    private int cmdSn;
    private int maxCmdSn;
    private int expStatSn;

    /**
     * @param firstCmdSn of the session's first command
     * @param expStatSn of its first response
     */
    CommandNumbers(int firstCmdSn, int expStatSn) {
        this.cmdSn = firstCmdSn;
        this.maxCmdSn = firstCmdSn - 1;
        this.expStatSn = expStatSn;
    }

    /** Whether the target takes another command. */
    boolean isOpen() {
        return maxCmdSn - cmdSn >= 0;
    }

    /** That of the next command, which it is now. */
    int take() {
        return cmdSn++;
    }

    /** That of the next command, which immediate ones carry without using it up. */
    int next() {
        return cmdSn;
    }

    int expStatSn() {
        return expStatSn;
    }

    /** ExpCmdSN and MaxCmdSN, which everything a target sends carries; what is older than known is ignored. */
    void window(int expCmdSn, int newMax) {
        if (newMax - expCmdSn >= -1 && newMax - maxCmdSn > 0) {
            maxCmdSn = newMax;
        }
    }

    /** The StatSN of a response: without recovery none may be missing. */
    void status(int statSn) {
        if (statSn != expStatSn) {
            throw new ProtocolException(
                    "wrong StatSN: %d instead of %d".formatted(statSn & 0xffffffffL, expStatSn & 0xffffffffL));
        }
        expStatSn++;
    }
}
