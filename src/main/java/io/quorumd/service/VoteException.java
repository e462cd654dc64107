package io.quorumd.service;

/** Why a volume goes on to vote as it does, in a line for whoever wanted it otherwise. */
final class VoteException extends RuntimeException {

    VoteException(String message) {
        super(message);
    }
}
