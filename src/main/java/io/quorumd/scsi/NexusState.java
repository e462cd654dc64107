package io.quorumd.scsi;

import io.quorumd.pdu.SenseData;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** What a logical unit remembers of a nexus: where it comes in, and the unit attentions it has not been told of. */
final class NexusState {

    private final Lun lun;
    private final ArrayDeque<SenseData> attentions = new ArrayDeque<>(2);

    NexusState(Lun lun) {
        this.lun = lun;
        attentions.add(Sense.POWER_ON_OCCURRED);
    }

    Lun lun() {
        return lun;
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

    /** Reports the oldest unit attention condition and with that clears it. */
    @Nullable
    SenseData takeAttention() {
        return attentions.poll();
    }
}
