package io.quorumd.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VotedErrorTest {

    @Test
    void theCodeThatMostGave() {
        assertThat(voted(Errno.EIO, Errno.ENOSPC, Errno.EIO)).isEqualTo(Errno.EIO);
        assertThat(voted(Errno.ENOSPC, null, Errno.EIO, Errno.EIO)).isEqualTo(Errno.EIO);
    }

    @Test
    void onATieTheOneWhoseFirstOccurrenceCameLast() {
        assertThat(voted(Errno.EIO, Errno.ENOSPC)).isEqualTo(Errno.ENOSPC);
        assertThat(voted(Errno.ENOSPC, Errno.EIO, Errno.EIO, Errno.ENOSPC)).isEqualTo(Errno.EIO);
        assertThat(voted(null, Errno.EROFS, Errno.EIO, null, Errno.ENOSPC)).isEqualTo(Errno.ENOSPC);
    }

    @Test
    void withoutAFailingChildAnInputError() {
        BlockError error = VotedError.of(new @Nullable BlockError[3], "no winner");
        assertThat(error).isEqualTo(BlockError.of(Errno.EIO, "no winner"));
    }

    private static Errno voted(@Nullable Errno... codes) {
        @Nullable BlockError[] errors = new BlockError[codes.length];
        for (int i = 0; i < codes.length; i++) {
            Errno code = codes[i];
            errors[i] = code == null ? null : BlockError.of(code, "");
        }
        return VotedError.of(errors, "none").code();
    }
}
