package io.quorumd.iscsi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.quorumd.block.ManualStrand;
import io.quorumd.iscsi.login.TargetAddress;
import io.quorumd.pdu.ChapAccount;
import io.quorumd.pdu.Opcode;
import io.quorumd.scsi.LunMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What an initiator gets to see of targets that are not for it: nothing, to the byte. */
class AccessTest {

    private static final String OPEN = "iqn.2026-11.io.quorumd:open";
    private static final String HIDDEN = "iqn.2026-11.io.quorumd:hidden";
    private static final String ABSENT = "iqn.2026-11.io.quorumd:absent";
    private static final String SECURED = "iqn.2026-11.io.quorumd:secured";
    private static final String MOVED = "iqn.2026-11.io.quorumd:moved";
    private static final ChapAccount CHAP = ChapAccount.oneWay("user", "a secret of twelve bytes or more");
    private static final int STAY_IN_SECURITY = 0;
    private static final int SECURITY_TO_OPERATIONAL = 0x81;

    private static int addresses;

    private static TargetNode target(String name, boolean admits, @Nullable ChapAccount chap) {
        var access = new TargetAccess() {
            @Override
            public boolean admits(String initiatorName) {
                return admits;
            }

            @Override
            public @Nullable ChapAccount chap(String initiatorName) {
                return chap;
            }
        };
        return new TargetNode(name, null, access, new LunMap(name, new ManualStrand()));
    }

    private static ServerContext server(@Nullable ChapAccount discovery) {
        var none = IscsiSettings.of();
        var advertised = List.of(new TargetAddress("192.0.2.9:3260", 1), new TargetAddress("192.0.2.10:3260", 2));
        var redirect = Map.of(MOVED, new TargetAddress("192.0.2.11:3260", 1));
        var settings = new IscsiSettings(none.portals(), advertised, redirect, discovery, none.limits());
        return EmbeddedPeer.server(
                settings,
                target(OPEN, true, null),
                target(HIDDEN, false, CHAP),
                target(SECURED, true, CHAP),
                target(MOVED, true, CHAP));
    }

    /** From an address that has not failed yet: such would have to wait. */
    private static EmbeddedPeer connect(ServerContext server) {
        return new EmbeddedPeer(server, "10.0.0." + ++addresses);
    }

    private static void send(EmbeddedPeer peer, int flags, String... keys) {
        byte[] text = (String.join("\0", keys) + "\0").getBytes(UTF_8);
        peer.send(EmbeddedPeer.pdu(TestInitiator.header(Opcode.LOGIN_REQUEST | 0x40, flags, 0), text));
    }

    private static String login(ServerContext server, String target) {
        var peer = connect(server);
        peer.login(target);
        String answer = ByteBufUtil.hexDump(peer.sent());
        assertThat(peer.isOpen()).isEqualTo(target.equals(OPEN));
        peer.hangUp();
        return answer;
    }

    private static String sendTargets(ServerContext server, String which) {
        var peer = connect(server);
        peer.login("");
        peer.sent();
        peer.send(EmbeddedPeer.pdu(
                TestInitiator.header(Opcode.TEXT_REQUEST | 0x40, 0x80, 1).setInt(20, TestInitiator.NO_TAG),
                ("SendTargets=" + which + "\0").getBytes(UTF_8)));
        ByteBuf answer = peer.sent();
        peer.hangUp();
        return answer.skipBytes(48).toString(UTF_8);
    }

    @Test
    void aTargetForOthersIsAsGoodAsAbsent() {
        ServerContext server = server(null);
        assertThat(login(server, HIDDEN))
                .isEqualTo(login(server, ABSENT))
                .isEqualTo(login(server, "no name"))
                .isNotEqualTo(login(server, OPEN));
        assertThat(sendTargets(server, HIDDEN))
                .isEqualTo(sendTargets(server, ABSENT))
                .isEmpty();
        assertThat(sendTargets(server, "All")).contains(OPEN, SECURED).doesNotContain(HIDDEN);
    }

    @Test
    void discoveryTellsEveryPortalWithItsGroup() {
        assertThat(sendTargets(server(null), OPEN))
                .startsWith(
                        "TargetName=" + OPEN + "\0TargetAddress=192.0.2.9:3260,1\0TargetAddress=192.0.2.10:3260,2\0");
    }

    /** The names and challenges of a login that ends with a wrong secret; what is random is left out. */
    private static String guess(ServerContext server, String target) {
        var peer = connect(server);
        send(
                peer,
                STAY_IN_SECURITY,
                "InitiatorName=iqn.2026-11.io.example:a",
                "TargetName=" + target,
                "AuthMethod=CHAP");
        send(peer, STAY_IN_SECURITY, "CHAP_A=7,5");
        send(peer, SECURITY_TO_OPERATIONAL, "CHAP_N=user", "CHAP_R=0x" + "00".repeat(32));
        ByteBuf sent = peer.sent();
        assertThat(peer.isOpen()).isFalse();
        var seen = new StringBuilder();
        while (sent.isReadable()) {
            int length = sent.getUnsignedMedium(sent.readerIndex() + 5);
            ByteBuf header = sent.readBytes(48);
            String text = sent.readCharSequence(length, UTF_8).toString();
            sent.skipBytes(-length & 3);
            // The length of CHAP_I in digits is random too.
            seen.append(ByteBufUtil.hexDump(header.setMedium(5, 0)))
                    .append(text.replaceAll("CHAP_I=\\d+", "CHAP_I=").replaceAll("CHAP_C=0x[0-9a-f]{64}", "CHAP_C="));
            header.release();
        }
        return seen.toString();
    }

    @Test
    void whereDiscoveryNeedsASecretNamesCannotBeFoundOutByLoggingIn() {
        ServerContext server = server(CHAP);
        assertThat(guess(server, SECURED)).contains("TargetPortalGroupTag=1", "CHAP_A=7", "CHAP_C=", "02010000");
        assertThat(guess(server, HIDDEN)).isEqualTo(guess(server, SECURED));
        assertThat(guess(server, ABSENT)).isEqualTo(guess(server, SECURED));
        assertThat(guess(server, "no name")).isEqualTo(guess(server, SECURED));
        assertThat(login(server, ABSENT)).as("without CHAP").isEqualTo(login(server, SECURED));
    }

    @Test
    void aRedirectionIsToldAtOnceUnlessNamesAreHidden() {
        assertThat(login(server(null), MOVED)).contains("01010000");
        assertThat(login(server(CHAP), MOVED)).isEqualTo(login(server(CHAP), SECURED));
        assertThat(guess(server(CHAP), MOVED)).isEqualTo(guess(server(CHAP), SECURED));
    }

    @Test
    void nobodyHasTheAccountOfATargetThatIsNotThere() {
        ServerContext server = server(CHAP);
        assertThat(server.nobody().toString()).doesNotContain("secret");
        assertThat(server(CHAP).nobody().toString())
                .isNotEqualTo(server.nobody().toString());
    }
}
