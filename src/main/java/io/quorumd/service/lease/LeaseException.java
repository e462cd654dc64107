package io.quorumd.service.lease;

/** The API server did not do it: one line that says why, and what helps. */
final class LeaseException extends Exception {

    LeaseException(String message, Throwable cause) {
        super(message, cause);
    }
}
