package io.quorumd.service.config;

import io.quorumd.quorum.QuorumOptions.OnMismatch;
import io.quorumd.quorum.QuorumOptions.ReadPattern;
import io.quorumd.service.config.VolumeProperties.Kind;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** What must hold for the volumes, one by one and together (quorum-device specification, section 1). */
final class VolumeRules {

    /** A volume's name is a folder, part of a URL and a metric's tag. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private static final Pattern NAA6 = Pattern.compile("6[0-9a-fA-F]{31}");
    private static final Duration CHILD_TIMEOUT_MAX = Duration.ofSeconds(14);
    private static final long REGION_MIN = 64 << 10;
    private static final long REGION_MAX = 1 << 30;
    private static final int CHILDREN_MAX = 32;

    private VolumeRules() {}

    static void check(List<VolumeProperties> volumes) {
        if (volumes.isEmpty()) {
            throw new ConfigurationException(
                    "quorumd.volumes", "is empty", "Configure a volume, or leave the key out for the default one");
        }
        Map<String, String> names = new HashMap<>();
        Map<String, String> wwns = new HashMap<>();
        for (int i = 0; i < volumes.size(); i++) {
            VolumeProperties volume = volumes.get(i);
            String at = "quorumd.volumes[" + i + "]";
            checkName(at + ".name", volume.name());
            // Without regard to case: the state directory may lie on a file system that has none.
            unique(names, at + ".name", volume.name().toLowerCase(Locale.ROOT), "the name of a volume");
            checkGeometry(at, volume);
            if (!volume.wwn().isEmpty()) {
                unique(wwns, at + ".wwn", volume.wwn().toLowerCase(Locale.ROOT), "the identifier of a volume");
            }
            if (volume.kind() == Kind.PLAIN) {
                checkPlain(at, volume);
            } else {
                checkQuorum(at, volume);
            }
        }
        ChildRules.check(volumes);
    }

    static void checkName(String property, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new ConfigurationException(
                    property,
                    name.isEmpty() ? "is missing" : "\"" + name + "\" cannot be a name",
                    "Write up to 64 letters, digits, dots, dashes and underscores, beginning with a letter or digit");
        }
    }

    static void unique(Map<String, String> seen, String property, String value, String what) {
        String before = seen.putIfAbsent(value, property);
        if (before != null) {
            throw new ConfigurationException(
                    property,
                    "\"" + value + "\" is already used by " + before,
                    "Choose another: " + what + " is unique");
        }
    }

    private static void checkGeometry(String at, VolumeProperties volume) {
        int block = volume.blockSize();
        if (block != 512 && block != 4096) {
            throw new ConfigurationException(at + ".block-size", "is " + block, "Set it to 512 or 4096");
        }
        if (volume.size() != null
                && (volume.size().toBytes() <= 0 || volume.size().toBytes() % block != 0)) {
            throw new ConfigurationException(
                    at + ".size",
                    "is " + volume.size().toBytes() + " bytes",
                    "Set it to a multiple, 1 or more, of the block size (" + block + " bytes)");
        }
        if (!volume.wwn().isEmpty() && !NAA6.matcher(volume.wwn()).matches()) {
            throw new ConfigurationException(
                    at + ".wwn",
                    "\"" + volume.wwn() + "\" is not an NAA-6 identifier",
                    "Write 32 hex digits of which the first is 6, in quotes, or leave it out");
        }
        long region = volume.regionSize().toBytes();
        if (region < REGION_MIN || region > REGION_MAX || Long.bitCount(region) != 1) {
            throw new ConfigurationException(
                    at + ".region-size", "is " + region + " bytes", "Set it to a power of two, 64KB to 1GB");
        }
        if (!volume.childTimeout().isPositive() || volume.childTimeout().compareTo(CHILD_TIMEOUT_MAX) > 0) {
            throw new ConfigurationException(
                    at + ".child-timeout",
                    "is " + volume.childTimeout().toMillis() + " ms",
                    "Set it to more than 0 and at most 14s, so that an abort is answered within 15 s");
        }
        if (volume.resyncRate().isNegative()) {
            throw new ConfigurationException(
                    at + ".resync-rate", "is negative", "Set it to bytes per second, or 0 for no limit");
        }
    }

    private static void checkPlain(String at, VolumeProperties volume) {
        if (volume.children().size() != 1) {
            throw new ConfigurationException(
                    at + ".children",
                    "has " + volume.children().size() + " entries, and kind is plain",
                    "A plain volume has exactly one child; for more set kind to quorum");
        }
        String key = volume.voteThreshold() != null && volume.voteThreshold() != 1
                ? "vote-threshold"
                : Boolean.TRUE.equals(volume.rewriteCorrupted())
                        ? "rewrite-corrupted"
                        : volume.blkverify() ? "blkverify" : "";
        if (!key.isEmpty()) {
            throw new ConfigurationException(
                    at + "." + key, "is set, and kind is plain", "A plain volume has no vote; leave the key out");
        }
    }

    /** @param at the property that is the volume */
    static void checkQuorum(String at, VolumeProperties volume) {
        int children = volume.children().size();
        if (children < 2) {
            throw new ConfigurationException(
                    at + ".children",
                    "Number of provided children must be greater than 1, and there "
                            + (children == 0 ? "is none" : "is 1"),
                    "Add children, or set kind to plain for a volume without a vote");
        }
        if (children > CHILDREN_MAX) {
            throw new ConfigurationException(
                    at + ".children", "has " + children + " entries", "A volume has at most " + CHILDREN_MAX);
        }
        if (volume.threshold() < 1) {
            throw new ConfigurationException(
                    at + ".vote-threshold", "is " + volume.threshold(), "Set it to 1 to " + children);
        }
        if (volume.threshold() > children) {
            throw new ConfigurationException(
                    at + ".vote-threshold",
                    "threshold may not exceed children count, and " + volume.threshold() + " is more than " + children,
                    "Set it to 1 to " + children);
        }
        checkBlkverify(at, volume);
    }

    private static void checkBlkverify(String at, VolumeProperties volume) {
        boolean fifo = volume.readPattern() == ReadPattern.FIFO;
        if (volume.blkverify() && (volume.children().size() != 2 || volume.threshold() != 2 || fifo)) {
            throw new ConfigurationException(
                    at + ".blkverify",
                    "is true with " + volume.children().size() + " children, a threshold of " + volume.threshold()
                            + " and read pattern " + (fifo ? "fifo" : "quorum"),
                    "It works only with exactly 2 children, vote-threshold 2 and read pattern quorum");
        }
        if (!volume.blkverify() && volume.onMismatch() != OnMismatch.OFFLINE) {
            throw new ConfigurationException(
                    at + ".on-mismatch", "is set without blkverify", "Leave it out, or set blkverify to true");
        }
        if (Boolean.TRUE.equals(volume.rewriteCorrupted()) && (volume.blkverify() || fifo)) {
            throw new ConfigurationException(
                    at + ".rewrite-corrupted",
                    "is true with " + (volume.blkverify() ? "blkverify" : "read pattern fifo"),
                    "Leave it out: without a vote there is nothing to repair from");
        }
    }
}
