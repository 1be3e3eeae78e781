package vmlan.host.macos;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import vmlan.host.StreamPort;

/// An installed socket_vmnet (github.com/lima-vm/socket_vmnet): a daemon with root's rights that joins
/// whoever connects to its socket to vmnet. Here is where it is; [SocketVmnetLink] uses it.
public final class SocketVmnet {
    /// What it is as the far end of a stream in QEMU's framing, from its main.c. It reads a length and then
    /// the frame, each by one read, and ends, for all its clients, where a read brings less (`assert(received
    /// == header)`), or a frame is longer than 64 KiB; a frame that vmnet refuses ends the connection.
    /// Therefore: a write for each frame. XNU's sockets, as BSD's, take a write of less than 2 KiB whole or
    /// not at all (sosend, `sb_lowat`). And nothing longer than Ethernet's 1,500 bytes with header and tag,
    /// since it starts its interfaces with the usual MTU.
    static final StreamPort.Peer PEER = new StreamPort.Peer("socket_vmnet", true, 1518);

    /// Homebrew's on Apple silicon, Homebrew's on Intel, MacPorts' and its own installation's (its README).
    private static final List<Path> FOLDERS =
            List.of(Path.of("/opt/homebrew/var/run"), Path.of("/usr/local/var/run"), Path.of("/var/run"));

    private SocketVmnet() {}

    /// Where the daemon of shared mode listens, in the order in which to try.
    public static List<Path> paths() {
        return FOLDERS.stream().map(folder -> folder.resolve("socket_vmnet")).toList();
    }

    /// Where a daemon that bridges a NIC listens.
    public static List<Path> paths(String ifName) {
        return FOLDERS.stream()
                .map(folder -> folder.resolve("socket_vmnet.bridged." + ifName))
                .toList();
    }

    /// The first that somebody listens at and that this user may use: it connects, and hangs up.
    public static Optional<Path> find(List<Path> paths) {
        return paths.stream().filter(SocketVmnet::isServed).findFirst();
    }

    private static boolean isServed(Path path) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException e) {
            // Nothing there, nobody there, or not for this user.
            return false;
        }
    }
}
