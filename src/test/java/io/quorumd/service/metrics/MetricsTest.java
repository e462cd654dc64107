package io.quorumd.service.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quorumd.quorum.ChildState;
import io.quorumd.quorum.FailureType;
import io.quorumd.quorum.QuorumStatus;
import io.quorumd.quorum.QuorumStatus.ChildStatus;
import io.quorumd.quorum.QuorumStatus.ResyncStatus;
import io.quorumd.service.metrics.IoTimes.Op;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MetricsTest {

    private final MeterRegistry meters = new SimpleMeterRegistry();

    @Test
    void aVolumeHasTheFixedNames() {
        ChildStatus child =
                new ChildStatus("a", "file:a", ChildState.FAULTED, "gone", Map.of(FailureType.VOTE, 3L), 4096);
        QuorumStatus status = new QuorumStatus(
                "disk0",
                1 << 20,
                512,
                2,
                QuorumStatus.Health.DEGRADED,
                1,
                1,
                1,
                "",
                5,
                0,
                null,
                null,
                List.of(child),
                new ResyncStatus(true, false, 10, 30, 1, ""));
        VolumeTimes times = VolumeTimes.of(List.of("a"));
        times.volume().ended(Op.READ, 2_000_000, 4096);
        times.child("a").ended(Op.WRITE, 3_000_000, 512);

        new VolumeMetrics("disk0", () -> status, times).bindTo(meters);

        assertThat(meters.get("quorumd.volume.margin")
                        .tag("volume", "disk0")
                        .gauge()
                        .value())
                .isEqualTo(1);
        assertThat(meters.get("quorumd.volume.size.bytes").gauge().value()).isEqualTo(1 << 20);
        assertThat(meters.get("quorumd.volume.failures").functionCounter().count())
                .isEqualTo(5);
        assertThat(meters.get("quorumd.resync.bytes").gauge().value()).isEqualTo(20);
        assertThat(meters.get("quorumd.volume.io")
                        .tag("op", "read")
                        .functionTimer()
                        .totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(2);
        assertThat(meters.get("quorumd.volume.bytes")
                        .tags("volume", "disk0", "op", "read")
                        .functionCounter()
                        .count())
                .isEqualTo(4096);
        assertThat(meters.get("quorumd.child.io")
                        .tags("child", "a", "op", "write")
                        .functionTimer()
                        .count())
                .isEqualTo(1);
        assertThat(meters.get("quorumd.child.failures")
                        .tags("child", "a", "type", "vote")
                        .functionCounter()
                        .count())
                .isEqualTo(3);
        assertThat(meters.get("quorumd.child.state")
                        .tag("state", "faulted")
                        .gauge()
                        .value())
                .isEqualTo(1);
        assertThat(meters.get("quorumd.child.state")
                        .tag("state", "answering")
                        .gauge()
                        .value())
                .isZero();
        assertThat(meters.get("quorumd.child.stale.bytes").gauge().value()).isEqualTo(4096);
    }

    @Test
    void theTargetHasTheFixedNames() {
        TargetMetrics target = new TargetMetrics(() -> 7);
        target.bindTo(meters);

        target.listener().ended(0x28, 0, 2_000_000, 4096, 0);
        target.listener().ended(0x28, 0, 2_000_000, 4096, 0);
        target.listener().ended(0xC7, 2, 1_000_000, 0, 512);

        assertThat(meters.get("quorumd.iscsi.sessions").gauge().value()).isEqualTo(7);
        assertThat(meters.get("quorumd.iscsi.commands")
                        .tag("opcode", "READ(10)")
                        .functionTimer()
                        .mean(TimeUnit.MILLISECONDS))
                .isEqualTo(2);
        assertThat(meters.get("quorumd.iscsi.commands")
                        .tag("opcode", "0xC7")
                        .functionTimer()
                        .count())
                .isEqualTo(1);
        assertThat(meters.get("quorumd.iscsi.bytes")
                        .tag("direction", "in")
                        .functionCounter()
                        .count())
                .isEqualTo(8192);
        assertThat(meters.get("quorumd.iscsi.bytes")
                        .tag("direction", "out")
                        .functionCounter()
                        .count())
                .isEqualTo(512);
    }
}
