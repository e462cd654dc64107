package io.quorumd.block.iscsi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.SyncDevice;
import io.quorumd.block.iscsi.ScriptedTarget.Behaviour;
import io.quorumd.pdu.ChapAccount;
import io.quorumd.pdu.Opcode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Logins that succeed, those that do not, and what the user is told of them. */
class LoginTest {

    private static final Duration PATIENT = Duration.ofSeconds(20);
    private static final Opener OPENER = new Opener();
    private static final ChapAccount MUTUAL =
            ChapAccount.mutual("initiator", "initiator-secret", "target", "the-target-secret");

    @AfterAll
    static void stop() {
        OPENER.close();
    }

    private static BlockError refusal(String uri, @Nullable ChapAccount account, Duration timeout) {
        return OPENER.refusal(OPENER.connector(uri, account, timeout), Opener.owner("volume", 1));
    }

    private static BlockError refusal(Behaviour behaviour) throws IOException {
        try (ScriptedTarget target = new ScriptedTarget(behaviour)) {
            BlockError error = refusal(target.uri(), null, PATIENT);
            assertThat(error.message()).startsWith(target.uri());
            return error;
        }
    }

    /** Reads and closes: everything worked. */
    private static void use(String uri, @Nullable ChapAccount account) {
        SyncDevice disk =
                new SyncDevice(OPENER.open(OPENER.connector(uri, account, PATIENT), Opener.owner("volume", 1)));
        assertThat(disk.read(0, 4096)).hasSize(4096);
        disk.await(disk.closeLater());
    }

    @Test
    void bothSidesProveWhoTheyAre() {
        try (ServedDisk served = ServedDisk.guarded(1 << 20, MUTUAL)) {
            use(served.uri(), MUTUAL);
            use(served.uri(), ChapAccount.oneWay("initiator", "initiator-secret"));
            use(served.uri().replace("//", "//initiator%initiator-secret@"), null);
        }
    }

    @Test
    void aTargetThatIsNotWhoItShouldBeIsRefused() {
        try (ServedDisk served = ServedDisk.guarded(1 << 20, MUTUAL)) {
            ChapAccount other = ChapAccount.mutual("initiator", "initiator-secret", "target", "another-secret");
            BlockError error = refusal(served.uri(), other, PATIENT);
            assertThat(error.message())
                    .isEqualTo(
                            served.uri() + " gave a wrong name or secret in mutual CHAP: it is not who it should be");
        }
    }

    @Test
    void aWrongSecretIsRefusedWithoutBeingShown() {
        try (ServedDisk served = ServedDisk.guarded(1 << 20, MUTUAL)) {
            String uri = served.uri().replace("//", "//initiator%not-the-secret@");
            BlockError error = refusal(uri, null, PATIENT);
            assertThat(error.message())
                    .isEqualTo(served.uri() + " refused the login: authentication failure; check user and secret, and"
                            + " whether the target wants them at all");
        }
    }

    @Test
    void aTargetThatWantsChapSaysSo() {
        try (ServedDisk served = ServedDisk.guarded(1 << 20, MUTUAL)) {
            assertThat(refusal(served.uri(), null, PATIENT).message()).contains("authentication failure");
        }
    }

    @Test
    void redirectionsAreFollowed() {
        try (ServedDisk served = ServedDisk.of(1 << 20, 512);
                ServedDisk first = ServedDisk.redirecting(served.portal())) {
            use(first.uri(), null);
            assertThat(first.device.requests()).isEmpty();
        }
    }

    @Test
    void redirectionsInACircleEnd() throws IOException {
        CompletableFuture<String> portal = new CompletableFuture<>();
        try (ScriptedTarget target = new ScriptedTarget((request, talk) -> {
            talk.loginResponse(request, 0, 0x0101, List.of("TargetAddress=" + portal.join() + ",1"));
            return true;
        })) {
            portal.complete(target.portal());
            assertThat(refusal(target.uri(), null, PATIENT).message())
                    .isEqualTo(target.uri() + " redirects more than 4 times");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0x0202 | EINVAL | refused the login: this initiator may not use the target; check its access list",
                "0x0203 | EINVAL | refused the login: there is no such target",
                "0x0301 | ENODEV | refused the login: the service is unavailable",
                "0x0242 | EINVAL | refused the login: status 0x0242",
                "0x0101 | ENODEV | redirects to no usable address"
            })
    void aRefusalSaysWhy(int status, Errno code, String text) throws IOException {
        BlockError error = refusal((request, talk) -> {
            talk.loginResponse(request, 0, status, List.of());
            return true;
        });
        assertThat(error.code()).isEqualTo(code);
        assertThat(error.message()).endsWith(" " + text);
    }

