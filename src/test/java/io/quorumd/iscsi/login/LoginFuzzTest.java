package io.quorumd.iscsi.login;

import static io.quorumd.iscsi.login.Initiator.FULL_FEATURE;
import static io.quorumd.iscsi.login.Initiator.NAME;
import static io.quorumd.iscsi.login.Initiator.OPERATIONAL;
import static io.quorumd.iscsi.login.Initiator.SECURITY;
import static io.quorumd.iscsi.login.OneTargetPolicy.TARGET;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.quorumd.pdu.jscsi.RequestHeader;
import io.quorumd.pdu.jscsi.ResponseHeader;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import org.jscsi.parser.login.LoginStatus;
import org.junit.jupiter.api.Test;

/** Logins with random bytes changed, keys dropped, repeated and invented: always a step, never an exception, no false entry. */
class LoginFuzzTest {

    private static final String[] KEYS = {
        "InitiatorName=" + NAME,
        "TargetName=" + TARGET,
        "SessionType=Normal",
        "SessionType=Discovery",
        "InitiatorAlias=a b",
        "AuthMethod=CHAP,None",
        "AuthMethod=None",
        "CHAP_A=5,7",
        "CHAP_N=u",
        "CHAP_R=0x00",
        "CHAP_I=1",
        "CHAP_C=0b",
        "HeaderDigest=CRC32C,None",
        "DataDigest=None",
        "MaxBurstLength=0xffffff",
        "FirstBurstLength=65536",
        "MaxRecvDataSegmentLength=8192",
        "InitialR2T=No",
        "MaxConnections=4",
        "IFMarkInt=1~2",
        "TargetPortalGroupTag=1",
        "X-y=z",
        "=",
        "A",
        "SendTargets=All",
    };

    private final Random random = new Random(20261123);

    @Test
    void everyLoginGetsAnAnswer() {
        Set<LoginStatus> seen = EnumSet.noneOf(LoginStatus.class);
        int open = 0;
        for (int run = 0; run < 20_000; run++) {
            boolean secured = random.nextBoolean();
            var policy = new OneTargetPolicy(secured ? ChapAccount.oneWay("user", "not to be guessed") : null);
            policy.discoveryChap = secured ? ChapAccount.oneWay("user", "not to be guessed") : null;
            LoginStep last = login(new Initiator(policy));
            if (last instanceof LoginStep.Refused refused) {
                seen.add(refused.status());
            } else if (last instanceof LoginStep.FullFeature) {
                assertThat(secured).as("nobody gets in without the secret").isFalse();
                open++;
            }
        }
        assertThat(open).as("some are still right").isGreaterThan(500);
        assertThat(seen)
                .as("no mistake of ours")
                .doesNotContain(LoginStatus.TARGET_ERROR)
                .hasSizeGreaterThan(6);
    }

    private LoginStep login(Initiator initiator) {
        int stage = random.nextInt(2);
        LoginStep step;
        int rounds = 0;
        do {
            ByteBuf header = switch (random.nextInt(10)) {
                case 0 -> initiator.more(stage);
                case 1, 2 -> initiator.stay(stage);
                default ->
                    initiator.transit(stage, stage == SECURITY && random.nextBoolean() ? OPERATIONAL : FULL_FEATURE);
            };
            mutate(header, random.nextInt(12) == 0 ? 1 : 0);
            ByteBuf text = Initiator.text(rounds == 0 ? firstKeys() : someKeys(random.nextInt(3)));
            mutate(text, random.nextInt(8) == 0 ? 1 + random.nextInt(4) : 0);
            step = initiator.phase.receive(header, text);
            check(step, header);
            if ((step.response().header().getByte(1) & 0x80) != 0) {
                stage = OPERATIONAL;
            }
        } while (step instanceof LoginStep.More && ++rounds < 100);
        assertThat(rounds).as("ends by itself").isLessThan(70);
        return step;
    }

    private String[] firstKeys() {
        return Initiator.with(
                new String[] {
                    "InitiatorName=" + NAME, random.nextInt(3) == 0 ? "SessionType=Discovery" : "TargetName=" + TARGET
                },
                someKeys(random.nextInt(4)));
    }

    private String[] someKeys(int count) {
        String[] keys = new String[count];
        for (int i = 0; i < count; i++) {
            keys[i] = KEYS[random.nextInt(KEYS.length)];
        }
        return keys;
    }

    private void mutate(ByteBuf buffer, int times) {
        for (int i = 0; i < times && buffer.isReadable(); i++) {
            buffer.setByte(random.nextInt(buffer.readableBytes()), random.nextInt(256));
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
    }

    @Test
    void everyTextRequestGetsAnAnswer() {
        var keys = new NegotiatedKeys(false, false, 512, 262144, 262144, 65536, true, true, 1, 2, 20, 1, 0);
        var login = new LoginResult(NAME, null, 1, 1, null, 0, 1, 1, 1, keys);
        var phase = new TextPhase(new BareConnection(), new OneTargetPolicy(), login, Initiator.PORTAL);
        int tag = -1;
        int answered = 0;
        for (int run = 0; run < 20_000; run++) {
            var header = Unpooled.buffer(48)
                    .writeByte(0x04)
                    .writeByte(random.nextInt(4) << 6)
                    .writeZero(14);
            header.writeInt(0x12)
                    .writeInt(random.nextBoolean() ? tag : -1)
                    .writeInt(3)
                    .writeInt(4)
                    .writeZero(16);
            mutate(header, random.nextInt(6) == 0 ? 1 : 0);
            ByteBuf text = Initiator.text(someKeys(random.nextInt(3)));
            mutate(text, random.nextInt(4));
            TextStep step = phase.receive(header, text, new ResponseHeader.Numbers(1, 2, 3));
            if (step instanceof TextStep.Answer answer) {
                tag = answer.response().header().getInt(20);
                assertThat(answer.response().data().readableBytes())
                        .isLessThanOrEqualTo(answer.maxSendDataSegmentLength());
                answered++;
            }
        }
        assertThat(answered).isGreaterThan(1000);
    }
}
