package io.quorumd.iscsi.login;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.quorumd.pdu.ChapAccount;
import io.quorumd.pdu.FuzzInput;
import io.quorumd.pdu.jscsi.RequestHeader;
import org.jscsi.parser.login.LoginStatus;

/** Any login, request by request: always a step, never an exception, and nobody gets in who has proved nothing. */
class LoginFuzz {

    private static final ChapAccount SECRET = ChapAccount.mutual("user", "not to be guessed", "target", "nor that one");

    /**
     * Input: a byte that chooses what is asked of the initiator; then per request one that chooses whether the header is its
     * own, its flags (or the 48 bytes of the header), the length of the text in units of 4 bytes, the text.
     */
    @DictionaryEntries({
        "InitiatorName=iqn.1994-05.com.redhat:c0ffee\0",
        "TargetName=iqn.2026-11.io.quorumd:disk0\0",
        "SessionType=Normal\0",
        "SessionType=Discovery\0",
        "AuthMethod=CHAP,None\0",
        "AuthMethod=None\0",
        "CHAP_A=5,6,7,8\0",
        "CHAP_N=user\0",
        "CHAP_R=0x",
        "CHAP_I=1\0",
        "CHAP_C=0b",
        "HeaderDigest=CRC32C,None\0",
        "DataDigest=None\0",
        "MaxBurstLength=0xffffff\0",
        "FirstBurstLength=65536\0",
        "MaxRecvDataSegmentLength=8192\0",
        "InitialR2T=No\0",
        "IFMarkInt=1~2\0",
        "TaskReporting=RFC3720\0",
        "SendTargets=All\0",
    })
    @FuzzTest(maxDuration = "20s")
    void whoeverLogsIn(byte[] bytes) {
        var input = new FuzzInput(bytes);
        int mode = input.next();
        boolean secured = input.bit(mode, 0);
        var policy = new OneTargetPolicy(secured ? SECRET : null);
        policy.discoveryChap = secured ? SECRET : null;
        if (input.bit(mode, 1)) {
            policy.verdicts.put(
                    OneTargetPolicy.TARGET,
                    new TargetVerdict.Moved("192.0.2.9:3260", false, 1, secured ? SECRET : null));
        }
        var initiator = new Initiator(policy);
        LoginStep step;
        int requests = 0;
        do {
            boolean own = input.bit(input.next(), 0);
            ByteBuf header = own ? Unpooled.wrappedBuffer(input.fill(48)) : initiator.header(input.next());
            step = initiator.phase.receive(header, Unpooled.wrappedBuffer(input.take(input.next() * 4)));
            check(step, header);
        } while (step instanceof LoginStep.More && ++requests < 100);
        assertThat(requests).as("ends by itself").isLessThan(66);
        if (secured) {
            assertThat(step).isNotInstanceOf(LoginStep.FullFeature.class);
            assertThat(policy.sessions).isEmpty();
        }
    }

    private static void check(LoginStep step, ByteBuf request) {
        ByteBuf header = step.response().header();
        assertThat(header.readableBytes()).isEqualTo(RequestHeader.LENGTH);
        assertThat(header.getByte(0)).isEqualTo((byte) 0x23);
        assertThat(header.getUnsignedMedium(5)).isEqualTo(step.response().data().readableBytes());
        assertThat(step.response().data().readableBytes()).isLessThanOrEqualTo(8192);
        assertThat(header.getInt(16)).isEqualTo(request.getInt(16));
        assertThat(header.getLong(8) >>> 16).isEqualTo(request.getLong(8) >>> 16);
        assertThat(step instanceof LoginStep.Refused).isEqualTo(header.getShort(36) != 0);
        if (step instanceof LoginStep.Refused refused) {
            assertThat(refused.status()).as(refused.reason()).isNotEqualTo(LoginStatus.TARGET_ERROR);
            assertThat(refused.reason()).doesNotContain("\n", "not to be guessed", "nor that one");
        }
    }
}
