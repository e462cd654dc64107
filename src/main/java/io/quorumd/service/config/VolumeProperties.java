package io.quorumd.service.config;

import io.quorumd.quorum.QuorumOptions.OnMismatch;
import io.quorumd.quorum.QuorumOptions.OnOpenFailure;
import io.quorumd.quorum.QuorumOptions.ReadPattern;
import io.quorumd.quorum.QuorumOptions.VoteUnit;
import io.quorumd.quorum.QuorumOptions.When;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * A volume: what a LUN shows.
 *
 * @param name Name of the volume: its folder in the state directory, its place in the API. Up to 64 letters, digits, dots,
 *     dashes and underscores, beginning with a letter or digit; unique, without regard to case.
 * @param kind quorum: two children or more that vote. plain: exactly one child and no vote (a replica node).
 * @param size Length, for creation: a multiple of the block size. May be left out when the children exist. A volume that
 *     exists is made longer over HTTP.
 * @param blockSize Logical block size of the LUN in bytes: 512 or 4096.
 * @param wwn NAA-6 identifier, 32 hex digits of which the first is 6, in quotes. Empty: made from random bits when the volume is created, and kept in the
 *     state.
 * @param voteThreshold How many equal answers a read needs, and how many children a write must reach. Left out: the
 *     majority of the children. 1 to the number of children.
 * @param readPattern quorum: every read is voted on. fifo: the first child that answers, without a vote.
 * @param voteUnit block: where a request fails as a whole it is voted on block by block. request: only as a whole.
 * @param rewriteCorrupted Whether outvoted copies are repaired. Left out: true, with blkverify or fifo false.
 * @param blkverify Compare two children and stop at the first difference; needs exactly two children and a threshold of
 *     2.
 * @param onMismatch With blkverify, after a difference: take the LUN offline, or exit.
 * @param onOpenFailure degraded: start as long as a threshold of children opens. fail: start with all or not at all.
 * @param readCompletion threshold: answer a read as soon as the vote cannot change any more. all: wait for every child.
 * @param writeCompletion all: acknowledge a write when every child has answered. threshold: when enough have.
 * @param writeCache false: every write is durable on a threshold of children before it is acknowledged (WCE=0).
 * @param childTimeout How long one I/O of one child may take, more than 0 and at most 14s, so that an abort is answered within
 *     15 s.
 * @param regionSize Unit of the stale and intent maps: a power of two, 64KB to 1GB. Recorded when the volume is created.
 * @param resyncRate How much a resync, or a comparison of all children, may do per second, as a size; 0 for no limit.
 * @param resyncFromFewer Whether, with as many children as the threshold, a child is refilled from fewer agreeing copies
 *     without an operator.
 * @param children The copies, in order: 2 to 32, of a plain volume exactly one.
 */
@ConfigurationPropertiesSource
public record VolumeProperties(
        @DefaultValue("") String name,
        @DefaultValue("quorum") Kind kind,
        @Nullable DataSize size,
        @DefaultValue("512") int blockSize,
        @DefaultValue("") String wwn,
        @Nullable Integer voteThreshold,
        @DefaultValue("quorum") ReadPattern readPattern,
        @DefaultValue("block") VoteUnit voteUnit,
        @Nullable Boolean rewriteCorrupted,
        @DefaultValue("false") boolean blkverify,
        @DefaultValue("offline") OnMismatch onMismatch,
        @DefaultValue("degraded") OnOpenFailure onOpenFailure,
        @DefaultValue("threshold") When readCompletion,
        @DefaultValue("all") When writeCompletion,
        @DefaultValue("true") boolean writeCache,
        @DefaultValue("5s") Duration childTimeout,
        @DefaultValue("1MB") DataSize regionSize,
        @DefaultValue("0") DataSize resyncRate,
        @DefaultValue("false") boolean resyncFromFewer,
        @DefaultValue List<ChildProperties> children) {

    public VolumeProperties {
        children = List.copyOf(children);
    }

    /** What a volume is made of. */
    public enum Kind {
        QUORUM,
        PLAIN
    }

    /**
     * The same with another vote.
     *
     * @throws ConfigurationException when that breaks a rule; its property begins with the volume's name
     */
    public VolumeProperties voting(@Nullable Integer threshold, ReadPattern pattern) {
        VolumeProperties changed = new VolumeProperties(
                name,
                kind,
                size,
                blockSize,
                wwn,
                threshold,
                pattern,
                voteUnit,
                rewriteCorrupted,
                blkverify,
                onMismatch,
                onOpenFailure,
                readCompletion,
                writeCompletion,
                writeCache,
                childTimeout,
                regionSize,
                resyncRate,
                resyncFromFewer,
                children);
        VolumeRules.checkQuorum(name, changed);
        return changed;
    }

    /** The threshold in force. */
    public int threshold() {
        return voteThreshold != null ? voteThreshold : children.size() / 2 + 1;
    }

    /** Whether outvoted copies are repaired, default applied. */
    public boolean rewrites() {
        return rewriteCorrupted != null ? rewriteCorrupted : !blkverify && readPattern == ReadPattern.QUORUM;
    }
}
