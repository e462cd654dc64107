package io.quorumd.service;

/** A child cannot be accepted as truth; the message says why, to the operator. */
final class AcceptanceException extends RuntimeException {

    AcceptanceException(String message) {
        super(message);
    }
}
