package io.quorumd.block.iscsi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IscsiUriTest {

    private static final String TARGET = "iqn.2026-11.io.example:disk.0";

    @Test
    void everythingIsRead() {
        IscsiUri uri = IscsiUri.parse("iscsi://me%a-secret@with%signs@[2001:db8::1]:13260/" + TARGET
                + "/300?header-digest=crc32c&data-digest=none&reservation=required");
        assertThat(uri.host()).isEqualTo("2001:db8::1");
        assertThat(uri.port()).isEqualTo(13260);
        assertThat(uri.target()).isEqualTo(TARGET);
        assertThat(uri.lun()).isEqualTo(300);
        assertThat(uri.headerDigest()).isTrue();
        assertThat(uri.dataDigest()).isFalse();
        assertThat(uri.reservationRequired()).isTrue();
        assertThat(uri.chap()).hasToString("ChapAccount[me]");
        assertThat(uri).hasToString("iscsi://[2001:db8::1]:13260/" + TARGET + "/300");
    }

    @ParameterizedTest
    @CsvSource({"0, 0x0000000000000000", "1, 0x0001000000000000", "255, 0x00ff000000000000", "256, 0x4100000000000000"})
    void aLunIsWrittenAsItsNumberDemands(int lun, long field) {
        assertThat(IscsiUri.parse("iscsi://host/" + TARGET + "/" + lun).wireLun())
                .isEqualTo(field);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "iscsi://host",
                "iscsi://host/" + TARGET,
                "iscsi:///" + TARGET + "/0",
                "iscsi://me%hidden@host/" + TARGET + "/x",
                "iscsi://me%hidden@host:0/" + TARGET + "/0",
                "iscsi://me%hidden@host/disk/0",
                "iscsi://me%hidden-secret@host/" + TARGET + "/0?hidden=yes",
                "iscsi://me@host/" + TARGET + "/0"
            })
    void anythingElseIsRefusedWithoutShowingIt(String text) {
        assertThatThrownBy(() -> IscsiUri.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("hidden");
    }
}
