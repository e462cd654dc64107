package io.quorumd.service;

import io.quorumd.block.BlockDevice;
import io.quorumd.quorum.ChildState;
import io.quorumd.quorum.FailureType;
import io.quorumd.quorum.QuorumStatus;
import io.quorumd.quorum.QuorumStatus.ChildStatus;
import io.quorumd.quorum.QuorumStatus.Health;
import io.quorumd.quorum.QuorumStatus.ResyncStatus;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** How a volume of one child is doing, in the terms of a quorum: one child, a threshold of one, no vote. */
final class PlainStatus implements Supplier<QuorumStatus> {

    private static final Map<FailureType, Long> NONE =
            Arrays.stream(FailureType.values()).collect(Collectors.toMap(Function.identity(), type -> 0L));

    private final String volume;
    private final BlockDevice device;
    private final ConfiguredChild child;

    PlainStatus(String volume, BlockDevice device, ConfiguredChild child) {
        this.volume = volume;
        this.device = device;
        this.child = child;
    }

    @Override
    public QuorumStatus get() {
        ChildStatus only = new ChildStatus(child.nodeName(), child.description(), ChildState.ANSWERING, "", NONE, 0);
        return new QuorumStatus(
                volume,
                device.size(),
                device.physicalBlockSize(),
                1,
                Health.UP,
                0,
                0,
                0,
                "plain: one child, no vote",
                0,
                0,
                null,
                null,
                List.of(only),
                ResyncStatus.IDLE);
    }
}
