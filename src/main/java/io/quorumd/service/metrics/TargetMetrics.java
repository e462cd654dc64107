package io.quorumd.service.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.quorumd.iscsi.CommandListener;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Metrics of the iSCSI server: {@code quorumd.iscsi.*}. */
public final class TargetMetrics implements MeterBinder {

    private final CommandTimes times = new CommandTimes(this::firstSeen);
    private final IntSupplier sessions;
    private volatile @Nullable MeterRegistry registry;

    /** @param sessions how many there are now */
    public TargetMetrics(IntSupplier sessions) {
        this.sessions = sessions;
    }

    /** What the server is to tell of its commands. */
    public CommandListener listener() {
        return times;
    }

    @Override
    public void bindTo(MeterRegistry meters) {
        registry = meters;
        Gauge.builder("quorumd.iscsi.sessions", sessions::getAsInt)
                .description("Sessions that are logged in")
                .register(meters);
        FunctionCounter.builder("quorumd.iscsi.bytes", times, CommandTimes::bytesIn)
                .tag("direction", "in")
                .description("Data moved by SCSI commands; in: to the initiator")
                .baseUnit("bytes")
                .register(meters);
        FunctionCounter.builder("quorumd.iscsi.bytes", times, CommandTimes::bytesOut)
                .tag("direction", "out")
                .description("Data moved by SCSI commands; in: to the initiator")
                .baseUnit("bytes")
                .register(meters);
    }

    private void firstSeen(int operationCode) {
        MeterRegistry meters = registry;
        if (meters != null) {
            FunctionTimer.builder(
                            "quorumd.iscsi.commands",
                            times,
                            all -> all.count(operationCode),
                            all -> all.nanos(operationCode),
                            TimeUnit.NANOSECONDS)
                    .tag("opcode", OperationName.of(operationCode))
                    .description("SCSI commands from their arrival to their response")
                    .register(meters);
        }
    }
}
