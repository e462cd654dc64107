package io.quorumd.iscsi.login;

import static io.quorumd.iscsi.login.Initiator.FULL_FEATURE;
import static io.quorumd.iscsi.login.Initiator.ISID;
import static io.quorumd.iscsi.login.Initiator.NAME;
import static io.quorumd.iscsi.login.Initiator.OPERATIONAL;
import static io.quorumd.iscsi.login.Initiator.SECURITY;
import static io.quorumd.iscsi.login.Initiator.keys;
import static io.quorumd.iscsi.login.Initiator.loggedIn;
import static io.quorumd.iscsi.login.Initiator.with;
import static io.quorumd.iscsi.login.OneTargetPolicy.TARGET;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class LoginPhaseTest {

    private static final String[] NORMAL = {"InitiatorName=" + NAME, "TargetName=" + TARGET, "SessionType=Normal"};

    private static final String[] LIBISCSI_OPERATIONAL = {
        "InitiatorName=" + NAME,
        "TargetName=" + TARGET,
        "SessionType=Normal",
        "HeaderDigest=None,CRC32C",
        "DataDigest=None",
        "InitialR2T=No",
        "ImmediateData=Yes",
        "MaxBurstLength=262144",
        "FirstBurstLength=262144",
        "DefaultTime2Wait=2",
        "DefaultTime2Retain=0",
        "MaxOutstandingR2T=1",
        "ErrorRecoveryLevel=0",
        "IFMarker=No",
        "OFMarker=No",
        "MaxConnections=1",
        "MaxRecvDataSegmentLength=262144",
        "DataPDUInOrder=Yes",
        "DataSequenceInOrder=Yes",
    };

    private final OneTargetPolicy policy = new OneTargetPolicy();
    private final Initiator initiator = new Initiator(policy);

    /** Key by key what open-iscsi 2.1 sends with its default configuration. */
    @Test
    void openIscsiLogsInWithItsDefaults() {
        LoginStep security = initiator.send(
                initiator.transit(SECURITY, OPERATIONAL),
                "InitiatorName=" + NAME,
                "InitiatorAlias=node-1.example.org",
                "TargetName=" + TARGET,
                "SessionType=Normal",
                "AuthMethod=None");

        assertThat(security).isInstanceOf(LoginStep.More.class);
        assertThat(keys(security).pairs())
                .extracting(pair -> pair.key() + "=" + pair.value())
                .containsExactly("TargetPortalGroupTag=1", "AuthMethod=None");
        assertThat(ByteBufUtil.hexDump(security.response().header()))
                .as("T, CSG 0, NSG 1; ISID; tag; StatSN, ExpCmdSN, MaxCmdSN; status 0")
                .isEqualTo("23810000"
                        + "0000003c"
                                .replace(
                                        "3c",
                                        String.format(
                                                "%02x",
                                                security.response().data().readableBytes()))
                        + "801234c6fffe0000" + "cafe0001" + "00000000" + "00001000" + "7fffffff" + "8000007e"
                        + "000000000000000000000000");

        LoginStep operational = initiator.send(
                initiator.transit(OPERATIONAL, FULL_FEATURE),
                "HeaderDigest=None",
                "DataDigest=None",
                "DefaultTime2Wait=2",
                "DefaultTime2Retain=0",
                "IFMarker=No",
                "OFMarker=No",
                "ErrorRecoveryLevel=0",
                "InitialR2T=No",
                "ImmediateData=Yes",
                "MaxBurstLength=16776192",
                "FirstBurstLength=262144",
                "MaxOutstandingR2T=1",
                "MaxConnections=1",
                "DataPDUInOrder=Yes",
                "DataSequenceInOrder=Yes",
                "MaxRecvDataSegmentLength=262144");

        assertThat(keys(operational).pairs())
                .extracting(pair -> pair.key() + "=" + pair.value())
                .containsExactly(
                        "HeaderDigest=None",
                        "DataDigest=None",
                        "DefaultTime2Wait=2",
                        "DefaultTime2Retain=0",
                        "IFMarker=No",
                        "OFMarker=No",
                        "ErrorRecoveryLevel=0",
                        "InitialR2T=No",
                        "ImmediateData=Yes",
                        "MaxBurstLength=16776192",
                        "FirstBurstLength=262144",
                        "MaxOutstandingR2T=1",
                        "MaxConnections=1",
                        "DataPDUInOrder=Yes",
                        "DataSequenceInOrder=Yes",
                        "TargetAlias=disk0",
                        "MaxRecvDataSegmentLength=262144");
        LoginResult result = loggedIn(operational);
        assertThat(result.initiatorName()).isEqualTo(NAME);
        assertThat(result.alias()).isEqualTo("node-1.example.org");
        assertThat(result.targetName()).isEqualTo(TARGET);
        assertThat(result.isid48()).isEqualTo(ISID);
        assertThat(result.cid()).isEqualTo(1);
        assertThat(result.cmdSn()).isEqualTo(0x7fffffff);
        assertThat(result.statSn()).isEqualTo(0x1002);
        assertThat(result.keys())
                .isEqualTo(
                        new NegotiatedKeys(false, false, 262144, 262144, 16776192, 262144, false, true, 1, 2, 0, 1, 0));
    }

    /** Key by key what libiscsi sends without credentials, and QEMU with it: one round, names along with operations. */
    @Test
    void libiscsiLogsInWithoutASecurityStage() {
        LoginStep step = initiator.send(initiator.transit(OPERATIONAL, FULL_FEATURE), LIBISCSI_OPERATIONAL);

        assertThat(keys(step).pairs())
                .extracting(pair -> pair.key() + "=" + pair.value())
                .containsExactly(
                        "TargetPortalGroupTag=1",
                        "HeaderDigest=None",
                        "DataDigest=None",
                        "InitialR2T=No",
                        "ImmediateData=Yes",
                        "MaxBurstLength=262144",
                        "FirstBurstLength=262144",
                        "DefaultTime2Wait=2",
                        "DefaultTime2Retain=0",
                        "MaxOutstandingR2T=1",
                        "ErrorRecoveryLevel=0",
                        "IFMarker=No",
                        "OFMarker=No",
                        "MaxConnections=1",
                        "DataPDUInOrder=Yes",
                        "DataSequenceInOrder=Yes",
                        "TargetAlias=disk0",
                        "MaxRecvDataSegmentLength=262144");
        assertThat(loggedIn(step).keys())
                .isEqualTo(
                        new NegotiatedKeys(false, false, 262144, 262144, 262144, 262144, false, true, 1, 2, 0, 1, 0));
    }

    /** With credentials that nobody asks for, it repeats its names in the second stage. */
    @Test
    void libiscsiLogsInWithCredentialsNobodyWants() {
        LoginStep security =
                initiator.send(initiator.transit(SECURITY, OPERATIONAL), with(NORMAL, "AuthMethod=CHAP,None"));
        assertThat(keys(security).get("AuthMethod")).isEqualTo("None");
        LoginStep operational = initiator.send(initiator.transit(OPERATIONAL, FULL_FEATURE), LIBISCSI_OPERATIONAL);
        assertThat(loggedIn(operational).targetName()).isEqualTo(TARGET);
        assertThat(keys(operational).get("TargetPortalGroupTag"))
                .as("told once")
                .isNull();
    }

    @Test
    void aDiscoverySessionNeedsNoTarget() {
        LoginStep step = initiator.send(
                initiator.transit(OPERATIONAL, FULL_FEATURE),
                "InitiatorName=" + NAME,
                "SessionType=Discovery",
                "HeaderDigest=None",
                "MaxBurstLength=262144",
                "ImmediateData=Yes",
                "DefaultTime2Wait=2",
                "MaxRecvDataSegmentLength=32768");
        LoginResult result = loggedIn(step);
        assertThat(result.isDiscovery()).isTrue();
        assertThat(result.portalGroupTag()).isZero();
        assertThat(result.keys().maxSendDataSegmentLength()).isEqualTo(32768);
        assertThat(keys(step).pairs())
                .extracting(pair -> pair.key() + "=" + pair.value())
                .containsExactly(
                        "HeaderDigest=None",
                        "MaxBurstLength=Irrelevant",
                        "ImmediateData=Irrelevant",
                        "DefaultTime2Wait=2",
                        "MaxRecvDataSegmentLength=8192");
    }

    @Test
    void fromSecurityStraightToFullFeatureLeavesTheDefaults() {
        LoginStep step = initiator.send(initiator.transit(SECURITY, FULL_FEATURE), with(NORMAL, "AuthMethod=None"));
        assertThat(loggedIn(step).keys())
                .isEqualTo(new NegotiatedKeys(false, false, 8192, 8192, 262144, 65536, true, true, 1, 2, 20, 1, 0));
    }

    @Test
    void theLengthMayBeDeclaredInTheSecurityStage() {
        LoginStep step = initiator.send(
                initiator.transit(SECURITY, FULL_FEATURE), with(NORMAL, "MaxRecvDataSegmentLength=65536"));
        assertThat(loggedIn(step).keys().maxSendDataSegmentLength()).isEqualTo(65536);
    }

    @Test
    void negotiationMayTakeManyRounds() {
        assertThat(initiator.send(initiator.stay(SECURITY), NORMAL)).isInstanceOf(LoginStep.More.class);
        assertThat(initiator.send(initiator.stay(SECURITY), "AuthMethod=None")).isInstanceOf(LoginStep.More.class);
        LoginStep transit = initiator.send(initiator.transit(SECURITY, OPERATIONAL));
        assertThat(transit.response().header().getByte(1)).isEqualTo((byte) 0x81);
        LoginStep first = initiator.send(initiator.stay(OPERATIONAL), "MaxBurstLength=65536");
        assertThat(first.response().header().getByte(1)).isEqualTo((byte) 0x04);
        assertThat(keys(first).get("MaxRecvDataSegmentLength")).isEqualTo("262144");
        LoginStep second =
                initiator.send(initiator.stay(OPERATIONAL), "FirstBurstLength=262144", "HeaderDigest=CRC32C,None");
        assertThat(keys(second).get("FirstBurstLength")).isEqualTo("65536");
        assertThat(keys(second).get("MaxRecvDataSegmentLength"))
                .as("declared once")
                .isNull();
        LoginStep last = initiator.send(initiator.transit(OPERATIONAL, FULL_FEATURE));
        LoginResult result = loggedIn(last);
        assertThat(result.keys().headerDigest()).isTrue();
        assertThat(result.keys().dataDigest()).isFalse();
        assertThat(result.keys().firstBurstLength()).isEqualTo(65536);
        assertThat(result.statSn()).isEqualTo(0x1006);
    }

    @Test
    void textMayBeSplitAnywhere() {
        String all = String.join("\0", with(NORMAL, "AuthMethod=None")) + "\0";
        ByteBuf text = Unpooled.copiedBuffer(all, UTF_8);
        while (text.readableBytes() > 7) {
            LoginStep step = initiator.phase.receive(initiator.more(SECURITY), text.readSlice(7));
            assertThat(step).isInstanceOf(LoginStep.More.class);
            assertThat(step.response().data().isReadable()).isFalse();
            assertThat(step.response().header().getByte(1)).isZero();
        }
        LoginStep step = initiator.phase.receive(initiator.transit(SECURITY, OPERATIONAL), text);
        assertThat(keys(step).get("AuthMethod")).isEqualTo("None");
        assertThat(step.response().header().getByte(1)).isEqualTo((byte) 0x81);
    }

    @Test
    void aLongAnswerComesInPieces() {
        var offers = new ArrayList<>(List.of(NORMAL));
        for (int i = 0; i < 1000; i++) {
            offers.add("X-%04d=".formatted(i));
        }
        var answers = Unpooled.buffer();
        LoginStep step = initiator.send(initiator.transit(OPERATIONAL, FULL_FEATURE), offers.toArray(String[]::new));
        int pieces = 0;
        while (step instanceof LoginStep.More) {
            assertThat(step.response().header().getByte(1)).as("C without T").isEqualTo((byte) 0x44);
            assertThat(step.response().data().readableBytes()).isEqualTo(8192);
            answers.writeBytes(step.response().data());
            step = initiator.send(initiator.transit(OPERATIONAL, FULL_FEATURE));
            pieces++;
        }
        loggedIn(step);
        answers.writeBytes(step.response().data());
        assertThat(pieces).isEqualTo(2);
        assertThat(answers.toString(UTF_8)).contains("X-0000=NotUnderstood\0", "X-0999=NotUnderstood\0");
    }

    @Test
    void namesAreComparedInTheirNormalForm() {
        LoginStep step = initiator.send(
                initiator.transit(SECURITY, FULL_FEATURE),
                "InitiatorName=IQN.1994-05.com.RedHat:C0FFEE",
                "TargetName=" + TARGET.toUpperCase(Locale.ROOT),
                "InitiatorAlias=a name, with = and ✓");
        assertThat(loggedIn(step).initiatorName()).isEqualTo(NAME);
        assertThat(loggedIn(step).targetName()).isEqualTo(TARGET);
        assertThat(loggedIn(step).alias()).isEqualTo("a name, with = and ✓");
    }

    @Test
    void aSessionGetsItsTsihInTheLastResponseOnly() {
        policy.nextTsih = 0xfffe;
        LoginStep first = initiator.send(initiator.transit(SECURITY, OPERATIONAL), NORMAL);
        assertThat(first.response().header().getUnsignedShort(14)).isZero();
        assertThat(policy.sessions).isEmpty();
        LoginStep last = initiator.send(initiator.transit(OPERATIONAL, FULL_FEATURE));
        assertThat(last.response().header().getUnsignedShort(14)).isEqualTo(0xfffe);
        assertThat(policy.sessions).containsKey(new SessionIdentity(NAME, ISID, TARGET, 1));
    }
}
