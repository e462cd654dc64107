package io.quorumd.iscsi.login;

import java.util.List;

/** One target of an answer to SendTargets. */
public record DiscoveredTarget(String name, List<TargetAddress> addresses) {}
