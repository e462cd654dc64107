package io.quorumd.block.iscsi;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.EventLoopStrand;
import io.quorumd.block.RemoteChannels;
import io.quorumd.block.Strand.Timer;
import io.quorumd.pdu.ChapAccount;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to log in, over as many redirections as are reasonable; ended once: by the target's word, by its silence, or
 * by the network.
 */
final class IscsiLogin {

    /** The end of it, told once. */
    interface Outcome {
        void opened(InitiatorSession session, SessionKeys keys);

        /** @param why with the URI, or the portal it redirected to */
        void failed(BlockError why);
    }

    private static final int REDIRECTIONS_MAX = 4;

    private final IscsiUri uri;
    private final @Nullable ChapAccount account;
    private final IscsiOwner owner;
    private final EventLoopStrand strand;
    private final ByteBufAllocator allocator;
    private final SessionTimes times;
    private final SecureRandom random;
    private final Outcome outcome;
    private @Nullable Timer timer;
    private @Nullable Step current;
    private int redirections;
    private boolean ended;

    IscsiLogin(
            IscsiUri uri,
            @Nullable ChapAccount account,
            IscsiOwner owner,
            EventLoopStrand strand,
            ByteBufAllocator allocator,
            SessionTimes times,
            SecureRandom random,
            Outcome outcome) {
        this.uri = uri;
        this.account = account;
        this.owner = owner;
        this.strand = strand;
        this.allocator = allocator;
        this.times = times;
        this.random = random;
        this.outcome = outcome;
    }

    void start() {
        timer = strand.schedule(
                () -> fail(BlockError.of(
                        Errno.ETIMEDOUT,
                        uri + " did not answer the login within "
                                + times.timeout().toMillis() + " ms")),
                times.nanos());
        connect(uri.portal());
    }

    private void connect(InetSocketAddress portal) {
        Step step = new Step(portal);
        current = step;
        step.connect();
    }

    private void fail(BlockError why) {
        if (end()) {
            Step step = current;
            if (step != null) {
                step.connection.fail("login failed");
            }
            outcome.failed(why);
        }
    }

    private boolean end() {
        if (ended) {
            return false;
        }
        ended = true;
        if (timer != null) {
            timer.cancel();
        }
        return true;
    }

    /** A login at one portal. */
    private final class Step implements LoginConversation.Outcome {
        private final InetSocketAddress portal;
        private final LoginConversation conversation;
        private final InitiatorConnection connection;

        Step(InetSocketAddress portal) {
            this.portal = portal;
            InitiatorLogin login = new InitiatorLogin(uri, owner, account, random);
            this.conversation = new LoginConversation(login, owner.isid48(), this);
            this.connection = new InitiatorConnection(allocator, conversation);
        }

        void connect() {
            ChannelFuture connecting = RemoteChannels.tcp(strand, allocator, times.timeout(), connection)
                    .connect(portal);
            connecting.addListener(connected -> {
                if (connected.isSuccess()) {
                    conversation.begin(connection);
                } else {
                    fail(BlockError.of(
                            Errno.ENODEV,
                            "cannot connect to " + where() + ": "
                                    + connected.cause().getMessage()));
                }
            });
        }

        private String where() {
            boolean redirected = !portal.equals(uri.portal());
            return redirected ? uri + " at " + portal.getHostString() + ":" + portal.getPort() : uri.toString();
        }

        @Override
        public void loggedIn(SessionKeys keys, CommandNumbers numbers) {
            if (!end()) {
                return;
            }
            InitiatorSession session =
                    new InitiatorSession(uri.toString(), uri.wireLun(), connection, keys, numbers, times);
            connection.enter(session, keys);
            session.watch().start();
            outcome.opened(session, keys);
        }

        @Override
        public void failed(LoginFailure why) {
            if (ended) {
                return;
            }
            InetSocketAddress elsewhere = why.redirection();
            if (elsewhere == null) {
                fail(BlockError.of(
                        why.error().code(), where() + " " + why.error().message()));
            } else if (++redirections > REDIRECTIONS_MAX) {
                fail(BlockError.of(Errno.EINVAL, uri + " redirects more than " + REDIRECTIONS_MAX + " times"));
            } else {
                connection.fail("redirected");
                IscsiLogin.this.connect(elsewhere);
            }
        }
    }
}
