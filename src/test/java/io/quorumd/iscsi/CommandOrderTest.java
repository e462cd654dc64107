package io.quorumd.iscsi;

import static io.quorumd.iscsi.TestInitiator.NO_TAG;
import static io.quorumd.iscsi.TestInitiator.cdb;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.quorumd.block.Fault;
import io.quorumd.block.MemoryDevice.Kind;
import io.quorumd.iscsi.TestInitiator.Received;
import io.quorumd.pdu.Opcode;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The command window, task management, and the PDUs that are no SCSI commands. */
@ParameterizedClass
@EnumSource
class CommandOrderTest {

    private static final int READ = 0xc1;
    private static final int WRITE = 0xa1;
    private static final String TEST_UNIT_READY = "000000000000";

    private static final int ABORT_TASK = 1;
    private static final int ABORT_TASK_SET = 2;
    private static final int LUN_RESET = 5;
    private static final int WARM_RESET = 6;
    private static final int COLD_RESET = 7;

    private final TestTarget target;
    private final TestInitiator initiator;

    CommandOrderTest(TestTarget.Threads threads) throws IOException {
        target = new TestTarget(threads);
        initiator = TestInitiator.login(target.address(), "a");
        initiator.clearAttentions();
    }

    @AfterEach
    void stop() throws IOException {
        target.onDisk(target.device::releaseAll);
        initiator.close();
        target.close();
    }

    private ByteBuf tmf(int function, int itt, int referenced, int refCmdSn) {
        return TestInitiator.header(Opcode.TASK_MANAGEMENT_REQUEST | 0x40, 0x80 | function, itt)
                .setInt(20, referenced)
                .setInt(24, initiator.cmdSn)
                .setInt(32, refCmdSn);
    }

    private void answered(int itt, int response) throws IOException {
        Received answer = initiator.receive();
        assertThat(answer.opcode()).isEqualTo(Opcode.TASK_MANAGEMENT_RESPONSE);
        assertThat(answer.itt()).isEqualTo(itt);
        assertThat(answer.header().getUnsignedByte(2)).isEqualTo((short) response);
    }

    private void succeeds(int itt) throws IOException {
        Received response = initiator.receive();
        assertThat(response.itt()).isEqualTo(itt);
        assertThat(response.status()).isZero();
    }

    private void rejected(int reason) throws IOException {
        Received reject = initiator.receive();
        assertThat(reject.opcode()).isEqualTo(Opcode.REJECT);
        assertThat(reject.header().getUnsignedByte(2)).isEqualTo((short) reason);
    }

    private void hang(Kind kind) {
        target.onDisk(() -> target.device.on(kind, Fault.hang()).times(1));
    }

    private void awaitHanging() {
        AtomicInteger hanging = new AtomicInteger();
        await().until(() -> {
            target.onDisk(() -> hanging.set(target.device.hanging()));
            return hanging.get() > 0;
        });
    }

