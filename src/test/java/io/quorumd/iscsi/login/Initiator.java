package io.quorumd.iscsi.login;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.quorumd.pdu.TextFormatException;
import io.quorumd.pdu.TextKeys;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.Arrays;
import org.jscsi.parser.login.LoginStatus;

/** The initiator's side of a login, byte by byte, and a phase to talk to. */
final class Initiator {

    static final String NAME = "iqn.1994-05.com.redhat:c0ffee";
    static final InetSocketAddress PORTAL = new InetSocketAddress("192.0.2.7", 3260);
    static final int SECURITY = 0;
    static final int OPERATIONAL = 1;
    static final int FULL_FEATURE = 3;

    /** With the bits that sign extension would destroy. */
    static final long ISID = 0x80_12_34_c6_ff_feL;

    final OneTargetPolicy policy;
    final LoginPhase phase;
    int tsih;
    int cid = 1;
    int taskTag = 0xcafe0001;
    int cmdSn = 0x7fffffff;

    Initiator(OneTargetPolicy policy) {
        this.policy = policy;
        phase = new LoginPhase(new BareConnection(), policy, PORTAL, new SecureRandom());
    }

    /** A header with T from stage to next. */
    ByteBuf transit(int stage, int next) {
        return header(0x80 | stage << 2 | next);
    }

    /** A header that stays in its stage. */
    ByteBuf stay(int stage) {
        return header(stage << 2);
    }

    /** A header with the C bit. */
    ByteBuf more(int stage) {
        return header(0x40 | stage << 2);
    }

    ByteBuf header(int flags) {
        var header = Unpooled.buffer(48);
        header.writeByte(0x43).writeByte(flags).writeShort(0);
        header.writeInt(0).writeLong(ISID << 16 | tsih).writeInt(taskTag);
        header.writeShort(cid).writeShort(0).writeInt(cmdSn).writeInt(0x1000);
        return header.writeZero(16);
    }

    LoginStep send(ByteBuf header, String... pairs) {
        return phase.receive(header, text(pairs));
    }

    static ByteBuf text(String... pairs) {
        var text = Unpooled.buffer();
        for (String pair : pairs) {
            text.writeCharSequence(pair, UTF_8);
            text.writeByte(0);
        }
        return text;
    }

    static String[] with(String[] some, String... others) {
        String[] all = Arrays.copyOf(some, some.length + others.length);
        System.arraycopy(others, 0, all, some.length, others.length);
        return all;
    }

    static TextKeys keys(LoginStep step) {
        try {
            return TextKeys.parse(step.response().data());
        } catch (TextFormatException ours) {
            throw new AssertionError(ours);
        }
    }

    static int status(LoginStep step) {
        return step.response().header().getUnsignedShort(36);
    }

    static LoginResult loggedIn(LoginStep step) {
        assertThat(step).isInstanceOf(LoginStep.FullFeature.class);
        assertThat(status(step)).isZero();
        return ((LoginStep.FullFeature) step).result();
    }

    static void assertRefused(LoginStep step, LoginStatus status) {
        assertThat(step).isInstanceOf(LoginStep.Refused.class);
        assertThat(((LoginStep.Refused) step).status()).isEqualTo(status);
        assertThat(status(step)).isEqualTo(status.value());
        assertThat(step.response().header().getInt(24)).as("StatSN").isZero();
        assertThat(step.response().header().getByte(1) & 0xc3).as("T, C, NSG").isZero();
    }
}
