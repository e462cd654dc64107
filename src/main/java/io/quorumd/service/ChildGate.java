package io.quorumd.service;

import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.FencedDevice;
import io.quorumd.quorum.ChildOpener;
import io.quorumd.quorum.ChildSpec;
import io.quorumd.quorum.state.ChildVerdict;
import io.quorumd.quorum.state.ChildVerdict.Standing;
import io.quorumd.quorum.state.VolumeState;
import io.quorumd.service.metrics.IoTimes;
import io.quorumd.service.metrics.MeasuredDevice;
import io.quorumd.service.metrics.VolumeTimes;
import java.util.List;

/** Opens a child, timed and behind the fence of its strand. */
final class ChildGate {

    private ChildGate() {}

    /** Children of a quorum; the device itself heeds what the state says of them. */
    static List<ChildSpec> specs(List<ConfiguredChild> children, VolumeState state, VolumeTimes times) {
        return children.stream()
                .map(child -> new ChildSpec(
                        child.nodeName(),
                        child.description(),
                        timed(child, state, times.child(child.nodeName())),
                        child::place))
                .toList();
    }

    /** The one child of a plain volume: opened only if the state believes it. */
    static ChildOpener of(ConfiguredChild child, VolumeState state, IoTimes times) {
        ChildVerdict verdict = state.verdicts().getFirst();
        if (verdict.standing() == Standing.CURRENT) {
            return timed(child, state, times);
        }
        BlockError refusal = BlockError.of(Errno.ENODEV, verdict.reason());
        return (strand, allocator, done) -> done.completed(null, refusal);
    }

    private static ChildOpener timed(ConfiguredChild child, VolumeState state, IoTimes times) {
        return (strand, allocator, done) -> child.open(
                state,
                allocator,
                (device, error) -> done.completed(
                        device == null
                                ? null
                                : new MeasuredDevice(
                                        FencedDevice.of(device, child.strand().fence()), times),
                        error));
    }
}
