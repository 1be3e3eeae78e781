package vmlan.program.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import vmlan.program.message.Failure;
import vmlan.program.vm.VmStore;

@Command(
        name = "logs",
        description = "Prints what a VM has said on its console since its start.",
        footer = {"", "Examples:", "  vmlan logs web", "  vmlan logs --qemu web      what QEMU itself said"})
final class LogsCommand implements Callable<Integer> {
    @Mixin
    HelpOption help;

    @Option(names = "--qemu", description = "Print QEMU's own messages instead.")
    private boolean qemu;

    @Parameters(paramLabel = "NAME", description = "The VM.")
    private String name;

    private final Session session;

    LogsCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Failure, IOException {
        VmStore store = session.store();
        store.known(name);
        Path log = qemu ? store.folder(name).resolve("qemu.log") : store.consoleLog(name);
        if (Files.exists(log)) {
            Files.copy(log, session.out());
            session.out().flush();
        }
        return 0;
    }
}
