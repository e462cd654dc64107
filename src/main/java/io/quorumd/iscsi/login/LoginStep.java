package io.quorumd.iscsi.login;

import org.jscsi.parser.login.LoginStatus;

/** What follows from one Login Request: a response always, and where the connection stands once it is sent. */
public sealed interface LoginStep {

    ResponsePdu response();

    /** Send it and wait for the next Login Request. */
    record More(ResponsePdu response) implements LoginStep {}

    /** Send it; from the next PDU on the connection is in full feature phase. The session is open at the policy. */
    record FullFeature(ResponsePdu response, LoginResult result) implements LoginStep {}

    /**
     * Send it, then close the connection.
     *
     * @param reason for one line of the log; what the peer sent stands in it only in printable, bounded form
     */
    record Refused(ResponsePdu response, LoginStatus status, String reason) implements LoginStep {}
}
