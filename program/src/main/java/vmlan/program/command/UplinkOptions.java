package vmlan.program.command;

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
        return new UplinkChoice(translation(), way());
    }

    private MacTranslation translation() throws Failure {
        try {
            return translation == null ? null : MacTranslation.ofKey(translation);
        } catch (IllegalArgumentException e) {
            throw Failure.usage("--mac-nat " + translation + ": " + e.getMessage(), "take on, off or auto");
        }
    }

    private Via way() throws Failure {
        try {
            return via == null ? null : Via.ofNetwork(via);
        } catch (IllegalArgumentException e) {
            throw Failure.usage("--via " + via + ": " + e.getMessage(), "take vmnet, socket_vmnet or auto");
        }
    }
}
