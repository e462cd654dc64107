package io.quorumd.service.config;

/** A mistake in the configuration: which property, what is wrong with it, what would be right. One line, no secrets. */
public final class ConfigurationException extends RuntimeException {

    private final String property;

    /**
     * @param property full name, as in {@code quorumd.volumes[0].size}
     * @param wrong what is wrong; a sentence without its full stop
     * @param right what would be right; a sentence without its full stop
     */
    public ConfigurationException(String property, String wrong, String right) {
        super(property + ": " + wrong + ". " + right + ".");
        this.property = property;
    }

    public String property() {
        return property;
    }
}
