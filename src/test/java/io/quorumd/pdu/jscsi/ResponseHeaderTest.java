package io.quorumd.pdu.jscsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.ByteBuffer;
import org.jscsi.parser.login.LoginStage;
import org.jscsi.parser.login.LoginStatus;
import org.jscsi.parser.logout.LogoutResponse;
import org.jscsi.target.connection.TargetPduFactory;
import org.junit.jupiter.api.Test;

/** Golden bytes by hand from RFC 7143 §11: what jSCSI's objects and our corrections make together. */
class ResponseHeaderTest {

    private static final ResponseHeader.Numbers NUMBERS = new ResponseHeader.Numbers(0x80000001, 2, 0x81);

    @Test
    void isidAndTsihKeepTheirHighBits() {
        var login = new ResponseHeader.Login(
                true,
                false,
                LoginStage.LOGIN_OPERATIONAL_NEGOTIATION,
                LoginStage.FULL_FEATURE_PHASE,
                0xbf80ffc6fffeL,
                0xff01,
                0xcafe0001,
                LoginStatus.SUCCESS);
        assertBytes(
                ResponseHeader.login(login, NUMBERS, 0x012345),
                "23870000 00012345 bf80ffc6fffe ff01 cafe0001 00000000 80000001 00000002 00000081 0000 0000 00000000 00000000");
    }

    @Test
    void aRefusalHasItsStatus() {
        var login = new ResponseHeader.Login(
                false,
                false,
                LoginStage.SECURITY_NEGOTIATION,
                LoginStage.FULL_FEATURE_PHASE,
                0x00023d000000L,
                0,
                1,
                LoginStatus.SESSION_DOSE_NOT_EXIST);
        assertBytes(
                ResponseHeader.login(login, new ResponseHeader.Numbers(0, 0, 0), 0),
                "23000000 00000000 00023d000000 0000 00000001 00000000 00000000 00000000 00000000 020a 0000 00000000 00000000");
    }

    @Test
    void aRefusalMayCarryAStatSn() {
        // jSCSI throws on this; an answer in the middle of a login would never leave.
        var login = new ResponseHeader.Login(
                false,
                true,
                LoginStage.SECURITY_NEGOTIATION,
                LoginStage.SECURITY_NEGOTIATION,
                0,
                0,
                1,
                LoginStatus.NOT_FOUND);
        ByteBuf header = ResponseHeader.login(login, NUMBERS, 0);
        assertThat(header.getByte(1)).isEqualTo((byte) 0x40);
        assertThat(header.getInt(24)).isEqualTo(0x80000001);
        assertThat(header.getUnsignedShort(36)).isEqualTo(0x0203);
    }

    @Test
    void nopInTextLogoutAndR2t() {
        assertBytes(
                ResponseHeader.write(
                        TargetPduFactory.createNopInPDU(
                                0x0001000000000000L, 0x12, 0xffffffff, ByteBuffer.allocate(0), 0),
                        NUMBERS,
                        3),
                "20800000 00000003 0001000000000000 00000012 ffffffff 80000001 00000002 00000081 00000000 00000000 00000000");
        assertBytes(
                ResponseHeader.write(
                        TargetPduFactory.createTextResponsePdu(false, true, 0, 0x12, 0x99, ByteBuffer.allocate(0)),
                        NUMBERS,
                        512),
                "24400000 00000200 0000000000000000 00000012 00000099 80000001 00000002 00000081 00000000 00000000 00000000");
        assertBytes(
                ResponseHeader.write(
                        TargetPduFactory.createLogoutResponsePdu(
                                LogoutResponse.CONNECTION_CLOSED_SUCCESSFULLY, 0x12, (short) 2, (short) 20),
                        NUMBERS,
                        0),
                "26800000 00000000 0000000000000000 00000012 00000000 80000001 00000002 00000081 00000000 00020014 00000000");
        assertBytes(
                ResponseHeader.write(
                        TargetPduFactory.createReadyToTransferPdu(0x0001000000000000L, 0x12, 0x99, 1, 0x1000, 0x2000),
                        NUMBERS,
                        0),
                "31800000 00000000 0001000000000000 00000012 00000099 80000001 00000002 00000081 00000001 00001000 00002000");
    }

    private static void assertBytes(ByteBuf header, String hex) {
        assertThat(header.readableBytes()).isEqualTo(RequestHeader.LENGTH);
        assertThat(ByteBufUtil.hexDump(header)).isEqualTo(hex.replace(" ", ""));
    }
}
