package io.quorumd.quorum;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where nothing is known about the children (6.9): compares all of them from end to end, repairing what is outvoted. Only
 * then is the volume known again; until then every read is voted on. A pass counts only if every child took part in all
 * of it.
 */
final class Comparison {

    private static final Logger log = LoggerFactory.getLogger(QuorumDevice.class);

    private static final int CHUNK = 256 * 1024;
    /** Until it looks again whether a child that is far behind has caught up. */
    private static final long CATCH_UP_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Quorum quorum;
    private boolean running;
    private long at;

    Comparison(Quorum quorum) {
        this.quorum = quorum;
    }

    /** Begins, if there is need and all children answer; called now and then. */
    void poke() {
        if (!running && !quorum.book.isKnown() && everybodyAnswers()) {
            running = true;
            at = 0;
            log.info("{}: nothing is known about the children, comparing all of them", quorum.name);
            next();
        }
    }

    private boolean everybodyAnswers() {
        return !quorum.isClosed() && quorum.voters.answering() == quorum.everybody();
    }

    private void next() {
        if (!everybodyAnswers()) {
            running = false;
            return;
        }
        if (at == quorum.regions.size()) {
            quorum.book.becomeKnown(error -> {
                running = false;
                if (error == null) {
                    log.info("{}: all children have been compared", quorum.name);
                } else {
                    quorum.sync.reportIfNotRecorded(error);
                }
            });
            return;
        }
        if (quorum.prompt(quorum.everybody()) != quorum.everybody()) {
            // The range would be held until all that was asked of that child before has been answered.
            var _ = quorum.strand.schedule(this::next, CATCH_UP_NANOS);
            return;
        }
        int length = (int) Math.min(CHUNK, quorum.regions.size() - at);
        long began = quorum.strand.nanoTime();
        long foreground = quorum.foreground();
        Inquest.comparing(quorum, at, length, () -> {
            at += length;
            long took = quorum.strand.nanoTime() - began;
            long delay = Pace.delay(length, took, quorum.foreground() != foreground, quorum.resync.rate());
            var _ = quorum.strand.schedule(this::next, delay);
        });
    }
}
