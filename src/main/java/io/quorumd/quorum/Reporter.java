package io.quorumd.quorum;

import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts and tells what went wrong. Called on the strand, once per fact; the listener logs, at its own rate. */
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
    void noQuorum(long offset, long length) {
        quorumFailures.incrementAndGet();
        listener.event(new QuorumEvent.Failure(device, sector(offset), sectors(offset, length)));
    }

    void childChanged(Child child, ChildState from, ChildState to, String reason) {
        listener.event(new QuorumEvent.ChildChanged(child.nodeName(), from, to, reason));
    }

    /** The bookkeeping could not be written, and nobody waits for it. */
    void notRecorded(BlockError error) {
        log.error("{}: {}", device, error);
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
        listener.event(
                new QuorumEvent.ReportBad(type, error, child.nodeName(), sector(offset), sectors(offset, length)));
    }

    private static long sector(long offset) {
        return offset / SECTOR;
    }

    private static long sectors(long offset, long length) {
        return (offset + length + SECTOR - 1) / SECTOR - sector(offset);
    }
}
