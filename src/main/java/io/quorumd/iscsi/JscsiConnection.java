package io.quorumd.iscsi;

import org.jscsi.parser.ProtocolDataUnit;
import org.jscsi.target.connection.Connection;
import org.jscsi.target.connection.TargetSession;
import org.jscsi.target.settings.ConnectionSettingsNegotiator;
import org.jscsi.target.settings.SessionSettingsNegotiator;
import org.jscsi.target.settings.Settings;
import org.jscsi.target.util.SerialArithmeticNumber;
import org.jspecify.annotations.Nullable;

/**
 * jSCSI's idea of a connection, as far as one driven by events can have it: its phases and sessions hang on it. What
 * would block a thread, or negotiate by jSCSI's stock negotiator, is refused.
 */
abstract class JscsiConnection implements Connection {

    private @Nullable TargetSession session;
    private SerialArithmeticNumber statusSequenceNumber = new SerialArithmeticNumber(0);

    @Override
    public final void setSession(TargetSession session) {
        this.session = session;
    }

    @Override
    public final @Nullable TargetSession getTargetSession() {
        return session;
    }

    @Override
    public final void setStatusSequenceNumber(int value) {
        statusSequenceNumber = new SerialArithmeticNumber(value);
    }

    /** As of the last {@link #setStatusSequenceNumber}: in full feature phase the responses count for themselves. */
    @Override
    public final SerialArithmeticNumber getStatusSequenceNumber() {
        return statusSequenceNumber;
    }

    @Override
    public final boolean isLeadingConnection() {
        return true; // MaxConnections is 1
    }

    /** The constructor of {@link TargetSession} calls this; negotiation is the login phase's. */
    @Override
    public final void initializeConnectionSettingsNegotiator(SessionSettingsNegotiator unused) {}

    /** None: jSCSI's stages ask for them when they are made, and the negotiated keys stand in LoginResult. */
    @Override
    public final @Nullable Settings getSettings() {
        return null;
    }

    @Override
    public final ConnectionSettingsNegotiator getConnectionSettingsNegotiator() {
        throw refused("the login phase negotiates");
    }

    @Override
    public final ProtocolDataUnit receivePdu() {
        throw refused("PDUs arrive as events");
    }

    @Override
    public final void sendPdu(ProtocolDataUnit pdu) {
        throw refused("responses go through the writer");
    }

    @Override
    public final byte[] getDataInArray(int length) {
        throw refused("data stays in its buffers");
    }

    @Override
    public final Void call() {
        throw refused("no thread runs a connection");
    }

    private static UnsupportedOperationException refused(String why) {
        return new UnsupportedOperationException("not on a connection driven by events: " + why);
    }
}
