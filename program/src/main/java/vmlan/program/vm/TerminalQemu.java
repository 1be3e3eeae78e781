package vmlan.program.vm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import vmlan.host.linux.ChildProgram;
import vmlan.host.linux.Exec;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.qemu.ProcessMark;

/// QEMU in the terminal that the command was typed in, as if vmlan had not been there: its input and output, Ctrl-C,
/// job control and exit status are QEMU's.
///
/// On Linux the command becomes QEMU by execve(2): the process is known before it is QEMU. Where that cannot be, QEMU
/// is a child that inherits the terminal, and its exit status is passed on; so it is with `-daemonize`, where QEMU
/// leaves its process itself, and its own file tells which one it is then.
public final class TerminalQemu {
    private final boolean daemonizes;

    private final int[] descriptors;
    private List<String> line;
    private Child child;
    /// Null until the child has ended.
    private Integer ended;

    /// A QEMU that is not this process.
    private interface Child {
        long pid();

        /// Once.
        ///
        /// @return what a shell says of its end (bash(1), "EXIT STATUS")
        int await() throws IOException, InterruptedException;
    }

    /// @param daemonizes whether QEMU leaves the terminal
    /// @param descriptors that the line takes from its shell
    /// @throws Failure they cannot be handed on
    public TerminalQemu(boolean daemonizes, List<Integer> descriptors) throws Failure {
        if (!canExec() && descriptors.stream().anyMatch(descriptor -> descriptor > 2)) {
            throw Failure.usage(
                    "QEMU would not inherit the open file " + descriptors.getLast() + " of the shell here",
                    "name a file, or start QEMU itself");
        }
        this.daemonizes = daemonizes;
        this.descriptors = descriptors.stream().mapToInt(Integer::intValue).toArray();
    }

    private static boolean canExec() {
        return System.getProperty("os.name").equals("Linux");
    }

    /// @param pidFile that QEMU writes, where it leaves its process
    /// @return the VM with the process that is QEMU, or is about to be
    Vm begin(List<String> commandLine, Vm vm, Path pidFile) throws Failure, IOException {
        line = commandLine;
        if (canExec() && !daemonizes) {
            long self = ProcessHandle.current().pid();
            return vm.started(self, ProcessMark.of(self).orElse(0L));
        }
        child = child(commandLine);
        long pid = child.pid();
        if (daemonizes) {
            if (await() != 0) {
                return vm;
            }
            pid = pidIn(pidFile);
        }
        return vm.started(pid, ProcessMark.of(pid).orElse(0L));
    }

    private Child child(List<String> words) throws IOException {
        if (canExec()) {
            // not Java's own way, which closes what the line has from its shell
            ChildProgram program = ChildProgram.start(Path.of(words.getFirst()), words, descriptors);
            return new Child() {
                @Override
                public long pid() {
                    return program.pid();
                }

                @Override
                public int await() throws IOException {
                    return program.await();
                }
            };
        }
        Process process = new ProcessBuilder(words).inheritIO().start();
        return new Child() {
            @Override
            public long pid() {
                return process.pid();
            }

            @Override
            public int await() throws InterruptedException {
                return process.waitFor();
            }
        };
    }

    /// Whether it was to leave this terminal, and has ended instead.
    boolean hasFailed() {
        return daemonizes && ended != null && ended != 0;
    }

    private static long pidIn(Path file) throws Failure, IOException {
        String text = Files.readString(file).strip();
        if (!text.matches("[0-9]{1,10}")) {
            throw Failure.world(file + " holds no process identifier", "see whether QEMU runs: ps x");
        }
        return Long.parseLong(text);
    }

    /// Becomes QEMU, or waits for its end. Nothing may be open any more that has to be closed.
    ///
    /// @return QEMU's exit status
    public int finish() throws Failure {
        if (child != null) {
            return await();
        }
        become(line, descriptors);
        return 1;
    }

    /// Runs QEMU with these words, without a VM: for what only asks it something.
    public static int pass(List<String> words, List<Integer> descriptors) throws Failure {
        TerminalQemu qemu = new TerminalQemu(false, descriptors);
        if (canExec()) {
            become(words, qemu.descriptors);
        }
        try {
            qemu.child = qemu.child(words);
        } catch (IOException e) {
            throw cannot(words, e);
        }
        return qemu.await();
    }

    private static void become(List<String> words, int... descriptors) throws Failure {
        System.out.flush();
        System.err.flush();
        try {
            Exec.become(Path.of(words.getFirst()), words, descriptors);
        } catch (IOException e) {
            throw cannot(words, e);
        }
    }

    private static Failure cannot(List<String> words, IOException e) {
        return Failure.world(
                "QEMU cannot be started: " + Places.reason(e),
                "see whether " + words.getFirst() + " --version works",
                e);
    }

    /// A signal that ends this process is for QEMU, too, and its end is waited for.
    private int await() throws Failure {
        if (ended != null) {
            return ended;
        }
        Thread hook = new Thread(
                () -> ProcessHandle.of(child.pid()).ifPresent(process -> {
                    process.destroy();
                    process.onExit().join();
                }),
                "end QEMU");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            ended = child.await();
            return ended;
        } catch (IOException e) {
            throw cannot(line, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.world("interrupted", "start it again");
        } finally {
            remove(hook);
        }
    }

    private static void remove(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the process is ending, and the hook is what it waits for
        }
    }
}
