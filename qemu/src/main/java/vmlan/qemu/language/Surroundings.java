package vmlan.qemu.language;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What QEMU will find on this machine, as far as its words depend on it. Where the answer is a text, it is the
/// system's own: `Address already in use`; an empty one means that nothing is in the way, or that it is not known.
public interface Surroundings {
    /// How packets go between programs.
    enum Transport {
        TCP,
        UDP,
        /// UDP with SO_REUSEADDR: several such sockets may be bound to one port
        SHARED_UDP
    }

    /// What a file descriptor is that was handed to this process.
    enum Descriptor {
        CLOSED,
        STREAM_SOCKET,
        DATAGRAM_SOCKET,
        TAP,
        /// another device, of which it is not known what it does
        DEVICE,
        OTHER
    }

    /// Whether there is such a file, socket or folder.
    boolean exists(Path file);

    /// Whether that is a folder.
    default boolean isFolder(Path file) {
        return false;
    }

    /// Whether somebody accepts connections at a Unix socket.
    boolean listens(Path socket);

    /// Whether this process has that file open, to hand it on.
    boolean isOpen(int descriptor);

    /// The NICs that can be bridged, in the order in which they are listed.
    List<String> bridgeableNics();

    /// How long a Unix socket's path may be: 107 bytes on Linux, 103 on macOS (sys/un.h, less the zero).
    int longestSocketPath();

    /// What that descriptor is; where it cannot be told, a device.
    default Descriptor descriptor(int descriptor) {
        return isOpen(descriptor) ? Descriptor.DEVICE : Descriptor.CLOSED;
    }

    /// Why no TCP connection can be made to that IPv4 address and port: `Connection refused`, `Network is unreachable`.
    default Optional<String> whyNotConnect(String address, int port) {
        return Optional.empty();
    }

    /// Why the packets of a multicast group cannot be received.
    ///
    /// @param local the address of the interface at which; null: the route says it
    default Optional<String> whyNotJoin(String group, String local) {
        return Optional.empty();
    }

    /// Why no socket can be bound to that IPv4 address and port of this host.
    default Optional<String> whyNotBind(Transport transport, String address, int port) {
        return Optional.empty();
    }

    /// Why a file cannot be opened to read and write.
    default Optional<String> whyNotOpen(Path file) {
        return exists(file) ? Optional.empty() : Optional.of("No such file or directory");
    }

    /// Why a folder cannot be listed and entered.
    default Optional<String> whyNotEnter(Path folder) {
        return exists(folder) ? Optional.empty() : Optional.of("No such file or directory");
    }

    /// Why nothing can be made in a folder.
    default Optional<String> whyNotMakeIn(Path folder) {
        return exists(folder) ? Optional.empty() : Optional.of("No such file or directory");
    }

    /// Why no tap of that name can be made or taken; null: of any name.
    default Optional<String> whyNoTap(String name) {
        return Optional.empty();
    }

    /// Whether this host has a network interface of that name.
    default boolean hasInterface(String name) {
        return true;
    }

    /// The IPv4 address of a name, in dots; empty where it has none.
    default Optional<String> resolve(String host) {
        return Optional.empty();
    }

    /// The resolver's words about a name that has no address.
    default String whyNotResolve(String host) {
        return "Name or service not known";
    }

    /// Why qemu-bridge-helper will not make a tap on that bridge, in its own words; empty: it will.
    default Optional<String> whyNoBridge(String bridge) {
        return Optional.empty();
    }

    /// Why no raw IP socket can be made.
    default Optional<String> whyNoRawSocket() {
        return Optional.empty();
    }

    /// Whether a program of that name is found as a shell finds it.
    default boolean isProgram(String name) {
        return true;
    }

    /// Whether this is macOS, where taps have other names.
    default boolean isMac() {
        return false;
    }

    /// Whether what is in a file can be read only once, or not beforehand: a pipe, a device, something of no size that
    /// anybody would write.
    default boolean isUnreadable(Path file) {
        return false;
    }

    /// The NIC over which this host reaches the world; empty: not known.
    default Optional<String> usualNic() {
        return Optional.empty();
    }

    /// The NIC that somebody means who bridges: the one by which this host reaches the world, else the first that is
    /// there for more than tests and containers.
    default Optional<String> nicToBridge() {
        List<String> nics = bridgeableNics();
        return usualNic()
                .filter(nics::contains)
                .or(() -> nics.stream().filter(name -> !isVirtual(name)).findFirst())
                .or(() -> nics.stream().findFirst());
    }

    /// Whether Linux gives such a name to what is no NIC of the host's own.
    static boolean isVirtual(String nic) {
        return nic.matches("(ifb|veth|dummy|docker|virbr).*");
    }

    /// What is in a file that `-readconfig` names; empty where it cannot be read.
    default Optional<String> text(Path file) {
        return Optional.empty();
    }
}
