package io.quorumd.pdu;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.Unpooled;

/** Any text: keys and values, or one {@link TextFormatException}; what was understood can be said again. */
class TextFuzz {

    @DictionaryEntries({"=", "\0", ",", "0x", "0b", "iqn.2026-11.", "eui.", "naa.", "Yes", "No"})
    @FuzzTest(maxDuration = "20s")
    void whateverIsSaid(byte[] text) {
        TextKeys keys;
        try {
            keys = TextKeys.parse(Unpooled.wrappedBuffer(text));
        } catch (TextFormatException none) {
            assertThat(none.getMessage()).isNotEmpty();
            return;
        }
        for (TextKeys.Pair pair : keys.pairs()) {
            value(pair.value());
        }
        try {
            assertThat(TextKeys.parse(keys.encode()).pairs()).isEqualTo(keys.pairs());
        } catch (TextFormatException longer) {
            // Bytes that are no UTF-8 have become longer.
            assertThat(keys.toString() + keys.pairs()).contains("\ufffd");
        }
    }

    private static void value(String value) {
        assertThat(TextValue.list(value)).isNotEmpty();
        try {
            assertThat(TextValue.number(value)).isNotNegative();
        } catch (TextFormatException none) {
            assertThat(none.getMessage()).isNotEmpty();
        }
        try {
            byte[] binary = TextValue.binary(value, 1024);
            assertThat(TextValue.binary(TextValue.hex(binary), 1024)).isEqualTo(binary);
        } catch (TextFormatException none) {
            assertThat(none.getMessage()).isNotEmpty();
        }
        try {
            String name = IscsiName.normalize(value);
            assertThat(IscsiName.normalize(name)).isEqualTo(name);
        } catch (TextFormatException none) {
            assertThat(none.getMessage()).isNotEmpty();
        }
    }
}
