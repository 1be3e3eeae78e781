package vmlan.program.command;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;
import vmlan.program.files.Json;
import vmlan.program.message.Failure;

/// `vmlan` itself: knows the commands, and turns what they throw into messages and exit codes.
@Command(
        name = "vmlan",
        description = "Puts QEMU virtual machines on networks.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "Examples:",
            "  vmlan demo                what there is, on a little LAN of namespaces",
            "  vmlan run                 a little Linux guest, its console here",
            "  sudo vmlan run --net bridged:en0      a guest on the LAN of en0",
            "  vmlan run -d --name web disk.qcow2",
            "  vmlan ip web              its address, as soon as it has one",
            "  vmlan console web         its console; Ctrl-] leaves it",
            "  vmlan stop web",
            "",
            "vmlan COMMAND --help tells more about a command."
        })
public final class Root implements Callable<Integer> {
    /// Made only when named: each command costs milliseconds of reflection at start.
    private static final Map<String, Function<Session, Object>> COMMANDS = commands();

    @Spec
    private CommandSpec spec;

    private static Map<String, Function<Session, Object>> commands() {
        Map<String, Function<Session, Object>> commands = new LinkedHashMap<>();
        commands.put("demo", DemoCommand::new);
        commands.put("run", RunCommand::new);
        commands.put("ps", PsCommand::new);
        commands.put("ip", IpCommand::new);
        commands.put("console", ConsoleCommand::new);
        commands.put("logs", LogsCommand::new);
        commands.put("stop", StopCommand::new);
        commands.put("rm", RmCommand::new);
        commands.put("network", NetworkCommand::new);
        commands.put("leases", LeasesCommand::new);
        commands.put("interfaces", InterfacesCommand::new);
        return commands;
    }

    /// Runs the command line.
    ///
    /// @return the exit code
    public static int run(String[] arguments, PrintStream out, PrintStream err) {
        boolean json = wantsJson(arguments);
        CommandLine line = new CommandLine(new Root());
        Session session = new Session(out, err);
        String named = Arrays.stream(arguments)
                .filter(argument -> !argument.startsWith("-"))
                .findFirst()
                .orElse("");
        for (Map.Entry<String, Function<Session, Object>> command : COMMANDS.entrySet()) {
            // With a command that we know, only that one; else all, for the help and for "did you mean".
            if (!COMMANDS.containsKey(named) || command.getKey().equals(named)) {
                line.addSubcommand(command.getKey(), command.getValue().apply(session));
            }
        }
        line.setOut(new PrintWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), true));
        line.setErr(new PrintWriter(new OutputStreamWriter(err, StandardCharsets.UTF_8), true));
        line.setParameterExceptionHandler((e, given) -> usage(e, err, json));
        line.setExecutionExceptionHandler((e, where, parsed) -> failed(e, err, json));
        return line.execute(arguments);
    }

    private static boolean wantsJson(String[] arguments) {
        List<String> all = List.of(arguments);
        int end = all.indexOf("--");
        return (end < 0 ? all : all.subList(0, end)).contains("--json");
    }

    private static int usage(ParameterException e, PrintStream err, boolean json) {
        CommandLine where = e.getCommandLine();
        String name = where.getCommandSpec().qualifiedName();
        String what = String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", " ");
        String remedy = "see: " + name + " --help";
        if (e instanceof UnmatchedArgumentException unmatched
                && !where.getSubcommands().isEmpty()
                && !unmatched.getUnmatched().getFirst().startsWith("-")) {
            what = "there is no command '" + name + " "
                    + unmatched.getUnmatched().getFirst() + "'";
            List<String> near = unmatched.getSuggestions();
            if (!near.isEmpty()) {
                remedy = "did you mean: " + String.join(", ", near) + "? Or " + remedy;
            }
        }
        return say(what, remedy, Failure.USAGE, err, json);
    }

    private static int failed(Exception e, PrintStream err, boolean json) {
        if (e instanceof Failure failure) {
            return say(failure.what(), failure.remedy(), failure.exitCode(), err, json);
        }
        if (e instanceof IOException) {
            return say(String.valueOf(e.getMessage()), "see whether the disk is full", Failure.WORLD, err, json);
        }
        if (!json) {
            e.printStackTrace(err);
        }
        return say(
                "internal error: " + e, "report it, with what is above and what you typed", Failure.WORLD, err, json);
    }

    private static int say(String what, String remedy, int exitCode, PrintStream err, boolean json) {
        if (json) {
            Map<String, Object> error = new LinkedHashMap<>();
            error.put("what", what);
            error.put("do", remedy);
            err.println(Json.compact(Map.of("error", error)));
        } else {
            err.println("vmlan: " + what);
            err.println("  → " + remedy);
        }
        return exitCode;
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return 0;
    }
}
