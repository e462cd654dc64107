package io.quorumd.service.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.util.unit.DataSize;

/** A value that is not of its property's type, in one line. Spring Boot's own analysis would print secrets. */
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
final class WrongValueFailureAnalyzer extends AbstractFailureAnalyzer<BindException> {

    private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("quorumd");

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
        if (!ROOT.isAncestorOf(cause.getName())) {
            return null;
        }
        String name = cause.getName().toString();
        String key = cause.getName().getLastElement(Form.DASHED);
        ConfigurationProperty property = cause.getProperty();
        boolean secret = key.contains("secret") || key.contains("password") || key.contains("chap");
        String value = property == null || secret ? "the value" : "\"" + property.getValue() + "\"";
        String line = name + ": " + value + " is not "
                + wanted(cause.getTarget().getType().resolve(Object.class), key);
        return new FailureAnalysis(line, "Correct " + name + " and start again.", rootFailure);
    }

    private static String wanted(Class<?> type, String key) {
        if (type.isEnum()) {
            String values = Arrays.stream(type.getEnumConstants())
                    .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
                    .sorted()
                    .collect(Collectors.joining(" or "));
            return "a value it knows. Please set " + key + " as " + values + ".";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false.";
        }
        if (type == int.class || type == Integer.class) {
            return "a whole number.";
        }
        if (type == Duration.class) {
            return "a duration. Write a number with its unit, such as 500ms or 5s.";
        }
        if (type == DataSize.class) {
            return "a size. Write a whole number, alone (bytes) or with its unit, such as 1GB (units B, KB, MB, GB, TB).";
        }
        return "what belongs there. See the sample configuration in README.md.";
    }
}
