package io.quorumd.service;

import io.quorumd.block.BlockDevice;
import io.quorumd.block.ReopeningDevice;
import io.quorumd.block.ReopeningDevice.Condition;
import io.quorumd.block.ReopeningDevice.Presence;
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

    /** Of a file or disk of this host, which has no connection that could be lost. */
    private static final Condition HERE = new Condition(Presence.ANSWERING, "");

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
        Condition condition = device instanceof ReopeningDevice remote ? remote.condition() : HERE;
        boolean serves = condition.presence() == Presence.ANSWERING;
        ChildStatus only =
                new ChildStatus(child.nodeName(), child.description(), state(condition), condition.reason(), NONE, 0);
        return new QuorumStatus(
                volume,
                device.size(),
                device.physicalBlockSize(),
                1,
                serves ? Health.UP : Health.DOWN,
                serves ? 0 : -1,
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

    static ChildState state(Condition condition) {
        return switch (condition.presence()) {
            case ANSWERING -> ChildState.ANSWERING;
            case SILENT -> ChildState.SUSPENDED;
            case LOST -> ChildState.FAULTED;
        };
    }
}
