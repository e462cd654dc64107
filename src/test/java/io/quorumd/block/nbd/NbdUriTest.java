package io.quorumd.block.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NbdUriTest {

    @Test
    void readsEveryForm() {
        assertThat(NbdUri.parse("nbd://10.0.0.2/disk"))
                .isEqualTo(new NbdUri("10.0.0.2", 10809, null, "disk", false, null, null));
        assertThat(NbdUri.parse("nbd://[::1]:99/")).isEqualTo(new NbdUri("::1", 99, null, "", false, null, null));
        assertThat(NbdUri.parse("nbd://host")).isEqualTo(new NbdUri("host", 10809, null, "", false, null, null));
        assertThat(NbdUri.parse("nbd+unix:///a%20b?socket=/run/n%2Bd.sock"))
                .isEqualTo(new NbdUri(null, 0, Path.of("/run/n+d.sock"), "a b", false, null, null));
        assertThat(NbdUri.parse("nbds://h:1/x?tls-certificates=/etc/pki&tls-hostname=n"))
                .isEqualTo(new NbdUri("h", 1, null, "x", true, Path.of("/etc/pki"), "n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://h/x", "nbd:///x", "nbd+unix:///x", "nbd+unix://host/x?socket=/s", "nbd://a b/"})
    void refusesWhatLeadsNowhereAndSaysWhatWouldBeRight(String text) {
        assertThatThrownBy(() -> NbdUri.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(text);
    }
}
