package vmlan.program.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import vmlan.program.message.Failure;
import vmlan.program.serve.Networks;
import vmlan.program.vm.Ssh;

@Command(
        name = "ssh",
        description = {
            "Runs the system's ssh to a VM that runs an SSH server, by way of its network, without a port of the host.",
            "The VM's host key is remembered with the VM, and forgotten by vmlan rm."
        },
        footer = {
            "",
            "Examples:",
            "  vmlan ssh web",
            "  vmlan ssh root@web uname -a",
            "  vmlan ssh -l root web -- -L 5432:localhost:5432    more options and words for ssh"
        })
final class SshCommand implements Callable<Integer> {
    @Mixin
    HelpOption help;

    @Option(names = "-l", paramLabel = "USER", description = "The user there (default: what ssh's configuration says).")
    private String user;

    @Parameters(index = "0", paramLabel = "[USER@]NAME", description = "The VM.")
    private String target;

    @Parameters(index = "1..*", paramLabel = "-- ARGUMENTS", description = "Options for ssh, a command for the guest.")
    private List<String> arguments = List.of();

    private final Session session;

    SshCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Failure, IOException {
        int at = target.lastIndexOf('@');
        if (at >= 0 && user != null) {
            throw Failure.usage(
                    "two users were named, " + user + " and " + target.substring(0, at), "take one of them");
        }
        String name = target.substring(at + 1);
        session.store().known(name);
        List<String> command =
                new ArrayList<>(Ssh.command(Networks.launcher(), session.store().folder(name), name));
        if (at >= 0 || user != null) {
            command.addAll(List.of("-l", at >= 0 ? target.substring(0, at) : user));
        }
        command.add(Ssh.host(name));
        command.addAll(arguments);
        return Ssh.run(command);
    }
}
