package vmlan.program.command;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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
import picocli.CommandLine.UnmatchedArgumentException;
import vmlan.program.files.Json;
import vmlan.program.message.Failure;
import vmlan.program.message.Problem;
import vmlan.program.vm.GuestExec;
import vmlan.qemu.tool.Printable;

/// `vmlan` itself: knows the commands, and turns what they throw into messages and exit codes.
@Command(
        name = "vmlan",
        description = "Puts QEMU virtual machines on networks. Without a command: what runs, and what to type next.",
        synopsisSubcommandLabel = "[COMMAND]",
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
            "  vmlan publish web 8080:80     its port 80 at localhost:8080",
            "  vmlan console web         its console; Ctrl-] leaves it",
            "  vmlan stop web",
            "  vmlan start web           as it was",
            "",
            "vmlan COMMAND --help tells more about a command."
        })
public final class Root implements Callable<Integer> {
    /// Made only when named: each command costs milliseconds of reflection at start.
    private static final Map<String, Function<Session, Object>> COMMANDS = commands();

    private static final Map<String, ForeignWords> FOREIGN =
            Map.of(ExplainCommand.NAME, ExplainCommand.WORDS, QemuCommand.NAME, QemuCommand.WORDS);

    private final Session session;

    private Root(Session session) {
        this.session = session;
    }

    private static Map<String, Function<Session, Object>> commands() {
        Map<String, Function<Session, Object>> commands = new LinkedHashMap<>();
        commands.put("demo", DemoCommand::new);
        commands.put("run", RunCommand::new);
        commands.put(QemuCommand.NAME, QemuCommand::new);
        commands.put("start", StartCommand::new);
        commands.put("ps", PsCommand::new);
        commands.put("ip", IpCommand::new);
        commands.put("ssh", SshCommand::new);
        commands.put("ssh-config", SshConfigCommand::new);
        commands.put(ExecCommand.NAME, ExecCommand::new);
        commands.put("connect", ConnectCommand::new);
        commands.put("publish", PublishCommand::new);
        commands.put("unpublish", UnpublishCommand::new);
        commands.put("console", ConsoleCommand::new);
        commands.put("logs", LogsCommand::new);
        commands.put("stop", StopCommand::new);
        commands.put("restart", RestartCommand::new);
        commands.put("pause", PauseCommand::new);
        commands.put("resume", ResumeCommand::new);
        commands.put("rm", RmCommand::new);
        commands.put("autostart", AutostartCommand::new);
        commands.put("network", NetworkCommand::new);
        commands.put("leases", LeasesCommand::new);
        commands.put("interfaces", InterfacesCommand::new);
        commands.put(ExplainCommand.NAME, ExplainCommand::new);
        commands.put("doctor", DoctorCommand::new);
        commands.put("dns", DnsCommand::new);
        commands.put("completion", CompletionCommand::new);
        commands.put("man", ManCommand::new);
        return commands;
    }

    /// With all commands and all that they take, for what is made from them.
    public static CommandLine model() {
        Session session = new Session(System.out, System.err);
        CommandLine line = new CommandLine(new Root(session));
        COMMANDS.forEach((name, command) -> line.addSubcommand(name, command.apply(session)));
        return line;
    }

