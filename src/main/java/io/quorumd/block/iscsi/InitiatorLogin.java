package io.quorumd.block.iscsi;

import io.quorumd.pdu.ChapAccount;
import io.quorumd.pdu.TextKeys;
import java.security.SecureRandom;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an initiator says in a login, and what it makes of the answers (RFC 7143 §6.3). Knows stages and keys, nothing of
 * connections.
 */
final class InitiatorLogin {

    /** Bits of a login header's second byte: T, and the stages. */
    static final int TRANSIT = 0x80;

    private static final int SECURITY = 0;
    private static final int OPERATIONAL = 1;
    private static final int FULL_FEATURE = 3;

    /** A login takes two to five. */
    private static final int REQUESTS_MAX = 16;

    /** Keys that only the target declares, and needs no answer to. */
    private static final Set<String> DECLARED =
            Set.of("TargetAlias", "TargetPortalGroupTag", "TargetAddress", "MaxRecvDataSegmentLength");

    private final IscsiUri uri;
    private final IscsiOwner owner;
    private final @Nullable ChapProof chap;
    private final TextKeys answers = new TextKeys();
    private Step step = Step.BEGIN;
    private int stage = SECURITY;
    private int requests;
    private @Nullable SessionKeys agreed;

    /** What the next answer is about. */
    private enum Step {
        BEGIN,
        CHALLENGE,
        PROOF,
        SETTLED
    }

    /** @param flags T, CSG and NSG */
    record Request(int flags, TextKeys keys) {}

    /** @param account what both sides prove; null: nobody proves anything */
    InitiatorLogin(IscsiUri uri, IscsiOwner owner, @Nullable ChapAccount account, SecureRandom random) {
        this.uri = uri;
        this.owner = owner;
        this.chap = account == null ? null : new ChapProof(account, random);
    }

    Request begin() {
        TextKeys keys = new TextKeys()
                .add("InitiatorName", owner.initiatorName())
                .add("SessionType", "Normal")
                .add("TargetName", uri.target())
                .add("AuthMethod", chap == null ? "None" : "CHAP");
        return chap == null ? transit(keys) : new Request(SECURITY << 2, keys);
    }

    /** What it came to; null until {@link #answer} has returned null. */
    @Nullable
    SessionKeys agreed() {
        return agreed;
    }

    /**
     * Takes one answer, all its pieces together.
     *
     * @param flags the second byte of its header
     * @return what to say next; null when the login is complete
     */
    @Nullable
    Request answer(int flags, TextKeys keys) throws LoginFailure {
        if (++requests > REQUESTS_MAX) {
            throw LoginFailure.refused("does not come to an end of the login");
        }
        if ((flags >>> 2 & 3) != stage) {
            throw LoginFailure.refused("answered in another stage of the login");
        }
        keys.pairs().forEach(pair -> answers.add(pair.key(), pair.value()));
        boolean transit = (flags & TRANSIT) != 0;
        return stage == SECURITY ? security(transit, flags & 3, keys) : operational(transit, flags & 3, keys);
    }

    private Request security(boolean transit, int next, TextKeys keys) throws LoginFailure {
        ChapProof proof = chap;
        if (proof != null && step != Step.SETTLED) {
            if (transit) {
                checkProved(proof, keys);
            } else {
                return prove(proof, keys);
            }
        } else if (proof == null && !"None".equals(keys.get("AuthMethod")) && keys.get("AuthMethod") != null) {
            throw LoginFailure.refused("wants " + (keys.get("AuthMethod").equals("CHAP") ? "CHAP" : "other")
                    + " authentication, and no credentials are configured");
        }
        step = Step.SETTLED;
        if (!transit) {
            return transit(unknown(keys));
        }
        if (next != OPERATIONAL) {
            throw LoginFailure.refused("leaves out a stage of the login");
        }
        stage = OPERATIONAL;
        return transit(SessionKeys.offer(uri));
    }

    private Request prove(ChapProof proof, TextKeys keys) throws LoginFailure {
        return switch (step) {
            case BEGIN -> {
                if (!"CHAP".equals(keys.get("AuthMethod"))) {
                    throw LoginFailure.refused("does not want CHAP; leave the credentials out, or demand CHAP there");
                }
                step = Step.CHALLENGE;
                yield new Request(SECURITY << 2, proof.offer());
            }
            case CHALLENGE -> {
                step = Step.PROOF;
                yield transit(proof.respond(keys));
            }
            case PROOF, SETTLED -> {
                proof.verify(keys);
                step = Step.SETTLED;
                yield transit(new TextKeys());
            }
        };
    }

    private void checkProved(ChapProof proof, TextKeys keys) throws LoginFailure {
        if (step != Step.PROOF) {
            throw LoginFailure.refused("leaves out the CHAP that is configured");
        }
        proof.verify(keys);
    }

    private @Nullable Request operational(boolean transit, int next, TextKeys keys) throws LoginFailure {
        if (!transit) {
            return transit(unknown(keys));
        }
        if (next != FULL_FEATURE) {
            throw LoginFailure.refused("does not go on to the full feature phase");
        }
        agreed = SessionKeys.agreed(uri, answers);
        return null;
    }

    /** Keys that the target offers of itself: we have offered all we know. */
    private TextKeys unknown(TextKeys keys) {
        TextKeys refusals = new TextKeys();
        TextKeys ours = SessionKeys.offer(uri);
        for (TextKeys.Pair pair : keys.pairs()) {
            boolean known = DECLARED.contains(pair.key())
                    || ours.get(pair.key()) != null
                    || pair.key().equals("AuthMethod");
            if (!known) {
                refusals.add(pair.key(), "NotUnderstood");
            }
        }
        return refusals;
    }

    /** Ready for the next stage. */
    private Request transit(TextKeys keys) {
        int next = stage == SECURITY ? OPERATIONAL : FULL_FEATURE;
        return new Request(TRANSIT | stage << 2 | next, keys);
    }
}
