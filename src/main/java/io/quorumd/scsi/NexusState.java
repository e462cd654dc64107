package io.quorumd.scsi;

import io.quorumd.pdu.SenseData;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a logical unit remembers of a nexus: where it comes in, and the unit attentions it has not been told of. */
final class NexusState {

    private static final int RESET = 0x29;
    private static final int CLEARED = 0x2F;

    private final Lun lun;
    private final Registrant registrant;
    private final ArrayDeque<SenseData> attentions = new ArrayDeque<>(2);
    private final Map<Integer, CopyStatus> copies = new LinkedHashMap<>();
    private int denied;

    NexusState(ItNexus nexus, Lun lun) {
        this.lun = lun;
        this.registrant = Registrant.of(nexus, lun.map().targetName());
        attentions.add(Sense.POWER_ON_OCCURRED);
    }

    Lun lun() {
        return lun;
    }

    Registrant registrant() {
        return registrant;
    }

    /** @param access bits of {@link Access} that the reservations of others forbid from now on */
    void deny(int access) {
        denied = access;
    }

    boolean conflicts(int access) {
        return (denied & access) != 0;
    }

    /** How a copy ended, until the initiator asks. List identifiers are bytes, so there are few. */
    void copied(int listId, CopyStatus status) {
        copies.put(listId, status);
    }

    @Nullable
    CopyStatus takeCopyStatus(int listId) {
        return copies.remove(listId);
    }

    /** Establishes a unit attention condition, unless the same one is pending (SAM-6 §5.14). */
    void attention(SenseData what) {
        if (!attentions.contains(what)) {
            attentions.add(what);
        }
    }

    /** Establishes one that stands for all that happened before it: a reset. */
    void attentionInsteadOfOthers(SenseData what) {
        attentions.clear();
        attentions.add(what);
    }

    /** The initiator knows already. */
    void withdraw(SenseData what) {
        attentions.remove(what);
    }

    /** Reports what comes before even a reservation conflict: power on, reset, commands cleared (SAM-6 §5.3.3). */
    @Nullable
    SenseData takeReset() {
        SenseData first = attentions.peek();
        boolean reset = first != null && (first.asc() == RESET || first.asc() == CLEARED);
        return reset ? attentions.poll() : null;
    }

    /** Reports the oldest unit attention condition and with that clears it. */
    @Nullable
    SenseData takeAttention() {
        return attentions.poll();
    }
}
