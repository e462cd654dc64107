package io.quorumd.iscsi.login;

import static io.quorumd.iscsi.login.Initiator.FULL_FEATURE;
import static io.quorumd.iscsi.login.Initiator.ISID;
import static io.quorumd.iscsi.login.Initiator.NAME;
import static io.quorumd.iscsi.login.Initiator.OPERATIONAL;
import static io.quorumd.iscsi.login.Initiator.SECURITY;
import static io.quorumd.iscsi.login.Initiator.assertRefused;
import static io.quorumd.iscsi.login.Initiator.keys;
import static io.quorumd.iscsi.login.Initiator.loggedIn;
import static io.quorumd.iscsi.login.Initiator.with;
import static io.quorumd.iscsi.login.OneTargetPolicy.TARGET;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufUtil;
import org.jscsi.parser.login.LoginStatus;
import org.junit.jupiter.api.Test;

class LoginPhaseTest {

    private static final String[] NORMAL = {"InitiatorName=" + NAME, "TargetName=" + TARGET, "SessionType=Normal"};

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
                .containsExactly("TargetPortalGroupTag=1", "TargetAlias=disk0", "AuthMethod=None");
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

    @Test
    void aMissingNameIsAMissingParameter() {
        assertRefused(
                initiator.send(initiator.transit(SECURITY, OPERATIONAL), "SessionType=Normal", "TargetName=" + TARGET),
                LoginStatus.MISSING_PARAMETER);
    }

    @Test
    void anUnknownTargetIsNotFound() {
        policy.verdicts.clear();
        assertRefused(
                initiator.send(initiator.transit(SECURITY, OPERATIONAL), with(NORMAL, "AuthMethod=None")),
                LoginStatus.NOT_FOUND);
    }
}
