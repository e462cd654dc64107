package io.quorumd.quorum.state;

/** Why a state directory or a volume cannot be used, in plain words, with the way out. Thrown at start only. */
public final class StateException extends RuntimeException {

    private final String action;

    public StateException(String description, String action) {
        super(description);
        this.action = action;
    }

    public StateException(String description, String action, Throwable cause) {
        super(description, cause);
        this.action = action;
    }

    /** What is wrong: one or more sentences that name the file, the child, both values. */
    public String description() {
        return String.valueOf(getMessage());
    }

    /** What a person can do about it. */
    public String action() {
        return action;
    }
}
