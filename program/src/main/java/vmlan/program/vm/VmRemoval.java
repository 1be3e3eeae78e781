package vmlan.program.vm;

import java.time.Duration;
import java.util.List;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.program.serve.Networks;
import vmlan.program.serve.OwnNetworks;

/// Forgets a VM: its files and sockets, and what its networks hold for it.
public final class VmRemoval {
    private final Places places;
    private final VmStore store;
    private final Networks networks;

    public VmRemoval(Places places, VmStore store, Networks networks) {
        this.places = places;
        this.store = store;
        this.networks = networks;
    }

    /// @param force also one that runs
    public void remove(String name, boolean force) throws Failure {
        VmStopper stopper = new VmStopper(store, networks);
        if (force) {
            stopper.hurry(name);
        }
        try (VmLocks.Held held = store.take(name, "removing")) {
            Vm vm = store.known(name);
            if (!force && vm.isAlive()) {
                throw runs(name);
            }
            stopper.stop(vm, Duration.ZERO);
            // QEMU's end takes its ports away; those of one that never came to be are taken away here.
            new VmPorts(networks).remove(vm);
            store.remove(name);
            // last: the VM's sockets lie in their folders
            new OwnNetworks(places, networks).remove(name, List.of());
        }
    }

    public static Failure runs(String name) {
        return Failure.usage(name + " runs", "stop it first: vmlan stop " + name + ", or take --force");
    }
}
