package io.quorumd.pdu.jscsi;

import org.jscsi.exception.InternetSCSIException;

/** A header that breaks RFC 7143 §11: whatever jSCSI's parsers threw on it, as one checked exception. */
public final class MalformedHeaderException extends InternetSCSIException {

    private static final long serialVersionUID = 1;

    MalformedHeaderException(String message) {
        super(message);
    }
}
