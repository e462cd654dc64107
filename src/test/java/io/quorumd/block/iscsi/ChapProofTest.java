package io.quorumd.block.iscsi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorumd.pdu.ChapAccount;
import io.quorumd.pdu.ChapAlgorithm;
import io.quorumd.pdu.TextKeys;
import io.quorumd.pdu.TextValue;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The initiator's side of CHAP, algorithm by algorithm. */
class ChapProofTest {

    private static final ChapAccount MUTUAL = ChapAccount.mutual("us", "our-long-secret", "them", "their-long-secret");

    private static TextKeys challenge(ChapAlgorithm algorithm) {
        return new TextKeys()
                .add("CHAP_A", Integer.toString(algorithm.number()))
                .add("CHAP_I", "255")
                .add("CHAP_C", "0x0102030405060708090a0b0c0d0e0f10");
    }

    @Test
    void offersAllThereAre() {
        assertThat(new ChapProof(MUTUAL, new SecureRandom()).offer().get("CHAP_A"))
                .isEqualTo("8,6,5,7");
    }

    @ParameterizedTest
    @EnumSource(ChapAlgorithm.class)
    void provesAndLetsProve(ChapAlgorithm algorithm) throws Exception {
        ChapProof proof = new ChapProof(MUTUAL, new SecureRandom());
        TextKeys answer = proof.respond(challenge(algorithm));
        byte[] theirs = TextValue.binary("0x0102030405060708090a0b0c0d0e0f10", 64);
        assertThat(answer.get("CHAP_N")).isEqualTo("us");
        assertThat(answer.get("CHAP_R"))
                .isEqualTo(TextValue.hex(algorithm.response(255, "our-long-secret".getBytes(UTF_8), theirs)));

        byte[] ours = TextValue.binary(String.valueOf(answer.get("CHAP_C")), 64);
        int identifier = (int) TextValue.number(String.valueOf(answer.get("CHAP_I")));
        byte[] right = algorithm.response(identifier, "their-long-secret".getBytes(UTF_8), ours);
        proof.verify(new TextKeys().add("CHAP_N", "them").add("CHAP_R", TextValue.hex(right)));
        assertThatThrownBy(() ->
                        proof.verify(new TextKeys().add("CHAP_N", "others").add("CHAP_R", TextValue.hex(right))))
                .hasMessageContaining("it is not who it should be");
        right[0] ^= 1;
        assertThatThrownBy(
                        () -> proof.verify(new TextKeys().add("CHAP_N", "them").add("CHAP_R", TextValue.hex(right))))
                .hasMessageContaining("it is not who it should be");
        assertThatThrownBy(() -> proof.verify(new TextKeys()))
                .hasMessage("did not prove who it is, as mutual CHAP demands");
    }

    @Test
    void refusesWhatWasNotOffered() {
        ChapProof proof = new ChapProof(MUTUAL, new SecureRandom());
        TextKeys keys = new TextKeys().add("CHAP_A", "99").add("CHAP_I", "1").add("CHAP_C", "0x01");
        assertThatThrownBy(() -> proof.respond(keys))
                .hasMessage("chose a CHAP algorithm or identifier that was not offered");
        assertThatThrownBy(() -> proof.respond(new TextKeys().add("CHAP_A", "5")))
                .hasMessage("left out CHAP_I");
    }
}
