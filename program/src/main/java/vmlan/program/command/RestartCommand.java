package vmlan.program.command;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import vmlan.program.message.Failure;
import vmlan.program.serve.Networks;
import vmlan.program.vm.VmRestart;
import vmlan.program.vm.VmStarter;
import vmlan.program.vm.VmStore;

@Command(
        name = "restart",
        description = {
            "Ends VMs as stop does and starts them again, with a new QEMU; addresses and published ports stay.",
            "One that does not run is started."
        },
        footer = {
            "",
            "Examples:",
            "  vmlan restart web",
            "  vmlan restart --timeout 120 web db",
            "  vmlan restart --force web     do not wait for the guest"
        })
final class RestartCommand implements Callable<Integer> {
    @Mixin
    HelpOption help;

    @Mixin
    StopOptions stop;

    @Option(
            names = "--sudo",
            description =
                    "Start by sudo what needs rights: a network, or a QEMU with --via qemu; QEMU runs as you, and all files stay"
                            + " yours.")
    private boolean sudo;

    @Mixin
    private VmNames vms;

    private final Session session;

    RestartCommand(Session session) {
        this.session = session;
    }

    List<String> names() {
        return vms.all();
    }

    @Override
    public Integer call() throws Failure {
        Duration deadline = stop.deadline();
        VmStore store = session.store();
        Networks networks = session.networks(sudo);
        return vms.each(session).inTurn(vms.all(), name -> restart(store, networks, name, deadline));
    }

    private String restart(VmStore store, Networks networks, String name, Duration deadline) throws Failure {
        VmStarter starter = new VmStarter(session.places(), store, networks, session.progress(), sudo);
        Runtime.getRuntime().addShutdownHook(new Thread(starter::abort, "abort"));
        session.progress().step("waiting for " + name + " to power down");
        new VmRestart(store, networks, starter).restart(name, deadline, how -> stop.say(session.progress(), name, how));
        if (!starter.release()) {
            throw Failure.world("interrupted", "start it again: vmlan start " + name);
        }
        session.progress().note(name + " runs");
        return "started";
    }
}
