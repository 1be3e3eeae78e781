package vmlan.program.command;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import vmlan.program.message.Failure;
import vmlan.program.vm.Vm;
import vmlan.program.vm.VmStopper;
import vmlan.program.vm.VmStore;

@Command(
        name = "rm",
        description = "Forgets VMs. Their disks stay.",
        footer = {"", "Examples:", "  vmlan rm web", "  vmlan rm --force web       also when it runs"})
final class RmCommand implements Callable<Integer> {
    @Mixin
    HelpOption help;

    @Option(
            names = {"-f", "--force"},
            description = "End a VM that runs.")
    private boolean force;

    @Parameters(paramLabel = "NAME", arity = "1..*", description = "The VMs.")
    private List<String> names;

    private final Session session;

    RmCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Failure {
        VmStore store = session.store();
        for (String name : names) {
            Vm vm = store.known(name);
            if (!force && (vm.isAlive() || vm.isBeingStarted())) {
                throw Failure.usage(name + " runs", "stop it first: vmlan stop " + name + ", or take --force");
            }
        }
        for (String name : names) {
            new VmStopper(store).stop(name, Duration.ZERO);
            store.remove(name);
        }
        return 0;
    }
}
