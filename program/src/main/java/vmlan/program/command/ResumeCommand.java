package vmlan.program.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import vmlan.program.message.Failure;
import vmlan.program.vm.VmPause;

@Command(
        name = "resume",
        description = "Lets VMs that were paused go on.",
        footer = {"", "Examples:", "  vmlan resume web", "  vmlan resume web db"})
final class ResumeCommand implements Callable<Integer> {
    @Mixin
    HelpOption help;

    @Mixin
    private VmNames vms;

    private final Session session;

    ResumeCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Failure {
        VmPause pause = new VmPause(session.store());
        return vms.each(session).inTurn(vms.all(), name -> {
            boolean changed = pause.resume(name);
            session.progress().note(name + (changed ? " is running" : " was not paused"));
            return "running";
        });
    }
}
