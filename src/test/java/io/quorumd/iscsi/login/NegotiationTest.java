package io.quorumd.iscsi.login;

import static io.quorumd.iscsi.login.Initiator.FULL_FEATURE;
import static io.quorumd.iscsi.login.Initiator.NAME;
import static io.quorumd.iscsi.login.Initiator.OPERATIONAL;
import static io.quorumd.iscsi.login.Initiator.assertRefused;
import static io.quorumd.iscsi.login.Initiator.keys;
import static io.quorumd.iscsi.login.OneTargetPolicy.TARGET;
import static org.assertj.core.api.Assertions.assertThat;

import org.jscsi.parser.login.LoginStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of operational keys (RFC 7143 §13): what is offered, what we answer. */
class NegotiationTest {

    private static LoginStep offer(String... keys) {
        var initiator = new Initiator(new OneTargetPolicy());
        return initiator.send(
                initiator.transit(OPERATIONAL, FULL_FEATURE),
                Initiator.with(new String[] {"InitiatorName=" + NAME, "TargetName=" + TARGET}, keys));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HeaderDigest|CRC32C|CRC32C",
                "HeaderDigest|None|None",
                "HeaderDigest|CRC32C,None|CRC32C",
                "HeaderDigest|None,CRC32C|None",
                "HeaderDigest|X-md5,.+,CRC32C|CRC32C",
                "DataDigest|CRC32C,None|CRC32C",
                "DataDigest|None,CRC32C|None",
                "MaxConnections|1|1",
                "MaxConnections|65535|1",
                "MaxConnections|0x10|1",
                "InitialR2T|No|No",
                "InitialR2T|Yes|Yes",
                "ImmediateData|Yes|Yes",
                "ImmediateData|No|No",
                "MaxBurstLength|512|512",
                "MaxBurstLength|16777215|16776192",
                "MaxBurstLength|0xFFFFFF|16776192",
                "FirstBurstLength|512|512",
                "FirstBurstLength|16777215|262144",
                "DefaultTime2Wait|0|0",
                "DefaultTime2Wait|3600|3600",
                "DefaultTime2Retain|0|0",
                "DefaultTime2Retain|3600|0",
                "MaxOutstandingR2T|1|1",
                "MaxOutstandingR2T|65535|16",
                "ErrorRecoveryLevel|0|0",
                "ErrorRecoveryLevel|2|0",
                "DataPDUInOrder|Yes|Yes",
                "DataPDUInOrder|No|Yes",
                "DataSequenceInOrder|No|Yes",
                "IFMarker|No|No",
                "IFMarker|Yes|No",
                "OFMarker|Yes|No",
                "IFMarkInt|2048~8192|Reject",
                "OFMarkInt|1|Reject",
                "iSCSIProtocolLevel|2|1",
                "iSCSIProtocolLevel|0|0",
                "TaskReporting|FastAbort,ResponseFence,RFC3720|RFC3720",
                "X-com.example.key|some = thing|NotUnderstood",
                "X#NodeArchitecture|Linux|NotUnderstood",
                "RDMAExtensions|Yes|NotUnderstood",
                "headerdigest|None|NotUnderstood",
            })
    void offersAndAnswers(String key, String offered, String answered) {
        LoginStep step = offer(key + "=" + offered);
        assertThat(step).isInstanceOf(LoginStep.FullFeature.class);
        assertThat(keys(step).get(key)).isEqualTo(answered);
        assertThat(keys(step).repeated()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HeaderDigest=",
                "HeaderDigest=MD5",
                "HeaderDigest=crc32c",
                "DataDigest=.+",
                "DataDigest=Reject",
                "MaxConnections=0",
                "MaxConnections=65536",
                "MaxConnections=99999999999999999999999999",
                "MaxConnections=0xffffffffffffffff",
                "MaxConnections=one",
                "MaxConnections=-1",
                "MaxConnections=",
                "InitialR2T=yes",
                "InitialR2T=",
                "ImmediateData=1",
                "MaxBurstLength=511",
                "MaxBurstLength=16777216",
                "FirstBurstLength=0",
                "FirstBurstLength=16777216",
                "MaxRecvDataSegmentLength=511",
                "MaxRecvDataSegmentLength=2147483648",
                "MaxRecvDataSegmentLength=0b////",
                "DefaultTime2Wait=3601",
                "ErrorRecoveryLevel=3",
                "MaxOutstandingR2T=0",
                "iSCSIProtocolLevel=32",
                "TaskReporting=FastAbort",
                "AuthMethod=None",
                "CHAP_A=5",
                "SendTargets=All",
                "TargetAlias=mine",
                "TargetAddress=192.0.2.1",
                "TargetPortalGroupTag=1",
            })
    void offersThatEndTheLogin(String pair) {
        assertRefused(offer(pair), LoginStatus.INITIATOR_ERROR);
    }

    @Test
    void aKeyIsNegotiatedOnce() {
        assertRefused(offer("MaxBurstLength=512", "MaxBurstLength=512"), LoginStatus.INITIATOR_ERROR);
        var initiator = new Initiator(new OneTargetPolicy());
        initiator.send(
                initiator.stay(OPERATIONAL), "InitiatorName=" + NAME, "TargetName=" + TARGET, "ImmediateData=Yes");
        assertRefused(
                initiator.send(initiator.transit(OPERATIONAL, FULL_FEATURE), "ImmediateData=Yes"),
                LoginStatus.INITIATOR_ERROR);
    }

    @ParameterizedTest
    @CsvSource({
        "262144, 131072, 131072",
        "65536, 262144, 65536",
        "512, 512, 512",
        "16776192, 16777215, 262144",
    })
    void theFirstBurstFitsIntoTheLongest(int maxBurst, int firstBurst, int agreed) {
        for (boolean first : new boolean[] {true, false}) {
            String a = "MaxBurstLength=" + maxBurst;
            String b = "FirstBurstLength=" + firstBurst;
            LoginStep step = first ? offer(a, b) : offer(b, a);
            assertThat(keys(step).get("FirstBurstLength")).isEqualTo(Integer.toString(agreed));
            assertThat(Initiator.loggedIn(step).keys().firstBurstLength()).isEqualTo(agreed);
        }
    }

    @Test
    void aSmallBurstBringsTheDefaultFirstBurstDown() {
        assertThat(Initiator.loggedIn(offer("MaxBurstLength=4096")).keys().firstBurstLength())
                .isEqualTo(4096);
    }
}
