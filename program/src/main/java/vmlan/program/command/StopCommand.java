package vmlan.program.command;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import vmlan.program.message.Failure;
import vmlan.program.vm.VmStopper;
import vmlan.program.vm.VmStore;

@Command(
        name = "stop",
        description = "Ends VMs: presses the power button, and after a deadline ends QEMU.",
        footer = {"", "Examples:", "  vmlan stop web", "  vmlan stop --timeout 120 web db", "  vmlan stop --force web"})
final class StopCommand implements Callable<Integer> {
    @Mixin
    HelpOption help;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How long the guest may take to power down (default: ${DEFAULT-VALUE}).")
    private int timeout;

    @Option(names = "--force", description = "Do not wait for the guest.")
    private boolean force;

    @Parameters(paramLabel = "NAME", arity = "1..*", description = "The VMs.")
    private List<String> names;

    private final Session session;

    StopCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Failure {
        if (timeout < 0 || timeout > 3600) {
            throw Failure.usage("--timeout " + timeout + " is not possible", "take 0 to 3600");
        }
        VmStore store = session.store();
        // All names first, so that a wrong one stops nothing.
        for (String name : names) {
            store.known(name);
        }
        VmStopper stopper = new VmStopper(store);
        for (String name : names) {
            session.progress().step("waiting for " + name + " to power down");
            VmStopper.How how = stopper.stop(name, force ? Duration.ZERO : Duration.ofSeconds(timeout));
            switch (how) {
                case NOT_RUNNING -> session.progress().note(name + " does not run");
                case POWERED_DOWN -> session.progress().note(name + " has powered down");
                case FORCED ->
                    session.progress()
                            .note(name + (force ? " was ended" : " did not power down in time; QEMU was ended"));
            }
        }
        return 0;
    }
}
