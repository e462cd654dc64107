package io.quorumd.service;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReasonTest {

    @Test
    void aHealthyVolumeSaysWhatItBears() {
        assertThat(Reason.of(Statuses.healthy())).isEqualTo("the disk survives one further failure");
    }

    @Test
    void aDegradedVolumeNamesEachChildAndWhy() {
        assertThat(Reason.of(Statuses.degraded()))
                .isEqualTo("child b is being filled again (missed writes), 3.0 MiB stale;"
                        + " child c is suspended (timed out 12 s ago; retry in 8 s), 3.1 GiB stale;"
                        + " the disk survives no further failure");
    }

    @Test
    void aPausedResyncIsNamedWithWhatLetsItGoOn() {
        assertThat(Reason.of(Statuses.paused()))
                .isEqualTo("child b is behind (missed writes), 3.0 MiB stale;"
                        + " resync is paused by an operator (POST /api/volumes/disk0/resync lets it go on);"
                        + " the disk survives no further failure");
    }

    @Test
    void aStateDirectoryThatCannotBeWrittenIsNamedWithTheRemedy() {
        assertThat(Reason.of(Statuses.stateFails("state/disk0/intent.map cannot be written: No space left on device")))
                .isEqualTo(
                        "state/disk0/intent.map cannot be written: No space left on device: writes are refused until it"
                                + " can be (free space, or make the state directory writable);"
                                + " the disk survives one further failure");
    }

    @Test
    void aVolumeThatIsDownSaysSo() {
        assertThat(Reason.of(Statuses.down()))
                .isEqualTo("child b is faulted (gone); too few children for the threshold of 2: the disk cannot serve"
                        + " everywhere");
    }

    @ParameterizedTest
    @CsvSource({"0,0 B", "1023,1023 B", "1024,1.0 KiB", "1048576,1.0 MiB", "9223372036854775807,8.0 EiB"})
    void bytesAreGivenInTheLargestUnit(long count, String text) {
        assertThat(Reason.bytes(count)).isEqualTo(text);
    }
}
