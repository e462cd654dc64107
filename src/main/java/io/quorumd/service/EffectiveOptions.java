package io.quorumd.service;

import io.quorumd.quorum.QuorumOptions;
import io.quorumd.service.config.ChildProperties;
import io.quorumd.service.config.VolumeProperties;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A volume's options with every default applied: for the device, and as JSON that is configuration again. */
final class EffectiveOptions {

    /** USER%SECRET@ before the host of an iSCSI child. */
    private static final Pattern SECRET = Pattern.compile("^(iscsi://[^/%@]*%)[^/]*(@)");

    private EffectiveOptions() {}

    /** @param regionSize as recorded when the volume was created, in bytes */
    static QuorumOptions quorum(VolumeProperties properties, int regionSize) {
        return QuorumOptions.of(properties.children().size())
                .voteThreshold(properties.threshold())
                .readPattern(properties.readPattern())
                .voteUnit(properties.voteUnit())
                .rewriteCorrupted(properties.rewrites())
                .blkverify(properties.blkverify())
                .onMismatch(properties.onMismatch())
                .onOpenFailure(properties.onOpenFailure())
                .readCompletion(properties.readCompletion())
                .writeCompletion(properties.writeCompletion())
                .writeCache(properties.writeCache())
                .logicalBlockSize(properties.blockSize())
                .regionSize(regionSize)
                .childTimeout(properties.childTimeout())
                .resyncRate(properties.resyncRate().toBytes())
                .resyncFromFewer(properties.resyncFromFewer())
                .build();
    }

    /** @param options null for a plain volume */
    static Map<String, Object> json(VolumeProperties properties, @Nullable QuorumOptions options) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", properties.name());
        if (options == null) {
            json.put("driver", "plain");
            json.put("block-size", properties.blockSize());
            json.put("write-cache", properties.writeCache());
        } else {
            json.putAll(options.effective());
        }
        json.put(
                "children",
                properties.children().stream().map(EffectiveOptions::child).toList());
        return json;
    }

    private static Map<String, Object> child(ChildProperties child) {
        return Map.of(
                "node-name",
                child.nodeName(),
                "uri",
                SECRET.matcher(child.uri()).replaceFirst("$1******$2"));
    }
}
