package vmlan.program.command;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import vmlan.program.message.Failure;
import vmlan.program.vm.Console;
import vmlan.program.vm.ConsoleGuard;
import vmlan.program.vm.Vm;
import vmlan.program.vm.VmStore;

@Command(
        name = "console",
        description = "Joins a VM's serial console to this terminal. Ctrl-] leaves it; the VM goes on.",
        footer = {"", "Examples:", "  vmlan console web", "  echo reboot | vmlan console web"})
final class ConsoleCommand implements Callable<Integer> {
    @Mixin
    HelpOption help;

    @Parameters(paramLabel = "NAME", description = "The VM.")
    private String name;

    private final Session session;

    ConsoleCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Failure, IOException {
        return join(session, name);
    }

    /// Blocks until the VM ends or the user leaves its console.
    ///
    /// @return the exit code
    static int join(Session session, String name) throws Failure, IOException {
        VmStore store = session.store();
        Vm vm = store.known(name);
        if (!vm.isAlive()) {
            throw Failure.world(name + " does not run", "start it: " + vm.startLine());
        }
        if (vm.spec().isLine()) {
            throw Failure.usage(
                    name + " is a QEMU command line: its console is where that line has it",
                    "look at the terminal that it was typed in; of one in the background: vmlan logs --qemu " + name);
        }
        ConsoleGuard.checkFree(store.qmpSocket(name), name);
        try (Console console = Console.connect(store.consoleSocket(name), name)) {
            if (!session.isTerminal()) {
                console.attachTo(System.in, session.out());
                return 0;
            }
            session.err().println("console of " + name + "; Ctrl-] leaves it, Enter shows the prompt");
            if (console.attachToTerminal() == Console.End.LEFT) {
                session.err().println();
                session.err().println("left the console; " + name + " goes on");
            } else {
                session.err().println(name + " has ended");
            }
        }
        return 0;
    }
}
