package io.quorumd.service.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.quorumd.quorum.ChildState;
import io.quorumd.quorum.FailureType;
import io.quorumd.quorum.QuorumStatus;
import io.quorumd.quorum.QuorumStatus.ChildStatus;
import io.quorumd.service.metrics.IoTimes.Op;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** Metrics of one volume and its children: {@code quorumd.volume.*}, {@code quorumd.child.*}, {@code quorumd.resync.*}. */
public final class VolumeMetrics implements MeterBinder {

    /** What has data; an update reads as much as it writes, and counts once. */
    private static final List<Op> MOVING = List.of(Op.READ, Op.WRITE, Op.UPDATE);

    private final Supplier<QuorumStatus> status;
    private final VolumeTimes times;
    private final Tags tags;

    /** @param status asked once for each figure that somebody wants */
    public VolumeMetrics(String volume, Supplier<QuorumStatus> status, VolumeTimes times) {
        this.status = status;
        this.times = times;
        this.tags = Tags.of("volume", volume);
    }

    @Override
    public void bindTo(MeterRegistry meters) {
        gauge(
                meters,
                "quorumd.volume.margin",
                "How many more children may stop answering; below 0 the volume is down",
                QuorumStatus::margin);
        gauge(meters, "quorumd.volume.size.bytes", "Length of the volume", QuorumStatus::size);
        FunctionCounter.builder(
                        "quorumd.volume.failures", status, now -> now.get().failures())
                .description("Operations that had no quorum")
                .tags(tags)
                .register(meters);
        gauge(
                meters,
                "quorumd.resync.bytes",
                "Bytes that are yet to be rewritten before every child is in sync",
                now -> now.resync().bytesTotal() - now.resync().bytesDone());
        io(meters, "quorumd.volume.io", "Requests of the volume, by kind", tags, times.volume());
        bytes(meters, times.volume());
        times.children().forEach((child, timesOfIt) -> bindChild(meters, child, timesOfIt));
    }

    private void bindChild(MeterRegistry meters, String child, IoTimes timesOfIt) {
        Tags both = tags.and("child", child);
        io(meters, "quorumd.child.io", "Requests of the child, by kind", both, timesOfIt);
        Gauge.builder("quorumd.child.stale.bytes", () -> find(child).staleBytes())
                .description("Bytes in regions where the child has no vote, because it missed a write")
                .tags(both)
                .register(meters);
        for (ChildState state : ChildState.values()) {
            Gauge.builder("quorumd.child.state", () -> find(child).state() == state ? 1 : 0)
                    .description("1 for the state the child is in, 0 for the others")
                    .tags(both.and("state", lower(state)))
                    .register(meters);
        }
        for (FailureType type : FailureType.values()) {
            FunctionCounter.builder(
                            "quorumd.child.failures",
                            status,
                            now -> find(child).failures().getOrDefault(type, 0L))
                    .description("Failures of the child; vote: it was outvoted")
                    .tags(both.and("type", lower(type)))
                    .register(meters);
        }
    }

    private void gauge(MeterRegistry meters, String name, String description, ToDoubleFunction<QuorumStatus> value) {
        Gauge.builder(name, status, now -> value.applyAsDouble(now.get()))
                .description(description)
                .tags(tags)
                .register(meters);
    }

    private static void io(MeterRegistry meters, String name, String description, Tags tags, IoTimes times) {
        for (Op op : Op.values()) {
            FunctionTimer.builder(name, times, all -> all.count(op), all -> all.nanos(op), TimeUnit.NANOSECONDS)
                    .description(description)
                    .tags(tags.and("op", op.tag()))
                    .register(meters);
        }
    }

    private void bytes(MeterRegistry meters, IoTimes times) {
        for (Op op : MOVING) {
            FunctionCounter.builder("quorumd.volume.bytes", times, all -> all.bytes(op))
                    .description("Data that the volume's requests have read or written, by kind")
                    .baseUnit("bytes")
                    .tags(tags.and("op", op.tag()))
                    .register(meters);
        }
    }

    private ChildStatus find(String child) {
        return status.get().children().stream()
                .filter(one -> one.nodeName().equals(child))
                .findFirst()
                .orElseThrow();
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
