package io.quorumd.service.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IVersionProvider;

/** What the manifest of the jar says. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        @Nullable String version = Version.class.getPackage().getImplementationVersion();
        return new String[] {"quorumd " + Objects.requireNonNullElse(version, "(not packaged)")};
    }
}
