package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.it.ConformanceSuite.Verdict;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the program prints, in the forms it has. */
class ConformanceSuiteTest {

    @Test
    void countsSkipsAndHangsForWhatTheyAre() {
        String output = """
            Suite: Read10
              Test: Simple ...
                Test READ10 of 1-255 blocks.
            passed
              Test: BeyondEol ...passed
              Test: DpoFua ...
                [SKIPPED] DPOFUA not supported
            passed
              Test: Flags ...
                [FAILED] READ10 sense
            FAILED
                1. test_read10_flags.c:38  - CU_ASSERT_EQUAL(ret,0)
              Test: Async ...
                Sending 256 READ10
            """;

        assertThat(ConformanceSuite.verdicts(output))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "Simple", Verdict.PASS,
                        "BeyondEol", Verdict.PASS,
                        "DpoFua", Verdict.SKIP,
                        "Flags", Verdict.FAIL,
                        "Async", Verdict.LOST));
    }
}
