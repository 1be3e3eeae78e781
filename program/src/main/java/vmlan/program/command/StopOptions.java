package vmlan.program.command;

import java.time.Duration;
import picocli.CommandLine.Option;
import vmlan.program.message.Failure;
import vmlan.program.message.Progress;
import vmlan.program.vm.VmStopper;

/// How a VM is ended, for the commands that do.
final class StopOptions {
    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How long the guest may take to power down (default: ${DEFAULT-VALUE}).")
    private int timeout;

    @Option(
            names = {"-f", "--force"},
            description = "Do not wait for the guest.")
    private boolean force;

    Duration deadline() throws Failure {
        if (timeout < 0 || timeout > 3600) {
            throw Failure.usage("--timeout " + timeout + " is not possible", "take 0 to 3600");
        }
        return force ? Duration.ZERO : Duration.ofSeconds(timeout);
    }

    void say(Progress progress, String name, VmStopper.How how) {
        switch (how) {
            case NOT_RUNNING -> progress.note(name + " does not run");
            case POWERED_DOWN -> progress.note(name + " has powered down");
            case FORCED -> progress.note(name + (force ? " was ended" : " did not power down in time; QEMU was ended"));
        }
    }
}