    @Test
    void aSilentTargetIsNotWaitedForForever() throws IOException {
        try (ScriptedTarget target = new ScriptedTarget((request, talk) -> true)) {
            BlockError error = refusal(target.uri(), null, Duration.ofMillis(200));
            assertThat(error)
                    .isEqualTo(
                            BlockError.of(Errno.ETIMEDOUT, target.uri() + " did not answer the login within 200 ms"));
        }
    }

    @Test
    void aTargetThatHangsUpIsLost() throws IOException {
        BlockError error = refusal((request, talk) -> {
            talk.hangUp();
            return true;
        });
        assertThat(error.code()).isEqualTo(Errno.ENODEV);
        assertThat(error.message()).contains("connection lost");
    }

    @Test
    void nobodyThereIsSaidSo() {
        BlockError error = refusal("iscsi://127.0.0.1:1/" + ScriptedTarget.NAME + "/0", null, PATIENT);
        assertThat(error.code()).isEqualTo(Errno.ENODEV);
        assertThat(error.message()).startsWith("cannot connect to iscsi://127.0.0.1:1/" + ScriptedTarget.NAME + "/0: ");
    }

    @Test
    void garbageIsRefused() throws IOException {
        BlockError error = refusal((request, talk) -> {
            talk.raw(Unpooled.copiedBuffer(
                    "HTTP/1.1 400 Bad Request\r\n".repeat(4).getBytes(UTF_8)));
            return true;
        });
        assertThat(error.message()).endsWith(" unexpected opcode 0x08");
    }

    @Test
    void aLoginWithoutAnEndIsEnded() throws IOException {
        BlockError error = refusal((request, talk) -> {
            talk.loginResponse(request, 0, 0, List.of());
            return true;
        });
        assertThat(error.message()).endsWith(" does not come to an end of the login");
    }

    @Test
    void aTextWithoutAnEndIsEnded() throws IOException {
        BlockError error = refusal((request, talk) -> {
            talk.loginResponse(request, 0x40, 0, List.of("X-a=" + "b".repeat(4000)));
            return true;
        });
        assertThat(error.message()).endsWith(" sends a login response of more than 65536 bytes");
    }

    @Test
    void answersInPiecesAreOne() throws IOException {
        try (ScriptedTarget target = new ScriptedTarget((request, talk) -> {
            boolean first =
                    request.opcode() == Opcode.LOGIN_REQUEST && request.data().isReadable();
            if (first && talk.statSn == 1000) {
                talk.loginResponse(request, 0x40, 0, List.of("AuthMethod=None"));
                return true;
            }
            if (request.opcode() == Opcode.LOGIN_REQUEST && talk.statSn == 1001) {
                talk.loginResponse(request, 0x81, 0, List.of("TargetPortalGroupTag=1"));
                return true;
            }
            return false;
        })) {
            use(target.uri(), null);
        }
    }

    @Test
    void aWrongStatSnIsRefused() throws IOException {
        BlockError error = refusal((request, talk) -> {
            talk.statSn += 5;
            return false;
        });
        assertThat(error.message()).endsWith(" counts its login responses wrongly: StatSN 1011 instead of 1006");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HeaderDigest=CRC32C | HeaderDigest=CRC32C, and HeaderDigest=None is configured",
                "MaxRecvDataSegmentLength=12 | MaxRecvDataSegmentLength=12, which is not 512 to 16777215",
                "MaxBurstLength=many | not a number",
                "ImmediateData=Maybe | neither Yes nor No"
            })
    void wrongAnswersAreRefused(String answer, String text) throws IOException {
        BlockError error = refusal((request, talk) -> {
            boolean operational = (request.header().getByte(1) & 0x0c) != 0;
            if (operational) {
                talk.loginResponse(request, 0x87, 0, List.of(answer));
            }
            return operational;
        });
        assertThat(error.message()).endsWith(" answered the login with " + text);
    }
}
