package io.quorumd.service;

import io.quorumd.block.EventLoopStrand;
import io.quorumd.service.config.VolumeProperties;
import io.quorumd.service.metrics.VolumeTimes;
import java.util.List;

/** What a volume is opened from, each time it is. */
record VolumeParts(
        VolumeProperties properties, EventLoopStrand strand, List<ConfiguredChild> children, VolumeTimes times) {

    VolumeParts with(VolumeProperties changed) {
        return new VolumeParts(changed, strand, children, times);
    }
}
