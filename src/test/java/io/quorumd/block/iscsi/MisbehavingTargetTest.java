package io.quorumd.block.iscsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.iscsi.ScriptedTarget.Talk;
import io.quorumd.pdu.Opcode;
import io.quorumd.pdu.TargetHeaders;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What a session makes of a target that breaks the rules: one clear error in bounded time, and no wrong data. */
class MisbehavingTargetTest extends ScriptedTargetTests {

    @Test
    void aWrongStatSnEndsTheSession() throws IOException {
        BlockError error = readError(
                "",
                (request, talk) -> {
                    talk.statSn += request.operation() == READ ? 1 : 0;
                    return false;
                },
                true);
        assertThat(error.message()).contains("wrong StatSN");
    }

    @Test
    void aReadThatSucceedsWithTooLittleDataFails() throws IOException {
        BlockError error = readError(
                "",
                (request, talk) -> {
                    if (request.operation() != READ) {
                        return false;
                    }
                    talk.dataIn(request, "00".repeat(1024));
                    return true;
                },
                false);
        assertThat(error)
                .isEqualTo(BlockError.of(Errno.EIO, "the target left out bytes of a read: 1024 of 4096 arrived"));
    }

    @Test
    void dataBeyondARequestEndsTheSession() throws IOException {
        BlockError error = readError(
                "",
                (request, talk) -> {
                    if (request.operation() != READ) {
                        return false;
                    }
                    talk.send(Talk.header(Opcode.DATA_IN, 0x80, request.tag()).setInt(40, 4096), new byte[512]);
                    return true;
                },
                true);
        assertThat(error.message()).endsWith("sent data that was not asked for");
    }

    @Test
    void anR2tBeyondTheCommandEndsTheSession() throws IOException {
        BlockError error = errorOf(
                "",
                PATIENT,
                (request, talk) -> {
                    if (request.operation() != WRITE) {
                        return false;
                    }
                    talk.send(Talk.header(Opcode.READY_TO_TRANSFER, 0x80, request.tag())
                            .setInt(20, 7)
                            .setInt(40, 65536)
                            .setInt(44, 131072));
                    return true;
                },
                true,
                true);
        assertThat(error.message()).endsWith("asked for data that the command does not have");
    }

    @Test
    void anAnswerToNothingEndsTheSession() throws IOException {
        BlockError error = readError(
                "",
                (request, talk) -> {
                    if (request.operation() == READ) {
                        talk.respond(Talk.header(Opcode.SCSI_RESPONSE, 0x80, 0x1234567));
                    }
                    return request.operation() == READ;
                },
                true);
        assertThat(error.message()).endsWith("answers a command that is not under way");
    }

    @Test
    void garbageEndsTheSession() throws IOException {
        BlockError error = readError(
                "",
                (request, talk) -> {
                    if (request.operation() == READ) {
                        talk.raw(Unpooled.wrappedBuffer(new byte[512]));
                    }
                    return request.operation() == READ;
                },
                true);
        assertThat(error.message()).endsWith("unexpected opcode 0x00");
    }

    @Test
    void aRejectEndsTheSession() throws IOException {
        BlockError error = readError(
                "",
                (request, talk) -> {
                    if (request.operation() == READ) {
                        talk.respond(
                                Talk.header(Opcode.REJECT, 0x80, TargetHeaders.NO_TAG)
                                        .setByte(2, 4),
                                new byte[48]);
                    }
                    return request.operation() == READ;
                },
                true);
        assertThat(error.message()).endsWith("rejected a PDU of ours, reason 0x04");
    }

    @Test
    void aWrongHeaderDigestEndsTheSession() throws IOException {
        BlockError error = readError(
                "?header-digest=crc32c&data-digest=crc32c",
                (request, talk) -> {
                    talk.wrongHeaderDigest = request.operation() == READ;
                    return false;
                },
                true);
        assertThat(error.message()).endsWith("header digest error");
    }

    @Test
    void aWrongDataDigestEndsTheSession() throws IOException {
        BlockError error = readError(
                "?header-digest=crc32c&data-digest=crc32c",
                (request, talk) -> {
                    talk.wrongDataDigest = request.operation() == READ;
                    return false;
                },
                true);
        assertThat(error.message()).endsWith("data digest error");
    }
}
