package io.quorumd.service.config;

import java.time.Duration;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The Kubernetes Lease that keeps a second service off the same children.
 *
 * @param name Name of the Lease. Everybody who is configured with the same children must name the same one. Empty: none is
 *     needed, and none is looked for.
 * @param namespace Namespace of the Lease. Empty: the one that the service runs in.
 * @param duration How long others leave the Lease to a service that does not renew it any more; whole seconds. A service
 *     that was killed is missed for so long.
 * @param renewDeadline How long after the last renewal the service stops all I/O and ends; shorter than duration by what
 *     clocks may differ in speed, and by what a request may take that is on its way.
 * @param retryPeriod Time between two renewals, and between two attempts while another holds the Lease.
 */
public record LeaseProperties(
        @DefaultValue("") String name,
        @DefaultValue("") String namespace,
        @DefaultValue("15s") Duration duration,
        @DefaultValue("10s") Duration renewDeadline,
        @DefaultValue("2s") Duration retryPeriod) {

    private static final String PREFIX = "quorumd.lease";
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");
    private static final Duration RETRY_MIN = Duration.ofMillis(100);

    /** Whether a Lease is to be held. */
    public boolean isWanted() {
        return !name.isEmpty();
    }

    void check() {
        if (!isWanted()) {
            return;
        }
        checkName(PREFIX + ".name", name);
        if (!namespace.isEmpty()) {
            checkName(PREFIX + ".namespace", namespace);
        }
        if (duration.toNanosPart() != 0 || duration.toSeconds() < 1 || duration.toSeconds() > Integer.MAX_VALUE) {
            throw new ConfigurationException(
                    PREFIX + ".duration", "is not a whole number of seconds", "A Lease counts seconds; set it to 15s");
        }
        if (renewDeadline.compareTo(duration) >= 0) {
            throw new ConfigurationException(
                    PREFIX + ".renew-deadline",
                    "is not shorter than the duration",
                    "I/O must have stopped before another may take the Lease: set it to two thirds of " + PREFIX
                            + ".duration");
        }
        if (retryPeriod.compareTo(RETRY_MIN) < 0 || retryPeriod.multipliedBy(2).compareTo(renewDeadline) > 0) {
            throw new ConfigurationException(
                    PREFIX + ".retry-period",
                    "is not between 100 ms and half the renew-deadline",
                    "One renewal that fails must not cost the Lease: set it to a fifth of " + PREFIX
                            + ".renew-deadline");
        }
    }

    private static void checkName(String property, String text) {
        if (!NAME.matcher(text).matches()) {
            throw new ConfigurationException(
                    property,
                    "\"" + text + "\" cannot be the name of a Kubernetes object",
                    "Write up to 253 small letters, digits, dashes and dots");
        }
    }
}
