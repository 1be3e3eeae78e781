package vmlan.program.command;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import vmlan.program.message.Failure;
import vmlan.program.serve.Networks;
import vmlan.program.vm.LinePlanner;
import vmlan.program.vm.NicSpec;

/// Which networks a command line that was typed under sudo wants started with rights, before the command itself runs
/// as the user. What is wrong with the line is the command's own to say.
final class NeededNetworks {
    private NeededNetworks() {}

    /// Those of a QEMU command line, which are made known with that.
    ///
    /// @param arguments with the command's name as the first
    private static List<String> ofQemu(List<String> arguments, Session session) throws Failure {
        QemuCommand qemu = new QemuCommand(session);
        String[] marked = QemuCommand.WORDS.marked(arguments.toArray(String[]::new));
        CommandLine.ParseResult parsed =
                new CommandLine(qemu).setExpandAtFiles(false).parseArgs(Arrays.copyOfRange(marked, 1, marked.length));
        if (parsed.isUsageHelpRequested() || parsed.hasMatchedOption("--dry-run")) {
            return List.of();
        }
        try {
            return qemu.start().networksThatWantRights();
        } catch (LinePlanner.Refusal e) {
            return List.of();
        }
    }

    /// Whether the words are those of `network needed`, whose arguments are another command's.
    static boolean isAsked(String... typed) {
        return typed.length > 1 && typed[0].equals("network") && typed[1].equals("needed");
    }

    /// @return a line for each: its name, and where they were said ` --mac-nat=…` and ` --via=…`
    static List<String> of(List<String> arguments, Session session) {
        List<String> lines = new ArrayList<>();
        try {
            if (!arguments.isEmpty() && arguments.getFirst().equals(QemuCommand.NAME)) {
                return ofQemu(arguments, session);
            }
            Networks networks = session.networks();
            for (NicSpec nic : nics(arguments, session)) {
                if (nic.isOnNetwork() && networks.wantsRights(nic.kind(), nic.uplink())) {
                    List<String> words = new ArrayList<>(nic.uplink().options());
                    words.addFirst(nic.kind());
                    lines.add(String.join(" ", words));
                }
            }
        } catch (Failure | ParameterException e) {
            return List.of();
        }
        return lines;
    }

    private static List<NicSpec> nics(List<String> arguments, Session session) throws Failure {
        if (arguments.isEmpty()) {
            return List.of();
        }
        String[] rest = arguments.subList(1, arguments.size()).toArray(String[]::new);
        if (arguments.getFirst().equals("run")) {
            RunCommand run = new RunCommand(session);
            CommandLine.ParseResult parsed = new CommandLine(run).parseArgs(rest);
            return parsed.isUsageHelpRequested() || parsed.hasMatchedOption("--dry-run") ? List.of() : run.nics();
        }
        if (arguments.getFirst().equals("start")) {
            StartCommand start = new StartCommand(session);
            return kept(start, rest, start::names, session);
        }
        if (arguments.getFirst().equals("restart")) {
            RestartCommand restart = new RestartCommand(session);
            return kept(restart, rest, restart::names, session);
        }
        return List.of();
    }

    /// What VMs that are there are on.
    private static List<NicSpec> kept(Object command, String[] rest, Supplier<List<String>> names, Session session)
            throws Failure {
        if (new CommandLine(command).parseArgs(rest).isUsageHelpRequested()) {
            return List.of();
        }
        List<NicSpec> nics = new ArrayList<>();
        for (String name : names.get()) {
            nics.addAll(session.store().known(name).spec().nics());
        }
        return nics;
    }
}
