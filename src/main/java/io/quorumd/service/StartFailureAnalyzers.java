package io.quorumd.service;

import io.quorumd.iscsi.PortalBindException;
import io.quorumd.quorum.state.StateException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** What stops a start whose configuration is right, in plain words. */
final class StartFailureAnalyzers {

    private StartFailureAnalyzers() {}

    /** The state does not allow the start. */
    static final class State extends AbstractFailureAnalyzer<StateException> {

        @Override
        protected FailureAnalysis analyze(Throwable rootFailure, StateException cause) {
            return new FailureAnalysis(cause.description(), cause.action(), rootFailure);
        }
    }

    /** Too few children open. */
    static final class Volume extends AbstractFailureAnalyzer<VolumeException> {

        @Override
        protected FailureAnalysis analyze(Throwable rootFailure, VolumeException cause) {
            return new FailureAnalysis(
                    cause.getMessage(),
                    "Bring its children back, or correct their uri in quorumd.volumes, and start again.",
                    rootFailure);
        }
    }

    /** A portal's port is taken, or its address is not of this host. */
    static final class Portal extends AbstractFailureAnalyzer<PortalBindException> {

        @Override
        protected FailureAnalysis analyze(Throwable rootFailure, PortalBindException cause) {
            return new FailureAnalysis(
                    "quorumd.iscsi.portals: " + cause.getMessage(),
                    "Stop what listens there (ss -ltnp shows it), or set quorumd.iscsi.portals to an address of this"
                            + " host and a free port.",
                    rootFailure);
        }
    }
}
