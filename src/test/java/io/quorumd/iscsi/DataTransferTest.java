package io.quorumd.iscsi;

import static io.quorumd.iscsi.TestInitiator.NO_TAG;
import static io.quorumd.iscsi.TestInitiator.cdb;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.quorumd.iscsi.TestInitiator.Received;
import io.quorumd.pdu.Opcode;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Reads and writes of every shape, and what is wrong with some of them; with the disk on the same thread and on another. */
@ParameterizedClass
@EnumSource
class DataTransferTest {

    private static final int READ = 0xc1;
    private static final int WRITE = 0xa1;
    /** Unsolicited data follows. */
    private static final int WRITE_OPEN = 0x21;

    private final TestTarget target;
    private TestInitiator initiator;

    DataTransferTest(TestTarget.Threads threads) throws IOException {
        target = new TestTarget(threads);
        initiator = TestInitiator.login(target.address(), "a");
        initiator.clearAttentions();
    }

    @AfterEach
    void stop() throws IOException {
        initiator.close();
        target.close();
        assertThat(target.server.dataOutBytes()).isZero();
    }

    private void login(String... keys) throws IOException {
        initiator.close();
        initiator = TestInitiator.login(target.address(), "b", keys);
        initiator.clearAttentions();
    }

    private static byte[] pattern(int seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static byte[] part(byte[] of, int from, int length) {
        return Arrays.copyOfRange(of, from, from + length);
    }

    private byte[] read(int lba, int blocks) throws IOException {
        initiator.send(initiator.command(READ, 77, blocks * 512, cdb(0x28, lba, blocks)));
        ByteBuf all = Unpooled.buffer();
        Received pdu;
        int dataSn = 0;
        do {
            pdu = initiator.receive();
            assertThat(pdu.opcode()).isEqualTo(Opcode.DATA_IN);
            assertThat(pdu.at(36)).isEqualTo(dataSn++);
            assertThat(pdu.at(40)).isEqualTo(all.readableBytes());
            all.writeBytes(pdu.data());
        } while ((pdu.flags() & 1) == 0);
        assertThat(pdu.flags()).isEqualTo(0x81);
        return Arrays.copyOf(all.array(), all.readableBytes());
    }

    private Received good() throws IOException {
        Received response = initiator.receive();
        assertThat(response.opcode()).isEqualTo(Opcode.SCSI_RESPONSE);
        assertThat(response.status()).isZero();
        return response;
    }

    private void failsWith(String sense) throws IOException {
        Received response = initiator.receive();
        assertThat(response.opcode()).isEqualTo(Opcode.SCSI_RESPONSE);
        assertThat(response.status()).isEqualTo(2);
        assertThat(response.sense()).isEqualTo(sense);
    }

    @Test
    void immediateDataIsWrittenAndReadBack() throws IOException {
        byte[] data = pattern(1, 4096);
        initiator.send(initiator.command(WRITE, 1, 4096, cdb(0x2a, 8, 8)), data);
        assertThat(good().flags()).isEqualTo(0x80);
        assertThat(read(8, 8)).isEqualTo(data);
    }

    @Test
    void largeReadsComeInBurstsAndSegmentsOfTheLengthsNegotiated() throws IOException {
        login("MaxRecvDataSegmentLength=8192", "MaxBurstLength=20480", "FirstBurstLength=8192");
        byte[] data = pattern(2, 65536);
        initiator.send(initiator.command(WRITE, 1, 65536, cdb(0x2a, 0, 128)));
        answerR2ts(1, data, 0, 8192);
        good();
        initiator.send(initiator.command(READ, 2, 65536, cdb(0x28, 0, 128)));
        StringBuilder shape = new StringBuilder();
        for (int got = 0; got < 65536; ) {
            Received pdu = initiator.receive();
            assertThat(pdu.data())
                    .isEqualTo(Unpooled.wrappedBuffer(data, got, pdu.data().readableBytes()));
            got += pdu.data().readableBytes();
            shape.append(pdu.data().readableBytes() / 1024).append((pdu.flags() & 0x80) != 0 ? "F " : " ");
        }
        assertThat(shape).hasToString("8 8 4F 8 8 4F 8 8 4F 4F ");
    }

    /** Answers R2Ts until all of {@code data} has been asked for. */
    private void answerR2ts(int itt, byte[] data, int sent, int segment) throws IOException {
        int r2tSn = 0;
        while (sent < data.length) {
            Received r2t = initiator.receive();
            assertThat(r2t.opcode()).isEqualTo(Opcode.READY_TO_TRANSFER);
            assertThat(r2t.at(36)).isEqualTo(r2tSn++);
            assertThat(r2t.at(40)).isEqualTo(sent);
            int end = sent + r2t.at(44);
            for (int dataSn = 0; sent < end; dataSn++) {
                int length = Math.min(segment, end - sent);
                initiator.send(
                        initiator.dataOut(itt, r2t.at(20), sent + length == end, dataSn, sent),
                        part(data, sent, length));
                sent += length;
            }
        }
    }

    @Test
    void immediateUnsolicitedAndSolicitedDataMakeOneWrite() throws IOException {
        login("InitialR2T=No", "FirstBurstLength=65536", "MaxBurstLength=262144");
        byte[] data = pattern(3, 1 << 20);
        initiator.send(initiator.command(WRITE_OPEN, 1, data.length, cdb(0x2a, 100, 2048)), part(data, 0, 10_000));
        initiator.send(initiator.dataOut(1, NO_TAG, false, 0, 10_000), part(data, 10_000, 30_000));
        initiator.send(initiator.dataOut(1, NO_TAG, true, 1, 40_000), part(data, 40_000, 25_536));
        answerR2ts(1, data, 65536, 200_000);
        good();
        assertThat(read(100, 2048)).isEqualTo(data);
    }

    @Test
    void r2tsAreOutstandingAsManyAsNegotiated() throws IOException {
        login("MaxOutstandingR2T=4", "MaxBurstLength=16384", "FirstBurstLength=16384");
        int outstanding = Integer.parseInt(initiator.answers.getOrDefault("MaxOutstandingR2T", "1"));
        byte[] data = pattern(4, 131072);
        initiator.send(initiator.command(WRITE, 1, data.length, cdb(0x2a, 0, 256)));
        Received[] r2ts = new Received[8];
        for (int i = 0; i < 8; i++) {
            if (i >= outstanding) {
                answerOne(r2ts[i - outstanding], data);
            }
            r2ts[i] = initiator.receive();
            assertThat(r2ts[i].at(40)).isEqualTo(i * 16384);
        }
        for (int i = 8 - outstanding; i < 8; i++) {
            answerOne(r2ts[i], data);
        }
        good();
        assertThat(read(0, 256)).isEqualTo(data);
    }

    private void answerOne(Received r2t, byte[] data) throws IOException {
        initiator.send(
                initiator.dataOut(r2t.itt(), r2t.at(20), true, 0, r2t.at(40)), part(data, r2t.at(40), r2t.at(44)));
    }

    @Test
    void residualsTellWhatDidNotFit() throws IOException {
        initiator.send(initiator.command(READ, 1, 1024, cdb(0x28, 0, 4)));
        Received over = initiator.receive();
        assertThat(over.flags()).isEqualTo(0x85);
        assertThat(over.data().readableBytes()).isEqualTo(1024);
        assertThat(over.at(44)).isEqualTo(1024);
        initiator.send(initiator.command(READ, 2, 4096, cdb(0x28, 0, 4)));
        Received under = initiator.receive();
        assertThat(under.flags()).isEqualTo(0x83);
        assertThat(under.at(44)).isEqualTo(2048);
        initiator.send(initiator.command(0x81, 3, 0, cdb(0x28, 0, 4)));
        Received nothing = initiator.receive();
        assertThat(nothing.opcode()).isEqualTo(Opcode.SCSI_RESPONSE);
        assertThat(nothing.flags()).isEqualTo(0x84);
        assertThat(nothing.at(44)).isEqualTo(2048);
        initiator.send(initiator.command(WRITE, 4, 1024, cdb(0x2a, 0, 1)), pattern(5, 1024));
        assertThat(good().flags()).isEqualTo(0x82);
    }

    @Test
    void dataOutOfOrderEndsTheCommandAndWritesNothing() throws IOException {
        for (int[] wrong : new int[][] {{1, 0}, {0, 512}, {7, 7}}) {
            initiator.send(initiator.command(WRITE, 1, 8192, cdb(0x2a, 0, 16)));
            Received r2t = initiator.receive();
            initiator.send(initiator.dataOut(1, r2t.at(20), true, wrong[0], wrong[1]), pattern(6, 8192));
            failsWith("b/0c/0d");
        }
        assertThat(read(0, 16)).containsOnly(0);
    }

    @Test
    void tooMuchOrTooLittleDataEndsTheCommand() throws IOException {
        initiator.send(initiator.command(WRITE, 1, 8192, cdb(0x2a, 0, 16)));
        initiator.send(initiator.dataOut(1, initiator.receive().at(20), true, 0, 0), pattern(6, 8196));
        failsWith("b/0c/0d");
        initiator.send(initiator.command(WRITE, 2, 8192, cdb(0x2a, 0, 16)));
        initiator.send(initiator.dataOut(2, initiator.receive().at(20), true, 0, 0), pattern(6, 8188));
        failsWith("b/0c/0d");
        initiator.send(initiator.command(WRITE, 3, 512, cdb(0x2a, 0, 1)), pattern(6, 1024));
        failsWith("b/0c/0d");
        assertThat(read(0, 16)).containsOnly(0);
    }

    @Test
    void dataThatMayNotComeUnaskedEndsTheCommand() throws IOException {
        login("InitialR2T=Yes", "ImmediateData=No");
        initiator.send(initiator.command(WRITE, 1, 512, cdb(0x2a, 0, 1)), pattern(7, 512));
        failsWith("b/0c/0c");
        initiator.send(initiator.command(WRITE_OPEN, 2, 512, cdb(0x2a, 0, 1)));
        initiator.send(initiator.dataOut(2, NO_TAG, true, 0, 0), pattern(7, 512));
        failsWith("b/0c/0c");
        assertThat(read(0, 1)).containsOnly(0);
    }

    @Test
    void aCommandThatFailsWaitsForItsUnsolicitedData() throws IOException {
        login("InitialR2T=No");
        initiator.send(initiator.command(WRITE_OPEN, 1, 1024, "ff"), pattern(8, 512));
        initiator.send(initiator.dataOut(1, NO_TAG, true, 0, 512), pattern(8, 512));
        failsWith("5/20/00");
    }

    @Test
    void anUnknownTransferTagIsRejectedAndDataOfNoCommandIgnored() throws IOException {
        initiator.send(initiator.command(WRITE, 1, 512, cdb(0x2a, 0, 1)));
        Received r2t = initiator.receive();
        initiator.send(initiator.dataOut(99, r2t.at(20), true, 0, 0), pattern(9, 512));
        ByteBuf wrong = initiator.dataOut(1, r2t.at(20) + 5, true, 0, 0);
        initiator.send(wrong, pattern(9, 512));
        Received reject = initiator.receive();
        assertThat(reject.opcode()).isEqualTo(Opcode.REJECT);
        assertThat(reject.header().getByte(2)).isEqualTo((byte) 9);
        assertThat(reject.data()).isEqualTo(wrong);
        initiator.send(initiator.dataOut(1, r2t.at(20), true, 0, 0), pattern(9, 512));
        good();
    }

    @Test
    void digestsProtectBothDirections() throws IOException {
        login("HeaderDigest=CRC32C", "DataDigest=CRC32C", "InitialR2T=No");
        assertThat(initiator.answers).containsEntry("HeaderDigest", "CRC32C").containsEntry("DataDigest", "CRC32C");
        byte[] data = pattern(10, 300_032);
        initiator.send(initiator.command(WRITE, 1, data.length, cdb(0x2a, 0, 586)), part(data, 0, 1001));
        answerR2ts(1, data, 1001, 262_144);
        good();
        assertThat(read(0, 586)).isEqualTo(data);
    }

    @Test
    void aDataDigestErrorIsRejectedAndEndsTheCommandOnly() throws IOException {
        login("HeaderDigest=CRC32C", "DataDigest=CRC32C");
        byte[] wire = initiator.wire(initiator.command(WRITE, 1, 512, cdb(0x2a, 0, 1)), pattern(11, 512));
        wire[100] ^= 1;
        initiator.sendRaw(wire);
        assertThat(initiator.receive().header().getShort(1)).isEqualTo((short) 0x8002);
        failsWith("b/47/05");
        initiator.send(initiator.command(WRITE, 2, 65536, cdb(0x2a, 0, 128)));
        wire = initiator.wire(initiator.dataOut(2, initiator.receive().at(20), true, 0, 0), pattern(11, 65536));
        wire[70] ^= 1;
        initiator.sendRaw(wire);
        assertThat(initiator.receive().opcode()).isEqualTo(Opcode.REJECT);
        failsWith("b/47/05");
        assertThat(read(0, 128)).containsOnly(0);
    }

    @Test
    void aHeaderDigestErrorEndsTheConnection() throws IOException {
        login("HeaderDigest=CRC32C");
        byte[] wire = initiator.wire(initiator.command(READ, 1, 512, cdb(0x28, 0, 1)));
        wire[40] ^= 1;
        initiator.sendRaw(wire);
        assertThat(initiator.receive().opcode()).isEqualTo(Opcode.ASYNC_MESSAGE);
        assertThatThrownBy(initiator::receive).isInstanceOf(EOFException.class);
    }

    @Test
    void aPeerThatDoesNotReadIsNotServedWithoutLimit() throws IOException {
        login("MaxRecvDataSegmentLength=262144");
        int commands = 100;
        for (int i = 0; i < commands; i++) {
            initiator.send(initiator.command(READ, i, 1 << 20, cdb(0x28, 0, 2048)));
        }
        await().until(() ->
                target.server.sessions().getLast().connections().getFirst().commands() > 3);
        for (long got = 0; got < (long) commands << 20; ) {
            got += initiator.receive().data().readableBytes();
        }
        assertThat(read(0, 1)).containsOnly(0);
    }
}
