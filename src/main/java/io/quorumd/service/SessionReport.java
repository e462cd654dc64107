package io.quorumd.service;

import io.netty.util.NetUtil;
import io.quorumd.iscsi.SessionInfo;
import io.quorumd.iscsi.login.NegotiatedKeys;
import java.util.LinkedHashMap;
import java.util.Map;

/** A session as JSON, in the style of the other reports; negotiated keys as RFC 7143 §13 spells them. */
final class SessionReport {

    private SessionReport() {}

    static Map<String, Object> of(SessionInfo session) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("initiator", session.initiatorName());
        report.put("initiator-alias", session.initiatorAlias());
        report.put("target", session.targetName());
        report.put("type", session.targetName() == null ? "discovery" : "normal");
        report.put("isid", session.isid());
        report.put("tsih", session.tsih());
        report.put("portal-group-tag", session.portalGroupTag());
        report.put("since", session.since());
        report.put(
                "connections",
                session.connections().stream().map(SessionReport::connection).toList());
        return report;
    }

    private static Map<String, Object> connection(SessionInfo.Connection connection) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("cid", connection.cid());
        report.put("initiator-address", NetUtil.toSocketAddressString(connection.initiator()));
        report.put("portal", NetUtil.toSocketAddressString(connection.portal()));
        report.put("commands-in-flight", connection.commandsInFlight());
        report.put("commands", connection.commands());
        report.put("bytes-in", connection.bytesIn());
        report.put("bytes-out", connection.bytesOut());
        report.put("negotiated", keys(connection.keys()));
        return report;
    }

    private static Map<String, Object> keys(NegotiatedKeys keys) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("HeaderDigest", keys.headerDigest() ? "CRC32C" : "None");
        report.put("DataDigest", keys.dataDigest() ? "CRC32C" : "None");
        report.put("MaxSendDataSegmentLength", keys.maxSendDataSegmentLength());
        report.put("MaxRecvDataSegmentLength", keys.maxRecvDataSegmentLength());
        report.put("MaxBurstLength", keys.maxBurstLength());
        report.put("FirstBurstLength", keys.firstBurstLength());
        report.put("InitialR2T", keys.initialR2T());
        report.put("ImmediateData", keys.immediateData());
        report.put("MaxOutstandingR2T", keys.maxOutstandingR2T());
        report.put("MaxConnections", keys.maxConnections());
        report.put("ErrorRecoveryLevel", keys.errorRecoveryLevel());
        return report;
    }
}
