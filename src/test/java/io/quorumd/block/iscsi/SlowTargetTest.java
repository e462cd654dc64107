package io.quorumd.block.iscsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.SyncDevice;
import io.quorumd.block.iscsi.ScriptedTarget.Behaviour;
import io.quorumd.block.iscsi.ScriptedTarget.Talk;
import io.quorumd.pdu.Opcode;
import io.quorumd.pdu.TargetHeaders;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Pings, aborts, windows and logouts: what keeps a session from hanging, and what the target may ask of it. */
class SlowTargetTest extends ScriptedTargetTests {

    @Test
    void aTargetThatFallsSilentIsPingedAndGivenUp() throws IOException {
        AtomicInteger pings = new AtomicInteger();
        AtomicBoolean silent = new AtomicBoolean();
        BlockError error = errorOf(
                "",
                SHORT,
                (request, talk) -> {
                    silent.compareAndSet(false, request.operation() == READ);
                    pings.addAndGet(request.opcode() == Opcode.NOP_OUT ? 1 : 0);
                    return silent.get();
                },
                true,
                false);
        assertThat(error.message()).contains("the target is silent");
        assertThat(pings.get()).isPositive();
    }

    @Test
    void aCommandThatHangsIsAbortedAndTheSessionGoesOn() throws IOException {
        try (ScriptedTarget target = new ScriptedTarget((request, talk) -> request.operation() == READ)) {
            SyncDevice disk = new SyncDevice(open(target, "", SHORT));
            BlockError error = disk.awaitError(disk.readLater(0, 4096));
            assertThat(error.code()).isEqualTo(Errno.ETIMEDOUT);
            disk.write(0, new byte[4096]);
            disk.await(disk.closeLater());
            var aborted = target.requests.stream()
                    .filter(request -> request.opcode() == Opcode.TASK_MANAGEMENT_REQUEST)
                    .toList();
            var read = target.requests.stream()
                    .filter(request -> request.operation() == READ)
                    .toList();
            assertThat(aborted).hasSize(1);
            assertThat(aborted.getFirst().header().getByte(1)).isEqualTo((byte) 0x81);
            assertThat(aborted.getFirst().at(20)).isEqualTo(read.getFirst().tag());
            assertThat(aborted.getFirst().at(32)).isEqualTo(read.getFirst().at(24));
        }
    }

    /** The abort was of the first sending; the second is alive and well. */
    @Test
    void aCommandThatEndsWhileItIsAbortedIsNotTakenForAborted() throws IOException {
        List<ScriptedTarget.Request> held = new ArrayList<>();
        Behaviour behaviour = (request, talk) -> {
            if (request.opcode() == Opcode.TASK_MANAGEMENT_REQUEST) {
                talk.status(held.getFirst(), ScsiCommand.BUSY);
                held.add(request);
                return true;
            }
            if (request.operation() == READ && held.isEmpty()) {
                held.add(request);
                return true;
            }
            if (request.operation() == READ) {
                talk.serve(held.getLast());
            }
            return false;
        };
        try (ScriptedTarget target = new ScriptedTarget(behaviour)) {
            SyncDevice disk = new SyncDevice(open(target, "", SHORT));
            assertThat(disk.read(0, 4096)).hasSize(4096);
            assertThat(held).hasSize(2);
            disk.await(disk.closeLater());
        }
    }

    @Test
    void anAbortThatIsRefusedEndsTheSession() throws IOException {
        BlockError error = errorOf(
                "",
                SHORT,
                (request, talk) -> {
                    if (request.opcode() == Opcode.TASK_MANAGEMENT_REQUEST) {
                        talk.respond(Talk.header(Opcode.TASK_MANAGEMENT_RESPONSE, 0x80, request.tag())
                                .setByte(2, 5));
                        return true;
                    }
                    return request.operation() == READ;
                },
                true,
                false);
        assertThat(error.message()).endsWith("the target does not abort a command that takes too long, response 5");
    }

