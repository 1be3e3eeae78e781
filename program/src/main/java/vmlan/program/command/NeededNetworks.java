package vmlan.program.command;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import vmlan.program.message.Failure;
import vmlan.program.serve.NetworkName;
import vmlan.program.serve.Networks;
import vmlan.program.vm.NicSpec;

/// Which networks a command line that was typed under sudo wants started with rights, before the command itself runs
/// as the user. What is wrong with the line is the command's own to say.
final class NeededNetworks {
    private NeededNetworks() {}

    /// @return a line for each: its name, and where it was said ` --mac-nat=…`
    static List<String> of(List<String> arguments, Session session) {
        List<String> lines = new ArrayList<>();
        try {
            Networks networks = session.networks();
            for (NicSpec nic : nics(arguments, session)) {
                if (!nic.isUser() && !nic.isNone() && networks.wantsRights(nic.kind())) {
                    NetworkName.of(nic.kind());
                    String option = nic.translation() == null
                            ? ""
                            : " --mac-nat=" + nic.translation().key();
                    lines.add(nic.kind() + option);
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
        return List.of();
    }
}
