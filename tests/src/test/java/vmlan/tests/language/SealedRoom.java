package vmlan.tests.language;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import vmlan.qemu.language.Surroundings;

/// What a QEMU finds that [CheckedQemu] runs: a loopback and no other interface, nobody who listens, nothing that was
/// handed to it, and no right to do anything.
///
/// @param folder in which relative paths begin
record SealedRoom(Path folder) implements Surroundings {
    @Override
    public boolean exists(Path file) {
        return Files.exists(folder.resolve(file));
    }

    @Override
    public boolean isFolder(Path file) {
        return Files.isDirectory(folder.resolve(file));
    }

    @Override
    public boolean listens(Path socket) {
        return false;
    }

    /// Standard input, output and error are pipes and files.
    @Override
    public boolean isOpen(int descriptor) {
        return descriptor >= 0 && descriptor <= 2;
    }

    @Override
    public Descriptor descriptor(int descriptor) {
        return isOpen(descriptor) ? Descriptor.OTHER : Descriptor.CLOSED;
    }

    @Override
    public List<String> bridgeableNics() {
        return List.of();
    }

    @Override
    public int longestSocketPath() {
        return 107;
    }

    @Override
    public Optional<String> whyNotConnect(String address, int port) {
        return Optional.of(isLocal(address) ? "Connection refused" : "Network is unreachable");
    }

    @Override
    public Optional<String> whyNotBind(Transport transport, String address, int port) {
        boolean multicast = address.matches("(22[4-9]|23\\d)\\..*");
        if (!isLocal(address) && !multicast) {
            return Optional.of("Cannot assign requested address");
        }
        return port > 0 && port < 1024 ? Optional.of("Permission denied") : Optional.empty();
    }

    @Override
    public Optional<String> whyNotJoin(String group, String local) {
        return local != null && isLocal(local) ? Optional.empty() : Optional.of("No such device");
    }

    @Override
    public Optional<String> whyNotOpen(Path file) {
        if (!exists(file)) {
            return Optional.of("No such file or directory");
        }
        return isFolder(file) ? Optional.of("Is a directory") : Optional.empty();
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

    @Override
    public boolean isUnreadable(Path file) {
        return exists(file) && !isFolder(file) && !Files.isRegularFile(folder.resolve(file));
    }

    @Override
    public Optional<String> text(Path file) {
        try {
            return isUnreadable(file) ? Optional.empty() : Optional.of(Files.readString(folder.resolve(file)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static boolean isLocal(String address) {
        return address.startsWith("127.") || address.equals("0.0.0.0");
    }
}
