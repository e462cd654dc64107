package io.quorumd.pdu;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sense data of others, in whichever format and however short. */
class SenseDataTest {

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatWeWriteWeRead(boolean descriptors) {
        SenseData sense = new SenseData(SenseData.MEDIUM_ERROR, 0x11, 0x01);
        ByteBuf written = Unpooled.buffer();
        sense.withInformation(5).write(written, descriptors);
        assertThat(SenseData.read(written)).isEqualTo(sense);
    }

    @ParameterizedTest
    @CsvSource({
        "'', 0, 0, 0",
        "7000, 0, 0, 0",
        "700005, 5, 0, 0",
        "f10006000000000a0000000029, 6, 0, 0",
        "f10006000000000a000000002904, 6, 41, 4",
        "72062904, 6, 41, 4",
        "7f0102030405060708, 0, 0, 0"
    })
    void whatIsMissingIsZero(String hex, int key, int asc, int ascq) {
        assertThat(SenseData.read(Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex))))
                .isEqualTo(new SenseData(key, asc, ascq));
    }
}
