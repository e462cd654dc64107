package io.quorumd.service;

import io.netty.buffer.PooledByteBufAllocator;
import io.quorumd.block.EventLoopStrand;
import io.quorumd.iscsi.IscsiLimits;
import io.quorumd.iscsi.IscsiServer;
import io.quorumd.iscsi.IscsiSettings;
import io.quorumd.iscsi.Portal;
import io.quorumd.iscsi.TargetNode;
import io.quorumd.iscsi.login.TargetAddress;
import io.quorumd.pdu.EventLoops;
import io.quorumd.scsi.LunMap;
import io.quorumd.service.config.IscsiProperties;
import io.quorumd.service.config.LunProperties;
import io.quorumd.service.config.PortalAddress;
import io.quorumd.service.config.QuorumdProperties;
import io.quorumd.service.config.TargetProperties;
import io.quorumd.service.metrics.TargetMetrics;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The iSCSI server with its targets, made of the volumes. */
@Configuration(proxyBeanMethods = false)
class TargetConfiguration {

    @Bean
    IscsiServer iscsiServer(
            QuorumdProperties properties, EventLoops loops, List<Volume> volumes, TargetMetrics metrics) {
        IscsiServer server = new IscsiServer(
                settings(properties.iscsi()), loops, PooledByteBufAllocator.DEFAULT, metrics.listener());
        var byName = volumes.stream().collect(Collectors.toMap(Volume::name, Function.identity()));
        for (int i = 0; i < properties.targets().size(); i++) {
            TargetProperties target = properties.targets().get(i);
            LunMap luns = new LunMap(target.name(), new EventLoopStrand(loops.next()));
            for (LunProperties lun : target.luns()) {
                luns.add(
                        lun.lun(),
                        Objects.requireNonNull(byName.get(lun.volume())).disk(),
                        lun.readOnly());
            }
            server.addTarget(new TargetNode(
                    target.name(),
                    target.alias().isEmpty() ? null : target.alias(),
                    new ConfiguredAccess("quorumd.targets[" + i + "]", target),
                    luns));
        }
        return server;
    }

    static IscsiSettings settings(IscsiProperties iscsi) {
        return new IscsiSettings(
                iscsi.portals().stream()
                        .map(text -> PortalAddress.parse("quorumd.iscsi.portals", text))
                        .map(portal -> new Portal(portal.address(), portal.groupTag()))
                        .toList(),
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

    @Bean
    IscsiLifecycle iscsiLifecycle(IscsiServer server) {
        return new IscsiLifecycle(server);
    }
}
