package vmlan.qemu.demo;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Chooses from a kernel's thousands of modules the dozen that the demo guest needs, with all that they need, in an
/// order in which they can be loaded.
final class KernelModules {
    /// Without these there is no network; with the others absent something small does not work.
    private static final Set<String> NEEDED = Set.of("virtio_pci", "virtio_net");

    /// Random numbers; the line that a guest agent speaks by; the power button (ACPI, or a GPIO on Arm) and
    /// the device that acpid reads it from; what a kernel may have left out of its image of IPv6 and of the
    /// packet sockets of DHCP.
    private static final List<String> WANTED = List.of(
            "virtio_pci",
            "virtio_net",
            "virtio_rng",
            "virtio_console",
            "button",
            "gpio_pl061",
            "gpio_keys",
            "evdev",
            "ipv6",
            "af_packet");

    private KernelModules() {}

    /// Name → content, dependencies before what depends on them.
    ///
    /// @throws IOException also when this kernel cannot drive QEMU's network card
    static Map<String, byte[]> choose(KernelSource kernel) throws IOException {
        Set<String> builtin = kernel.builtin();
        Map<String, byte[]> contents = new HashMap<>();
        Map<String, List<String>> dependencies = new HashMap<>();
        Set<String> missing = new TreeSet<>(WANTED);
        missing.removeAll(builtin);
        while (!missing.isEmpty()) {
            Map<String, byte[]> found = kernel.modules(missing);
            Set<String> next = new TreeSet<>();
            for (Map.Entry<String, byte[]> module : found.entrySet()) {
                List<String> needs = Elf.of(module.getValue()).dependencies();
                contents.put(module.getKey(), module.getValue());
                dependencies.put(module.getKey(), needs);
                next.addAll(needs);
            }
            for (String name : missing) {
                boolean optional = WANTED.contains(name) && !NEEDED.contains(name);
                if (!found.containsKey(name) && !optional) {
                    throw new IOException("the kernel " + kernel.release() + " has no module " + name);
                }
            }
            next.removeAll(builtin);
            next.removeAll(contents.keySet());
            missing = next;
        }

        Map<String, byte[]> ordered = new LinkedHashMap<>();
        for (String name : WANTED) {
            append(name, contents, dependencies, ordered, new ArrayList<>());
        }
        return ordered;
    }

    private static void append(
            String name,
            Map<String, byte[]> contents,
            Map<String, List<String>> dependencies,
            Map<String, byte[]> ordered,
            List<String> path)
            throws IOException {
        if (!contents.containsKey(name) || ordered.containsKey(name)) {
            return;
        }
        if (path.contains(name)) {
            throw new IOException("modules that need each other: " + new LinkedHashSet<>(path));
        }
        path.add(name);
        for (String needed : dependencies.get(name)) {
            append(needed, contents, dependencies, ordered, path);
        }
        path.removeLast();
        ordered.put(name, contents.get(name));
    }
}
