package vmlan.program.explain;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import vmlan.qemu.language.Dialect;
import vmlan.qemu.language.QemuVersion;

/// QEMUs that are not here: what distributions and Homebrew build of each version (QEMU net/net.c, show_netdevs).
final class KnownDialect {
    /// The newest whose network options are known.
    static final QemuVersion NEWEST = new QemuVersion(10, 2, 0);

    private static final Set<String> EVERYWHERE =
            Set.of("socket", "hubport", "tap", "user", "vde", "bridge", "vhost-user");
    private static final Set<String> OF_LINUX = Set.of("l2tpv3", "vhost-vdpa");
    private static final Set<String> OF_MACOS = Set.of("vmnet-host", "vmnet-shared", "vmnet-bridged");
    /// `-nic model=help` of qemu-system-x86_64 7.2.22 and 10.0.13, pc and q35.
    private static final List<String> MODELS_OF_X86 = List.of(
            "e1000",
            "e1000-82544gc",
            "e1000-82545em",
            "e1000e",
            "i82550",
            "i82551",
            "i82557a",
            "i82557b",
            "i82557c",
            "i82558a",
            "i82558b",
            "i82559a",
            "i82559b",
            "i82559c",
            "i82559er",
            "i82562",
            "i82801",
            "igb",
            "ne2k_pci",
            "pcnet",
            "rtl8139",
            "tulip",
            "virtio-net-pci",
            "virtio-net-pci-non-transitional",
            "virtio-net-pci-transitional",
            "vmxnet3");

    private static final QemuVersion IGB_SINCE = new QemuVersion(8, 0, 0);

    private KnownDialect() {}

    /// @param program as it stands before its messages
    /// @param machine null: the usual one
    static Dialect of(QemuVersion version, String program, String architecture, HostSystem system, String machine) {
        Set<String> backends = new TreeSet<>(EVERYWHERE);
        backends.addAll(system == HostSystem.MACOS ? Set.of() : OF_LINUX);
        if (version.isAtLeast(7, 2)) {
            backends.addAll(Set.of("stream", "dgram"));
        }
        if (system == HostSystem.MACOS && version.isAtLeast(7, 1)) {
            backends.addAll(OF_MACOS);
        }
        if (system == HostSystem.LINUX && version.isAtLeast(10, 1)) {
            backends.add("passt");
        }
        List<String> models = architecture.equals("x86_64") && isPc(machine) ? models(version) : List.of();
        String usual = models.isEmpty() ? null : machine != null && machine.contains("q35") ? "e1000e" : "e1000";
        return new Dialect(program, version, architecture, backends, models, usual);
    }

    private static boolean isPc(String machine) {
        return machine == null || machine.startsWith("pc") || machine.contains("q35");
    }

    private static List<String> models(QemuVersion version) {
        return MODELS_OF_X86.stream()
                .filter(model -> !model.equals("igb") || version.compareTo(IGB_SINCE) >= 0)
                .toList();
    }

    /// The same with what `vmlan qemu` serves where QEMU cannot.
    static Dialect served(Dialect dialect) {
        Set<String> backends = new TreeSet<>(dialect.backends());
        backends.addAll(Dialect.SERVABLE);
        return dialect.with(dialect.version(), backends);
    }
}