    @Test
    void commandsThatOvertakeOthersWaitForTheirTurn() throws IOException {
        List<ByteBuf> commands = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            commands.add(initiator.command(0x81, 10 + i, 0, TEST_UNIT_READY));
        }
        for (int i : new int[] {4, 2, 2, 1, 3, 0, 0}) {
            initiator.send(commands.get(i));
        }
        for (int i = 0; i < 5; i++) {
            succeeds(10 + i);
        }
    }

    @Test
    void otherCommandsWaitForTheirTurnToo() throws IOException {
        ByteBuf first =
                TestInitiator.header(Opcode.NOP_OUT, 0x80, 1).setInt(20, NO_TAG).setInt(24, initiator.cmdSn++);
        ByteBuf ping =
                TestInitiator.header(Opcode.NOP_OUT, 0x80, 2).setInt(20, NO_TAG).setInt(24, initiator.cmdSn++);
        initiator.send(ping, new byte[] {1, 2, 3});
        initiator.send(first);
        assertThat(initiator.receive().itt()).isEqualTo(1);
        Received pong = initiator.receive();
        assertThat(pong.opcode()).isEqualTo(Opcode.NOP_IN);
        assertThat(pong.data().readableBytes()).isEqualTo(3);
    }

    @Test
    void commandsOutsideTheWindowAreIgnored() throws IOException {
        ByteBuf late = initiator.command(0x81, 1, 0, TEST_UNIT_READY);
        initiator.send(late.copy().setInt(24, initiator.cmdSn + 127).setInt(16, 5));
        initiator.send(late.copy().setInt(24, initiator.cmdSn - 2).setInt(16, 6));
        initiator.send(late);
        succeeds(1);
    }

    @Test
    void theWindowIsTheBoundOnCommandsInFlight() throws IOException {
        hang(Kind.READ);
        int first = initiator.cmdSn;
        initiator.send(initiator.command(READ, 1, 512, cdb(0x28, 0, 1)));
        awaitHanging();
        initiator.send(initiator.command(0x81, 2, 0, TEST_UNIT_READY));
        Received response = initiator.receive();
        assertThat(response.at(28)).as("ExpCmdSN").isEqualTo(first + 2);
        assertThat(response.at(32)).as("MaxCmdSN").isEqualTo(first + 128);
    }

    @Test
    void aTagInUseIsRejected() throws IOException {
        hang(Kind.READ);
        initiator.send(initiator.command(READ, 1, 512, cdb(0x28, 0, 1)));
        initiator.send(initiator.command(0x81, 1, 0, TEST_UNIT_READY));
        rejected(7);
        initiator.send(initiator.command(0x81, 2, 0, TEST_UNIT_READY));
        succeeds(2);
    }

    @Test
    void abortOfACommandThatWaitsForItsData() throws IOException {
        initiator.send(initiator.command(WRITE, 1, 8192, cdb(0x2a, 0, 16)));
        Received r2t = initiator.receive();
        initiator.send(tmf(ABORT_TASK, 2, 1, 0));
        answered(2, 0);
        initiator.send(initiator.dataOut(1, r2t.at(20), true, 0, 0), new byte[8192]);
        initiator.send(initiator.command(0x81, 3, 0, TEST_UNIT_READY));
        succeeds(3);
    }

    @Test
    void abortIsAnsweredWhenTheWriteHasReallyEnded() throws IOException {
        hang(Kind.WRITE);
        initiator.send(initiator.command(WRITE, 1, 512, cdb(0x2a, 0, 1)), new byte[512]);
        awaitHanging();
        initiator.send(tmf(ABORT_TASK, 2, 1, 0));
        initiator.send(initiator.command(READ, 3, 512, cdb(0x28, 8, 1)));
        succeeds(3);
        target.onDisk(target.device::releaseAll);
        answered(2, 0);
    }

    @Test
    void abortOfWhatNeverCameCountsItAsCome() throws IOException {
        int missing = initiator.cmdSn++;
        initiator.send(tmf(ABORT_TASK, 2, 55, missing));
        answered(2, 0);
        initiator.send(initiator.command(0x81, 3, 0, TEST_UNIT_READY));
        succeeds(3);
        initiator.send(tmf(ABORT_TASK, 4, 55, missing));
        answered(4, 1);
    }

    @Test
    void abortOfACommandAheadOfItsTurn() throws IOException {
        ByteBuf first = initiator.command(0x81, 1, 0, TEST_UNIT_READY);
        initiator.send(initiator.command(0x81, 2, 0, TEST_UNIT_READY));
        ByteBuf third = initiator.command(0x81, 3, 0, TEST_UNIT_READY);
        initiator.send(tmf(ABORT_TASK, 9, 2, initiator.cmdSn - 2));
        answered(9, 0);
        initiator.send(first);
        initiator.send(third);
        succeeds(1);
        succeeds(3);
    }

    @Test
    void resetsEndEveryCommandOfTheUnit() throws IOException {
        for (int function : new int[] {ABORT_TASK_SET, LUN_RESET, WARM_RESET}) {
            initiator.send(initiator.command(WRITE, 1, 8192, cdb(0x2a, 0, 16)));
            initiator.send(initiator.command(WRITE, 2, 8192, cdb(0x2a, 0, 16)));
            initiator.receive();
            initiator.receive();
            initiator.send(tmf(function, 3, NO_TAG, 0));
            answered(3, 0);
            initiator.clearAttentions();
        }
    }

    @Test
    void coldResetEndsEverySession() throws IOException {
        try (var other = TestInitiator.login(target.address(), "b")) {
            initiator.send(tmf(COLD_RESET, 3, NO_TAG, 0));
            answered(3, 0);
            assertThatThrownBy(initiator::receive).isInstanceOf(EOFException.class);
            assertThat(other.receive().header().getByte(36))
                    .as("connection dropped")
                    .isEqualTo((byte) 2);
            assertThatThrownBy(other::receive).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void functionsThatDoNotExistAreRefused() throws IOException {
        initiator.send(tmf(ABORT_TASK, 1, 99, initiator.cmdSn - 1));
        answered(1, 1);
        initiator.send(tmf(3, 2, NO_TAG, 0));
        answered(2, 5);
        initiator.send(tmf(8, 3, NO_TAG, 0));
        answered(3, 4);
        initiator.send(tmf(99, 4, NO_TAG, 0));
        answered(4, 255);
        initiator.send(tmf(LUN_RESET, 5, NO_TAG, 0).setLong(8, 7L << 48));
        answered(5, 2);
    }

    @Test
    void whatIsNotSupportedIsRejectedAndTheSessionGoesOn() throws IOException {
        initiator.send(TestInitiator.header(Opcode.SNACK_REQUEST, 0x80, 1));
        rejected(3);
        initiator.send(TestInitiator.header(0x1c, 0x80, 1));
        rejected(5);
        initiator.send(initiator.command(0xe1, 1, 512, cdb(0x28, 0, 1)));
        rejected(5);
        initiator.send(initiator.command(READ, 2, 512, cdb(0x28, 0, 1)));
        succeeds(2);
    }

    @Test
    void targetsAreFoundInTheSessionToo() throws IOException {
        ByteBuf text = TestInitiator.header(Opcode.TEXT_REQUEST, 0x80, 1)
                .setInt(20, NO_TAG)
                .setInt(24, initiator.cmdSn++);
        initiator.send(text, "SendTargets=\0".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        Received answer = initiator.receive();
        assertThat(answer.data().toString(java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo("TargetName=" + TestTarget.NAME + "\0TargetAddress=127.0.0.1:"
                        + target.address().getPort() + ",1\0");
    }

    private ByteBuf logout(int reason, int cid) {
        return TestInitiator.header(Opcode.LOGOUT_REQUEST, 0x80 | reason, 9)
                .setShort(20, cid)
                .setInt(24, initiator.cmdSn++);
    }

    private void loggedOut(int response) throws IOException {
        Received answer = initiator.receive();
        assertThat(answer.opcode()).isEqualTo(Opcode.LOGOUT_RESPONSE);
        assertThat(answer.header().getUnsignedByte(2)).isEqualTo((short) response);
    }

    @Test
    void logoutWaitsForCommandsAndEndsTheConnection() throws IOException {
        initiator.send(logout(1, 5));
        loggedOut(1);
        initiator.send(logout(2, 0));
        loggedOut(2);
        hang(Kind.WRITE);
        initiator.send(initiator.command(WRITE, 1, 512, cdb(0x2a, 0, 1)), new byte[512]);
        awaitHanging();
        initiator.send(logout(0, 0));
        target.onDisk(target.device::releaseAll);
        succeeds(1);
        loggedOut(0);
        assertThatThrownBy(initiator::receive).isInstanceOf(EOFException.class);
    }

    @Test
    void aSessionBeginsWhenTheOneBeforeHasReallyEnded() throws Exception {
        hang(Kind.WRITE);
        initiator.send(initiator.command(WRITE, 1, 512, cdb(0x2a, 0, 1)), new byte[512]);
        awaitHanging();
        var login = CompletableFuture.supplyAsync(() -> {
            try {
                return TestInitiator.login(target.address(), "a");
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        assertThat(initiator.receive().opcode()).isEqualTo(Opcode.ASYNC_MESSAGE);
        assertThatThrownBy(initiator::receive).isInstanceOf(EOFException.class);
        await().until(() -> target.server.connectionCount() == 2);
        assertThat(login).isNotDone();
        target.onDisk(target.device::releaseAll);
        try (var second = login.get(10, java.util.concurrent.TimeUnit.SECONDS)) {
            second.clearAttentions();
        }
    }

    @Test
    void stoppingAsksForALogoutAndLetsCommandsEnd() throws IOException {
        hang(Kind.WRITE);
        initiator.send(initiator.command(WRITE, 1, 512, cdb(0x2a, 0, 1)), new byte[512]);
        awaitHanging();
        var stopped = target.server.stop(java.time.Duration.ofSeconds(8));
        Received message = initiator.receive();
        assertThat(message.opcode()).isEqualTo(Opcode.ASYNC_MESSAGE);
        assertThat(message.header().getByte(36)).isEqualTo((byte) 1);
        assertThat(message.header().getShort(42)).isEqualTo((short) 8);
        assertThat(stopped).isNotDone();
        target.onDisk(target.device::releaseAll);
        succeeds(1);
        assertThatThrownBy(initiator::receive).isInstanceOf(EOFException.class);
        stopped.orTimeout(5, java.util.concurrent.TimeUnit.SECONDS).join();
    }
}
