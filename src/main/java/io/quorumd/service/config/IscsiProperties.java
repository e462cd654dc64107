package io.quorumd.service.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The iSCSI server.
 *
 * @param portals Where it listens, as ADDRESS:PORT; an IPv6 address in brackets. With a portal group behind it, as
 *     ADDRESS:PORT,TAG with a TAG of 1 to 65535, when not all are in group 1: an initiator takes portals of one group for
 *     the same port of the target.
 * @param advertise Portals that SendTargets answers with, as ADDRESS or ADDRESS:PORT, with ,TAG behind it when they are not
 *     in portal group 1. Empty: the local address of the initiator's connection. Behind a Kubernetes Service or NAT it must
 *     be set.
 * @param redirect By target name, the portal that its initiators are sent to (login status 0x0101). With discovery-chap
 *     they are told after they have proved themselves to the target, which libiscsi does not follow; else at once. In YAML
 *     a target name as a key stands in brackets and quotes: "[iqn.2026-11.io.quorumd:disk0]".
 * @param discoveryChap How discovery sessions authenticate.
 * @param initiatorName By what name the service itself logs in to the targets of its iSCSI children.
 * @param threads Event loops. Each connection and each volume belongs to one, and every command runs on its volume's,
 *     without locks. 0: half the processors, at least one, because a loop that is never preempted is faster than two
 *     that share a processor with the kernel's network stack.
 * @param busyPoll How long an event loop looks for the next command before it sleeps, at most 1ms, and half as
 *     long as a thread looks that writes or copies for it: at queue depth 1 that halves the latency, of reads for a tenth more
 *     CPU, of buffered writes for less. Only where it pays, and not with a single processor. 0: not at all.
 */
public record IscsiProperties(
        @DefaultValue("127.0.0.1:3260") List<String> portals,
        @DefaultValue List<String> advertise,
        @DefaultValue Map<String, String> redirect,
        @NestedConfigurationProperty @DefaultValue ChapProperties discoveryChap,
        @DefaultValue("iqn.2026-11.io.quorumd:initiator") String initiatorName,
        @DefaultValue("0") int threads,
        @DefaultValue("50us") Duration busyPoll) {

    public IscsiProperties {
        portals = List.copyOf(portals);
        advertise = List.copyOf(advertise);
        redirect = Map.copyOf(redirect);
    }

    /** The number of event loops in force. */
    public int eventLoops() {
        return threads > 0 ? threads : Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    }

    /** The busy polling in force. With one processor it would keep it from those who are waited for. */
    public Duration busyPollInForce() {
        return Runtime.getRuntime().availableProcessors() > 1 ? busyPoll : Duration.ZERO;
    }
}
