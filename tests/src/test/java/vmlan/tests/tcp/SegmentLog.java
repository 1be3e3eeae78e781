package vmlan.tests.tcp;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import vmlan.network.tcp.transfer.SegmentText;
import vmlan.packet.EthernetHeader;

/// The last segments of each connection as they were sent, before the link did anything to them: what a failure is
/// understood by.
final class SegmentLog {
    private static final int KEPT = 80;
    /// Ethernet, IPv6 and TCP with all its options.
    private static final int HEADERS = 14 + 40 + 60;

    private record Entry(long at, boolean fromGuest, ByteBuffer headers) {}

    private final Map<Integer, Queue<Entry>> byGuestPort = new HashMap<>();
    private final long begin;

    SegmentLog(long begin) {
        this.begin = begin;
    }

    void add(boolean fromGuest, ByteBuffer frame, int offset, int length, long now) {
        boolean ipv4 = EthernetHeader.type(frame, offset) == EthernetHeader.TYPE_IPV4;
        int protocol = frame.get(offset + (ipv4 ? 23 : 20));
        if (protocol != 6) {
            return;
        }
        int ports = offset + (ipv4 ? 34 : 54);
        int guestPort = frame.getShort(fromGuest ? ports : ports + 2) & 0xffff;
        byte[] headers = new byte[Math.min(length, HEADERS)];
        frame.get(offset, headers);
        Queue<Entry> entries = byGuestPort.computeIfAbsent(guestPort, port -> new ArrayDeque<>());
        if (entries.size() == KEPT) {
            entries.remove();
        }
        entries.add(new Entry(now, fromGuest, ByteBuffer.wrap(headers)));
    }

    void print(int guestPort) {
        for (Entry entry : byGuestPort.getOrDefault(guestPort, new ArrayDeque<>())) {
            System.out.printf(
                    "  %11.6f %s %s%n",
                    (entry.at - begin) / 1e9, entry.fromGuest ? ">" : "<", SegmentText.of(entry.headers, 0));
        }
    }

    void forget(int guestPort) {
        byGuestPort.remove(guestPort);
    }
}
