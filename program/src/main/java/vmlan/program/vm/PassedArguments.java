package vmlan.program.vm;

import java.util.List;
import java.util.Map;
import vmlan.program.message.Failure;

/// Arguments that go to QEMU as they are. All but the few that would take the VM out of our hands.
public final class PassedArguments {
    private static final Map<String, String> REFUSED = Map.of(
            "daemonize", "a VM is in the background with vmlan run -d",
            "pidfile", "vmlan ps --json shows the process",
            "runas", "QEMU runs as the user who calls vmlan",
            "chroot", "QEMU could not open its sockets there");

    private PassedArguments() {}

    public static void check(List<String> arguments) throws Failure {
        for (String argument : arguments) {
            String name = argument.replaceFirst("^--?", "");
            if (argument.startsWith("-") && REFUSED.containsKey(name)) {
                throw Failure.usage(
                        "QEMU's " + argument + " does not go with vmlan run: " + REFUSED.get(name), "leave it out");
            }
        }
    }
}
