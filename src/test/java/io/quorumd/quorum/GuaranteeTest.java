package io.quorumd.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GuaranteeTest {

    @Test
    void liarsThatAllTellTheSameLie() {
        for (int children = 1; children <= 7; children++) {
            for (int threshold = 1; threshold <= children; threshold++) {
                Guarantee guarantee = new Guarantee(children, threshold);
                assertThat(guarantee.mayLieAvailable(children)).isEqualTo(mostLiars(children, threshold, true));
                assertThat(guarantee.mayLieRight(children)).isEqualTo(mostLiars(children, threshold, false));
                assertThat(guarantee.mayStop()).isEqualTo(children - threshold);
            }
        }
    }

    @Test
    void saysWhenContradictionsCanBothWin() {
        assertThat(new Guarantee(4, 2).inWords()).contains("WARNING");
        assertThat(new Guarantee(3, 2).inWords()).doesNotContain("WARNING");
    }

    private static int mostLiars(int children, int threshold, boolean available) {
        int most = -1;
        for (int liars = 0; liars <= children; liars++) {
            boolean truthWins = children - liars >= threshold;
            boolean lieWins = liars >= threshold;
            boolean fine = available ? truthWins && !lieWins : !lieWins || truthWins;
            if (!fine) {
                break;
            }
            most = liars;
        }
        return most;
    }
}
