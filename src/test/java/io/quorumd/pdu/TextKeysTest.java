package io.quorumd.pdu;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextKeysTest {

    @Test
    void whatIsEncodedIsParsed() throws Exception {
        var random = new Random(1);
        for (int round = 0; round < 500; round++) {
            var keys = new TextKeys();
            for (int i = random.nextInt(20); i > 0; i--) {
                keys.add(name(random), value(random));
            }
            var parsed = TextKeys.parse(keys.encode());
            assertThat(parsed.pairs()).isEqualTo(keys.pairs());
        }
    }

    private static String name(Random random) {
        String letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-+@_#";
        var name = new StringBuilder("X");
        for (int i = random.nextInt(TextKeys.KEY_BYTES_MAX); i > 0; i--) {
            name.append(letters.charAt(random.nextInt(letters.length())));
        }
        return name.toString();
    }

    private static String value(Random random) {
        var value = new StringBuilder();
        for (int i = random.nextInt(300); i > 0; i--) {
            int c = random.nextBoolean() ? 0x20 + random.nextInt(0x5f) : 1 + random.nextInt(0xd7fe);
            value.appendCodePoint(c);
        }
        return value.toString();
    }

    @Test
    void garbageIsRefusedOrReadNeverMore() {
        var random = new Random(2);
        for (int round = 0; round < 2000; round++) {
            byte[] garbage = new byte[random.nextInt(600)];
            random.nextBytes(garbage);
            for (int i = 0; i < garbage.length; i++) {
                if (random.nextInt(8) == 0) {
                    garbage[i] = (byte) (random.nextBoolean() ? '=' : 0);
                }
            }
            try {
                assertThat(TextKeys.parse(Unpooled.wrappedBuffer(garbage))
                                .pairs()
                                .size())
                        .isLessThanOrEqualTo(garbage.length / 2);
            } catch (TextFormatException expected) {
                assertThat(expected).hasMessageNotContaining("\0");
            }
        }
    }

    @Test
    void aValueIsEverythingBehindTheFirstEquals() throws Exception {
        var keys = TextKeys.parse(text("InitiatorAlias=a b, c = d; ünïcode ✓\0CHAP_C=0bAA==\0Empty=\0"));
        assertThat(keys.get("InitiatorAlias")).isEqualTo("a b, c = d; ünïcode ✓");
        assertThat(keys.get("CHAP_C")).isEqualTo("0bAA==");
        assertThat(keys.get("Empty")).isEmpty();
        assertThat(keys.get("Absent")).isNull();
    }

    @Test
    void missingAndSuperfluousNulsAreForgiven() throws Exception {
        assertThat(TextKeys.parse(text("\0\0A=1\0\0B=2\0\0\0")).pairs()).hasSize(2);
        assertThat(TextKeys.parse(text("A=1\0B=2")).get("B")).isEqualTo("2");
        assertThat(TextKeys.parse(Unpooled.EMPTY_BUFFER).isEmpty()).isTrue();
    }

    @Test
    void theReaderIndexStaysAndOffsetsAreHonoured() throws Exception {
        ByteBuf text = text("Z=9\0A=1\0").skipBytes(4);
        assertThat(TextKeys.parse(text).pairs()).containsExactly(new TextKeys.Pair("A", "1"));
        assertThat(text.readerIndex()).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"NoEquals\0", "=value\0", "A=1\0B\0", "with blank=1\0", "Tab\t=1\0", "a,b=1\0"})
    void whatIsNoPairIsRefused(String text) {
        assertThatExceptionOfType(TextFormatException.class).isThrownBy(() -> TextKeys.parse(text(text)));
    }

    @Test
    void limitsHold() throws Exception {
        String longest = "K".repeat(TextKeys.KEY_BYTES_MAX) + "=" + "v".repeat(TextKeys.VALUE_BYTES_MAX) + "\0";
        assertThat(TextKeys.parse(text(longest)).pairs()).hasSize(1);
        assertThatExceptionOfType(TextFormatException.class).isThrownBy(() -> TextKeys.parse(text("K" + longest)));
        assertThatExceptionOfType(TextFormatException.class)
                .isThrownBy(() -> TextKeys.parse(text("K=" + "v".repeat(TextKeys.VALUE_BYTES_MAX + 1))));
        assertThat(TextKeys.parse(text("K=\0".repeat(TextKeys.PAIRS_MAX))).pairs())
                .hasSize(TextKeys.PAIRS_MAX);
        assertThatExceptionOfType(TextFormatException.class)
                .isThrownBy(() -> TextKeys.parse(text("K=\0".repeat(TextKeys.PAIRS_MAX + 1))));
    }

    @Test
    void repeatedKeysAreKeptAndNamed() throws Exception {
        var keys = TextKeys.parse(text("TargetName=a\0TargetAddress=x\0TargetName=b\0"));
        assertThat(keys.pairs()).hasSize(3);
        assertThat(keys.get("TargetName")).isEqualTo("a");
        assertThat(keys.repeated()).isEqualTo("TargetName");
        assertThat(new TextKeys().add("A", "1").add("a", "1").repeated()).isNull();
    }

    @Test
    void valuesStayOutOfLogs() {
        assertThat(new TextKeys().add("CHAP_R", "0xdeadbeef")).hasToString("[CHAP_R]");
    }

    private static ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, UTF_8);
    }
}
