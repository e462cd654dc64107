package io.quorumd.quorum.state;

/** A state file or sidecar whose content is not what was written. Its message finishes the sentence "the file …". */
final class DamageException extends Exception {

    DamageException(String what) {
        super(what);
    }

    String what() {
        return String.valueOf(getMessage());
    }
}
