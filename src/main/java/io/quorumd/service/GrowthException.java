package io.quorumd.service;

/** Why a volume is not made longer, in a line for whoever asked for it. */
final class GrowthException extends RuntimeException {

    GrowthException(String message) {
        super(message);
    }
}
