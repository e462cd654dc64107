package io.quorumd.service.lease;

import io.quorumd.service.config.ConfigurationReader;
import io.quorumd.service.config.LeaseProperties;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;

/**
 * Waits for the Lease, where one is configured, before the service makes anything: no state directory, child or portal is
 * touched without it.
 */
public final class LeaseInitializer implements ApplicationContextInitializer<GenericApplicationContext> {

    /** The status of a process that has lost its Lease: a passing failure, to be started again (EX_TEMPFAIL). */
    public static final int LOST = 75;

    private static final Logger LOG = LoggerFactory.getLogger(LeaseInitializer.class);

    private final String[] arguments;

    /** @param arguments of the command line */
    public LeaseInitializer(String... arguments) {
        this.arguments = arguments.clone();
    }

    @Override
    public void initialize(GenericApplicationContext context) {
        LeaseProperties wanted =
                ConfigurationReader.read(context.getEnvironment()).lease();
        if (wanted.isWanted()) {
            LeaseTerms terms = new LeaseTerms(wanted.duration(), wanted.renewDeadline(), wanted.retryPeriod());
            LeaseStore store = KubernetesLeaseStore.of(wanted.name(), wanted.namespace(), terms);
            HeldLease held = acquire(wanted.name(), store, terms);
            context.registerBean(HeldLease.class, () -> held);
        }
    }

    private HeldLease acquire(String name, LeaseStore store, LeaseTerms terms) {
        int seconds = (int) terms.duration().toSeconds();
        LeaseClaim claim = new LeaseClaim(store, identity(), seconds, System::nanoTime);
        try (LeaseWait wait = new LeaseWait(name, claim, terms, reason -> WaitingRoom.open(reason, arguments))) {
            wait.untilTaken();
            LOG.info("Lease {} is held", name);
            // Renewed from now on: to close the waiting room takes its time.
            return new HeldLease(name, claim, store, terms, System::nanoTime, LeaseInitializer::end).keep();
        }
    }

    /** The pod's name tells people who it is; what is random behind it tells this start from all others of the pod. */
    private static String identity() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException unknown) {
            host = "unknown";
        }
        return host + "_" + UUID.randomUUID();
    }

    /** At once: whoever waits for the Lease may start at any moment, and an orderly end would flush children. */
    private static void end(String why) {
        LOG.error("{}. All I/O has stopped; this process ends with status {}, to be started again.", why, LOST);
        Runtime.getRuntime().halt(LOST);
    }
}
