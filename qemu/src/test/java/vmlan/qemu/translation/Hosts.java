package vmlan.qemu.translation;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import vmlan.qemu.Accelerator;
import vmlan.qemu.AcceleratorProbe;
import vmlan.qemu.language.Dialect;
import vmlan.qemu.language.QemuVersion;

/// Hosts with a QEMU each, as its `-netdev help` and the probe have found them.
@SuppressWarnings("ImmutableEnumChecker") // nobody changes them
enum Hosts {
    /// Debian 12 in a machine without nested virtualisation.
    LINUX_7_2(false, new QemuVersion(7, 2, 22), Accelerator.TCG, "this host has no /dev/kvm", false, ""),
    LINUX_9_0(false, new QemuVersion(9, 0, 2), Accelerator.KVM, "KVM runs guests here", true, "af-xdp"),
    /// /dev/kvm opens there, and its guests hang.
    LINUX_10_0(false, new QemuVersion(10, 0, 13), Accelerator.TCG, "KVM does not work here", true, "af-xdp"),
    LINUX_10_1(false, new QemuVersion(10, 1, 0), Accelerator.KVM, "KVM runs guests here", true, "af-xdp passt"),
    MACOS_7_2(
            true,
            new QemuVersion(7, 2, 22),
            Accelerator.HVF,
            "Hypervisor.framework is there",
            false,
            "vmnet-shared vmnet-host vmnet-bridged"),
    MACOS_9_0(
            true,
            new QemuVersion(9, 0, 2),
            Accelerator.HVF,
            "Hypervisor.framework is there",
            false,
            "vmnet-shared vmnet-host vmnet-bridged"),
    MACOS_10_0(
            true,
            new QemuVersion(10, 0, 2),
            Accelerator.HVF,
            "Hypervisor.framework is there",
            false,
            "vmnet-shared vmnet-host vmnet-bridged");

    private final boolean isMac;
    private final QemuVersion version;
    private final AcceleratorProbe.Chosen best;
    private final boolean kvmOpens;
    private final Set<String> backends = new HashSet<>(
            List.of("user", "tap", "bridge", "vde", "vhost-user", "socket", "stream", "dgram", "hubport", "l2tpv3"));

    Hosts(
            boolean isMac,
            QemuVersion version,
            Accelerator accelerator,
            String why,
            boolean kvmOpens,
            String moreBackends) {
        this.isMac = isMac;
        this.version = version;
        best = new AcceleratorProbe.Chosen(accelerator, why);
        this.kvmOpens = kvmOpens;
        backends.addAll(Arrays.asList(moreBackends.split(" ")));
        backends.remove("");
    }

    String file() {
        return name().toLowerCase(Locale.ROOT).replaceFirst("_", "-").replace('_', '.') + ".txt";
    }

    Dialect dialect() {
        return new Dialect("qemu-system-x86_64", version, "x86_64", backends, List.of(), null);
    }

    /// With what vmlan serves.
    Dialect understood() {
        return Translation.understood(dialect());
    }

    Target target(boolean engine) {
        return new Target(isMac, best, kvmOpens, false, engine);
    }
}
