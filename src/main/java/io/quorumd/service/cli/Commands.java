package io.quorumd.service.cli;

import io.quorumd.service.cli.Api.ApiException;
import java.io.PrintWriter;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** The command line. Exit status 0, 1 where the service refuses or does not answer, 2 for what is mistyped. */
@Command(
        name = "quorumd",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "[COMMAND]",
        description = "iSCSI disks whose every block is kept by several children. Without a command, or with"
                + " configuration only (such as --quorumd.state-dir=/var/lib/quorumd), the service starts. With a command,"
                + " a service that runs is asked.",
        footer = "%nThe administrator's password is read from a file, or from QUORUMD_ADMIN_PASSWORD.")
public final class Commands {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Whether these arguments are for the service: configuration, as Spring Boot reads it, and nothing else. */
    public static boolean startService(String... args) {
        return Arrays.stream(args)
                .allMatch(arg ->
                        arg.startsWith("--") && (arg.contains("=") || arg.equals("--debug") || arg.equals("--trace")));
    }

    /** @return the exit status */
    public static int run(PrintWriter out, PrintWriter err, String... args) {
        return new CommandLine(new Commands())
                .setOut(out)
                .setErr(err)
                .setParameterExceptionHandler(Commands::mistyped)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    if (failure instanceof ApiException refused) {
                        return fail(command, String.valueOf(refused.getMessage()), CommandLine.ExitCode.SOFTWARE);
                    }
                    throw failure;
                })
                .execute(args);
    }

    private static int mistyped(ParameterException wrong, String... args) {
        CommandLine command = wrong.getCommandLine();
        String help = "see " + command.getCommandSpec().qualifiedName() + " --help";
        return fail(command, wrong.getMessage() + "; " + help, CommandLine.ExitCode.USAGE);
    }

    private static int fail(CommandLine command, String why, int status) {
        command.getErr().println("quorumd: " + why.lines().findFirst().orElse(""));
        command.getErr().flush();
        return status;
    }

    @Command(name = "status", description = "How each volume is, and how many more children may stop answering.")
    int status(@Mixin Connection connection) {
        JsonNode volumes = connection.api().get("volumes");
        String row = "%-20s %-9s %-7s %s%n";
        out().printf(row, "VOLUME", "HEALTH", "MARGIN", "REASON");
        for (JsonNode volume : volumes) {
            out().printf(
                            row,
                            text(volume, "name"),
                            text(volume, "health"),
                            text(volume, "margin"),
                            text(volume, "reason"));
        }
        return 0;
    }

    @Command(name = "resync", description = "How far the resync of a volume is; pauses it or lets it go on.")
    int resync(
            @Mixin Connection connection,
            @Parameters(paramLabel = "VOLUME") String volume,
            @Option(names = "--pause", description = "Pause it, until --resume or a restart.") boolean pause,
            @Option(names = "--resume", description = "Let it begin, or go on.") boolean resume) {
        if (pause && resume) {
            throw new ParameterException(spec.subcommands().get("resync"), "--pause and --resume exclude each other");
        }
        String path = Api.path("volumes", volume, "resync");
        Api api = connection.api();
        JsonNode progress = pause ? api.send("DELETE", path) : resume ? api.send("POST", path) : api.get(path);
        progress.properties().forEach(entry -> out().printf("%-18s %s%n", entry.getKey(), value(entry.getValue())));
        return 0;
    }

    @Command(
            name = "accept",
            description =
                    "Accepts a child as truth wherever too few copies are in sync for a vote: there the others are"
                            + " rewritten from it, and what is newer in another copy is lost.")
    int accept(
            @Mixin Connection connection,
            @Parameters(paramLabel = "VOLUME") String volume,
            @Parameters(paramLabel = "CHILD") String child) {
        JsonNode report = connection.api().send("POST", Api.path("volumes", volume, "children", child, "accept"));
        out().println(text(report, "reason"));
        return 0;
    }

    @Command(name = "journal", description = "Where a copy held something else than the vote found, newest first.")
    int journal(
            @Mixin Connection connection,
            @Parameters(paramLabel = "VOLUME") String volume,
            @Option(
                            names = "--limit",
                            defaultValue = "100",
                            description = "At most so many entries (${DEFAULT-VALUE}).")
                    int limit) {
        String row = "%-31s %-20s %14s %8s  %s%n";
        out().printf(row, "TIME", "CHILD", "SECTOR", "SECTORS", "ACTION");
        for (JsonNode entry : connection.api().get(Api.path("volumes", volume, "journal") + "?limit=" + limit)) {
            out().printf(
                            row,
                            text(entry, "time"),
                            text(entry, "child"),
                            text(entry, "sector"),
                            text(entry, "sectors"),
                            text(entry, "action"));
        }
        return 0;
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private static String text(JsonNode object, String key) {
        return value(object.path(key));
    }

    private static String value(JsonNode value) {
        return value.isString() ? value.stringValue() : value.toString();
    }
}
