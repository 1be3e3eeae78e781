package vmlan.host;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import vmlan.network.change.HostRoute;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv4Prefix;

/// The IPv4 networks that this host has routes to or addresses in.
public final class HostRoutes {
    /// The main routing table, of the namespace of the thread that reads it (proc_net(5); since Linux 3.17).
    private static final Path TABLE = Path.of("/proc/thread-self/net/route");
    /// A host has a dozen, a router of the internet a million.
    private static final int MOST = 4096;

    private HostRoutes() {}

    /// Reads the interfaces' networks and, on Linux, the main routing table.
    public static List<Ipv4Prefix> ipv4() throws IOException {
        return routes().stream().map(HostRoute::prefix).toList();
    }

    /// As [#ipv4], with the interfaces.
    public static List<HostRoute> routes() throws IOException {
        List<HostRoute> routes = new ArrayList<>(ofInterfaces());
        routes.addAll(ofTable());
        return routes;
    }

    /// The first few thousand of the main routing table; none where there is no such file.
    public static List<HostRoute> ofTable() throws IOException {
        if (!Files.isReadable(TABLE)) {
            return List.of();
        }
        List<String> lines = new ArrayList<>();
        try (BufferedReader reader = Files.newBufferedReader(TABLE, StandardCharsets.ISO_8859_1)) {
            String line = reader.readLine();
            while (line != null && lines.size() < MOST) {
                lines.add(line);
                line = reader.readLine();
            }
        }
        return parse(lines);
    }

    /// The networks that interfaces have addresses in.
    public static List<HostRoute> ofInterfaces() throws SocketException {
        List<HostRoute> networks = new ArrayList<>();
        for (NetworkInterface nic : NetworkInterface.networkInterfaces().toList()) {
            for (InterfaceAddress address : nic.getInterfaceAddresses()) {
                if (address.getAddress() instanceof Inet4Address ipv4) {
                    Ipv4Prefix prefix = new Ipv4Prefix(
                            new Ipv4Address(ByteBuffer.wrap(ipv4.getAddress()).getInt()),
                            Math.clamp(address.getNetworkPrefixLength(), 0, 32));
                    networks.add(new HostRoute(nic.getName(), prefix, null));
                }
            }
        }
        return networks;
    }

    /// The kernel prints destination, gateway and mask as numbers in the machine's order (net/ipv4/fib_trie.c,
    /// fib_route_seq_show); all machines that vmlan runs on are little-endian.
    static List<HostRoute> parse(List<String> lines) {
        List<HostRoute> networks = new ArrayList<>();
        for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
            String[] columns = line.trim().split("\\s+", -1);
            if (columns.length >= 8
                    && columns[1].length() == 8
                    && columns[2].length() == 8
                    && columns[7].length() == 8) {
                Ipv4Prefix prefix = new Ipv4Prefix(
                        number(columns[1]), Integer.bitCount(number(columns[7]).bits()));
                Ipv4Address gateway = number(columns[2]);
                networks.add(new HostRoute(columns[0], prefix, gateway.equals(Ipv4Address.ANY) ? null : gateway));
            }
        }
        return networks;
    }

    private static Ipv4Address number(String digits) {
        return new Ipv4Address(Integer.reverseBytes(HexFormat.fromHexDigits(digits)));
    }
}
