package io.quorumd.pdu;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

/** Golden bytes, by the figures of RFC 7143 §11. */
class InitiatorHeadersTest {

    private static final long LUN = 0x0001000000000000L;

    private final ByteBuf to = Unpooled.buffer(48).writeZero(48);

    private void is(String words) {
        assertThat(ByteBufUtil.hexDump(to)).isEqualTo(words.replace(" ", ""));
    }

    @Test
    void scsiCommand() {
        byte[] cdb = ByteBufUtil.decodeHexDump("88000000000000001000000000080000");
        InitiatorHeaders.scsiCommand(to, 0, true, InitiatorHeaders.READ, LUN, 7, 4096, cdb);
        InitiatorHeaders.sequence(to, 0, 0x11, 0x22);
        is("01c10000 00000000 00010000 00000000 00000007 00001000 00000011 00000022"
                + "88000000 00000000 10000000 00080000");
    }

    @Test
    void scsiCommandWithMoreDataToCome() {
        InitiatorHeaders.scsiCommand(to, 0, false, InitiatorHeaders.WRITE, LUN, 7, 4096, new byte[16]);
        assertThat(to.getUnsignedByte(1)).isEqualTo((short) 0x21);
    }

    @Test
    void dataOut() {
        InitiatorHeaders.dataOut(to, 0, true, LUN, 7, 9, 2, 0x2000);
        is("05800000 00000000 00010000 00000000 00000007 00000009 00000000 00000000"
                + "00000000 00000002 00002000 00000000");
    }

    @Test
    void nopOut() {
        InitiatorHeaders.nopOut(to, 0, LUN, TargetHeaders.NO_TAG, 9);
        is("40800000 00000000 00010000 00000000 ffffffff 00000009 00000000 00000000"
                + "00000000 00000000 00000000 00000000");
    }

    @Test
    void taskManagement() {
        InitiatorHeaders.taskManagement(to, 0, InitiatorHeaders.ABORT_TASK, LUN, 8, 7, 0x11);
        is("42810000 00000000 00010000 00000000 00000008 00000007 00000000 00000000"
                + "00000011 00000000 00000000 00000000");
    }

    @Test
    void logout() {
        InitiatorHeaders.logout(to, 0, 8);
        is("46800000 00000000 00000000 00000000 00000008 00000000 00000000 00000000"
                + "00000000 00000000 00000000 00000000");
    }

    @Test
    void login() {
        InitiatorHeaders.login(to, 0, 0x87, 0x8001020304ffL, 1);
        is("43870000 00000000 80010203 04ff0000 00000001 00000000 00000000 00000000"
                + "00000000 00000000 00000000 00000000");
    }
}