    @Test
    void aWindowThatStaysClosedIsWaitedForInVain() throws IOException {
        BlockError error = errorOf(
                "",
                SHORT,
                (request, talk) -> {
                    talk.window = request.operation() == SYNCHRONIZE_CACHE || talk.window == 0 ? 0 : 1;
                    return false;
                },
                false,
                false);
        assertThat(error).isEqualTo(BlockError.of(Errno.ETIMEDOUT, "the target takes no more commands"));
    }

    @Test
    void theWindowIsNeverExceeded() throws IOException {
        List<String> exceeded = new ArrayList<>();
        AtomicInteger underWay = new AtomicInteger();
        ArrayList<ScriptedTarget.Request> held = new ArrayList<>();
        Behaviour behaviour = (request, talk) -> {
            talk.window = 2;
            if (request.operation() != READ) {
                return false;
            }
            held.add(request);
            if (underWay.incrementAndGet() > 3) {
                exceeded.add("command " + request.at(24));
            }
            if (held.size() == 2) {
                for (var next : held) {
                    underWay.decrementAndGet();
                    talk.command(next);
                }
                held.clear();
            }
            return true;
        };
        try (ScriptedTarget target = new ScriptedTarget(behaviour)) {
            SyncDevice disk = new SyncDevice(open(target, "", PATIENT));
            List<CompletableFuture<byte[]>> reads = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                reads.add(disk.readLater(i * 512L, 512));
            }
            reads.forEach(disk::await);
            assertThat(exceeded).isEmpty();
            disk.await(disk.closeLater());
        }
    }

    @Test
    void aPingIsAnswered() throws IOException {
        CompletableFuture<ScriptedTarget.Request> answer = new CompletableFuture<>();
        Behaviour behaviour = (request, talk) -> {
            if (request.operation() == READ) {
                talk.send(Talk.header(Opcode.NOP_IN, 0x80, TargetHeaders.NO_TAG)
                        .setInt(20, 0x77)
                        .setLong(8, 0x0001000000000000L)
                        .setInt(24, talk.statSn));
            } else if (request.opcode() == Opcode.NOP_OUT && request.tag() == TargetHeaders.NO_TAG) {
                answer.complete(request);
            }
            return false;
        };
        try (ScriptedTarget target = new ScriptedTarget(behaviour)) {
            SyncDevice disk = new SyncDevice(open(target, "", PATIENT));
            disk.read(0, 4096);
            ScriptedTarget.Request pong = disk.await(answer);
            assertThat(pong.header().getByte(0)).isEqualTo((byte) 0x40);
            assertThat(pong.at(20)).isEqualTo(0x77);
            assertThat(pong.header().getLong(8)).isEqualTo(0x0001000000000000L);
            disk.await(disk.closeLater());
        }
    }

    @Test
    void aTargetThatWantsALogoutGetsOne() throws IOException {
        CompletableFuture<ScriptedTarget.Request> logout = new CompletableFuture<>();
        Behaviour behaviour = (request, talk) -> {
            if (request.operation() == READ) {
                talk.respond(Talk.header(Opcode.ASYNC_MESSAGE, 0x80, TargetHeaders.NO_TAG)
                        .setByte(36, 1));
            } else if (request.opcode() == Opcode.LOGOUT_REQUEST) {
                logout.complete(request);
            }
            return false;
        };
        try (ScriptedTarget target = new ScriptedTarget(behaviour)) {
            SyncDevice disk = new SyncDevice(open(target, "", PATIENT));
            assertThat(disk.read(0, 4096)).as("what was under way ends well").hasSize(4096);
            disk.await(logout);
            BlockError error = disk.awaitError(disk.flushLater());
            assertThat(error.code()).isEqualTo(Errno.ENODEV);
            assertThat(error.message()).contains("asks for a logout");
            disk.await(disk.closeLater());
        }
    }

    @Test
    void aTargetThatDropsTheConnectionIsBelieved() throws IOException {
        BlockError error = readError(
                "",
                (request, talk) -> {
                    if (request.operation() == READ) {
                        talk.respond(Talk.header(Opcode.ASYNC_MESSAGE, 0x80, TargetHeaders.NO_TAG)
                                .setByte(36, 2));
                    }
                    return request.operation() == READ;
                },
                true);
        assertThat(error.message()).endsWith("the target drops the connection");
    }
}
