package io.quorumd.quorum;

/** Receives what a quorum device tells. Called on the device's strand: it must not block. */
@FunctionalInterface
public interface QuorumListener {

    void event(QuorumEvent event);
}
