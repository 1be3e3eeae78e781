package vmlan.program.command;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import vmlan.program.message.Failure;
import vmlan.program.vm.GuestExec;
import vmlan.program.vm.Vm;
import vmlan.program.vm.VmStore;
import vmlan.qemu.GuestAgent;

@Command(
        name = ExecCommand.NAME,
        description = {
            "Runs a command in a VM, by the agent that the guest must run (package qemu-guest-agent).",
            "What it prints comes when it has ended, 16 MiB of each output at most. Its exit code becomes that of"
                    + " vmlan, 128 and more when a signal ended it. 125: vmlan failed; 127: no such command."
        },
        footer = {
            "",
            "Examples:",
            "  vmlan exec web uname -a",
            "  vmlan exec web -- sh -c 'echo $HOSTNAME; df -h'",
            "  vmlan exec -i web tee /etc/motd <motd     what comes in here goes to the command",
            "  vmlan exec --wait 120 web true            wait for a guest that boots"
        })
final class ExecCommand implements Callable<Integer> {
    static final String NAME = "exec";
    private static final int LONGEST = 86_400;

    @Mixin
    HelpOption help;

    @Option(
            names = {"-i", "--interactive"},
            description = "Read standard input to its end and give it to the command; 16 MiB at most.")
    private boolean interactive;

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "How long to wait for the guest's agent (default: ${DEFAULT-VALUE}).")
    private int wait;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "86400",
            description = "How long the command may run, then it is told to end (default: a day).")
    private int timeout;

    @SuppressWarnings("UnusedVariable") // Root looks for the word itself
    @Option(names = "--json", description = "Errors of vmlan's own as JSON.")
    private boolean json;

    @Parameters(index = "0", paramLabel = "NAME", description = "The VM.")
    private String name;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "COMMAND", description = "The command and its words.")
    private List<String> command;

    private final Session session;

    ExecCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Failure, IOException {
        try {
            return run();
        } catch (Failure e) {
            // 1 and 2 are the command's
            throw e.exitCode() == GuestExec.NOT_FOUND ? e : e.withExitCode(GuestExec.FAILED);
        }
    }

    private int run() throws Failure, IOException {
        if (wait < 0 || wait > LONGEST || timeout < 1 || timeout > LONGEST) {
            throw Failure.usage("such a time is not possible", "take seconds, up to " + LONGEST);
        }
        List<String> words = command.getFirst().equals("--") ? command.subList(1, command.size()) : command;
        if (words.isEmpty()) {
            throw Failure.usage("there is no command", "see: vmlan exec --help");
        }
        VmStore store = session.store();
        Vm vm = store.known(name);
        if (!vm.isAlive()) {
            throw Failure.world(name + " does not run", "start it: " + vm.startLine());
        }
        GuestExec exec = new GuestExec(vm, store, session.progress(), RandomGenerator.getDefault());
        try {
            exec.await(Duration.ofSeconds(wait));
            byte[] input = interactive ? input() : null;
            Runtime.getRuntime().addShutdownHook(new Thread(exec::end, "end"));
            return exec.run(words, input, Duration.ofSeconds(timeout), session.out(), session.err());
        } finally {
            session.progress().done();
        }
    }

    private static byte[] input() throws Failure, IOException {
        byte[] input = System.in.readNBytes(GuestAgent.MOST_INPUT_BYTES + 1);
        if (input.length > GuestAgent.MOST_INPUT_BYTES) {
            throw Failure.usage(
                    "standard input is more than 16 MiB, which is the most for the guest agent",
                    "bring it there by the network, such as by vmlan ssh");
        }
        return input;
    }
}
