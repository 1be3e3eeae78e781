package vmlan.program.command;

import picocli.CommandLine.Option;

/// `--help`, in every command.
final class HelpOption {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    boolean help;
}
