package io.quorumd.iscsi.login;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.quorumd.pdu.FuzzInput;
import io.quorumd.pdu.jscsi.ResponseHeader;

/** Any text requests after the login, of a discovery session and of another: answers within the lengths, or a reject. */
class TextRequestFuzz {

    private static final NegotiatedKeys KEYS =
            new NegotiatedKeys(false, false, 512, 262144, 262144, 65536, true, true, 1, 2, 20, 1, 0);

    /**
     * Input: a byte that chooses the session; then per request one that chooses flags, tag and whether the header is its own
     * (48 bytes then), the length of the text in units of 4 bytes, the text.
     */
    @DictionaryEntries({
        "SendTargets=All\0",
        "SendTargets=\0",
        "SendTargets=iqn.2026-11.io.quorumd:disk0\0",
        "MaxRecvDataSegmentLength=512\0",
        "InitiatorAlias=\0",
        "X-=\0",
    })
    @FuzzTest(maxDuration = "20s")
    void whateverIsAsked(byte[] bytes) {
        var input = new FuzzInput(bytes);
        String target = input.bit(input.next(), 0) ? OneTargetPolicy.TARGET : null;
        var login = new LoginResult(Initiator.NAME, null, 1, 1, target, target == null ? 0 : 1, 1, 1, 1, KEYS);
        var phase = new TextPhase(new BareConnection(), new OneTargetPolicy(), login, Initiator.PORTAL);
        int tag = -1;
        while (!input.isEmpty()) {
            int mode = input.next();
            ByteBuf header = Unpooled.buffer(48).writeZero(48);
            header.setByte(0, 0x04).setByte(1, mode & 0xc0).setInt(16, 0x12);
            header.setInt(20, input.bit(mode, 0) ? tag : -1);
            if (input.bit(mode, 1)) {
                header = Unpooled.wrappedBuffer(input.fill(48));
            }
            ByteBuf text = Unpooled.wrappedBuffer(input.take(input.next() * 4));
            TextStep step = phase.receive(header, text, new ResponseHeader.Numbers(1, 2, 3));
            if (step instanceof TextStep.Answer answer) {
                ByteBuf data = answer.response().data();
                assertThat(data.readableBytes()).isLessThanOrEqualTo(answer.maxSendDataSegmentLength());
                assertThat(answer.response().header().getUnsignedMedium(5)).isEqualTo(data.readableBytes());
                tag = answer.response().header().getInt(20);
            } else if (step instanceof TextStep.Reject reject) {
                assertThat(reject.why()).isNotEmpty().doesNotContain("\n");
            }
        }
    }
}
