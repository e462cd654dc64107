package io.quorumd.pdu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IscsiNameTest {

    @ParameterizedTest
    @CsvSource({
        "iqn.1994-05.com.redhat:c0ffee, iqn.1994-05.com.redhat:c0ffee",
        "IQN.2026-11.IO.Quorumd:Disk0, iqn.2026-11.io.quorumd:disk0",
        "iqn.2007-10.com.github:sahlberg:libiscsi:iscsi-test, iqn.2007-10.com.github:sahlberg:libiscsi:iscsi-test",
        "iqn.2008-11.org.linux-kvm, iqn.2008-11.org.linux-kvm",
        "iqn.2016-04.com.open-iscsi:host_1, iqn.2016-04.com.open-iscsi:host_1",
        "iqn.2001-04.com.example:Straße, iqn.2001-04.com.example:straße",
        "eui.02004567A425678D, eui.02004567a425678d",
        "naa.52004567BA64678D, naa.52004567ba64678d",
        "naa.62004567BA64678D0123456789ABCDEF, naa.62004567ba64678d0123456789abcdef",
    })
    void namesHaveOneForm(String name, String normal) throws Exception {
        assertThat(IscsiName.normalize(name)).isEqualTo(normal);
        assertThat(IscsiName.normalize(normal)).isEqualTo(normal);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "disk0",
                "iqn.",
                "iqn.2026-11.",
                "iqn.26-11.io.x",
                "iqn.2026-11.io.x:a b",
                "iqn.2026-11.io.x:a\nb",
                "iqn.2026-11.io.x:a,b",
                "eui.0200",
                "eui.02004567a425678g",
                "naa.52004567ba64678d0",
                "fqn.com.disk.123",
            })
    void whatIsNoNameIsRefused(String name) {
        assertThatExceptionOfType(TextFormatException.class).isThrownBy(() -> IscsiName.normalize(name));
    }

    @ParameterizedTest
    @ValueSource(ints = {224, 1000})
    void namesEndAt223Bytes(int length) {
        String name = "iqn.2026-11.io.x:" + "a".repeat(length - 17);
        assertThatExceptionOfType(TextFormatException.class).isThrownBy(() -> IscsiName.normalize(name));
        assertThat(name.substring(0, IscsiName.BYTES_MAX)).satisfies(IscsiName::normalize);
    }
}
