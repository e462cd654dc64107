package io.quorumd.service.config;

import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What must hold for the iSCSI server. */
final class IscsiRules {

    private static final String PREFIX = "quorumd.iscsi";
    private static final int THREADS_MAX = 256;
    private static final Duration BUSY_POLL_MAX = Duration.ofMillis(1);

    private IscsiRules() {}

    static void check(IscsiProperties iscsi, List<TargetProperties> targets) {
        if (iscsi.portals().isEmpty()) {
            throw new ConfigurationException(
                    PREFIX + ".portals", "is empty", "Write where to listen, such as 127.0.0.1:3260");
        }
        Map<String, String> portals = new HashMap<>();
        for (int i = 0; i < iscsi.portals().size(); i++) {
            String at = PREFIX + ".portals[" + i + "]";
            InetSocketAddress portal =
                    PortalAddress.parse(at, iscsi.portals().get(i)).address();
            if (portal.getPort() != 0) {
                VolumeRules.unique(portals, at, NetUtil.toSocketAddressString(portal), "a portal");
            }
        }
        for (int i = 0; i < iscsi.advertise().size(); i++) {
            PortalAddress.parseAdvertised(
                    PREFIX + ".advertise[" + i + "]", iscsi.advertise().get(i));
        }
        checkRedirect(iscsi.redirect(), targets);
        IscsiName.check(PREFIX + ".initiator-name", iscsi.initiatorName());
        if (iscsi.threads() < 0 || iscsi.threads() > THREADS_MAX) {
            throw new ConfigurationException(
                    PREFIX + ".threads",
                    "is " + iscsi.threads(),
                    "Set it to 1 to " + THREADS_MAX + ", or to 0 for half the processors");
        }
        if (iscsi.busyPoll().isNegative() || iscsi.busyPoll().compareTo(BUSY_POLL_MAX) > 0) {
            throw new ConfigurationException(
                    PREFIX + ".busy-poll",
                    "is not between 0 and 1ms",
                    "A thread that looks for longer keeps a processor from others; set it to 50us, or to 0 to sleep at once");
        }
    }

    private static void checkRedirect(Map<String, String> redirect, List<TargetProperties> targets) {
        redirect.forEach((target, portal) -> {
            String at = PREFIX + ".redirect[" + target + "]";
            if (targets.stream().noneMatch(known -> known.name().equals(target))) {
                throw new ConfigurationException(
                        at,
                        "there is no target \"" + target + "\"",
                        "Name one of these, in YAML as \"[NAME]\" with brackets and quotes: "
                                + targets.stream().map(TargetProperties::name).collect(Collectors.joining(", ")));
            }
            PortalAddress.parseRedirect(at, portal);
        });
    }
}
