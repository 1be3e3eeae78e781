package vmlan.program.serve;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import vmlan.host.EventLoop;
import vmlan.program.files.Places;
import vmlan.qemu.GrowingLog;

/// Looks now and then whether the logs of the network's VMs have grown over their bounds. The network's
/// process does it because nobody else of ours is there as long as a VM runs; of two that share a VM
/// one cuts at a time, and the other finds nothing left to cut.
final class VmLogs {
    private static final Duration LOOK_EVERY = Duration.ofSeconds(10);

    private final Places places;
    private final NetworkLog log;
    private final AtomicBoolean looking = new AtomicBoolean();

    VmLogs(Places places, NetworkLog log) {
        this.places = places;
        this.log = log;
    }

    /// From the loop's thread, for as long as the loop runs.
    void watch(EventLoop loop, Collection<GuestPort> ports) {
        loop.after(LOOK_EVERY.toNanos(), () -> {
            Set<String> vms = new TreeSet<>();
            ports.forEach(port -> vms.add(port.vm()));
            if (!vms.isEmpty() && looking.compareAndSet(false, true)) {
                Thread.ofVirtual().name("logs").start(() -> look(List.copyOf(vms)));
            }
            watch(loop, ports);
        });
    }

    private void look(List<String> vms) {
        try {
            for (String vm : vms) {
                Path folder = places.stateIfAny("vms", vm);
                bound(vm, folder.resolve("console.log"), "console.log.1", GrowingLog.MOST_CONSOLE_BYTES);
                bound(vm, folder.resolve("qemu.log"), "qemu.log.old", GrowingLog.MOST_QEMU_BYTES);
            }
        } finally {
            looking.set(false);
        }
    }

    private void bound(String vm, Path file, String earlier, long mostBytes) {
        try {
            if (GrowingLog.bound(file, file.resolveSibling(earlier), mostBytes)) {
                log.accept(vm + ": " + file.getFileName() + " was cut; its end is in " + earlier);
            }
        } catch (IOException e) {
            log.accept(vm + ": " + file + " cannot be cut: " + Places.reason(e));
        }
    }
}
