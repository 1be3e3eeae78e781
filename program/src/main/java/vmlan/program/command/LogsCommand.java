package vmlan.program.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import vmlan.program.message.Failure;
import vmlan.program.vm.LogFollower;
import vmlan.program.vm.UnwatchedLogs;
import vmlan.program.vm.Vm;
import vmlan.program.vm.VmStore;

@Command(
        name = "logs",
        description = {
            "Prints what a VM has said on its console since its start.",
            "Of a console that says much the last 16 MiB are kept, or a little more."
        },
        footer = {
            "",
            "Examples:",
            "  vmlan logs web",
            "  vmlan logs -f web          and what it says, until it ends or Ctrl-C; a restart does not end it",
            "  vmlan logs -n 20 web       the last 20 lines",
            "  vmlan logs --qemu web      what QEMU itself said"
        })
final class LogsCommand implements Callable<Integer> {
    @Mixin
    HelpOption help;

    @Option(names = "--qemu", description = "Print QEMU's own messages instead.")
    private boolean qemu;

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with what is said, until the VM ends.")
    private boolean follow;

    @Option(
            names = {"-n", "--lines"},
            paramLabel = "LINES",
            description = "Only the last lines (default: all).")
    private Long lines;

    @Option(names = "--previous", description = "Print the console of the start before.")
    private boolean previous;

    @Parameters(paramLabel = "NAME", description = "The VM.")
    private String name;

    private final Session session;

    LogsCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Failure, IOException {
        if (previous && (follow || qemu)) {
            throw Failure.usage("--previous goes with neither --follow nor --qemu", "leave one of them away");
        }
        if (lines != null && lines < 0) {
            throw Failure.usage("--lines " + lines + " is not possible", "take 0 or more");
        }
        VmStore store = session.store();
        Vm vm = store.known(name);
        Path log = qemu ? store.folder(name).resolve("qemu.log") : store.consoleLog(name);
        if (previous) {
            log = log.resolveSibling("console.log.1");
        }
        if (!previous && !qemu) {
            new UnwatchedLogs(store).bound(vm);
        }
        if (!Files.exists(log) && !follow) {
            session.progress().note("nothing was said");
        }
        new LogFollower(log, session.out()).copy(lines == null ? -1 : lines, () -> follow && goesOn(store));
        return 0;
    }

    /// A VM that is being restarted goes on, too.
    private boolean goesOn(VmStore store) throws Failure {
        Optional<Vm> vm = store.find(name);
        return vm.isPresent() && (vm.get().isAlive() || vm.get().isBeingStarted() || store.isBeingRestarted(name));
    }
}
