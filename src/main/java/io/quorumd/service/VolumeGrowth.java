package io.quorumd.service;

import io.quorumd.block.ReplaceableDevice;
import io.quorumd.quorum.ChildState;
import io.quorumd.quorum.QuorumStatus;
import io.quorumd.quorum.QuorumStatus.ChildStatus;
import io.quorumd.quorum.state.ChildFound;
import io.quorumd.quorum.state.StateDirectory;
import io.quorumd.quorum.state.VolumeRecord;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a volume longer while initiators use it: it is closed, that it is to grow is noted in its state, and it is opened
 * again, which is when the children grow (quorum-device specification, section 1). Commands wait that long, and initiators
 * are told of the capacity that is there in the end. Blocking.
 */
final class VolumeGrowth {

    private static final Logger LOG = LoggerFactory.getLogger(VolumeGrowth.class);
    /** What a map can hold, see Sizes. */
    private static final int REGIONS_MAX = Integer.MAX_VALUE / 64;

    private final VolumeOpener opener;
    private final StateDirectory states;

    VolumeGrowth(VolumeOpener opener, StateDirectory states) {
        this.opener = opener;
        this.states = states;
    }

    /**
     * Whether {@code now} can be grown to {@code size} bytes.
     *
     * @throws GrowthException when not
     */
    void check(VolumeParts parts, OpenVolume now, long size) {
        VolumeRecord record = states.record(parts.properties().name());
        long before = record == null ? now.device().size() : Math.max(record.size() + 1, record.growingTo());
        int blockSize = now.state().blockSize();
        require(size >= before, "It has " + now.device().size() + " bytes, and a volume can only be made longer.");
        require(size % blockSize == 0, "Its size must be a multiple of its block size of " + blockSize + " bytes.");
        require(
                size / now.state().regionSize() < REGIONS_MAX,
                "It would have too many regions of " + now.state().regionSize() + " bytes.");
        QuorumStatus status = now.status().get();
        require(status.offline() == null, "It is offline: " + status.offline());
        for (ChildStatus child : status.children()) {
            boolean answers = child.state() == ChildState.ANSWERING;
            require(answers, "All children must grow, and child " + child.nodeName() + " does not answer.");
        }
        for (ChildFound child : VolumeOpener.find(parts.children())) {
            check(child, size);
        }
    }

    private static void check(ChildFound child, long size) {
        boolean present = child.presence() == ChildFound.Presence.PRESENT;
        require(present, "Child " + child.nodeName() + " cannot be looked at: " + child.reason());
        String found = "Child " + child.nodeName() + " has " + child.length() + " bytes";
        if (child.place() == null) {
            require(child.length() == size, found + " and is no file: make it " + size + " bytes long first.");
        } else {
            require(child.length() <= size, found + " already, and no file is cut.");
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new GrowthException(otherwise);
        }
    }

    /**
     * Closes it, grows it, and opens it again.
     *
     * @param parts what it is opened again from
     * @param device what initiators use of it
     * @return the volume as opened again, of its old length where a child could not grow after all
     */
    OpenVolume grow(VolumeParts parts, OpenVolume now, ReplaceableDevice device, long size) {
        String name = parts.properties().name();
        onStrand(parts, device::suspend);
        CompletableFuture<Void> closed = new CompletableFuture<>();
        now.close(error -> {
            if (error != null) {
                LOG.warn("volume {} did not close cleanly before it grows: {}", name, error.message());
            }
            closed.complete(null);
        });
        closed.join();
        states.closed(name);
        @Nullable OpenVolume grown = null;
        try {
            states.grow(name, size);
            OpenVolume opened = opener.open(parts);
            grown = opened;
            LOG.info("volume {} has {} bytes", name, opened.device().size());
            return opened;
        } finally {
            // Closed, it refuses what waits: better than to leave initiators without an answer.
            OpenVolume serving = grown == null ? now : grown;
            onStrand(parts, () -> device.resume(serving.device()));
        }
    }

    private static void onStrand(VolumeParts parts, Runnable task) {
        CompletableFuture.runAsync(task, parts.strand()).join();
    }
}
