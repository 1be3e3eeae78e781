package vmlan.program.command;

import java.util.function.Function;
import picocli.CommandLine.Option;
import vmlan.program.config.MacTranslation;
import vmlan.program.config.UplinkChoice;
import vmlan.program.config.Via;
import vmlan.program.message.Failure;

/// `--mac-nat` and `--via` of a network.
final class UplinkOptions {
    @Option(
            names = "--mac-nat",
            paramLabel = "on|off|auto",
            description = "Bridged: whether guests share the NIC's MAC address (default: auto, on for Wi-Fi).")
    private String translation;

    @Option(
            names = "--via",
            paramLabel = "vmnet|socket_vmnet|auto",
            description = "On a Mac: how it reaches the LAN or Apple's own network (default: auto).")
    private String via;

    UplinkChoice choice() throws Failure {
        return new UplinkChoice(
                read("--mac-nat", translation, MacTranslation::ofKey, "take on, off or auto"),
                read("--via", via, Via::ofNetwork, "take vmnet, socket_vmnet or auto"));
    }

    static <T> T read(String option, String text, Function<String, T> reader, String cure) throws Failure {
        try {
            return text == null ? null : reader.apply(text);
        } catch (IllegalArgumentException e) {
            throw Failure.usage(option + " " + text + ": " + e.getMessage(), cure);
        }
    }
}