    /// Runs the command line.
    ///
    /// @return the exit code
    public static int run(String[] typed, PrintStream out, PrintStream err) {
        ForeignWords words = typed.length == 0 ? null : FOREIGN.get(typed[0]);
        boolean foreign = words != null;
        String[] arguments = foreign ? words.marked(typed) : typed;
        boolean json = wantsJson(arguments);
        Session session = new Session(out, err);
        CommandLine line = new CommandLine(new Root(session));
        String named = Arrays.stream(arguments)
                .filter(argument -> !argument.startsWith("-"))
                .findFirst()
                .orElse("");
        if (COMMANDS.containsKey(named)) {
            line.addSubcommand(named, COMMANDS.get(named).apply(session));
        } else {
            // For the list in the help, and for "did you mean".
            COMMANDS.forEach((name, command) -> line.addSubcommand(name, titleOf(command.apply(session))));
        }
        if (line.getSubcommands().containsKey(ExecCommand.NAME)) {
            // what follows the VM's name are the command's own options
            line.getSubcommands().get(ExecCommand.NAME).setStopAtPositional(true);
        }
        // a word such as @disk is the other program's, and no file of more words
        line.setExpandAtFiles(!foreign && !NeededNetworks.isAsked(typed));
        line.setOut(new PrintWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), true));
        line.setErr(new PrintWriter(new OutputStreamWriter(err, StandardCharsets.UTF_8), true));
        line.setParameterExceptionHandler((e, given) -> usage(e, err, json));
        line.setExecutionExceptionHandler((e, where, parsed) -> failed(e, err, json));
        return line.execute(arguments);
    }

    /// Says why nothing was run.
    ///
    /// @return the exit code
    public static int refuse(Failure failure, String[] typed, PrintStream err) {
        return say(failure, err, wantsJson(typed));
    }

    /// A command's name and description without its options, which take a millisecond each command to
    /// look at.
    private static CommandSpec titleOf(Object command) {
        CommandSpec title = CommandSpec.create();
        title.usageMessage()
                .description(command.getClass().getAnnotation(Command.class).description());
        return title;
    }

    private static boolean wantsJson(String[] arguments) {
        List<String> all = List.of(arguments);
        int end = all.indexOf("--");
        if (!all.isEmpty() && all.getFirst().equals(ExecCommand.NAME)) {
            // what follows the VM's name is not ours
            int name = 1;
            while (name < all.size() && all.get(name).startsWith("-")) {
                name += all.get(name).matches("--wait|--timeout") ? 2 : 1;
            }
            end = Math.min(name, all.size());
        }
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
        // 2 would be the command's
        int code = where.getCommandName().equals(ExecCommand.NAME) ? GuestExec.FAILED : Failure.USAGE;
        return say(what, remedy, code, err, json);
    }

    private static int failed(Exception e, PrintStream err, boolean json) {
        if (e instanceof Failure failure) {
            return say(failure, err, json);
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

    /// With the mistakes of a file between what and what to do, a line each.
    private static int say(Failure failure, PrintStream err, boolean json) {
        if (failure.problems().isEmpty()) {
            return say(failure.what(), failure.remedy(), failure.exitCode(), err, json);
        }
        if (json) {
            List<Map<String, Object>> problems = new ArrayList<>();
            for (Problem problem : failure.problems()) {
                Map<String, Object> each = new LinkedHashMap<>();
                each.put("line", problem.line());
                each.put("column", problem.column());
                each.put("what", problem.what());
                each.put("do", problem.remedy());
                problems.add(each);
            }
            Map<String, Object> error = new LinkedHashMap<>();
            error.put("what", failure.what());
            error.put("do", failure.remedy());
            error.put("problems", problems);
            err.println(Json.compact(Map.of("error", error)));
        } else {
            err.println("vmlan: " + failure.what());
            failure.problems().forEach(problem -> err.println(problem.text(failure.file())));
            err.println("  → " + failure.remedy());
        }
        return failure.exitCode();
    }

    static int say(String what, String remedy, int exitCode, PrintStream err, boolean json) {
        if (json) {
            Map<String, Object> error = new LinkedHashMap<>();
            error.put("what", what);
            error.put("do", remedy);
            err.println(Json.compact(Map.of("error", error)));
        } else {
            err.println("vmlan: " + oneLine(what));
            err.println("  → " + oneLine(remedy));
        }
        return exitCode;
    }

    /// Names of files are in there, which may hold anything, and a terminal obeys what it is sent.
    private static String oneLine(String text) {
        return Printable.line(text);
    }

    @Override
    public Integer call() throws Failure {
        new Overview(session).print();
        return 0;
    }
}
