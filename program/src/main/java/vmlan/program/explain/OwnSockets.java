package vmlan.program.explain;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import vmlan.qemu.language.Surroundings.Descriptor;
import vmlan.qemu.language.Surroundings.Transport;

/// Sockets of this machine, looked at without a packet being sent and without a connection that somebody would take
/// for the one that they wait for.
final class OwnSockets {
    private static final String REFUSED = "Connection refused";
    /// __SO_ACCEPTCON (include/uapi/linux/net.h), of those that listen.
    private static final String LISTENING = "00010000";
    /// net/unix/af_unix.c, unix_seq_show: `Num RefCount Protocol Flags Type St Inode Path`
    private static final int FLAGS = 3;

    private static final int TYPE = 4;
    private static final int INODE = 6;
    private static final int PATH = 7;
    private static final int COLUMNS = 8;
    /// net/ipv4/tcp_ipv4.c, get_tcp4_sock, and udp.c: the inode's column behind the timers
    private static final int INTERNET_INODE = 9;

    private OwnSockets() {}

    /// The kernel's list is asked first: a connection would be the one that a server waits for which takes
    /// only one (QEMU's own, `passt --one-off`). It has the sockets of this network namespace, by the names that
    /// they were bound to; of others a connection tells.
    static boolean listens(Path socket) {
        String path = socket.toAbsolutePath().toString();
        String asListed = new String(path.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        boolean listed = lines("/proc/net/unix", COLUMNS)
                .anyMatch(columns -> columns.length == COLUMNS
                        && columns[FLAGS].equals(LISTENING)
                        && columns[PATH].equals(asListed));
        return listed || (Files.exists(socket) && accepts(socket));
    }

    private static boolean accepts(Path socket) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.configureBlocking(false);
            channel.connect(UnixDomainSocketAddress.of(socket));
            return true;
        } catch (IOException | IllegalArgumentException e) {
            // of a full backlog nothing is thrown: that one listens, too
            return false;
        }
    }

    /// @param link what `/proc/self/fd` says of it, `socket:[12345]`
    static Descriptor kind(String link) {
        String inode = link.replaceAll("\\D", "");
        List<String[]> unix = lines("/proc/net/unix", COLUMNS)
                .filter(columns -> columns.length > INODE && columns[INODE].equals(inode))
                .toList();
        if (!unix.isEmpty()) {
            return unix.getFirst()[TYPE].equals("0001") ? Descriptor.STREAM_SOCKET : Descriptor.DATAGRAM_SOCKET;
        }
        if (hasInode("/proc/net/tcp", inode) || hasInode("/proc/net/tcp6", inode)) {
            return Descriptor.STREAM_SOCKET;
        }
        return hasInode("/proc/net/udp", inode) || hasInode("/proc/net/udp6", inode)
                ? Descriptor.DATAGRAM_SOCKET
                : Descriptor.DEVICE;
    }

    private static boolean hasInode(String table, String inode) {
        return lines(table, -1)
                .anyMatch(columns -> columns.length > INTERNET_INODE && columns[INTERNET_INODE].equals(inode));
    }

    private static Stream<String[]> lines(String table, int columns) {
        try {
            return Files.readAllLines(Path.of(table), StandardCharsets.ISO_8859_1).stream()
                    .map(line -> line.strip().split(" +", columns));
        } catch (IOException e) {
            return Stream.empty();
        }
    }

    /// Of this host's own addresses it is known whether somebody listens: then the port cannot be bound. Of others
    /// only whether there is a way.
    static Optional<String> whyNotConnect(String address, int port) {
        try {
            InetAddress to = InetAddress.ofLiteral(address);
            if (to.isLoopbackAddress() || NetworkInterface.getByInetAddress(to) != null) {
                return bound(SocketChannel.open(StandardProtocolFamily.INET), false, to, port)
                                .isEmpty()
                        ? Optional.of(REFUSED)
                        : Optional.empty();
            }
            return noWay(to, port);
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// A datagram socket that is connected sends nothing.
    private static Optional<String> noWay(InetAddress to, int port) throws IOException {
        try (DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET)) {
            channel.connect(new InetSocketAddress(to, Math.max(1, port)));
            return Optional.empty();
        } catch (SocketException e) {
            return Optional.of(words(e));
        }
    }

    static Optional<String> whyNotBind(Transport transport, String address, int port) {
        try {
            NetworkChannel channel = transport == Transport.TCP
                    ? SocketChannel.open(StandardProtocolFamily.INET)
                    : DatagramChannel.open(StandardProtocolFamily.INET);
            return bound(channel, transport != Transport.UDP, InetAddress.ofLiteral(address), port);
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> bound(NetworkChannel opened, boolean reused, InetAddress address, int port)
            throws IOException {
        try (NetworkChannel channel = opened) {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, reused);
            channel.bind(new InetSocketAddress(address, port));
            return Optional.empty();
        } catch (SocketException e) {
            return Optional.of(words(e));
        }
    }

    /// Nothing is joined, which would be told to the LAN: whether there is an interface for it is what it depends on.
    static Optional<String> whyNotJoin(String group, String local) {
        try {
            if (local != null) {
                InetAddress own = InetAddress.ofLiteral(local);
                return own.isAnyLocalAddress() || NetworkInterface.getByInetAddress(own) != null
                        ? Optional.empty()
                        : Optional.of("No such device");
            }
            return noWay(InetAddress.ofLiteral(group), 1).map(why -> "No such device");
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    static Optional<String> resolve(String host) {
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                if (address instanceof Inet4Address) {
                    return Optional.of(address.getHostAddress());
                }
            }
            return Optional.empty();
        } catch (UnknownHostException | SecurityException e) {
            return Optional.empty();
        }
    }

    /// The JDK's exceptions begin or end with the system's words.
    private static String words(SocketException e) {
        return String.valueOf(e.getMessage()).replaceFirst(" \\(.*", "");
    }
}
