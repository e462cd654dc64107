package io.quorumd.quorum;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a quorum device votes and completes: section 1 of the contract, every default applied and every rule checked.
 *
 * @param children number of children, 2 to 32
 * @param voteThreshold T: equal answers a read needs, and in-sync children a write must reach
 * @param logicalBlockSize bytes; the vote unit is the largest of it and the children's physical blocks
 * @param regionSize bytes, unit of the stale and intent maps: a power of two, at least 64 KiB
 * @param writeCache false: every write is durable on T children before it is acknowledged
 * @param childTimeout how long one request of one child may take
 * @param resyncRate bytes per second, 0: no limit
 * @param resyncFromFewer whether, with N = T, a child is refilled from fewer than T agreeing copies without an operator
 * @param intentGroup regions that get write intent together, and how many such groups do under a load that is all over the
 *     disk: 1 to 64, a power of two. Not configurable, and no part of {@link #effective}
 * @param backlogLimit how far a child may be behind with what nobody waits for, see {@link Backlog}; as little configurable
 */
public record QuorumOptions(
        int children,
        int voteThreshold,
        ReadPattern readPattern,
        VoteUnit voteUnit,
        boolean rewriteCorrupted,
        boolean blkverify,
        OnMismatch onMismatch,
        OnOpenFailure onOpenFailure,
        When readCompletion,
        When writeCompletion,
        boolean writeCache,
        int logicalBlockSize,
        int regionSize,
        Duration childTimeout,
        long resyncRate,
        boolean resyncFromFewer,
        int intentGroup,
        int backlogLimit) {

    /** Children travel as bits of an int. */
    static final int MAX_CHILDREN = 32;

    private static final int MIN_REGION = 64 * 1024;

    /** By default 16 MiB are marked at once, and 256 MiB where the load is dense: md and DRBD take 64 and 4 MiB. */
    private static final int INTENT_GROUP = 16;

    private static final int BACKLOG_LIMIT = 256;

    /** How reads are done. */
    public enum ReadPattern {
        QUORUM,
        FIFO
    }

    /** What a vote is about. */
    public enum VoteUnit {
        BLOCK,
        REQUEST
    }

    /** What follows a difference found by blkverify. */
    public enum OnMismatch {
        OFFLINE,
        EXIT
    }

    /** What follows a child that does not open. */
    public enum OnOpenFailure {
        DEGRADED,
        FAIL
    }

    /** When a request completes. */
    public enum When {
        THRESHOLD,
        ALL
    }

    /** @throws IllegalArgumentException with one line in the words of the contract */
    public QuorumOptions {
        require(children > 1, "Number of provided children must be greater than 1");
        require(children <= MAX_CHILDREN, "children may not exceed " + MAX_CHILDREN);
        require(voteThreshold >= 1, "vote-threshold must be at least 1");
        require(voteThreshold <= children, "threshold may not exceed children count");
        require(
                !blkverify || (children == 2 && voteThreshold == 2 && readPattern == ReadPattern.QUORUM),
                "blkverify=on can only be set if there are exactly two children, vote-threshold is 2 and read-pattern"
                        + " is quorum");
        require(!blkverify || !rewriteCorrupted, "rewrite-corrupted=on cannot be used with blkverify=on");
        require(
                readPattern == ReadPattern.QUORUM || !rewriteCorrupted,
                "rewrite-corrupted=on cannot be used with read-pattern=fifo");
        require(
                logicalBlockSize == 512 || logicalBlockSize == 4096,
                "block-size must be 512 or 4096, not " + logicalBlockSize);
        require(
                regionSize >= MIN_REGION && Integer.bitCount(regionSize) == 1,
                "region-size must be a power of two and at least 64KB");
        require(childTimeout.isPositive(), "child-timeout must be more than 0");
        require(resyncRate >= 0, "resync-rate may not be negative");
        require(
                intentGroup >= 1 && intentGroup <= 64 && Integer.bitCount(intentGroup) == 1,
                "the intent group must be a power of two up to 64");
        require(backlogLimit > 0, "the limit of the backlog must be more than 0");
    }

    /** Defaults for this many children, to be changed one by one. */
    public static Builder of(int children) {
        return new Builder(children);
    }

    /** read-pattern from configuration. */
    public static ReadPattern readPattern(String value) {
        return switch (value) {
            case "quorum" -> ReadPattern.QUORUM;
            case "fifo" -> ReadPattern.FIFO;
            default -> throw new IllegalArgumentException("Please set read-pattern as fifo or quorum");
        };
    }

    /**
     * The same but for the vote, which may change while a device is open.
     *
     * @throws IllegalArgumentException as the record does
     */
    public QuorumOptions voting(int threshold, ReadPattern pattern, boolean rewrites) {
        return new QuorumOptions(
                children,
                threshold,
                pattern,
                voteUnit,
                rewrites,
                blkverify,
                onMismatch,
                onOpenFailure,
                readCompletion,
                writeCompletion,
                writeCache,
                logicalBlockSize,
                regionSize,
                childTimeout,
                resyncRate,
                resyncFromFewer,
                intentGroup,
                backlogLimit);
    }

    /** Whether two contradictory answers can both reach the threshold (2T <= N): legal, and loudly warned of. */
    public boolean allowsAmbiguity() {
        return 2 * voteThreshold <= children;
    }

    /** The effective options by the contract's names, ready for JSON; the children are the caller's to add. */
    public Map<String, Object> effective() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("driver", "quorum");
        map.put("vote-threshold", voteThreshold);
        map.put("blkverify", blkverify);
        map.put("rewrite-corrupted", rewriteCorrupted);
        map.put("read-pattern", lower(readPattern));
        map.put("vote-unit", lower(voteUnit));
        map.put("on-mismatch", lower(onMismatch));
        map.put("on-open-failure", lower(onOpenFailure));
        map.put("read-completion", lower(readCompletion));
        map.put("write-completion", lower(writeCompletion));
        map.put("write-cache", writeCache);
        map.put("block-size", logicalBlockSize);
        map.put("region-size", regionSize);
        map.put("child-timeout", childTimeout.toMillis() + "ms");
        map.put("resync-rate", resyncRate);
        map.put("resync-from-fewer", resyncFromFewer);
        return map;
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(java.util.Locale.ROOT);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /** Options in the making. */
    public static final class Builder {
        private final int children;
        private @Nullable Integer voteThreshold;
        private ReadPattern readPattern = ReadPattern.QUORUM;
        private VoteUnit voteUnit = VoteUnit.BLOCK;
        private @Nullable Boolean rewriteCorrupted;
        private boolean blkverify;
        private OnMismatch onMismatch = OnMismatch.OFFLINE;
        private OnOpenFailure onOpenFailure = OnOpenFailure.DEGRADED;
        private When readCompletion = When.THRESHOLD;
        private When writeCompletion = When.ALL;
        private boolean writeCache = true;
        private int logicalBlockSize = 512;
        private int regionSize = 1 << 20;
        private Duration childTimeout = Duration.ofSeconds(5);
        private long resyncRate;
        private boolean resyncFromFewer;
        private int intentGroup = INTENT_GROUP;
        private int backlogLimit = BACKLOG_LIMIT;

        private Builder(int children) {
            this.children = children;
        }

        /** Left out: the majority. */
        public Builder voteThreshold(int value) {
            voteThreshold = value;
            return this;
        }

        public Builder readPattern(ReadPattern value) {
            readPattern = value;
            return this;
        }

        public Builder voteUnit(VoteUnit value) {
            voteUnit = value;
            return this;
        }

        /** Left out: true, but false with blkverify or fifo. */
        public Builder rewriteCorrupted(boolean value) {
            rewriteCorrupted = value;
            return this;
        }

        public Builder blkverify(boolean value) {
            blkverify = value;
            return this;
        }

        public Builder onMismatch(OnMismatch value) {
            onMismatch = value;
            return this;
        }

        public Builder onOpenFailure(OnOpenFailure value) {
            onOpenFailure = value;
            return this;
        }

        public Builder readCompletion(When value) {
            readCompletion = value;
            return this;
        }

        public Builder writeCompletion(When value) {
            writeCompletion = value;
            return this;
        }

        public Builder writeCache(boolean value) {
            writeCache = value;
            return this;
        }

        public Builder logicalBlockSize(int bytes) {
            logicalBlockSize = bytes;
            return this;
        }

        public Builder regionSize(int bytes) {
            regionSize = bytes;
            return this;
        }

        public Builder childTimeout(Duration value) {
            childTimeout = value;
            return this;
        }

        public Builder resyncRate(long bytesPerSecond) {
            resyncRate = bytesPerSecond;
            return this;
        }

        public Builder resyncFromFewer(boolean value) {
            resyncFromFewer = value;
            return this;
        }

        public Builder intentGroup(int regions) {
            intentGroup = regions;
            return this;
        }

        public Builder backlogLimit(int requests) {
            backlogLimit = requests;
            return this;
        }

        /** @throws IllegalArgumentException as the record does */
        public QuorumOptions build() {
            return new QuorumOptions(
                    children,
                    voteThreshold != null ? voteThreshold : children / 2 + 1,
                    readPattern,
                    voteUnit,
                    rewriteCorrupted != null ? rewriteCorrupted : !blkverify && readPattern == ReadPattern.QUORUM,
                    blkverify,
                    onMismatch,
                    onOpenFailure,
                    readCompletion,
                    writeCompletion,
                    writeCache,
                    logicalBlockSize,
                    regionSize,
                    childTimeout,
                    resyncRate,
                    resyncFromFewer,
                    intentGroup,
                    backlogLimit);
        }
    }
}
