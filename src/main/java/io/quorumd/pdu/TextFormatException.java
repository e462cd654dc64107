package io.quorumd.pdu;

/** A text segment or a value of it that is not what RFC 7143 §6.1 allows. */
public final class TextFormatException extends Exception {

    private static final long serialVersionUID = 1;

    public TextFormatException(String message) {
        super(message, null, false, false);
    }
}
