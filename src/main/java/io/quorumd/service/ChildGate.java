package io.quorumd.service;

import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.quorum.ChildOpener;
import io.quorumd.quorum.ChildSpec;
import io.quorumd.quorum.state.ChildVerdict;
import io.quorumd.quorum.state.ChildVerdict.Standing;
import io.quorumd.service.metrics.IoTimes;
import io.quorumd.service.metrics.MeasuredDevice;
import io.quorumd.service.metrics.VolumeTimes;
import java.util.ArrayList;
import java.util.List;

/** Opens a child, timed, only if the state lets it vote; the others stay faulted, with the state's reason. */
final class ChildGate {

    private ChildGate() {}

    /** @param verdicts of the children, in their order */
    static List<ChildSpec> specs(List<ConfiguredChild> children, List<ChildVerdict> verdicts, VolumeTimes times) {
        List<ChildSpec> specs = new ArrayList<>();
        for (int i = 0; i < children.size(); i++) {
            ConfiguredChild child = children.get(i);
            specs.add(new ChildSpec(
                    child.nodeName(), child.description(), of(child, verdicts.get(i), times.child(child.nodeName()))));
        }
        return specs;
    }

    static ChildOpener of(ConfiguredChild child, ChildVerdict verdict, IoTimes times) {
        if (verdict.standing() == Standing.CURRENT) {
            return (strand, allocator, done) -> child.open(
                    allocator,
                    (device, error) ->
                            done.completed(device == null ? null : new MeasuredDevice(device, times), error));
        }
        BlockError refusal = BlockError.of(Errno.ENODEV, verdict.reason());
        return (strand, allocator, done) -> done.completed(null, refusal);
    }
}
