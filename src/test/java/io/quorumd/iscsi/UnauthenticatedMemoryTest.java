package io.quorumd.iscsi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.quorumd.block.ManualStrand;
import io.quorumd.pdu.Opcode;
import io.quorumd.scsi.LunMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a peer without a session can make us hold in buffers, in its most expensive states: at most the bound of docs/security.md. */
class UnauthenticatedMemoryTest {

    private static final int BOUND = 128 << 10;
    private static final int PEERS = 32;
    private static final int SECURITY_MORE = 0x40;
    private static final int SECURITY = 0;
    private static final String NAMES = "InitiatorName=iqn.2026-11.io.example:a\0TargetName=iqn.2026-11.io.quorumd:t\0";

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private final ServerContext server = server();

    private ServerContext server() {
        var context = ServerContext.of(IscsiSettings.of(), allocator, CommandListener.NONE, () -> 0);
        String name = "iqn.2026-11.io.quorumd:t";
        context.targets()
                .put(name, new TargetNode(name, null, TargetAccess.OPEN, new LunMap(name, new ManualStrand())));
        return context;
    }

    private static final ResourceLeakDetector.Level LEAK_DETECTION = ResourceLeakDetector.getLevel();

    /** It remembers where every buffer came from, which takes more than the buffers. */
    @BeforeAll
    static void withoutLeakDetection() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    }

    @AfterAll
    static void withLeakDetection() {
        ResourceLeakDetector.setLevel(LEAK_DETECTION);
    }

    /** How a peer tries it; none of them reads what we send. */
    enum Attempt {
        NOTHING_BUT_CONNECTED {
            @Override
            void on(EmbeddedPeer peer) {}
        },
        HALF_A_HEADER {
            @Override
            void on(EmbeddedPeer peer) {
                peer.send(request(SECURITY, new byte[8192]).writerIndex(47));
            }
        },
        ALL_BUT_THE_LAST_BYTE {
            @Override
            void on(EmbeddedPeer peer) {
                ByteBuf wire = request(SECURITY, new byte[8192]);
                peer.send(wire.writerIndex(wire.writerIndex() - 1));
            }
        },
        TEXT_THAT_GOES_ON {
            @Override
            void on(EmbeddedPeer peer) {
                for (int i = 0; i < 64; i++) {
                    peer.send(request(SECURITY_MORE, new byte[8192]));
                }
            }
        },
        AS_MUCH_TEXT_AS_IS_TAKEN_AND_HALF_A_REQUEST {
            @Override
            void on(EmbeddedPeer peer) {
                peer.send(request(SECURITY_MORE, new byte[8192]));
                peer.send(request(SECURITY_MORE, new byte[8191]));
                ByteBuf wire = request(SECURITY_MORE, new byte[8192]);
                peer.send(wire.writerIndex(wire.writerIndex() - 1));
            }
        },
        QUESTIONS_WITH_LONG_ANSWERS {
            @Override
            void on(EmbeddedPeer peer) {
                String keys = NAMES
                        + IntStream.range(0, 1000)
                                .mapToObj(i -> "k%x=\0".formatted(i))
                                .reduce("", String::concat);
                byte[] text = keys.getBytes(UTF_8);
                ByteBuf all = Unpooled.buffer();
                all.writeBytes(request(SECURITY_MORE, Arrays.copyOf(text, 8000)));
                all.writeBytes(request(SECURITY, Arrays.copyOfRange(text, Math.min(8000, text.length), text.length)));
                for (int i = 0; i < 60; i++) {
                    all.writeBytes(request(SECURITY, new byte[0]));
                }
                peer.send(all);
            }
        },
        DISCOVERY_OUT_OF_ORDER {
            @Override
            void on(EmbeddedPeer peer) {
                peer.login("");
                for (int i = 1; i < 1000; i++) {
                    peer.send(EmbeddedPeer.pdu(
                            TestInitiator.header(Opcode.NOP_OUT, 0x80, i).setInt(24, i), new byte[8192]));
                }
            }
        },
        DISCOVERY_WITHOUT_READING {
            @Override
            void on(EmbeddedPeer peer) {
                peer.login("");
                ByteBuf all = Unpooled.buffer();
                for (int i = 0; i < 1000; i++) {
                    all.writeBytes(EmbeddedPeer.pdu(
                            TestInitiator.header(Opcode.TEXT_REQUEST | 0x40, 0x80, i)
                                    .setInt(20, TestInitiator.NO_TAG),
                            "SendTargets=All\0".getBytes(UTF_8)));
                }
                peer.send(all);
            }
        },
        DISCOVERY_WITHOUT_READING_OUT_OF_ORDER {
            @Override
            void on(EmbeddedPeer peer) {
                peer.login("");
                for (int i = 0; i < 1000; i++) {
                    int cmdSn = i % 8 == 7 ? i - 7 : i + 1; // seven ahead of their turn, then the one they wait for
                    peer.send(EmbeddedPeer.pdu(
                            TestInitiator.header(Opcode.TEXT_REQUEST, 0x80, i)
                                    .setInt(20, TestInitiator.NO_TAG)
                                    .setInt(24, cmdSn),
                            "SendTargets=All\0".getBytes(UTF_8)));
                }
            }
        },
        DISCOVERY_WITH_TEXT_THAT_GOES_ON {
            @Override
            void on(EmbeddedPeer peer) {
                peer.login("");
                peer.send(EmbeddedPeer.pdu(
                        TestInitiator.header(Opcode.TEXT_REQUEST | 0x40, 0x40, 1)
                                .setInt(20, TestInitiator.NO_TAG),
                        new byte[8192]));
                for (int i = 1; i < 10; i++) {
                    peer.send(EmbeddedPeer.pdu(
                            TestInitiator.header(Opcode.TEXT_REQUEST | 0x40, 0x40, 1)
                                    .setInt(20, i),
                            new byte[8192]));
                }
            }
        };

        abstract void on(EmbeddedPeer peer);
    }

    private static ByteBuf request(int flags, byte[] text) {
        return EmbeddedPeer.pdu(TestInitiator.header(Opcode.LOGIN_REQUEST | 0x40, flags, 0), text);
    }

    /** Of the heap, and of buffers outside it. */
    private long used() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory() + allocator.metric().usedDirectMemory();
    }

    @ParameterizedTest
    @EnumSource
    void staysWithinTheBound(Attempt attempt) {
        List<EmbeddedPeer> peers = new ArrayList<>();
        long before = used();
        for (int i = 0; i < PEERS; i++) {
            var peer = new EmbeddedPeer(server, "10.0.0.1");
            peers.add(peer);
            peer.stopReading();
            attempt.on(peer);
        }
        long each = (used() - before) / PEERS;
        peers.forEach(EmbeddedPeer::hangUp);
        assertThat(each).isLessThan(BOUND);
        assertThat(allocator.metric().usedDirectMemory())
                .as("all is given back")
                .isZero();
    }
}
