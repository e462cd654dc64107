package io.quorumd.scsi;

import java.util.Locale;

/**
 * A nexus by its names, which outlive its sessions (SPC-5 §5.14.7). Or several: those of an initiator's ports, those
 * through every port of the target.
 *
 * @param initiatorPort {@code name,i,0x<ISID>}, or only {@code name} for every port of that initiator
 * @param target iSCSI name
 * @param targetPort relative target port identifier, or {@link #ALL_PORTS}
 */
record Registrant(String initiatorPort, String target, int targetPort) {

    static final int ALL_PORTS = 0;

    private static final String ISID = ",i,0x";

    Registrant {
        initiatorPort = initiatorPort.toLowerCase(Locale.ROOT);
    }

    static Registrant of(ItNexus nexus, String target) {
        return new Registrant(nexus.initiatorPort(), target, nexus.targetPort());
    }

    boolean covers(Registrant nexus) {
        return target.equals(nexus.target)
                && (targetPort == ALL_PORTS || targetPort == nexus.targetPort)
                && (initiatorPort.equals(nexus.initiatorPort) || nexus.initiatorPort.startsWith(initiatorPort + ISID));
    }

    Registrant throughAllPorts() {
        return new Registrant(initiatorPort, target, ALL_PORTS);
    }
}
