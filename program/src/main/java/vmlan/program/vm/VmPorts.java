package vmlan.program.vm;

import java.time.Duration;
import java.util.Map;
import vmlan.program.control.ControlClient;
import vmlan.program.message.Failure;
import vmlan.program.serve.Networks;

/// What networks hold for a VM that has ended: its ports, what is published there, its addresses.
///
/// A network finds out by itself that a QEMU is gone, but a little later; whoever saw it go says so, for
/// what is typed next.
final class VmPorts {
    /// An idle network answers within milliseconds; one that hangs keeps nobody from ending VMs.
    private static final Duration LIMIT = Duration.ofSeconds(15);

    private final Networks networks;

    VmPorts(Networks networks) {
        this.networks = networks;
    }

    /// Has the networks that run let go of them. The caller holds the VM, which does not run.
    void remove(Vm vm) {
        for (Vm.VmNic nic : vm.nics()) {
            try {
                ControlClient network = networks.client(nic.network());
                if (network.isServed()) {
                    network.send("DELETE", "/v1/ports/" + nic.port(), Map.of(), LIMIT);
                }
            } catch (Failure e) {
                // It is gone already, or was never there, which is what was wanted; or the network hangs, and sees
                // for itself later.
            }
        }
    }
}
