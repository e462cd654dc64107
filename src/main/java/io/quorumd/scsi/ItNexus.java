package io.quorumd.scsi;

/**
 * The relation between an initiator port and a target port (SAM-6 I_T nexus): an iSCSI session. Reservations, unit
 * attentions and task sets hang on it; identity is the object's.
 */
public final class ItNexus {

    private final String initiatorName;
    private final String initiatorPort;
    private final int targetPort;
    private final boolean readOnly;

    /**
     * @param initiatorName iSCSI name of the initiator
     * @param initiatorPort iSCSI initiator port name: {@code name,i,0x<ISID in 12 hex digits>}
     * @param targetPort relative target port identifier, 1 or more (the portal group's)
     */
    public ItNexus(String initiatorName, String initiatorPort, int targetPort) {
        this(initiatorName, initiatorPort, targetPort, false);
    }

    /** @param readOnly this initiator may change nothing: to it every medium is write protected */
    public ItNexus(String initiatorName, String initiatorPort, int targetPort, boolean readOnly) {
        this.initiatorName = initiatorName;
        this.initiatorPort = initiatorPort;
        this.targetPort = targetPort;
        this.readOnly = readOnly;
    }

    public boolean isReadOnly() {
        return readOnly;
    }

    public String initiatorName() {
        return initiatorName;
    }

    public String initiatorPort() {
        return initiatorPort;
    }

    public int targetPort() {
        return targetPort;
    }

    @Override
    public String toString() {
        return initiatorPort;
    }
}
