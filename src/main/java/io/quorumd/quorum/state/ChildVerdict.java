package io.quorumd.quorum.state;

/**
 * What became of a configured child when the volume started.
 *
 * @param nodeName its name
 * @param standing what it may do
 * @param reason why it is not {@link Standing#CURRENT}, a sentence's end ("its file does not exist"); empty when it is
 */
public record ChildVerdict(String nodeName, Standing standing, String reason) {

    /** What a child may do. */
    public enum Standing {
        /** It votes wherever its stale map lets it. */
        CURRENT,
        /** All of it is stale: nothing it holds is believed until it has been rewritten. */
        STALE,
        /** It cannot be used now; its stale map goes on. */
        FAULTED
    }
}
