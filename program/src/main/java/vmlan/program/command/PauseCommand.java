package vmlan.program.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import vmlan.program.message.Failure;
import vmlan.program.vm.VmPause;

@Command(
        name = "pause",
        description =
                "Stops the processors of VMs. They keep their memory, addresses and connections; resume lets them go on.",
        footer = {"", "Examples:", "  vmlan pause web", "  vmlan pause web db"})
final class PauseCommand implements Callable<Integer> {
    @Mixin
    HelpOption help;

    @Mixin
    private VmNames vms;

    private final Session session;

    PauseCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Failure {
        VmPause pause = new VmPause(session.store());
        return vms.each(session).inTurn(vms.all(), name -> {
            boolean changed = pause.pause(name);
            session.progress().note(name + (changed ? " is paused" : " is paused already"));
            return "paused";
        });
    }
}
