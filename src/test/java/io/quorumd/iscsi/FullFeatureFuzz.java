package io.quorumd.iscsi;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.quorumd.block.ManualStrand;
import io.quorumd.block.MemoryDevice;
import io.quorumd.pdu.FuzzInput;
import io.quorumd.pdu.Opcode;
import io.quorumd.scsi.Disk;
import io.quorumd.scsi.DiskIdentity;
import io.quorumd.scsi.LunMap;
import io.quorumd.scsi.ReservationStore;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.slf4j.LoggerFactory;

/** Whatever a peer sends that is logged in: responses that are PDUs, no mistake of ours, and nothing left when it is gone. */
class FullFeatureFuzz {

    private static final String TARGET = "iqn.2026-11.io.quorumd:disk0";
    private static final int CMD_SN = 100;

    private final Logger logger = (Logger) LoggerFactory.getLogger("io.quorumd");
    private final ListAppender<ILoggingEvent> mistakes = new ListAppender<>();

    @BeforeEach
    void listen() {
        logger.setLevel(Level.ERROR); // what peers do wrong is not of interest
        mistakes.start();
        logger.addAppender(mistakes);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(mistakes);
        logger.setLevel(null);
    }

    /**
     * Input: a byte that chooses the login; then per PDU one that chooses what of the header is put right (the CmdSN, the
     * LUN, the length), the length of the data in units of 4 bytes, the 48 bytes of the header, the data. Or, if that byte
     * says so, so many bytes as they are.
     */
    @FuzzTest(maxDuration = "25s")
    void whateverFollowsTheLogin(byte[] bytes) {
        var input = new FuzzInput(bytes);
        var allocator = new UnpooledByteBufAllocator(true, true);
        var server = ServerContext.of(IscsiSettings.of(), allocator, CommandListener.NONE, () -> 0);
        var strand = new ManualStrand();
        server.targets().put(TARGET, new TargetNode(TARGET, null, TargetAccess.OPEN, disk(strand)));
        var peer = new EmbeddedPeer(server, "10.0.0.1");
        login(peer, input.next());
        Reader reader = new Reader(peer);
        int cmdSn = CMD_SN;
        while (!input.isEmpty() && peer.isOpen()) {
            int mode = input.next();
            if (input.bit(mode, 7)) {
                peer.send(Unpooled.wrappedBuffer(input.take(input.next())));
            } else {
                ByteBuf data = Unpooled.buffer().writeZero(0);
                int length = input.next() * 4;
                ByteBuf header = Unpooled.buffer().writeBytes(input.fill(48));
                if (input.bit(mode, 0)) {
                    header.setInt(24, cmdSn);
                    cmdSn += (header.getByte(0) & 0x40) == 0 && header.getByte(0) != Opcode.DATA_OUT ? 1 : 0;
                }
                if (input.bit(mode, 1)) {
                    header.setLong(8, 0);
                }
                if (input.bit(mode, 2)) {
                    data.writeBytes(input.fill(length));
                    header.setInt(4, length);
                }
                peer.send(header.writeBytes(data));
            }
            run(strand, peer);
            reader.read();
        }
        peer.hangUp();
        run(strand, peer);
        peer.sent();
        assertThat(mistakes.list).as("mistakes of ours").isEmpty();
        assertThat(server.sessions().all()).isEmpty();
        assertThat(server.budget().used()).isZero();
        assertThat(allocator.metric().usedDirectMemory()).isZero();
    }

    private static LunMap disk(ManualStrand strand) {
        var luns = new LunMap(TARGET, strand);
        var identity = new DiskIdentity("6000112233445566778899aabbccddee", "SN0001");
        var device = new MemoryDevice("ram", 1 << 20, strand);
        luns.add(0, new Disk(device, identity, 512, true, ReservationStore.NONE), false);
        return luns;
    }

    private static void login(EmbeddedPeer peer, int mode) {
        String keys = "InitiatorName=iqn.2026-11.io.example:a\0"
                + ((mode & 1) != 0 ? "SessionType=Discovery\0" : "TargetName=" + TARGET + "\0")
                + ((mode & 2) != 0 ? "InitialR2T=No\0" : "ImmediateData=No\0")
                + ((mode & 4) != 0 ? "MaxBurstLength=1024\0FirstBurstLength=512\0MaxOutstandingR2T=3\0" : "");
        ByteBuf header =
                TestInitiator.header(Opcode.LOGIN_REQUEST | 0x40, 0x87, 0).setInt(24, CMD_SN);
        peer.send(EmbeddedPeer.pdu(header, keys.getBytes(StandardCharsets.UTF_8)));
    }

    private static void run(ManualStrand strand, EmbeddedPeer peer) {
        do {
            peer.runPendingTasks();
        } while (strand.run() > 0);
        peer.runPendingTasks();
    }

    /** The responses, which must be whole PDUs when nothing is under way any more. */
    private record Reader(EmbeddedPeer peer) {

        void read() {
            for (int opcode : peer.opcodes()) {
                assertThat(opcode).isBetween(Opcode.NOP_IN, Opcode.REJECT);
            }
        }
    }
}
