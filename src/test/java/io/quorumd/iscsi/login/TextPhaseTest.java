package io.quorumd.iscsi.login;

import static io.quorumd.iscsi.login.Initiator.NAME;
import static io.quorumd.iscsi.login.Initiator.PORTAL;
import static io.quorumd.iscsi.login.OneTargetPolicy.TARGET;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.quorumd.pdu.TextKeys;
import io.quorumd.pdu.jscsi.ResponseHeader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TextPhaseTest {

    private static final String OTHER = "iqn.2026-11.io.quorumd:disk1";
    private static final int FINAL = 0x80;
    private static final int MORE = 0x40;
    private static final ResponseHeader.Numbers NUMBERS = new ResponseHeader.Numbers(5, 6, 7);

    private final OneTargetPolicy policy = new OneTargetPolicy();
    private TextPhase phase = phase(null, 8192);

    private TextPhase phase(@Nullable String target, int maxSend) {
        var keys = new NegotiatedKeys(false, false, maxSend, 262144, 262144, 65536, true, true, 1, 2, 20, 1, 0);
        var login = new LoginResult(NAME, null, 1, 1, target, target == null ? 0 : 1, 1, 1, 1, keys);
        return new TextPhase(new BareConnection(), policy, login, PORTAL);
    }

    private static ByteBuf header(int flags, int tag) {
        var header = Unpooled.buffer(48).writeByte(0x04).writeByte(flags).writeZero(14);
        return header.writeInt(0x12).writeInt(tag).writeInt(3).writeInt(4).writeZero(16);
    }

    private TextStep send(int flags, int tag, String... pairs) {
        return phase.receive(header(flags, tag), Initiator.text(pairs), NUMBERS);
    }

    private String ask(String... pairs) {
        var answer = (TextStep.Answer) send(FINAL, -1, pairs);
        assertThat(answer.response().header().getByte(1)).isEqualTo((byte) 0x80);
        assertThat(answer.response().header().getInt(20)).isEqualTo(-1);
        return answer.response().data().toString(UTF_8).replace('\0', ' ');
    }

    @Test
    void everythingForDiscovery() {
        policy.visible.add(new DiscoveredTarget(TARGET, List.of(TargetAddress.of(PORTAL, 1))));
        policy.visible.add(new DiscoveredTarget(
                OTHER, List.of(new TargetAddress("10.0.0.1:3260", 1), new TargetAddress("[2001:db8::1]:860", 2))));
        assertThat(ask("SendTargets=All"))
                .isEqualTo("TargetName=" + TARGET + " TargetAddress=192.0.2.7:3260,1 TargetName=" + OTHER
                        + " TargetAddress=10.0.0.1:3260,1 TargetAddress=[2001:db8::1]:860,2 ");
        assertThat(ask("SendTargets=" + OTHER))
                .startsWith("TargetName=" + OTHER)
                .doesNotContain(TARGET);
        assertThat(ask("SendTargets=iqn.2026-11.io.quorumd:none")).isEmpty();
        assertThat(ask("SendTargets=nonsense")).isEmpty();
        assertThat(ask("SendTargets=")).isEqualTo("SendTargets=Reject ");
    }

    @Test
    void theGoldenAnswer() {
        var answer = (TextStep.Answer) send(FINAL, -1, "SendTargets=All");
        assertThat(ByteBufUtil.hexDump(answer.response().header()))
                .isEqualTo("24800000" + "00000047" + "0000000000000000" + "00000012" + "ffffffff" + "00000005"
                        + "00000006" + "00000007" + "00000000".repeat(3));
        assertThat(answer.response().data().readableBytes()).isEqualTo(0x47);
    }

    @Test
    void otherSessionsLearnAboutTheirOwnTargetOnly() {
        policy.visible.add(new DiscoveredTarget(TARGET, List.of(TargetAddress.of(PORTAL, 1))));
        policy.visible.add(new DiscoveredTarget(OTHER, List.of(TargetAddress.of(PORTAL, 1))));
        phase = phase(TARGET, 8192);
        assertThat(ask("SendTargets=")).isEqualTo("TargetName=" + TARGET + " TargetAddress=192.0.2.7:3260,1 ");
        assertThat(ask("SendTargets=" + TARGET)).startsWith("TargetName=" + TARGET);
        assertThat(ask("SendTargets=" + OTHER)).isEmpty();
        assertThat(ask("SendTargets=All")).isEqualTo("SendTargets=Reject ");
    }

    @Test
    void addressesAreWrittenAsTheStandardWants() throws Exception {
        var six = new InetSocketAddress(InetAddress.getByName("fe80::1%1"), 3260);
        assertThat(TargetAddress.of(six, 3)).hasToString("[fe80:0:0:0:0:0:0:1]:3260,3");
        assertThat(TargetAddress.of(InetSocketAddress.createUnresolved("disks.example", 860), 1))
                .hasToString("disks.example:860,1");
    }

    @Test
    void aLongAnswerComesInPieces() throws Exception {
        var random = new Random(5);
        for (int i = 0; i < 300; i++) {
            policy.visible.add(new DiscoveredTarget(
                    "iqn.2026-11.io.quorumd:" + "d".repeat(1 + random.nextInt(100)) + i,
                    List.of(TargetAddress.of(PORTAL, 1))));
        }
        phase = phase(null, 512);
        var text = Unpooled.buffer();
        var answer = (TextStep.Answer) send(FINAL, -1, "SendTargets=All");
        int pieces = 1;
        while (answer.response().header().getByte(1) == 0x40) {
            assertThat(answer.response().data().readableBytes()).isEqualTo(512);
            text.writeBytes(answer.response().data());
            int tag = answer.response().header().getInt(20);
            assertThat(tag).isNotEqualTo(-1);
            answer = (TextStep.Answer) send(FINAL, tag);
            pieces++;
        }
        assertThat(answer.response().header().getByte(1)).isEqualTo((byte) 0x80);
        assertThat(answer.response().header().getInt(20)).isEqualTo(-1);
        text.writeBytes(answer.response().data());
        assertThat(pieces).isGreaterThan(50);
        assertThat(TextKeys.parse(text).pairs()).hasSize(600);
    }

    @Test
    void aQuestionMayComeInPieces() {
        var first = (TextStep.Answer) phase.receive(header(MORE, -1), Unpooled.copiedBuffer("SendTar", UTF_8), NUMBERS);
        int tag = first.response().header().getInt(20);
        assertThat(first.response().header().getByte(1)).isZero();
        assertThat(first.response().data().isReadable()).isFalse();
        var second = (TextStep.Answer)
                phase.receive(header(FINAL, tag), Unpooled.copiedBuffer("gets=All\0", UTF_8), NUMBERS);
        assertThat(second.response().data().toString(UTF_8)).startsWith("TargetName=" + TARGET);
    }

    @Test
    void anUnfinishedNegotiationGoesOn() {
        var first = (TextStep.Answer) send(0, -1, "SendTargets=All");
        assertThat(first.response().header().getByte(1)).as("neither F nor C").isZero();
        int tag = first.response().header().getInt(20);
        var last = (TextStep.Answer) send(FINAL, tag);
        assertThat(last.response().header().getByte(1)).isEqualTo((byte) 0x80);
        assertThat(send(FINAL, tag)).as("the tag is spent").isInstanceOf(TextStep.Reject.class);
    }

    @Test
    void theLengthMayBeDeclaredAnew() {
        var answer = (TextStep.Answer) send(FINAL, -1, "MaxRecvDataSegmentLength=65536");
        assertThat(answer.maxSendDataSegmentLength()).isEqualTo(65536);
        assertThat(answer.response().data().isReadable()).isFalse();
        assertThat(ask("MaxRecvDataSegmentLength=0")).isEqualTo("MaxRecvDataSegmentLength=Reject ");
        assertThat(ask("MaxRecvDataSegmentLength=x")).isEqualTo("MaxRecvDataSegmentLength=Reject ");
        assertThat(((TextStep.Answer) send(FINAL, -1)).maxSendDataSegmentLength())
                .isEqualTo(65536);
    }

    @Test
    void otherKeys() {
        assertThat(ask("X-com.example=1", "HeaderDigest=None", "InitiatorName=" + NAME, "AuthMethod=None"))
                .isEqualTo("X-com.example=NotUnderstood HeaderDigest=Reject InitiatorName=Reject AuthMethod=Reject ");
    }

    @Test
    void whatIsRejected() {
        assertReject(send(FINAL, 0x77, "SendTargets=All"), TextStep.Reject.INVALID_PDU_FIELD);
        assertReject(send(FINAL | MORE, -1, "SendTargets=All"), TextStep.Reject.INVALID_PDU_FIELD);
        assertReject(send(FINAL, -1, "SendTargets"), TextStep.Reject.PROTOCOL_ERROR);
        assertReject(send(FINAL, -1, "SendTargets=All", "SendTargets=All"), TextStep.Reject.PROTOCOL_ERROR);
        assertReject(
                phase.receive(header(FINAL, -1).setByte(0, 0x46), Unpooled.EMPTY_BUFFER, NUMBERS),
                TextStep.Reject.INVALID_PDU_FIELD);
    }

    @Test
    void aQuestionWithoutEndIsRejected() {
        TextStep step = send(MORE, -1);
        int sent = 0;
        while (step instanceof TextStep.Answer answer && sent < 1 << 20) {
            int tag = answer.response().header().getInt(20);
            step = phase.receive(header(MORE, tag), Unpooled.buffer().writeZero(8192), NUMBERS);
            sent += 8192;
        }
        assertReject(step, TextStep.Reject.PROTOCOL_ERROR);
        assertThat(sent).isEqualTo(TextAssembly.BYTES_MAX + 8192);
    }

    private static void assertReject(TextStep step, int reason) {
        assertThat(step)
                .isInstanceOfSatisfying(
                        TextStep.Reject.class,
                        reject -> assertThat(reject.reason()).isEqualTo(reason));
    }
}
