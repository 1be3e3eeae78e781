package vmlan.program.command;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import vmlan.program.message.Failure;
import vmlan.program.serve.Networks;
import vmlan.program.vm.Ssh;
import vmlan.program.vm.SshConfig;
import vmlan.program.vm.Vm;
import vmlan.program.vm.VmStore;

@Command(
        name = "ssh-config",
        description = {
            "Prints the VMs as ssh's configuration has them, so that ssh web, scp, rsync and editors find them.",
            "A VM is known by its name and as NAME.vmlan.internal. With --install ssh reads that by itself, also of VMs"
                    + " that come later."
        },
        footer = {
            "",
            "Examples:",
            "  vmlan ssh-config --install        then: ssh root@web, scp file web:",
            "  vmlan ssh-config --remove",
            "  vmlan ssh-config web >web.conf    then: ssh -F web.conf web"
        })
final class SshConfigCommand implements Callable<Integer> {
    @Mixin
    HelpOption help;

    @Option(
            names = "--install",
            description = "Put it into a file of vmlan's, and one line that names it on top of ~/.ssh/config.")
    private boolean install;

    @Option(names = "--remove", description = "Take both away again.")
    private boolean remove;

    @Option(names = "--json", description = "Errors as JSON.")
    boolean json;

    @Parameters(paramLabel = "NAME", arity = "0..*", description = "The VMs (default: all).")
    private List<String> names = List.of();

    private final Session session;

    SshConfigCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Failure, IOException {
        if ((install && remove) || ((install || remove) && !names.isEmpty())) {
            throw Failure.usage(
                    "--install and --remove are for all VMs, and one of them at a time",
                    "see: vmlan ssh-config --help");
        }
        SshConfig config = SshConfig.of(session.places());
        if (remove) {
            session.progress().note(config.remove() ? "ssh no longer knows the VMs" : "there was nothing to remove");
            return 0;
        }
        VmStore store = session.store();
        for (String name : names) {
            store.known(name);
        }
        if (install) {
            install(config, store);
        } else {
            session.out()
                    .print(
                            names.isEmpty()
                                    ? SshConfig.blocks(Set.of(), store)
                                    : SshConfig.blocks(
                                            SshConfig.launcher(Networks.launcher(), System.getenv()),
                                            names,
                                            Set.of(),
                                            store));
            session.out().flush();
        }
        return 0;
    }

    private void install(SshConfig config, VmStore store) throws Failure, IOException {
        session.progress()
                .note(store.installInto(config) ? "ssh knows the VMs now: ssh NAME" : "ssh knew the VMs already");
        Set<String> aliases = config.aliases();
        for (Vm vm : store.all()) {
            if (aliases.contains(vm.name())) {
                session.progress()
                        .note(vm.name() + " stays what ~/.ssh/config has by that name; the VM is: ssh "
                                + Ssh.host(vm.name()));
            }
        }
    }
}
