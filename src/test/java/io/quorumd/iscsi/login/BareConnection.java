package io.quorumd.iscsi.login;

import org.jscsi.parser.ProtocolDataUnit;
import org.jscsi.target.connection.Connection;
import org.jscsi.target.connection.TargetSession;
import org.jscsi.target.settings.ConnectionSettingsNegotiator;
import org.jscsi.target.settings.SessionSettingsNegotiator;
import org.jscsi.target.settings.Settings;
import org.jscsi.target.util.SerialArithmeticNumber;
import org.jspecify.annotations.Nullable;

/** A connection of which the login needs nothing but that it is there. */
final class BareConnection implements Connection {

    @Override
    public @Nullable Settings getSettings() {
        return null;
    }

    @Override
    public SerialArithmeticNumber getStatusSequenceNumber() {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isLeadingConnection() {
        return true;
    }

    @Override
    public ProtocolDataUnit receivePdu() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void sendPdu(ProtocolDataUnit pdu) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ConnectionSettingsNegotiator getConnectionSettingsNegotiator() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setSession(TargetSession session) {
        throw new UnsupportedOperationException();
    }

    @Override
    public @Nullable TargetSession getTargetSession() {
        return null;
    }

    @Override
    public void setStatusSequenceNumber(int number) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void initializeConnectionSettingsNegotiator(SessionSettingsNegotiator negotiator) {
        throw new UnsupportedOperationException();
    }

    @Override
    public byte[] getDataInArray(int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean stop() {
        return true;
    }

    @Override
    public @Nullable Void call() {
        throw new UnsupportedOperationException();
    }
}
