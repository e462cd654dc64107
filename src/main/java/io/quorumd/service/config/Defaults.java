package io.quorumd.service.config;

import io.quorumd.quorum.QuorumOptions.OnMismatch;
import io.quorumd.quorum.QuorumOptions.OnOpenFailure;
import io.quorumd.quorum.QuorumOptions.ReadPattern;
import io.quorumd.quorum.QuorumOptions.VoteUnit;
import io.quorumd.quorum.QuorumOptions.When;
import io.quorumd.service.config.VolumeProperties.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.springframework.util.unit.DataSize;

/** What runs when nothing is configured: one disk of three local files. */
final class Defaults {

    private static final String VOLUME = "disk0";
    private static final String AUTHORITY = "iqn.2026-11.io.quorumd:";

    private Defaults() {}

    static VolumeProperties volume() {
        List<ChildProperties> children = Stream.of("a", "b", "c")
                .map(letter -> VOLUME + "-" + letter)
                .map(name -> new ChildProperties(name, "file:./data/" + name + ".img", new ChapProperties()))
                .toList();
        return new VolumeProperties(
                VOLUME,
                Kind.QUORUM,
                DataSize.ofGigabytes(1),
                512,
                "",
                null,
                ReadPattern.QUORUM,
                VoteUnit.BLOCK,
                null,
                false,
                OnMismatch.OFFLINE,
                OnOpenFailure.DEGRADED,
                When.THRESHOLD,
                When.ALL,
                true,
                Duration.ofSeconds(5),
                DataSize.ofMegabytes(1),
                DataSize.ofBytes(0),
                false,
                children);
    }

    static TargetProperties target(VolumeProperties volume) {
        return new TargetProperties(
                AUTHORITY + volume.name().toLowerCase(Locale.ROOT),
                volume.name(),
                List.of(new LunProperties(0, volume.name(), false)),
                List.of(),
                new ChapProperties());
    }
}
