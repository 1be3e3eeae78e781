package vmlan.program.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import vmlan.program.autostart.Autostart;
import vmlan.program.message.Failure;
import vmlan.program.vm.Vm;
import vmlan.program.vm.VmRemoval;
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

    @Mixin
    private VmNames vms;

    private final Session session;

    RmCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Failure {
        VmStore store = session.store();
        for (String name : vms.all()) {
            Vm vm = store.known(name);
            if (!force && vm.isAlive()) {
                throw VmRemoval.runs(name);
            }
        }
        VmRemoval removal = new VmRemoval(session.places(), store, session.networks());
        return vms.each(session).inTurn(vms.all(), name -> {
            boolean autostart = store.known(name).autostart();
            removal.remove(name, force);
            if (autostart) {
                Autostart.ofThisUser(session.places()).disable(name);
            }
            return "removed";
        });
    }
}
