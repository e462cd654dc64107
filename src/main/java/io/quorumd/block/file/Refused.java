package io.quorumd.block.file;

import io.quorumd.block.BlockError;

/** Why a file could not be opened or created, on its way to the completion that reports it. */
final class Refused extends Exception {

    final transient BlockError error;

    Refused(BlockError error) {
        super(error.toString(), null, false, false);
        this.error = error;
    }
}
