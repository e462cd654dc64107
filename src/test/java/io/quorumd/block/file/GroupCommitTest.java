package io.quorumd.block.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GroupCommitTest {

    private int syncs;
    private final GroupCommit commits = new GroupCommit(() -> syncs++);
    private final List<String> ends = new ArrayList<>();

    @Test
    void thoseWhoComeWhileOneRunsShareTheNext() {
        flush("a");
        flush("b");
        flush("c");
        assertThat(syncs).isEqualTo(1);
        commits.ended(null);
        assertThat(ends).containsExactly("a good");
        assertThat(syncs).isEqualTo(2);
        flush("d");
        commits.ended(null);
        assertThat(ends).containsExactly("a good", "b good", "c good");
        commits.ended(null);
        assertThat(ends).endsWith("d good");
        assertThat(syncs).isEqualTo(3);
    }

    @Test
    void aFailureIsReportedToAllItServedAndToNoOther() {
        flush("a");
        flush("b");
        flush("c");
        commits.ended(null);
        flush("d");
        commits.ended(BlockError.of(Errno.EIO, "lost"));
        commits.ended(null);
        assertThat(ends).containsExactly("a good", "b EIO", "c EIO", "d good");
    }

    private void flush(String who) {
        commits.flush(error -> ends.add(who + " " + (error == null ? "good" : error.code())));
    }
}
