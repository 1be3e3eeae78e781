package vmlan.program.command;

import java.io.IOException;
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
        name = "start",
        description = {
            "Starts VMs that are stopped, in the background, as run was told to: disks, networks, ports, everything.",
            "To change what it was told: vmlan run --name NAME …, which from then on counts."
        },
        footer = {
            "",
            "Examples:",
            "  vmlan start web",
            "  vmlan start web db",
            "  vmlan start -a web     with its console here"
        })
final class StartCommand implements Callable<Integer> {
    @Mixin
    HelpOption help;

    @Option(
            names = {"-a", "--attach"},
            description = "Join the console of the one VM; Ctrl-] leaves it, the VM goes on.")
    private boolean attach;

    @Option(
            names = "--sudo",
            description =
                    "Start by sudo what needs rights: a network, or a QEMU with --via qemu; QEMU runs as you, and all files stay"
                            + " yours.")
    private boolean sudo;

    @Mixin
    private VmNames vms;

    private final Session session;

    StartCommand(Session session) {
        this.session = session;
    }

    List<String> names() {
        return vms.all();
    }

    @Override
    public Integer call() throws Failure, IOException {
        if (attach && (vms.all().size() > 1 || vms.wantsJson())) {
            throw Failure.usage("--attach is for one VM, and not with --json", "name one: vmlan start -a NAME");
        }
        VmStore store = session.store();
        Networks networks = session.networks(sudo);
        int code = vms.each(session).inTurn(vms.all(), name -> start(store, networks, name));
        return attach ? ConsoleCommand.join(session, vms.all().getFirst()) : code;
    }

    private String start(VmStore store, Networks networks, String name) throws Failure {
        VmStarter starter = new VmStarter(session.places(), store, networks, session.progress(), sudo);
        Thread abort = new Thread(starter::abort, "abort");
        Runtime.getRuntime().addShutdownHook(abort);
        boolean started = new VmRestart(store, networks, starter).start(name);
        if (!started) {
            session.progress().note(name + " runs already");
            return "running";
        }
        if (!starter.release()) {
            throw Failure.world("interrupted", "start it again");
        }
        session.progress().note(name + " runs; its address: vmlan ip " + name);
        return "started";
    }
}
