package io.quorumd.quorum;

/**
 * A child as configured.
 *
 * @param nodeName its unique name in logs, events and status
 * @param description where it is, for people: its URI without secrets
 * @param opener how to reach it, now and again after a loss
 */
public record ChildSpec(String nodeName, String description, ChildOpener opener) {}
