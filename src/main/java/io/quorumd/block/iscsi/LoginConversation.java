package io.quorumd.block.iscsi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.quorumd.pdu.InitiatorHeaders;
import io.quorumd.pdu.Opcode;
import io.quorumd.pdu.Pdu;
import io.quorumd.pdu.PduWriter;
import io.quorumd.pdu.ProtocolException;
import io.quorumd.pdu.TextFormatException;
import io.quorumd.pdu.TextKeys;
import org.jspecify.annotations.Nullable;

/**
 * The login phase of a connection: puts what {@link InitiatorLogin} says into PDUs, and gathers the answers, which may
 * come in pieces.
 */
final class LoginConversation implements InitiatorConnection.Phase {

    /** The end of it, told once. */
    interface Outcome {

        /** @param numbers as they are to go on */
        void loggedIn(SessionKeys keys, CommandNumbers numbers);

        void failed(LoginFailure why);
    }

    private static final int TEXT_MAX = 64 << 10;
    private static final int MORE = 0x40;
    private static final int TAG = 1;
    private static final int CMD_SN = 1;

    private final InitiatorLogin login;
    private final long isid48;
    private final Outcome outcome;
    private final ByteBuf text = Unpooled.buffer(256, TEXT_MAX);
    private @Nullable InitiatorConnection connection;
    private int expStatSn;
    private boolean begun;
    private boolean ended;

    LoginConversation(InitiatorLogin login, long isid48, Outcome outcome) {
        this.login = login;
        this.isid48 = isid48;
        this.outcome = outcome;
    }

    /** The connection stands. */
    void begin(InitiatorConnection on) {
        connection = on;
        send(login.begin());
    }

    private void send(InitiatorLogin.Request request) {
        InitiatorConnection on = connection;
        if (on == null) {
            throw new IllegalStateException("not connected");
        }
        PduWriter writer = on.writer();
        int at = writer.begin();
        InitiatorHeaders.login(writer.header(), at, request.flags(), isid48, TAG);
        InitiatorHeaders.sequence(writer.header(), at, CMD_SN, expStatSn);
        writer.end(at, request.keys().encode());
        on.scheduleFlush();
    }

    @Override
    public @Nullable ByteBuf place(Pdu pdu) {
        return null;
    }

    @Override
    public void received(Pdu pdu) {
        if (ended) {
            return;
        }
        try {
            answer(pdu);
        } catch (LoginFailure failure) {
            end(failure);
        } catch (TextFormatException malformed) {
            end(LoginFailure.refused("sent a malformed login response: " + malformed.getMessage()));
        }
    }

    private void answer(Pdu pdu) throws LoginFailure, TextFormatException {
        if (pdu.opcode() != Opcode.LOGIN_RESPONSE || pdu.initiatorTaskTag() != TAG) {
            throw new ProtocolException("a login response that answers nothing we said");
        }
        int status = pdu.intAt(36) >>> 16;
        take(pdu);
        if (status != 0) {
            throw LoginStatus.failure(status, TextKeys.parse(text));
        }
        int statSn = pdu.intAt(24);
        if (begun && statSn != expStatSn) {
            throw LoginFailure.refused("counts its login responses wrongly: StatSN %d instead of %d"
                    .formatted(statSn & 0xffffffffL, expStatSn & 0xffffffffL));
        }
        begun = true;
        expStatSn = statSn + 1;
        if ((pdu.flags() & MORE) != 0) {
            send(new InitiatorLogin.Request(pdu.flags() & 0x0c, new TextKeys()));
            return;
        }
        TextKeys keys = TextKeys.parse(text);
        text.clear();
        InitiatorLogin.Request next = login.answer(pdu.flags(), keys);
        SessionKeys agreed = login.agreed();
        if (next != null) {
            send(next);
        } else if (agreed != null) {
            ended = true;
            CommandNumbers numbers = new CommandNumbers(CMD_SN, expStatSn);
            numbers.window(pdu.intAt(28), pdu.intAt(32));
            outcome.loggedIn(agreed, numbers);
        }
    }

    private void take(Pdu pdu) throws LoginFailure {
        ByteBuf data = pdu.data();
        if (data != null) {
            if (data.readableBytes() > text.maxWritableBytes()) {
                throw LoginFailure.refused("sends a login response of more than " + TEXT_MAX + " bytes");
            }
            text.writeBytes(data, data.readerIndex(), data.readableBytes());
        }
    }

    @Override
    public void lost(String why) {
        end(LoginFailure.unavailable(why));
    }

    private void end(LoginFailure why) {
        if (!ended) {
            ended = true;
            outcome.failed(why);
        }
    }
}
