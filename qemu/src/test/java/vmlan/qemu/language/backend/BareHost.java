package vmlan.qemu.language.backend;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import vmlan.qemu.language.Surroundings;

/// A Linux host in a network namespace of its own, with nothing but its loopback, whose user has no rights: what the
/// lines of the tables were tried on with the real QEMUs.
public class BareHost implements Surroundings {
    final Set<String> files;
    final List<String> nics;
    final Map<Integer, Descriptor> descriptors = new HashMap<>(Map.of(
            0, Descriptor.OTHER,
            1, Descriptor.OTHER,
            2, Descriptor.OTHER));

    public BareHost(Set<String> files, List<String> nics) {
        this.files = files;
        this.nics = nics;
    }

    public static BareHost plain() {
        return new BareHost(Set.of("/", "/tmp", "/dev/null", "/dev/net/tun", "/bin/true", "/bin/false"), List.of());
    }

    @Override
    public boolean exists(Path file) {
        return files.contains(file.toString());
    }

    @Override
    public boolean isFolder(Path file) {
        return file.toString().equals("/tmp") || file.toString().equals("/");
    }

    @Override
    public boolean listens(Path socket) {
        return false;
    }

    @Override
    public boolean isOpen(int descriptor) {
        return descriptors.containsKey(descriptor);
    }

    @Override
    public Descriptor descriptor(int descriptor) {
        return descriptors.getOrDefault(descriptor, Descriptor.CLOSED);
    }

    @Override
    public List<String> bridgeableNics() {
        return nics;
    }

    @Override
    public int longestSocketPath() {
        return 107;
    }

    @Override
    public Optional<String> whyNotOpen(Path file) {
        return isFolder(file) ? Optional.of("Is a directory") : Surroundings.super.whyNotOpen(file);
    }

    @Override
    public Optional<String> whyNotConnect(String address, int port) {
        return Optional.of(isLocal(address) ? "Connection refused" : "Network is unreachable");
    }

    @Override
    public Optional<String> whyNotBind(Transport transport, String address, int port) {
        if (!isLocal(address)
                && !InternetText.isMulticast(InternetText.ipv4(address).orElseThrow())) {
            return Optional.of("Cannot assign requested address");
        }
        return port > 0 && port < 1024 ? Optional.of("Permission denied") : Optional.empty();
    }

    @Override
    public Optional<String> whyNotJoin(String group, String local) {
        return local != null && isLocal(local) ? Optional.empty() : Optional.of("No such device");
    }

    @Override
    public Optional<String> whyNoTap(String name) {
        return Optional.of("lo".equals(name) ? "Invalid argument" : "Operation not permitted");
    }

    @Override
    public boolean hasInterface(String name) {
        return name.equals("lo");
    }

    @Override
    public Optional<String> resolve(String host) {
        return host.equals("localhost") ? Optional.of("127.0.0.1") : Optional.empty();
    }

    @Override
    public String whyNotResolve(String host) {
        return "Temporary failure in name resolution";
    }

    @Override
    public Optional<String> whyNoBridge(String bridge) {
        return Optional.of("failed to parse default acl file `/etc/qemu/bridge.conf'");
    }

    @Override
    public Optional<String> whyNoRawSocket() {
        return Optional.of("Operation not permitted");
    }

    private static boolean isLocal(String address) {
        return address.startsWith("127.") || address.equals("0.0.0.0");
    }
}
