package vmlan.host.linux;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import vmlan.network.outside.StreamEnds;
import vmlan.packet.IpAddress;

/// The kernel's table of TCP connections (proc_net(5)), of everybody, without rights.
///
/// ```
///   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid …
///    0: 0A0200C0:9C4C 016433C6:1B58 01 00000024:00000000 01:00000A1F 00000006  1000 …
/// ```
final class TcpTable {
    /// Repetitions that a live far end does not leave unanswered: the sixth goes out 12.6 s after the first
    /// sending, at the least time-out of 0.2 s (include/net/tcp.h, TCP_RTO_MIN).
    private static final int MANY = 6;
    /// TCP_ESTABLISHED to TCP_LAST_ACK (include/net/tcp_states.h), where data or a FIN may be under way; the
    /// others are no connections.
    private static final Set<Integer> CONNECTED = Set.of(1, 4, 8, 9, 11);

    private static final int LOCAL = 1;
    private static final int REMOTE = 2;
    private static final int STATE = 3;
    private static final int RETRANSMITS = 6;
    private static final int HEX = 16;

    private TcpTable() {}

    /// Those of which something was sent so often, and nothing was acknowledged.
    static Set<StreamEnds> unanswered() throws IOException {
        Set<StreamEnds> found = new HashSet<>();
        for (String name : new String[] {"tcp", "tcp6"}) {
            // Absent where there is no IPv6.
            Path file = Path.of("/proc/thread-self/net", name);
            if (Files.isReadable(file)) {
                try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.US_ASCII)) {
                    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                        add(found, line);
                    }
                }
            }
        }
        return found;
    }

    /// Lines of another form are none.
    static void add(Set<StreamEnds> found, String line) {
        String[] columns = line.strip().split("\\s+");
        try {
            if (columns.length > RETRANSMITS
                    && CONNECTED.contains(Integer.parseInt(columns[STATE], HEX))
                    && Integer.parseInt(columns[RETRANSMITS], HEX) >= MANY) {
                found.add(new StreamEnds(
                        address(columns[LOCAL]),
                        port(columns[LOCAL]),
                        address(columns[REMOTE]),
                        port(columns[REMOTE])));
            }
        } catch (IllegalArgumentException e) {
            // The heading, or what a later kernel prints.
        }
    }

    /// Words of 32 bits, each in the machine's order, which is little-endian wherever vmlan runs
    /// (net/ipv4/tcp_ipv4.c, get_tcp4_sock; net/ipv6/tcp_ipv6.c, get_tcp6_sock).
    private static IpAddress address(String column) {
        byte[] bytes = HexFormat.of().parseHex(column.substring(0, Math.max(0, column.indexOf(':'))));
        if (bytes.length != Integer.BYTES && bytes.length != 4 * Integer.BYTES) {
            throw new IllegalArgumentException(column);
        }
        ByteBuffer words = ByteBuffer.wrap(bytes);
        for (int i = 0; i < bytes.length; i += Integer.BYTES) {
            words.putInt(i, Integer.reverseBytes(words.getInt(i)));
        }
        return bytes.length == Integer.BYTES
                ? new IpAddress(0, IpAddress.mapped(words.getInt(0)))
                : new IpAddress(words.getLong(0), words.getLong(8));
    }

    private static int port(String column) {
        return Integer.parseInt(column.substring(column.indexOf(':') + 1), HEX);
    }
}
