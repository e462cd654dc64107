package io.quorumd.service;

import io.quorumd.block.BlockError;

/** A volume that cannot be opened, and why. */
final class VolumeException extends RuntimeException {

    private final String volume;

    VolumeException(String volume, BlockError error) {
        super("volume " + volume + " cannot be opened: " + error.message());
        this.volume = volume;
    }

    String volume() {
        return volume;
    }
}
