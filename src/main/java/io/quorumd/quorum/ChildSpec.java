package io.quorumd.quorum;

import io.quorumd.quorum.state.ChildPlace;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A child as configured.
 *
 * @param nodeName its unique name in logs, events and status
 * @param description where it is, for people: its URI without secrets
 * @param opener how to reach it, now and again after a loss
 * @param place where it lies when it is a local file, by which it is recognised when it comes back; supplies null
 *     otherwise
 */
public record ChildSpec(
        String nodeName, String description, ChildOpener opener, Supplier<? extends @Nullable ChildPlace> place) {

    /** A child that is no local file. */
    public ChildSpec(String nodeName, String description, ChildOpener opener) {
        this(nodeName, description, opener, () -> null);
    }
}
