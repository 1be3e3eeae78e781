package vmlan.program.command;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
        name = "stop",
        description = {
            "Ends VMs: presses the power button, asks the guest's agent where that is not heeded, and after a deadline"
                    + " ends QEMU."
        },
        footer = {
            "",
            "Examples:",
            "  vmlan stop web",
            "  vmlan stop --timeout 120 web db",
            "  vmlan stop --force web     do not wait for the guest",
            "  vmlan stop --all"
        })
final class StopCommand implements Callable<Integer> {
    @Mixin
    HelpOption help;

    @Mixin
    StopOptions options;

    @Option(names = "--all", description = "Every VM that runs.")
    private boolean all;

    @Option(names = "--json", description = "Print what became of each as JSON; errors as JSON, too.")
    private boolean json;

    @Parameters(paramLabel = "NAME", arity = "0..*", description = "The VMs.")
    private List<String> names = new ArrayList<>();

    private final Session session;

    StopCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Failure {
        Duration deadline = options.deadline();
        if (all == !names.isEmpty()) {
            throw Failure.usage("stop needs names, or --all without any", "see: vmlan ps");
        }
        VmStore store = session.store();
        if (all) {
            names.addAll(store.all().stream().filter(Vm::isAlive).map(Vm::name).toList());
        }
        VmStopper stopper = new VmStopper(store, session.networks());
        session.progress().step("waiting for " + String.join(", ", names) + " to power down");
        return new EachVm(session, json).atOnce(names, name -> {
            VmStopper.How how = stopper.stop(name, deadline);
            options.say(session.progress(), name, how);
            return how.name().toLowerCase(Locale.ROOT).replace('_', '-');
        });
    }
}
