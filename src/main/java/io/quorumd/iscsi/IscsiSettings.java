package io.quorumd.iscsi;

import io.quorumd.iscsi.login.TargetAddress;
import io.quorumd.pdu.ChapAccount;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the server listens and introduces itself.
 *
 * @param advertise what SendTargets answers with; empty: the local address of the initiator's connection
 * @param redirect by target name, where its initiators are sent to (login status 0x0101)
 * @param discoveryChap what an initiator has to prove for a discovery session; null: nothing
 */
public record IscsiSettings(
        List<Portal> portals,
        List<TargetAddress> advertise,
        Map<String, TargetAddress> redirect,
        @Nullable ChapAccount discoveryChap,
        IscsiLimits limits) {

    public IscsiSettings {
        portals = List.copyOf(portals);
        advertise = List.copyOf(advertise);
        redirect = Map.copyOf(redirect);
    }

    public static IscsiSettings of(Portal... portals) {
        return new IscsiSettings(List.of(portals), List.of(), Map.of(), null, IscsiLimits.DEFAULT);
    }

    public IscsiSettings with(IscsiLimits other) {
        return new IscsiSettings(portals, advertise, redirect, discoveryChap, other);
    }
}
