package io.quorumd.iscsi.login;

import static io.quorumd.iscsi.login.Initiator.FULL_FEATURE;
import static io.quorumd.iscsi.login.Initiator.ISID;
import static io.quorumd.iscsi.login.Initiator.NAME;
import static io.quorumd.iscsi.login.Initiator.OPERATIONAL;
import static io.quorumd.iscsi.login.Initiator.SECURITY;
import static io.quorumd.iscsi.login.Initiator.assertRefused;
import static io.quorumd.iscsi.login.Initiator.keys;
import static io.quorumd.iscsi.login.OneTargetPolicy.TARGET;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.quorumd.pdu.TextKeys;
import org.jscsi.parser.login.LoginStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoginRefusalTest {

    private static final String[] NORMAL = {"InitiatorName=" + NAME, "TargetName=" + TARGET, "SessionType=Normal"};

    private final OneTargetPolicy policy = new OneTargetPolicy();
    private final Initiator initiator = new Initiator(policy);

    private LoginStep login(String... pairs) {
        return initiator.send(initiator.transit(OPERATIONAL, FULL_FEATURE), pairs);
    }

    @Test
    void aRefusalIdentifiesTheRequest() {
        LoginStep step = login("InitiatorName=" + NAME);
        assertThat(ByteBufUtil.hexDump(step.response().header()))
                .isEqualTo("2304000000000000" + "801234c6fffe0000" + "cafe0001" + "00000000".repeat(4) + "02070000"
                        + "00000000".repeat(2));
        assertThat(step.response().data().isReadable()).isFalse();
    }

    @Test
    void missingParameters() {
        assertRefused(login("TargetName=" + TARGET), LoginStatus.MISSING_PARAMETER);
        assertRefused(new Initiator(policy).send(initiator.stay(SECURITY)), LoginStatus.MISSING_PARAMETER);
        assertRefused(
                new Initiator(policy).send(initiator.stay(SECURITY), "InitiatorName=" + NAME, "SessionType=Normal"),
                LoginStatus.MISSING_PARAMETER);
    }

    @Test
    void aSessionTypeThatNobodyKnows() {
        assertRefused(
                login("InitiatorName=" + NAME, "TargetName=" + TARGET, "SessionType=Strange"),
                LoginStatus.SESSION_TYPE_NOT_SUPPORTED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nobody", "iqn.2026-11.io.x:a\nb", ""})
    void anInitiatorWithoutAName(String name) {
        assertRefused(login("InitiatorName=" + name, "TargetName=" + TARGET), LoginStatus.INITIATOR_ERROR);
    }

    @ParameterizedTest
    @EnumSource(TargetVerdict.Denied.class)
    void targetsOutOfReach(TargetVerdict.Denied denied) {
        policy.verdicts.put(TARGET, denied);
        assertRefused(
                login(NORMAL),
                switch (denied) {
                    case UNKNOWN -> LoginStatus.NOT_FOUND;
                    case FORBIDDEN -> LoginStatus.AUTHORIZATION_FAILURE;
                    case REMOVED -> LoginStatus.TARGET_REMOVED;
                    case UNAVAILABLE -> LoginStatus.SERVICE_UNAVAILABLE;
                });
    }

    @Test
    void hiddenUnknownAndImpossibleTargetsLookTheSame() {
        policy.verdicts.put(TARGET, TargetVerdict.Denied.UNKNOWN);
        ByteBuf hidden = login(NORMAL).response().header();
        for (String other : new String[] {"iqn.2026-11.io.quorumd:none", "not a name", ""}) {
            var another = new Initiator(policy);
            LoginStep step = another.send(
                    another.transit(OPERATIONAL, FULL_FEATURE), "InitiatorName=" + NAME, "TargetName=" + other);
            assertThat(step.response().header()).isEqualTo(hidden);
        }
    }

    @Test
    void aTargetThatMoved() {
        policy.verdicts.put(TARGET, new TargetVerdict.Moved("[2001:db8::1]:3260", false, 1, null));
        LoginStep step = login(NORMAL);
        assertRefused(step, LoginStatus.TARGET_MOVED_TEMPORARILY);
        assertThat(keys(step).pairs()).containsExactly(new TextKeys.Pair("TargetAddress", "[2001:db8::1]:3260"));
        policy.verdicts.put(TARGET, new TargetVerdict.Moved("192.0.2.9:3260", true, 1, null));
        assertRefused(
                new Initiator(policy).send(initiator.transit(OPERATIONAL, FULL_FEATURE), NORMAL),
                LoginStatus.TARGET_MOVED);
    }

    @Test
    void aVersionBeyondOurs() {
        ByteBuf header =
                initiator.transit(OPERATIONAL, FULL_FEATURE).setByte(2, 2).setByte(3, 1);
        assertRefused(initiator.send(header, NORMAL), LoginStatus.UNSUPPORTED_VERSION);
        ByteBuf negotiable = initiator.transit(OPERATIONAL, FULL_FEATURE).setByte(2, 2);
        Initiator.loggedIn(new Initiator(policy).send(negotiable, NORMAL));
    }

    @Test
    void aSecondConnection() {
        policy.nextTsih = 7;
        policy.sessions.put(new SessionIdentity(NAME, ISID, TARGET, 1), 7);
        initiator.tsih = 7;
        initiator.cid = 2;
        assertRefused(login(NORMAL), LoginStatus.TOO_MANY_CONNECTIONS);
        var lost = new Initiator(policy);
        lost.tsih = 8;
        assertRefused(lost.send(lost.transit(OPERATIONAL, FULL_FEATURE), NORMAL), LoginStatus.SESSION_DOSE_NOT_EXIST);
    }

    @Test
    void noMoreSessions() {
        policy.nextTsih = 0;
        assertRefused(login(NORMAL), LoginStatus.OUT_OF_RESOURCES);
    }

    @Test
    void anotherPduDuringLogin() {
        initiator.send(initiator.transit(SECURITY, OPERATIONAL), NORMAL);
        assertRefused(
                initiator.send(initiator.transit(OPERATIONAL, FULL_FEATURE).setByte(0, 0x01)),
                LoginStatus.INVALID_DURING_LOGIN);
        assertRefused(login(NORMAL), LoginStatus.INVALID_DURING_LOGIN);
    }

    @Test
    void stagesHaveAnOrder() {
        initiator.send(initiator.transit(SECURITY, OPERATIONAL), NORMAL);
        assertRefused(initiator.send(initiator.stay(SECURITY)), LoginStatus.INITIATOR_ERROR);
        var hasty = new Initiator(policy);
        hasty.send(hasty.stay(SECURITY), NORMAL);
        assertRefused(hasty.send(hasty.transit(OPERATIONAL, FULL_FEATURE)), LoginStatus.INITIATOR_ERROR);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x80, 0x84, 0x85, 0xc5, 0x82, 0x88, 0x8c, 0x8f})
    void stepsThatAreNone(int flags) {
        assertRefused(initiator.send(initiator.header(flags), NORMAL), LoginStatus.INITIATOR_ERROR);
    }

    @Test
    void operationalKeysInTheSecurityStage() {
        assertRefused(
                initiator.send(initiator.transit(SECURITY, OPERATIONAL), Initiator.with(NORMAL, "ImmediateData=Yes")),
                LoginStatus.INITIATOR_ERROR);
    }

    @Test
    void aLoginThatChangesItsIdentity() {
        for (int field = 0; field < 5; field++) {
            var one = new Initiator(policy);
            one.send(one.transit(SECURITY, OPERATIONAL), NORMAL);
            ByteBuf header = one.transit(OPERATIONAL, FULL_FEATURE);
            header.setByte(new int[] {13, 15, 19, 21, 27}[field], 0x77);
            assertRefused(one.send(header), LoginStatus.INITIATOR_ERROR);
        }
        initiator.send(initiator.transit(SECURITY, OPERATIONAL), NORMAL);
        assertRefused(login("InitiatorName=" + NAME + "x"), LoginStatus.INITIATOR_ERROR);
    }

    @Test
    void aNameThatComesTooLate() {
        initiator.send(initiator.stay(SECURITY), "InitiatorName=" + NAME, "TargetName=" + TARGET);
        assertRefused(initiator.send(initiator.stay(SECURITY), "SessionType=Discovery"), LoginStatus.INITIATOR_ERROR);
    }

    @Test
    void textWithoutEnd() {
        LoginStep step = null;
        int sent = 0;
        do {
            step = initiator.phase.receive(
                    initiator.more(SECURITY), Unpooled.buffer().writeZero(8192));
            sent += 8192;
        } while (step instanceof LoginStep.More && sent < 1 << 20);
        assertRefused(step, LoginStatus.INITIATOR_ERROR);
        assertThat(sent).isEqualTo(TextAssembly.BYTES_MAX + 8192);
    }

    @Test
    void roundsWithoutEnd() {
        LoginStep step = initiator.send(initiator.stay(SECURITY), NORMAL);
        int rounds = 1;
        while (step instanceof LoginStep.More && rounds < 1000) {
            step = initiator.send(initiator.stay(SECURITY));
            rounds++;
        }
        assertRefused(step, LoginStatus.INITIATOR_ERROR);
        assertThat(rounds).isEqualTo(65);
    }

    @Test
    void aMistakeOfOursIsATargetError() {
        policy.fails = true;
        assertRefused(login(NORMAL), LoginStatus.TARGET_ERROR);
    }

    @Test
    void reasonsFitIntoOneLine() {
        var refused = (LoginStep.Refused) login("InitiatorName=evil\r\n\u001b[31m" + "x".repeat(500));
        assertThat(refused.reason()).hasSizeLessThan(150).doesNotContain("\r", "\n", "\u001b");
    }
}
