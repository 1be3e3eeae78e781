package vmlan.program.vm;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.program.publish.PublishRule;
import vmlan.program.serve.Networks;
import vmlan.qemu.QemuException;

/// Starts VMs that are there, as they were told to be by `run`.
public final class VmRestart {
    private final VmStore store;
    private final Networks networks;
    private final VmStarter starter;

    public VmRestart(VmStore store, Networks networks, VmStarter starter) {
        this.store = store;
        this.networks = networks;
        this.starter = starter;
    }

    /// @return false when it runs already
    public boolean start(String name) throws Failure {
        try {
            store.known(name);
            try (VmLocks.Held held = store.take(name, "starting")) {
                if (store.known(name).isAlive()) {
                    // it needs nothing, also where a start would lack something now
                    return false;
                }
            }
            // What it needs first, without the lock: a demo guest may have to be downloaded.
            StartPlan plan = starter.plan(store.known(name));
            try (VmLocks.Held held = store.take(name, "starting")) {
                Vm vm = store.known(name);
                if (vm.isAlive()) {
                    return false;
                }
                starter.start(plan, StartWish.again(vm, null));
                return true;
            }
        } catch (QemuException e) {
            throw Failure.of(e);
        } catch (IOException e) {
            throw Failure.world("cannot write to the state folder: " + Places.reason(e), "make room for it", e);
        }
    }

    /// Ends the VM and starts it again, with the ports that lead to it now. What keeps it from starting
    /// keeps it from being ended, as far as that can be known before.
    ///
    /// @param deadline how long the guest may take to power down
    /// @param stopped told how it ended
    public void restart(String name, Duration deadline, Consumer<VmStopper.How> stopped) throws Failure {
        VmStopper stopper = new VmStopper(store, networks);
        try {
            Vm known = store.known(name);
            // Now, when it costs nobody a VM: networks.yaml may be wrong, or rights be missing, or sudo be refused.
            starter.startNetworks(known.spec());
            StartPlan plan = starter.plan(known);
            starter.askSudo();
            if (deadline.isZero()) {
                stopper.hurry(name);
            }
            try (VmLocks.Held held = store.take(name, "restarting")) {
                Vm vm = store.known(name);
                List<PublishRule> published = vm.isAlive()
                        ? vm.published().stream().map(PublishRule::parse).toList()
                        : null;
                stopped.accept(stopper.stop(vm, deadline));
                starter.start(plan, StartWish.again(vm, published));
            }
        } catch (QemuException e) {
            throw Failure.of(e);
        } catch (IOException e) {
            throw Failure.world("cannot write to the state folder: " + Places.reason(e), "make room for it", e);
        }
    }
}
