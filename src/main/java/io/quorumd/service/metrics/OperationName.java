package io.quorumd.service.metrics;

import java.util.Map;

/** Operation codes by their names in SPC and SBC; the rest in hex. */
final class OperationName {

    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(0x00, "TEST UNIT READY"),
            Map.entry(0x03, "REQUEST SENSE"),
            Map.entry(0x08, "READ(6)"),
            Map.entry(0x0A, "WRITE(6)"),
            Map.entry(0x12, "INQUIRY"),
            Map.entry(0x1A, "MODE SENSE(6)"),
            Map.entry(0x1B, "START STOP UNIT"),
            Map.entry(0x25, "READ CAPACITY(10)"),
            Map.entry(0x28, "READ(10)"),
            Map.entry(0x2A, "WRITE(10)"),
            Map.entry(0x2F, "VERIFY(10)"),
            Map.entry(0x35, "SYNCHRONIZE CACHE(10)"),
            Map.entry(0x41, "WRITE SAME(10)"),
            Map.entry(0x42, "UNMAP"),
            Map.entry(0x5A, "MODE SENSE(10)"),
            Map.entry(0x5E, "PERSISTENT RESERVE IN"),
            Map.entry(0x5F, "PERSISTENT RESERVE OUT"),
            Map.entry(0x88, "READ(16)"),
            Map.entry(0x89, "COMPARE AND WRITE"),
            Map.entry(0x8A, "WRITE(16)"),
            Map.entry(0x91, "SYNCHRONIZE CACHE(16)"),
            Map.entry(0x93, "WRITE SAME(16)"),
            Map.entry(0x9E, "SERVICE ACTION IN(16)"),
            Map.entry(0xA0, "REPORT LUNS"),
            Map.entry(0xA3, "MAINTENANCE IN"),
            Map.entry(0xA8, "READ(12)"),
            Map.entry(0xAA, "WRITE(12)"));

    private OperationName() {}

    static String of(int operationCode) {
        return NAMES.getOrDefault(operationCode, String.format("0x%02X", operationCode));
    }
}
