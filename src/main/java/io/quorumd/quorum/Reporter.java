package io.quorumd.quorum;

import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts, logs and tells what went wrong. Called on the strand, once per fact. */
final class Reporter {

    private static final Logger log = LoggerFactory.getLogger(QuorumDevice.class);

    private static final int SECTOR = 512;

    private final String device;
    private final QuorumListener listener;
    private final AtomicLong quorumFailures = new AtomicLong();

    Reporter(String device, QuorumListener listener) {
        this.device = device;
        this.listener = listener;
    }

    /** A child failed at an operation; offset and length are bytes. */
    void failed(Child child, Operation type, BlockError error, long offset, long length) {
        child.count(
                error.code() == Errno.ETIMEDOUT
                        ? FailureType.TIMEOUT
                        : switch (type) {
                            case READ -> FailureType.READ;
                            case WRITE -> FailureType.WRITE;
                            case FLUSH -> FailureType.FLUSH;
                        });
        bad(child, type, error.toString(), offset, length);
    }

    /** A child was outvoted. */
    void outvoted(Child child, long offset, long length) {
        child.count(FailureType.VOTE);
        bad(child, Operation.READ, null, offset, length);
    }

    /** An operation had no quorum. */
    void noQuorum(long offset, long length, BlockError error) {
        quorumFailures.incrementAndGet();
        log.error("{}: quorum failure, sector {} count {}: {}", device, sector(offset), sectors(offset, length), error);
        listener.event(new QuorumEvent.Failure(device, sector(offset), sectors(offset, length)));
    }

    void childChanged(Child child, ChildState from, ChildState to, String reason) {
        if (to == ChildState.FAULTED || to == ChildState.SUSPENDED) {
            log.warn("{}: child {} is {}: {}", device, child, lower(to), reason);
        } else {
            log.info("{}: child {} is {}", device, child, lower(to));
        }
        listener.event(new QuorumEvent.ChildChanged(child.nodeName(), from, to, reason));
    }

    void closeFailed(Child child, BlockError error) {
        log.warn("{}: child {} did not close well: {}", device, child, error);
    }

    /** blkverify: the line is the contract's, word for word. */
    void mismatch(long offset, long length, long differingByte, boolean exit) {
        long differing = differingByte / SECTOR;
        log.error(
                "quorum: sector_num={} nb_sectors={} contents mismatch in sector {}",
                sector(offset),
                sectors(offset, length),
                differing);
        listener.event(new QuorumEvent.Mismatch(device, sector(offset), sectors(offset, length), differing, exit));
    }

    long quorumFailures() {
        return quorumFailures.get();
    }

    private void bad(Child child, Operation type, @Nullable String error, long offset, long length) {
        log.warn(
                "{}: child {} bad at {}, sector {} count {}: {}",
                device,
                child,
                lower(type),
                sector(offset),
                sectors(offset, length),
                error != null ? error : "outvoted");
        listener.event(
                new QuorumEvent.ReportBad(type, error, child.nodeName(), sector(offset), sectors(offset, length)));
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static long sector(long offset) {
        return offset / SECTOR;
    }

    private static long sectors(long offset, long length) {
        return (offset + length + SECTOR - 1) / SECTOR - sector(offset);
    }
}
