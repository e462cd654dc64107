package io.quorumd.block.iscsi;

import io.netty.buffer.ByteBufAllocator;
import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.EventLoopStrand;
import io.quorumd.block.OpenCompletion;
import io.quorumd.block.RemoteDevice;
import io.quorumd.pdu.ChapAccount;
import java.security.SecureRandom;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs in to a LUN, again whenever it was lost, and remembers from one time to the next what must not have changed; what
 * comes out is a {@link RemoteDevice} on the given event loop. One for each child, for as long as its volume is open;
 * everything happens on the event loop.
 */
public final class IscsiConnector {

    private static final Logger LOG = LoggerFactory.getLogger(IscsiConnector.class);

    private final IscsiUri uri;
    private final @Nullable ChapAccount account;
    private final EventLoopStrand strand;
    private final Duration timeout;
    private final SecureRandom random = new SecureRandom();
    /** Who the LUN was; empty before it was first open. */
    private String identity = "";

    private int portalGroup = -1;
    private boolean fenced;
    private boolean unreservedTold;

    /** The end of a {@link #look}. */
    public interface Looked {

        /** @param size bytes; 0 with an error, which names the LUN */
        void looked(long size, @Nullable BlockError error);
    }

    /**
     * @param account what both sides prove; null: what stands in the URI, or nothing
     * @param strand the event loop that will own the connections and devices
     * @param timeout for connecting and login together, for each answer of the target's after that, and for the requests
     *     in flight when a device is closed
     */
    public IscsiConnector(IscsiUri uri, @Nullable ChapAccount account, EventLoopStrand strand, Duration timeout) {
        this.uri = uri;
        this.account = account != null ? account : uri.chap();
        this.strand = strand;
        this.timeout = timeout;
    }

    /** Whether the LUN is there, and how long; changes nothing there, and takes no other session's place. */
    public void look(String initiatorName, ByteBufAllocator allocator, Looked done) {
        IscsiOwner passerBy = IscsiOwner.passerBy(initiatorName);
        strand.execute(() -> login(passerBy, allocator, new IscsiLogin.Outcome() {
            @Override
            public void opened(InitiatorSession session, SessionKeys keys) {
                new Look(session, done).start();
            }

            @Override
            public void failed(BlockError why) {
                done.looked(0, why);
            }
        }));
    }

    /** Opens the LUN for reading and writing, under {@code name}; {@code done} runs on the event loop. */
    public void open(String name, IscsiOwner owner, ByteBufAllocator allocator, OpenCompletion done) {
        strand.execute(() -> {
            if (fenced) {
                done.completed(null, refusal(ReservationClaim.fenced()));
                return;
            }
            login(owner, allocator, new IscsiLogin.Outcome() {
                @Override
                public void opened(InitiatorSession session, SessionKeys keys) {
                    new Use(name, owner, session, keys, allocator, done).start();
                }

                @Override
                public void failed(BlockError why) {
                    done.completed(null, why);
                }
            });
        });
    }

    private void login(IscsiOwner owner, ByteBufAllocator allocator, IscsiLogin.Outcome outcome) {
        new IscsiLogin(uri, account, owner, strand, allocator, times(), random, outcome).start();
    }

    private SessionTimes times() {
        return new SessionTimes(strand, timeout);
    }

    /** Puts the LUN's name before what is the matter with it. */
    private BlockError refusal(BlockError why) {
        String text = why.message();
        return BlockError.of(why.code(), text.startsWith("iscsi://") ? text : uri + " " + text);
    }

    /** A look at the LUN. */
    private final class Look implements LunOpening.Outcome {
        private final InitiatorSession session;
        private final Looked done;
        private final LunOpening opening;

        Look(InitiatorSession session, Looked done) {
            this.session = session;
            this.done = done;
            this.opening = new LunOpening(new LunCommands(session, strand), this);
        }

        void start() {
            opening.look();
        }

        @Override
        public void known() {
            leave(opening.facts().size(), null);
        }

        @Override
        public void refused(BlockError why) {
            leave(0, refusal(why));
        }

        private void leave(long size, @Nullable BlockError error) {
            new LunGoodbye(session, null, times()).say(_ -> done.looked(size, error));
        }
    }

    /** The steps from a fresh session to a device: look, claim, use. */
    private final class Use implements LunOpening.Outcome {
        private final String name;
        private final InitiatorSession session;
        private final SessionKeys keys;
        private final ByteBufAllocator allocator;
        private final OpenCompletion done;
        private final LunCommands commands;
        private final LunOpening opening;
        private final ReservationClaim claim;
        private boolean looked;
        private boolean held;

        Use(
                String name,
                IscsiOwner owner,
                InitiatorSession session,
                SessionKeys keys,
                ByteBufAllocator allocator,
                OpenCompletion done) {
            this.name = name;
            this.session = session;
            this.keys = keys;
            this.allocator = allocator;
            this.done = done;
            this.commands = new LunCommands(session, strand);
            this.opening = new LunOpening(commands, this);
            this.claim = new ReservationClaim(commands, owner, moved());
        }

        void start() {
            opening.look();
        }

        @Override
        public void known() {
            if (looked) {
                succeed();
                return;
            }
            looked = true;
            String found = opening.facts().identity();
            if (!identity.isEmpty() && !identity.equals(found)) {
                refused(BlockError.of(
                        Errno.EINVAL, "is another LUN than before (" + found + ", it was " + identity + ")"));
            } else {
                claim.claim(this::claimed);
            }
        }

        private void claimed(boolean got, @Nullable BlockError refusal) {
            held = got;
            fenced |= claim.isFencedForGood();
            if (refusal != null) {
                refused(refusal);
                return;
            }
            String problem = got ? null : unreserved();
            if (problem != null) {
                refused(BlockError.of(Errno.EINVAL, problem));
            } else {
                opening.use();
            }
        }

        /** Whether the login left the session before it alone, because that one is in another portal group. */
        private boolean moved() {
            return portalGroup >= 0 && portalGroup != keys.portalGroup();
        }

        /** The target has no persistent reservations. */
        private @Nullable String unreserved() {
            if (uri.reservationRequired()) {
                return "has no persistent reservations, and reservation=required";
            }
            if (moved()) {
                return "moved from portal group " + portalGroup + " to " + keys.portalGroup()
                        + ", and has no persistent reservations by which what is in flight there could be ended";
            }
            if (!unreservedTold) {
                unreservedTold = true;
                LOG.warn("{}: {} has no persistent reservations: nothing keeps other writers out", name, uri);
            }
            return null;
        }

        private void succeed() {
            identity = opening.facts().identity();
            portalGroup = keys.portalGroup();
            commands.opened(opening.facts().size());
            LunGoodbye goodbye = new LunGoodbye(session, held ? claim : null, times());
            LunBlocks blocks = new LunBlocks(commands, opening.facts(), opening.hasSynchronize16(), goodbye);
            done.completed(new RemoteDevice(name, blocks, strand, allocator, timeout.toNanos()), null);
        }

        @Override
        public void refused(BlockError why) {
            new LunGoodbye(session, held ? claim : null, times()).say(_ -> done.completed(null, refusal(why)));
        }
    }
}
