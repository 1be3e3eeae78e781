package vmlan.program.vm;

import java.nio.file.Path;
import java.util.List;

/// VMs as tests need them: what is not said is the least that a VM has.
final class SampleVm {
    private SampleVm() {}

    static VmSpec spec(List<VmDisk> disks, List<NicSpec> nics) {
        return new VmSpec("x86_64", disks, nics, 1, 1 << 30, List.of(), List.of(), List.of());
    }

    /// Without disks and NICs, and never started.
    static Vm of(String name) {
        return of(name, spec(List.of(), List.of()));
    }

    /// Never started.
    static Vm of(String name, VmSpec spec) {
        return launchedBy(0, 0, name, spec);
    }

    /// One that a process is about to start.
    static Vm launchedBy(long launcher, long mark, String name, VmSpec spec) {
        return new Vm(
                name, spec, List.of(), List.of(), "qemu", "tcg", Path.of("/"), false, launcher, mark, 0, 0, false);
    }
}
