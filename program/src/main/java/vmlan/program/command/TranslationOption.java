package vmlan.program.command;

import picocli.CommandLine.Option;
import vmlan.program.config.MacTranslation;
import vmlan.program.message.Failure;

/// `--mac-nat`
final class TranslationOption {
    @Option(
            names = "--mac-nat",
            paramLabel = "on|off|auto",
            description = "Bridged: whether guests share the NIC's MAC address (default: auto, on for Wi-Fi).")
    private String text;

    /// Null where it was not given.
    MacTranslation value() throws Failure {
        try {
            return text == null ? null : MacTranslation.ofKey(text);
        } catch (IllegalArgumentException e) {
            throw Failure.usage("--mac-nat " + text + ": " + e.getMessage(), "take on, off or auto");
        }
    }
}
