package io.quorumd.pdu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextValueTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "262144, 262144",
        "0x40000, 262144",
        "0X4aB, 1195",
        "00000000000000000000000000017, 17",
        "0x0000000000000000000000000ff, 255",
        "18446744073709551615, 9223372036854775807",
        "0xffffffffffffffff, 9223372036854775807",
        "99999999999999999999999999999, 9223372036854775807",
    })
    void numbers(String text, long number) throws Exception {
        assertThat(TextValue.number(text)).isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "+1", "0x", "1e3", " 1", "1 ", "12k", "0b12", "٣", "0xg", "1,2", "1~2"})
    void whatIsNoNumberIsRefused(String text) {
        assertThatExceptionOfType(TextFormatException.class).isThrownBy(() -> TextValue.number(text));
    }

    @Test
    void binaryValuesComeInHexAndBase64() throws Exception {
        var random = new Random(3);
        for (int round = 0; round < 200; round++) {
            byte[] bytes = new byte[1 + random.nextInt(64)];
            random.nextBytes(bytes);
            assertThat(TextValue.binary(TextValue.hex(bytes), 64)).isEqualTo(bytes);
            assertThat(TextValue.binary("0b" + Base64.getEncoder().encodeToString(bytes), 64))
                    .isEqualTo(bytes);
        }
        assertThat(TextValue.binary("0XaBc", 2)).containsExactly(0x0a, 0xbc);
        assertThat(TextValue.binary("0BqrvM", 3)).containsExactly(0xaa, 0xbb, 0xcc);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0x", "0b", "abcd", "0xzz", "0b*", "0x0102030405", "0x-1", "0b==", "1234"})
    void whatIsNoBinaryValueOfFourBytesIsRefused(String text) {
        assertThatExceptionOfType(TextFormatException.class).isThrownBy(() -> TextValue.binary(text, 4));
    }

    @Test
    void listsKeepTheirOrder() {
        assertThat(TextValue.list("CRC32C,None")).containsExactly("CRC32C", "None");
        assertThat(TextValue.list(" b , a ")).containsExactly("b", "a");
        assertThat(TextValue.list("")).containsExactly("");
    }
}
