package io.quorumd.service.metrics;

import io.quorumd.iscsi.CommandListener;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** SCSI commands by operation code, and the bytes they moved. Counted by all event loops at once, read anywhere. */
public final class CommandTimes implements CommandListener {

    private final AtomicReferenceArray<@Nullable PerCode> codes = new AtomicReferenceArray<>(256);
    private final LongAdder bytesIn = new LongAdder();
    private final LongAdder bytesOut = new LongAdder();
    private final IntConsumer firstSeen;

    /** @param firstSeen told of each operation code once, on an event loop */
    public CommandTimes(IntConsumer firstSeen) {
        this.firstSeen = firstSeen;
    }

    @Override
    public void ended(int operationCode, int status, long nanos, long in, long out) {
        PerCode times = codes.get(operationCode);
        if (times == null) {
            times = new PerCode(new LongAdder(), new LongAdder());
            if (codes.compareAndSet(operationCode, null, times)) {
                firstSeen.accept(operationCode);
            } else {
                times = of(operationCode);
            }
        }
        times.count.increment();
        times.nanos.add(nanos);
        bytesIn.add(in);
        bytesOut.add(out);
    }

    long count(int operationCode) {
        return of(operationCode).count.sum();
    }

    long nanos(int operationCode) {
        return of(operationCode).nanos.sum();
    }

    /** Sent to initiators as data. */
    long bytesIn() {
        return bytesIn.sum();
    }

    /** Received from initiators as data. */
    long bytesOut() {
        return bytesOut.sum();
    }

    private PerCode of(int operationCode) {
        PerCode times = codes.get(operationCode);
        return times != null ? times : new PerCode(new LongAdder(), new LongAdder());
    }

    private record PerCode(LongAdder count, LongAdder nanos) {}
}
