package io.quorumd.pdu;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

/** Golden bytes, by the figures of RFC 7143 §11. */
class TargetHeadersTest {

    private final ByteBuf to = Unpooled.buffer(48).writeZero(48);

    private void is(String... words) {
        assertThat(ByteBufUtil.hexDump(to)).isEqualTo(String.join("", words));
    }

    private static String zeroes(int bytes) {
        return "00".repeat(bytes);
    }

    @Test
    void dataIn() {
        TargetHeaders.dataIn(to, 0, true, 0x01020304, 7, 0x2000);
        TargetHeaders.sequence(to, 0, 0, 0x11, 0x22);
        is(
                "25800000",
                zeroes(12),
                "01020304",
                "ffffffff",
                "00000000",
                "00000011",
                "00000022",
                "00000007",
                "00002000",
                zeroes(4));
    }

    @Test
    void dataInWithStatusAndResidual() {
        TargetHeaders.dataIn(to, 0, true, 5, 0, 0);
        TargetHeaders.dataInStatus(to, 0, 0, new Residual().set(512, 36));
        TargetHeaders.sequence(to, 0, 9, 0x11, 0x22);
        is("25830000", zeroes(12), "00000005", "ffffffff", "00000009", "00000011", "00000022", zeroes(8), "000001dc");
    }

    @Test
    void scsiResponseWithOverflow() {
        TargetHeaders.scsiResponse(to, 0, 5, 2, 3, new Residual().set(36, 512));
        TargetHeaders.sequence(to, 0, 9, 0x11, 0x22);
        is(
                "21840002",
                zeroes(12),
                "00000005",
                "00000000",
                "00000009",
                "00000011",
                "00000022",
                "00000003",
                zeroes(4),
                "000001dc");
    }

    @Test
    void readyToTransfer() {
        TargetHeaders.readyToTransfer(to, 0, 0x0001000000000000L, 5, 6, 7, 0x10000, 0x40000);
        TargetHeaders.sequence(to, 0, 9, 0x11, 0x22);
        is(
                "31800000",
                zeroes(4),
                "0001000000000000",
                "00000005",
                "00000006",
                "00000009",
                "00000011",
                "00000022",
                "00000007",
                "00010000",
                "00040000");
    }

    @Test
    void functionRejectedKeepsTheOpcode() {
        TargetHeaders.taskManagementResponse(to, 0, 5, 255);
        is("2280ff00", zeroes(12), "00000005", zeroes(28));
    }

    @Test
    void nopIn() {
        TargetHeaders.nopIn(to, 0, 0, TargetHeaders.NO_TAG, 3);
        is("20800000", zeroes(12), "ffffffff", "00000003", zeroes(24));
    }

    @Test
    void logoutResponse() {
        TargetHeaders.logoutResponse(to, 0, 5, 2);
        is("26800200", zeroes(12), "00000005", zeroes(28));
    }

    @Test
    void reject() {
        TargetHeaders.reject(to, 0, 9);
        is("3f800900", zeroes(12), "ffffffff", zeroes(28));
    }

    @Test
    void asyncMessage() {
        TargetHeaders.asyncMessage(to, 0, 1, 0, 0, 10);
        is("32800000", zeroes(12), "ffffffff", zeroes(16), "01000000", "0000000a", zeroes(4));
    }
}
