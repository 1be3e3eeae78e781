package vmlan.program.vm;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import vmlan.program.config.NetworkMode;
import vmlan.program.files.Fields;
import vmlan.program.message.Failure;
import vmlan.program.message.Progress;
import vmlan.program.serve.Networks;

/// A VM that belongs to the command that started it: its console is here, its addresses are said as they
/// come, and when the command is interrupted it powers down.
public final class ForegroundVm {
    private static final Duration ADDRESS_LIMIT = Duration.ofSeconds(300);
    private static final Duration PING_LIMIT = Duration.ofSeconds(20);
    private static final Duration POWER_DOWN_LIMIT = Duration.ofSeconds(20);
    /// From the console's end to QEMU's.
    private static final Duration END_LIMIT = Duration.ofSeconds(10);

    private final Vm vm;
    private final VmStore store;
    private final Networks networks;
    private final Progress progress;
    private volatile boolean over;
    private volatile boolean terminal;

    public ForegroundVm(Vm vm, VmStore store, Networks networks, Progress progress) {
        this.vm = vm;
        this.store = store;
        this.networks = networks;
        this.progress = progress;
    }

    /// Joins the console until the VM ends or the user leaves it.
    ///
    /// @return the exit code
    public int attend(boolean terminal, InputStream in, PrintStream out) throws Failure, IOException {
        this.terminal = terminal;
        if (terminal) {
            progress.note(vm.name() + " runs; Ctrl-] leaves its console, and it goes on");
        }
        if (!vm.nics().isEmpty() || !vm.vmnetNics().isEmpty()) {
            Thread.ofVirtual().name("addresses").start(this::announce);
        }
        try (Console console = Console.connect(store.consoleSocket(vm.name()), vm.name())) {
            Console.End end = terminal ? console.attachToTerminal() : console.attachTo(in, out);
            over = true;
            if (end == Console.End.LEFT) {
                out.println();
                progress.note("left the console; " + vm.name() + " goes on. Back to it: vmlan console " + vm.name()
                        + "; end it: vmlan stop " + vm.name());
                return 0;
            }
        }
        return ended();
    }

    private int ended() throws Failure {
        awaitEnd();
        VmStatus status = VmStatus.of(vm, store);
        if (status.state() == VmStatus.State.FAILED) {
            throw Failure.world(
                    vm.name() + " failed: " + status.lastWords(), "see what QEMU said: vmlan logs --qemu " + vm.name());
        }
        progress.note(vm.name() + " has ended");
        return 0;
    }

    /// The console closes a moment before the process is gone.
    private void awaitEnd() {
        try {
            ProcessHandle process = ProcessHandle.of(vm.pid()).orElse(null);
            if (process != null) {
                process.onExit().get(END_LIMIT.toSeconds(), TimeUnit.SECONDS);
            }
        } catch (TimeoutException | ExecutionException e) {
            // Then it is reported as what it is: still running.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Says the addresses as they come, and whether the guest answers to them.
    private void announce() {
        AddressWait wait = new AddressWait(networks, store);
        for (boolean ipv6 : new boolean[] {false, true}) {
            try {
                AddressWait.Addresses addresses = wait.await(vm, ipv6, ADDRESS_LIMIT);
                String address = ipv6 ? addresses.ipv6().getFirst() : addresses.ipv4();
                if (!over) {
                    note(vm.name() + " has the address " + address + answer(addresses.network(), address));
                }
            } catch (Failure e) {
                if (!over) {
                    note(e.what());
                }
            }
        }
    }

    private String answer(String network, String address) throws Failure {
        NetworkMode mode = networks.known(network).mode();
        if (!mode.hasGateway()) {
            return mode.hasNic() ? " of the LAN" : "";
        }
        Fields ping = networks.client(network)
                .send(
                        "POST",
                        "/v1/ping",
                        Map.of("address", address, "timeoutMillis", PING_LIMIT.toMillis()),
                        PING_LIMIT.plusSeconds(15));
        return ping.flag("answered")
                ? String.format(" and answers ping from the network in %.1f ms", ping.number("micros") / 1000.0)
                : " but does not answer ping";
    }

    private void note(String line) {
        // A raw terminal needs the carriage return said.
        progress.note(terminal ? line + "\r" : line);
    }

    /// The command was told to end, by Ctrl-C without a terminal of its own or by a signal: so is the VM.
    public void interrupted() {
        if (over) {
            return;
        }
        over = true;
        progress.note("powering down " + vm.name());
        try {
            new VmStopper(store, networks).stop(vm.name(), POWER_DOWN_LIMIT);
        } catch (Failure e) {
            progress.note(e.what());
        }
    }
}
