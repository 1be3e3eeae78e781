package vmlan.host;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv4Prefix;

/// The IPv4 networks that this host has routes to or addresses in.
public final class HostRoutes {
    private HostRoutes() {}

    /// Reads the interfaces' networks and, on Linux, the main routing table.
    public static List<Ipv4Prefix> ipv4() throws IOException {
        List<Ipv4Prefix> networks = new ArrayList<>(ofInterfaces());
        Path table = Path.of("/proc/net/route");
        if (Files.isReadable(table)) {
            networks.addAll(parse(Files.readAllLines(table)));
        }
        return networks;
    }

    private static List<Ipv4Prefix> ofInterfaces() throws SocketException {
        List<Ipv4Prefix> networks = new ArrayList<>();
        for (NetworkInterface nic : NetworkInterface.networkInterfaces().toList()) {
            for (InterfaceAddress address : nic.getInterfaceAddresses()) {
                if (address.getAddress() instanceof Inet4Address ipv4) {
                    networks.add(new Ipv4Prefix(
                            new Ipv4Address(ByteBuffer.wrap(ipv4.getAddress()).getInt()),
                            Math.clamp(address.getNetworkPrefixLength(), 0, 32)));
                }
            }
        }
        return networks;
    }

    /// The kernel prints destination and mask as numbers in the machine's order (net/ipv4/fib_trie.c,
    /// fib_route_seq_show); all machines that vmlan runs on are little-endian.
    static List<Ipv4Prefix> parse(List<String> lines) {
        List<Ipv4Prefix> networks = new ArrayList<>();
        for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
            String[] columns = line.trim().split("\\s+", -1);
            if (columns.length >= 8 && columns[1].length() == 8 && columns[7].length() == 8) {
                int destination = Integer.reverseBytes(HexFormat.fromHexDigits(columns[1]));
                int mask = Integer.reverseBytes(HexFormat.fromHexDigits(columns[7]));
                networks.add(new Ipv4Prefix(new Ipv4Address(destination), Integer.bitCount(mask)));
            }
        }
        return networks;
    }
}
