package io.quorumd.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
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
        BlockError error = VotedError.of(new @Nullable BlockError[3], BlockError.of(Errno.EIO, "no winner"));
        assertThat(error).isEqualTo(BlockError.of(Errno.EIO, "no winner"));
    }

    @Test
    void everyMixOfUpToFiveChildren() {
        @Nullable Errno[] choices = {null, Errno.EIO, Errno.ENOSPC, Errno.EROFS};
        for (int children = 1; children <= 5; children++) {
            for (int mix = 1; mix < 1 << (2 * children); mix++) {
                @Nullable Errno[] codes = new Errno[children];
                for (int child = 0; child < children; child++) {
                    codes[child] = choices[(mix >>> (2 * child)) & 3];
                }
                assertThat(voted(codes)).as(Arrays.toString(codes)).isEqualTo(expected(codes));
            }
        }
    }

    private static Errno expected(@Nullable Errno[] codes) {
        List<@Nullable Errno> given = Arrays.asList(codes);
        return given.stream()
                .flatMap(Stream::ofNullable)
                .max(Comparator.<Errno>comparingInt(code -> Collections.frequency(given, code))
                        .thenComparingInt(given::indexOf))
                .orElseThrow();
    }

    private static Errno voted(@Nullable Errno... codes) {
        @Nullable BlockError[] errors = new BlockError[codes.length];
        for (int i = 0; i < codes.length; i++) {
            Errno code = codes[i];
            errors[i] = code == null ? null : BlockError.of(code, "");
        }
        return VotedError.of(errors, BlockError.of(Errno.EIO, "none")).code();
    }
}
