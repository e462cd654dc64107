package io.quorumd.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.iscsi.Portal;
import io.quorumd.iscsi.login.TargetAddress;
import io.quorumd.service.config.ChapProperties;
import io.quorumd.service.config.InitiatorProperties;
import io.quorumd.service.config.IscsiProperties;
import io.quorumd.service.config.Secret;
import io.quorumd.service.config.TargetProperties;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the target server is told of the configuration. */
class IscsiSettingsTest {

    private static final ChapProperties NO_CHAP = new ChapProperties("", Secret.of(""), "", "", Secret.of(""), "");

    @Test
    void portalsAndWhatIsToldAboutThemHaveGroups() {
        var settings = TargetConfiguration.settings(new IscsiProperties(
                List.of("127.0.0.1:3260", "[::1]:3261,2"),
                List.of("10.0.0.9", "10.0.0.9,2", "[fd00::1]:3261,3"),
                Map.of("iqn.2026-11.io.quorumd:disk0", "10.0.0.8"),
                NO_CHAP,
                "iqn.2026-11.io.quorumd:initiator",
                1,
                Duration.ZERO));

        assertThat(settings.portals()).extracting(Portal::groupTag).containsExactly(1, 2);
        assertThat(settings.advertise().toString())
                .isEqualTo("[10.0.0.9:3260,1, 10.0.0.9:3260,2, [fd00:0:0:0:0:0:0:1]:3261,3]");
        assertThat(settings.redirect())
                .containsExactly(Map.entry("iqn.2026-11.io.quorumd:disk0", new TargetAddress("10.0.0.8:3260", 1)));
    }

    @Test
    void initiatorsAreAdmittedByTheNormalFormOfTheirName() {
        var access = new ConfiguredAccess(
                "quorumd.targets[0]",
                new TargetProperties(
                        "iqn.2026-11.io.quorumd:disk0",
                        "",
                        List.of(),
                        List.of(InitiatorProperties.of("iqn.1991-05.com.microsoft:HOST_1.example.com")),
                        NO_CHAP));

        assertThat(access.admits("iqn.1991-05.com.microsoft:host_1.example.com"))
                .isTrue();
        assertThat(access.admits("iqn.1991-05.com.microsoft:host_2.example.com"))
                .isFalse();
    }
}
