package io.quorumd.pdu.jscsi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import java.util.Random;
import org.jscsi.parser.login.LoginStage;
import org.jscsi.parser.text.TextRequestParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every header here is one that jSCSI alone refuses, dies of or reads wrongly; golden bytes by hand from RFC 7143 §11. */
class RequestHeaderTest {

    @Test
    void aLoginWithNsgButWithoutT() throws Exception {
        // As libiscsi's second CHAP request: T=0, CSG=0, NSG=1.
        var login =
                LoginRequest.read(header("43010000 00000010 00023d000000 0000 00000007 0001 0000 00000001 00000002"));
        assertThat(login.transit()).isFalse();
        assertThat(login.stage()).isEqualTo(LoginStage.SECURITY_NEGOTIATION);
        assertThat(login.next()).isNull();
    }

    @Test
    void everyFieldOfALogin() throws Exception {
        var login =
                LoginRequest.read(header("43870100 0000007b 801234c6fffe beef fffffffe 8001 0000 80000000 fffffff0"));
        assertThat(login.transit()).isTrue();
        assertThat(login.more()).isFalse();
        assertThat(login.stage()).isEqualTo(LoginStage.LOGIN_OPERATIONAL_NEGOTIATION);
        assertThat(login.next()).isEqualTo(LoginStage.FULL_FEATURE_PHASE);
        assertThat(login.versionMin())
                .as("VersionMax 1 with VersionMin 0 is fine")
                .isZero();
        assertThat(login.isid48()).isEqualTo(0x801234c6fffeL);
        assertThat(login.tsih()).isEqualTo(0xbeef);
        assertThat(login.initiatorTaskTag()).isEqualTo(0xfffffffe);
        assertThat(login.cid()).isEqualTo(0x8001);
        assertThat(login.cmdSn()).isEqualTo(0x80000000);
        assertThat(login.expStatSn()).isEqualTo(0xfffffff0);
    }

    @Test
    void reservedFieldsAreIgnored() throws Exception {
        var login = LoginRequest.read(header("c3b70000 ff00007b 000000000000 0000 00000001 0001 ffff 00000001 00000002"
                + "ffffffffffffffffffffffffffffffff"));
        assertThat(login.next()).isEqualTo(LoginStage.FULL_FEATURE_PHASE);
        assertThat(login.cid()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "43c00000", // T with C
                "43800000", // from security to security
                "43840000", // backwards
                "43850000", // from operational to operational
                "43820000", // to the reserved stage
                "43080000", // in the reserved stage
                "438f0000", // in full feature phase
                "01800000", // a SCSI command
                "7f800000", // no opcode at all
            })
    void whatIsNoLogin(String start) {
        assertThatExceptionOfType(MalformedHeaderException.class)
                .isThrownBy(() -> LoginRequest.read(header(start + "00000000 000000000000 0000 00000001 00010000")));
    }

    @Test
    void aTextRequestWithReservedBits() throws Exception {
        var pdu = RequestHeader.read(header("04bf ffff 00000010 0000000000000000 00000012 00000099 00000003 00000004"));
        var text = (TextRequestParser) pdu.getBasicHeaderSegment().getParser();
        assertThat(pdu.getBasicHeaderSegment().isFinalFlag()).isTrue();
        assertThat(text.isContinueFlag()).isFalse();
        assertThat(text.getTargetTransferTag()).isEqualTo(0x99);
    }

    @Test
    void noHeaderBringsMoreThanARefusal() {
        var random = new Random(4);
        byte[] bytes = new byte[RequestHeader.LENGTH];
        int refused = 0;
        for (int round = 0; round < 20_000; round++) {
            random.nextBytes(bytes);
            try {
                RequestHeader.read(Unpooled.wrappedBuffer(bytes));
            } catch (MalformedHeaderException expected) {
                refused++;
            }
        }
        assertThat(refused).isBetween(1, 19_999);
    }

    private static ByteBuf header(String hex) {
        byte[] given = HexFormat.of().parseHex(hex.replace(" ", ""));
        return Unpooled.buffer(RequestHeader.LENGTH).writeBytes(given).writeZero(RequestHeader.LENGTH - given.length);
    }
}
