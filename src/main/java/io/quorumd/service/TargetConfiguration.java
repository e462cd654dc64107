package io.quorumd.service;

import io.quorumd.block.Buffers;
import io.quorumd.iscsi.IscsiLimits;
import io.quorumd.iscsi.IscsiServer;
import io.quorumd.iscsi.IscsiSettings;
import io.quorumd.iscsi.Portal;
import io.quorumd.iscsi.login.TargetAddress;
import io.quorumd.pdu.EventLoops;
import io.quorumd.service.config.IscsiProperties;
import io.quorumd.service.config.PortalAddress;
import io.quorumd.service.config.QuorumdProperties;
import io.quorumd.service.metrics.TargetMetrics;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;

/** The iSCSI server with its targets, made of the volumes. */
@Configuration(proxyBeanMethods = false)
class TargetConfiguration {

    @Bean
    IscsiServer iscsiServer(QuorumdProperties properties, EventLoops loops, TargetMetrics metrics) {
        return new IscsiServer(settings(properties.iscsi()), loops, Buffers.ALLOCATOR, metrics.listener());
    }

    @Bean
    Targets targets(IscsiServer server, QuorumdProperties properties, EventLoops loops, List<Volume> volumes) {
        List<Integer> portalGroups =
                portals(properties.iscsi()).stream().map(Portal::groupTag).toList();
        Targets targets = new Targets(server, loops, portalGroups, volumes);
        for (int i = 0; i < properties.targets().size(); i++) {
            targets.add("quorumd.targets[" + i + "]", properties.targets().get(i));
        }
        return targets;
    }

    static IscsiSettings settings(IscsiProperties iscsi) {
        return new IscsiSettings(
                portals(iscsi),
                iscsi.advertise().stream()
                        .map(text -> PortalAddress.parseAdvertised("quorumd.iscsi.advertise", text))
                        .map(portal -> TargetAddress.of(portal.address(), portal.groupTag()))
                        .toList(),
                redirect(iscsi.redirect()),
                ConfiguredAccess.account("quorumd.iscsi.discovery-chap", iscsi.discoveryChap()),
                IscsiLimits.DEFAULT);
    }

    private static Map<String, TargetAddress> redirect(Map<String, String> portals) {
        return portals.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> TargetAddress.of(
                                PortalAddress.parseRedirect("quorumd.iscsi.redirect", entry.getValue()), 1)));
    }

    private static List<Portal> portals(IscsiProperties iscsi) {
        return iscsi.portals().stream()
                .map(text -> PortalAddress.parse("quorumd.iscsi.portals", text))
                .map(portal -> new Portal(portal.address(), portal.groupTag()))
                .toList();
    }

    @Bean
    @DependsOn("targets")
    IscsiLifecycle iscsiLifecycle(IscsiServer server) {
        return new IscsiLifecycle(server);
    }
}
