package vmlan.qemu.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// A kernel in .deb packages: Debian has image and modules in one, Ubuntu in two.
final class PackagedKernel implements KernelSource {
    /// What the wanted modules need in the kernels seen: taken along in the first pass over the package (3 s for
    /// Debian's, with xz), so that mostly there is no second.
    private static final Set<String> LIKELY = Set.of(
            "virtio_pci",
            "virtio_net",
            "virtio_rng",
            "button",
            "evdev",
            "virtio",
            "virtio_ring",
            "virtio_pci_modern_dev",
            "virtio_pci_legacy_dev",
            "failover",
            "net_failover",
            "rng_core",
            "gpio_pl061",
            "gpio_keys");

    private final List<DebPackage> packages;
    private final Map<String, byte[]> held = new HashMap<>();
    private String release = "";
    private byte[] image;
    private String builtin = "";

    PackagedKernel(List<DebPackage> packages) throws IOException {
        this.packages = List.copyOf(packages);
        for (DebPackage deb : packages) {
            deb.forEach((name, content) -> {
                if (name.startsWith("boot/vmlinuz-")) {
                    image = Compressed.read(content, MOST_BYTES);
                    release = name.substring("boot/vmlinuz-".length());
                } else if (name.endsWith("/modules.builtin")) {
                    builtin = new String(Compressed.read(content, MOST_BYTES), StandardCharsets.UTF_8);
                } else if (name.contains(".ko") && LIKELY.contains(KernelSource.moduleName(name))) {
                    held.put(KernelSource.moduleName(name), module(content));
                }
            });
        }
        if (image == null) {
            throw new IOException("there is no kernel in " + packages);
        }
    }

    private static byte[] module(InputStream content) throws IOException {
        return Compressed.unpack(Compressed.read(content, MOST_BYTES), MOST_BYTES);
    }

    @Override
    public String release() {
        return release;
    }

    @Override
    public byte[] image() {
        return image.clone();
    }

    @Override
    public Set<String> builtin() {
        return KernelSource.builtin(builtin);
    }

    @Override
    public Map<String, byte[]> modules(Set<String> names) throws IOException {
        Map<String, byte[]> found = new TreeMap<>(held);
        found.keySet().retainAll(names);
        Set<String> rest = new HashSet<>(names);
        rest.removeAll(LIKELY);
        if (!rest.isEmpty()) {
            for (DebPackage deb : packages) {
                deb.forEach((name, content) -> {
                    if (name.contains(".ko") && rest.contains(KernelSource.moduleName(name))) {
                        found.put(KernelSource.moduleName(name), module(content));
                    }
                });
            }
        }
        return found;
    }
}
