package vmlan.program.completion;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.ArgSpec;

/// What stands for an argument, in the engine's words (`candidates` in engine.sh). Told by its label,
/// its type and its command, so that a new command has it without a word about completion.
final class ArgumentKind {
    /// Nothing that could be offered.
    static final String NONE = "";

    /// The commands that take only VMs that run, or only those that do not.
    private static final Map<String, String> STATES = Map.ofEntries(
            Map.entry("console", "vm-running"),
            Map.entry("exec", "vm-running"),
            Map.entry("ip", "vm-running"),
            Map.entry("pause", "vm-running"),
            Map.entry("publish", "vm-running"),
            Map.entry("resume", "vm-running"),
            Map.entry("rm", "vm-stopped"),
            Map.entry("start", "vm-stopped"),
            Map.entry("stop", "vm-running"),
            Map.entry("unpublish", "vm-running"));

    private ArgumentKind() {}

    /// @param command the words that lead to it, without `vmlan`
    static String of(List<String> command, ArgSpec argument) {
        if (argument.completionCandidates() != null) {
            List<String> values = new ArrayList<>();
            argument.completionCandidates().forEach(values::add);
            return values(values);
        }
        Class<?> type = argument.auxiliaryTypes()[0];
        if (type.isEnum()) {
            List<String> values = new ArrayList<>();
            for (Object value : type.getEnumConstants()) {
                values.add(value.toString());
            }
            return values(values);
        }
        String label = argument.paramLabel();
        if (label.matches("[a-z0-9-]+(\\|[a-z0-9-]+)+")) {
            return values(List.of(label.split("\\|")));
        }
        return switch (label) {
            case "NAME" -> argument.isOption() ? NONE : named(command);
            case "VM" -> vm(command);
            case "NAME:PORT" -> "vm-port";
            case "[USER@]NAME" -> "vm-user";
            case "NETWORK" -> "network";
            case "NIC", "IFNAME" -> "nic";
            case "RULE" -> command.getFirst().equals("unpublish") ? "rule" : NONE;
            case "DISK", "FILE" -> "file";
            case "COMMAND" -> "command";
            default -> {
                if (label.startsWith("NETWORK[,")) {
                    yield "net";
                }
                yield type == Path.class || type == File.class || label.startsWith("FILE") || label.startsWith("DISK")
                        ? "file"
                        : NONE;
            }
        };
    }

    private static String named(List<String> command) {
        return command.getFirst().equals("network") ? "network" : vm(command);
    }

    private static String vm(List<String> command) {
        return STATES.getOrDefault(command.getFirst(), "vm");
    }

    private static String values(List<String> values) {
        return values.isEmpty() ? NONE : "values " + String.join(" ", values);
    }
}
