package io.quorumd.iscsi.login;

import static io.quorumd.iscsi.login.Initiator.FULL_FEATURE;
import static io.quorumd.iscsi.login.Initiator.NAME;
import static io.quorumd.iscsi.login.Initiator.OPERATIONAL;
import static io.quorumd.iscsi.login.Initiator.SECURITY;
import static io.quorumd.iscsi.login.Initiator.assertRefused;
import static io.quorumd.iscsi.login.Initiator.keys;
import static io.quorumd.iscsi.login.OneTargetPolicy.TARGET;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.quorumd.pdu.ChapAccount;
import io.quorumd.pdu.ChapAlgorithm;
import io.quorumd.pdu.TextFormatException;
import io.quorumd.pdu.TextKeys;
import io.quorumd.pdu.TextValue;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashSet;
import java.util.Objects;
import org.jscsi.parser.login.LoginStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChapTest {

    private static final String USER = "initiator-1";
    private static final String SECRET = "initiator-secret";
    private static final String OUR_NAME = "quorumd";
    private static final String OUR_SECRET = "the target's secret";
    private static final ChapAccount ONE_WAY = ChapAccount.oneWay(USER, SECRET);
    private static final ChapAccount MUTUAL = ChapAccount.mutual(USER, SECRET, OUR_NAME, OUR_SECRET);
    private static final String[] NORMAL = {"InitiatorName=" + NAME, "TargetName=" + TARGET, "SessionType=Normal"};

    private static Initiator initiator(ChapAccount account) {
        return new Initiator(new OneTargetPolicy(account));
    }

    /** Up to our challenge. */
    private static TextKeys challenge(Initiator initiator, String algorithms) {
        LoginStep method = initiator.send(
                initiator.transit(SECURITY, OPERATIONAL), Initiator.with(NORMAL, "AuthMethod=CHAP,None"));
        assertThat(keys(method).get("AuthMethod")).isEqualTo("CHAP");
        assertThat(method.response().header().getByte(1)).as("no transit yet").isZero();
        LoginStep challenge = initiator.send(initiator.stay(SECURITY), "CHAP_A=" + algorithms);
        assertThat(challenge).isInstanceOf(LoginStep.More.class);
        return keys(challenge);
    }

    private static byte[] response(ChapAlgorithm hash, TextKeys challenge, String secret) {
        return hash.response(
                Integer.parseInt(value(challenge, "CHAP_I")), secret.getBytes(UTF_8), binary(challenge, "CHAP_C"));
    }

    private static String value(TextKeys keys, String key) {
        return Objects.requireNonNull(keys.get(key), key);
    }

    private static byte[] binary(TextKeys keys, String key) {
        try {
            return TextValue.binary(value(keys, key), 1024);
        } catch (TextFormatException ours) {
            throw new AssertionError(ours);
        }
    }

    private static LoginStep prove(Initiator initiator, String... pairs) {
        return initiator.send(initiator.transit(SECURITY, OPERATIONAL), pairs);
    }

    /** Values computed with another implementation. */
    @ParameterizedTest
    @CsvSource({
        "5, 146466a8b34b56526e0619fa9872f517",
        "6, 8656fe2c8d6474d022f9a59d40527d180e1e9776",
        "7, c44227375bb64ad56d55fa56b9b06a4a43eff4f90ddc9a38d36491a68a948df6",
        "8, 84795c0d3f3d36a02341873be13cced088fa7f19d1e7b5064405e564ad7ff2f0",
    })
    void knownResponses(int number, String hex) throws Exception {
        byte[] challenge = new byte[16];
        for (int i = 0; i < challenge.length; i++) {
            challenge[i] = (byte) i;
        }
        var hash = Objects.requireNonNull(ChapAlgorithm.of(number));
        assertThat(hash.response(0x2a, SECRET.getBytes(UTF_8), challenge)).isEqualTo(TextValue.binary("0x" + hex, 32));
    }

    @ParameterizedTest
    @EnumSource(ChapAlgorithm.class)
    void whoKnowsTheSecretGetsIn(ChapAlgorithm hash) {
        for (boolean base64 : new boolean[] {true, false}) {
            var initiator = initiator(ONE_WAY);
            TextKeys challenge = challenge(initiator, Integer.toString(hash.number()));
            assertThat(challenge.get("CHAP_A")).isEqualTo(Integer.toString(hash.number()));
            assertThat(binary(challenge, "CHAP_C")).hasSizeGreaterThanOrEqualTo(16);
            byte[] response = response(hash, challenge, SECRET);
            LoginStep step = prove(
                    initiator,
                    "CHAP_N=" + USER,
                    "CHAP_R="
                            + (base64 ? "0b" + Base64.getEncoder().encodeToString(response) : TextValue.hex(response)));
            assertThat(step).isInstanceOf(LoginStep.More.class);
            assertThat(step.response().header().getByte(1)).isEqualTo((byte) 0x81);
            assertThat(keys(step).isEmpty()).as("nobody asked us for proof").isTrue();
            Initiator.loggedIn(initiator.send(initiator.transit(OPERATIONAL, FULL_FEATURE)));
        }
    }

    @Test
    void bothProveThemselves() {
        var initiator = initiator(MUTUAL);
        TextKeys challenge = challenge(initiator, "7,5");
        assertThat(challenge.get("CHAP_A")).as("the initiator's first choice").isEqualTo("7");
        byte[] theirs = "a challenge of the initiator".getBytes(UTF_8);
        LoginStep step = prove(
                initiator,
                "CHAP_N=" + USER,
                "CHAP_R=" + TextValue.hex(response(ChapAlgorithm.SHA256, challenge, SECRET)),
                "CHAP_I=255",
                "CHAP_C=" + TextValue.hex(theirs));
        assertThat(keys(step).get("CHAP_N")).isEqualTo(OUR_NAME);
        assertThat(binary(keys(step), "CHAP_R"))
                .isEqualTo(ChapAlgorithm.SHA256.response(255, OUR_SECRET.getBytes(UTF_8), theirs));
        Initiator.loggedIn(initiator.send(initiator.transit(OPERATIONAL, FULL_FEATURE)));
    }

    @Test
    void discoveryMayAskForProofToo() {
        var policy = new OneTargetPolicy();
        policy.discoveryChap = ONE_WAY;
        var stranger = new Initiator(policy);
        assertRefused(
                stranger.send(
                        stranger.transit(OPERATIONAL, FULL_FEATURE), "InitiatorName=" + NAME, "SessionType=Discovery"),
                LoginStatus.AUTHENTICATION_FAILURE);
        var friend = new Initiator(policy);
        friend.send(
                friend.transit(SECURITY, FULL_FEATURE),
                "InitiatorName=" + NAME,
                "SessionType=Discovery",
                "AuthMethod=CHAP");
        TextKeys challenge = keys(friend.send(friend.stay(SECURITY), "CHAP_A=5"));
        LoginStep step = friend.send(
                friend.transit(SECURITY, FULL_FEATURE),
                "CHAP_N=" + USER,
                "CHAP_R=" + TextValue.hex(response(ChapAlgorithm.MD5, challenge, SECRET)));
        assertThat(Initiator.loggedIn(step).isDiscovery()).isTrue();
    }

    @Test
    void everyFailureLooksTheSame() {
        var wrongSecret = initiator(ONE_WAY);
        byte[] wrong = response(ChapAlgorithm.MD5, challenge(wrongSecret, "5"), "another secret!!");
        LoginStep first = prove(wrongSecret, "CHAP_N=" + USER, "CHAP_R=" + TextValue.hex(wrong));
        var wrongName = initiator(ONE_WAY);
        byte[] right = response(ChapAlgorithm.MD5, challenge(wrongName, "5"), SECRET);
        LoginStep second = prove(wrongName, "CHAP_N=initiator-2", "CHAP_R=" + TextValue.hex(right));
        assertRefused(first, LoginStatus.AUTHENTICATION_FAILURE);
        assertRefused(second, LoginStatus.AUTHENTICATION_FAILURE);
        assertThat(first.response().header()).isEqualTo(second.response().header());
        assertThat(first.response().data()).isEqualTo(second.response().data());
    }

    @Test
    void aChallengeIsAnsweredOnce() {
        var initiator = initiator(ONE_WAY);
        byte[] wrong = response(ChapAlgorithm.MD5, challenge(initiator, "5"), "another secret!!");
        assertRefused(
                prove(initiator, "CHAP_N=" + USER, "CHAP_R=" + TextValue.hex(wrong)),
                LoginStatus.AUTHENTICATION_FAILURE);
        assertRefused(
                prove(initiator, "CHAP_N=" + USER, "CHAP_R=" + TextValue.hex(wrong)), LoginStatus.INVALID_DURING_LOGIN);
    }

    @Test
    void challengesNeverRepeat() {
        var seen = new HashSet<String>();
        for (int i = 0; i < 200; i++) {
            assertThat(seen.add(value(challenge(initiator(ONE_WAY), "5"), "CHAP_C")))
                    .isTrue();
        }
    }

    @Test
    void anOldResponseIsWorthNothing() {
        var listened = initiator(ONE_WAY);
        String response = TextValue.hex(response(ChapAlgorithm.MD5, challenge(listened, "5"), SECRET));
        assertThat(prove(listened, "CHAP_N=" + USER, "CHAP_R=" + response)).isInstanceOf(LoginStep.More.class);
        var replay = initiator(ONE_WAY);
        challenge(replay, "5");
        assertRefused(prove(replay, "CHAP_N=" + USER, "CHAP_R=" + response), LoginStatus.AUTHENTICATION_FAILURE);
    }

    /** We answer challenges only of those who have answered ours, and never our own. */
    @Test
    void reflectionLeadsNowhere() {
        var unproven = initiator(MUTUAL);
        TextKeys challenge = challenge(unproven, "5");
        LoginStep step = prove(
                unproven,
                "CHAP_N=" + USER,
                "CHAP_R=0x00",
                "CHAP_I=" + challenge.get("CHAP_I"),
                "CHAP_C=" + challenge.get("CHAP_C"));
        assertRefused(step, LoginStatus.AUTHENTICATION_FAILURE);
        assertThat(keys(step).isEmpty()).isTrue();

        var proven = initiator(MUTUAL);
        TextKeys again = challenge(proven, "5");
        assertRefused(
                prove(
                        proven,
                        "CHAP_N=" + USER,
                        "CHAP_R=" + TextValue.hex(response(ChapAlgorithm.MD5, again, SECRET)),
                        "CHAP_I=9",
                        "CHAP_C=" + again.get("CHAP_C")),
                LoginStatus.AUTHENTICATION_FAILURE);
    }

    /** RFC 7143 §11.13.5: a redirection must be accepted when the security negotiation is complete. */
    @Test
    void whereATargetHasMovedIsToldAfterTheProofOfBothSides() {
        for (int next : new int[] {OPERATIONAL, FULL_FEATURE}) {
            var policy = new OneTargetPolicy();
            policy.verdicts.put(TARGET, new TargetVerdict.Moved("192.0.2.9:3260", false, 1, MUTUAL));
            var initiator = new Initiator(policy);
            TextKeys challenge = challenge(initiator, "5");
            LoginStep ours = initiator.send(
                    initiator.transit(SECURITY, next),
                    "CHAP_N=" + USER,
                    "CHAP_R=" + TextValue.hex(response(ChapAlgorithm.MD5, challenge, SECRET)),
                    "CHAP_I=1",
                    "CHAP_C=0x00112233");
            assertThat(ours).isInstanceOf(LoginStep.More.class);
            assertThat(keys(ours).get("CHAP_R")).as("our proof").isNotNull();
            LoginStep moved =
                    initiator.send(initiator.transit(next == OPERATIONAL ? OPERATIONAL : SECURITY, FULL_FEATURE));
            assertRefused(moved, LoginStatus.TARGET_MOVED_TEMPORARILY);
            assertThat(keys(moved).get("TargetAddress")).isEqualTo("192.0.2.9:3260");
        }
    }

    @Test
    void whereATargetHasMovedIsNotToldToOthers() {
        var policy = new OneTargetPolicy();
        policy.verdicts.put(TARGET, new TargetVerdict.Moved("192.0.2.9:3260", false, 1, ONE_WAY));
        var hasty = new Initiator(policy);
        LoginStep refused = hasty.send(hasty.transit(OPERATIONAL, FULL_FEATURE), NORMAL);
        assertRefused(refused, LoginStatus.AUTHENTICATION_FAILURE);
        assertThat(keys(refused).isEmpty()).isTrue();
        var guesser = new Initiator(policy);
        byte[] wrong = response(ChapAlgorithm.MD5, challenge(guesser, "5"), "another secret!!");
        LoginStep failed = prove(guesser, "CHAP_N=" + USER, "CHAP_R=" + TextValue.hex(wrong));
        assertRefused(failed, LoginStatus.AUTHENTICATION_FAILURE);
        assertThat(keys(failed).isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CHAP_I=256|CHAP_C=0x00112233",
                "CHAP_I=-1|CHAP_C=0x00112233",
                "CHAP_I=|CHAP_C=0x00112233",
                "CHAP_I=1",
                "CHAP_C=0x00112233",
                "CHAP_I=1|CHAP_C=",
                "CHAP_I=1|CHAP_C=0x",
                "CHAP_I=1|CHAP_C=nothing",
                "CHAP_I=1|CHAP_C=0b!!",
            })
    void malformedMutualKeys(String pairs) {
        var initiator = initiator(MUTUAL);
        String response = TextValue.hex(response(ChapAlgorithm.MD5, challenge(initiator, "5"), SECRET));
        String[] proof = {"CHAP_N=" + USER, "CHAP_R=" + response};
        assertRefused(prove(initiator, Initiator.with(proof, pairs.split("\\|"))), LoginStatus.AUTHENTICATION_FAILURE);
    }

    @Test
    void proofOfOursIsWantedButThereIsNone() {
        var initiator = initiator(ONE_WAY);
        String response = TextValue.hex(response(ChapAlgorithm.MD5, challenge(initiator, "5"), SECRET));
        assertRefused(
                prove(initiator, "CHAP_N=" + USER, "CHAP_R=" + response, "CHAP_I=1", "CHAP_C=0x00112233"),
                LoginStatus.AUTHENTICATION_FAILURE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "AuthMethod=None",
                "AuthMethod=SRP,KRB5",
                "AuthMethod=",
                "AuthMethod=chap",
                "CHAP_N=x",
                "X-nothing=1",
            })
    void thereIsNoWayAround(String pair) {
        var initiator = initiator(ONE_WAY);
        LoginStep step = initiator.send(initiator.transit(SECURITY, FULL_FEATURE), Initiator.with(NORMAL, pair));
        assertThat(step).isInstanceOf(LoginStep.Refused.class);
        assertThat(initiator.policy.sessions).isEmpty();
    }

    @Test
    void theSecurityStageCannotBeSkipped() {
        var hasty = initiator(ONE_WAY);
        assertRefused(hasty.send(hasty.transit(OPERATIONAL, FULL_FEATURE), NORMAL), LoginStatus.AUTHENTICATION_FAILURE);
        var patient = initiator(ONE_WAY);
        challenge(patient, "5");
        LoginStep nothing = prove(patient);
        assertThat(nothing).isInstanceOf(LoginStep.More.class);
        assertThat(nothing.response().header().getByte(1)).as("no transit").isZero();
        assertRefused(patient.send(patient.transit(OPERATIONAL, FULL_FEATURE)), LoginStatus.INITIATOR_ERROR);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "", "md5", "5x", "4,9", "99999999999999999999"})
    void algorithmsThatNobodyHas(String algorithms) {
        var initiator = initiator(ONE_WAY);
        initiator.send(initiator.stay(SECURITY), Initiator.with(NORMAL, "AuthMethod=CHAP"));
        assertRefused(
                initiator.send(initiator.stay(SECURITY), "CHAP_A=" + algorithms), LoginStatus.AUTHENTICATION_FAILURE);
    }

    @Test
    void stepsOutOfOrder() {
        var early = initiator(ONE_WAY);
        early.send(early.stay(SECURITY), Initiator.with(NORMAL, "AuthMethod=CHAP"));
        assertRefused(prove(early, "CHAP_N=" + USER, "CHAP_R=0x00"), LoginStatus.AUTHENTICATION_FAILURE);
        var again = initiator(ONE_WAY);
        challenge(again, "5");
        assertRefused(again.send(again.stay(SECURITY), "CHAP_A=5"), LoginStatus.AUTHENTICATION_FAILURE);
        var renegotiated = initiator(ONE_WAY);
        challenge(renegotiated, "5");
        assertRefused(renegotiated.send(renegotiated.stay(SECURITY), "AuthMethod=None"), LoginStatus.INITIATOR_ERROR);
        var unasked = new Initiator(new OneTargetPolicy());
        assertRefused(
                unasked.send(unasked.stay(SECURITY), Initiator.with(NORMAL, "CHAP_A=5")), LoginStatus.INITIATOR_ERROR);
    }

    @Test
    void secretsHaveALength() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ChapAccount.oneWay(USER, "elevenbytes"))
                .withMessageContaining("12 to 255")
                .withMessageNotContaining("elevenbytes");
        assertThatIllegalArgumentException().isThrownBy(() -> ChapAccount.oneWay(USER, "x".repeat(256)));
        assertThatIllegalArgumentException().isThrownBy(() -> ChapAccount.oneWay("", SECRET));
        assertThatIllegalArgumentException()
                .as("one secret for both directions")
                .isThrownBy(() -> ChapAccount.mutual(USER, SECRET, OUR_NAME, SECRET));
        ChapAccount.oneWay(USER, "x".repeat(12));
        ChapAccount.oneWay(USER, "x".repeat(255));
    }

    @Test
    void secretsNeedNotBeText() {
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        random[0] = (byte) 0xff;
        var initiator = initiator(ChapAccount.oneWay(USER, random));
        TextKeys challenge = challenge(initiator, "7");
        byte[] response = ChapAlgorithm.SHA256.response(
                Integer.parseInt(value(challenge, "CHAP_I")), random, binary(challenge, "CHAP_C"));
        random[0] = 0; // a copy is kept
        assertThat(prove(initiator, "CHAP_N=" + USER, "CHAP_R=" + TextValue.hex(response)))
                .isInstanceOf(LoginStep.More.class);
    }

    @Test
    void secretsAreNeverShown() {
        var verdict = new TargetVerdict.Admitted(TARGET, null, 1, MUTUAL);
        assertThat(verdict.toString()).contains(USER).doesNotContain(SECRET, OUR_SECRET);
        var initiator = initiator(MUTUAL);
        var refused = (LoginStep.Refused) prove(initiator, Initiator.with(NORMAL, "AuthMethod=None"));
        assertThat(refused.reason()).doesNotContain(SECRET, OUR_SECRET);
    }
}
