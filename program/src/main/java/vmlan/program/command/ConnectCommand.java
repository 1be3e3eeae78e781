package vmlan.program.command;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import vmlan.program.message.Failure;
import vmlan.program.serve.NetworkSettings;
import vmlan.program.vm.GuestConnection;
import vmlan.program.vm.Vm;

@Command(
        name = "connect",
        description = {
            "Joins standard input and output to a TCP port of a VM, without a port of the host.",
            "The end of the input is the end for the guest, too; the command ends when both sides have."
        },
        footer = {
            "",
            "Examples:",
            "  printf 'GET / HTTP/1.0\\r\\n\\r\\n' | vmlan connect web:80",
            "  ssh -o ProxyCommand='vmlan connect web:22' root@web"
        })
final class ConnectCommand implements Callable<Integer> {
    @Mixin
    HelpOption help;

    @Parameters(paramLabel = "NAME:PORT", description = "The VM and its port.")
    private String target;

    private final Session session;

    ConnectCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Failure, IOException {
        int colon = target.lastIndexOf(':');
        String port = target.substring(colon + 1);
        if (colon < 1 || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) < 1 || Integer.parseInt(port) > 0xffff) {
            throw Failure.usage("'" + target + "' is not NAME:PORT", "take a VM and a TCP port of it, such as web:22");
        }
        // as ssh's configuration has it: the name that the VM has in its networks
        String name = target.substring(0, colon);
        String suffix = "." + NetworkSettings.DOMAIN;
        Vm vm = session.store()
                .known(name.endsWith(suffix) ? name.substring(0, name.length() - suffix.length()) : name);
        session.networks().revive(session.progress()::note);
        try (GuestConnection connection =
                GuestConnection.open(vm, Integer.parseInt(port), session.networks(), session.store())) {
            // The stream itself: what stands before it would turn bytes into text.
            connection.join(System.in, System.out);
        }
        return 0;
    }
}
