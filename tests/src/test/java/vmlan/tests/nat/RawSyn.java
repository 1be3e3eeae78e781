package vmlan.tests.nat;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/// A SYN in a frame, to addresses that a guest's own kernel would never send one to.
final class RawSyn {
    private static final int IPV4_ETHERTYPE = 0x0800;
    private static final int IPV6_ETHERTYPE = 0x86dd;
    private static final int IPV4_HEADER = 20;
    private static final int IPV6_HEADER = 40;
    private static final int TCP = 6;
    private static final int TCP_HEADER = 20;
    private static final int SYN = 0x5002; // header of five words (RFC 9293 §3.1)

    private RawSyn() {}

    static byte[] frame(
            String gatewayMac, String guestMac, InetAddress source, InetAddress destination, int from, int to) {
        byte[] segment = segment(source, destination, from, to);
        boolean ipv4 = source instanceof Inet4Address;
        ByteBuffer frame = ByteBuffer.allocate(14 + (ipv4 ? IPV4_HEADER : IPV6_HEADER) + segment.length);
        frame.put(mac(gatewayMac)).put(mac(guestMac));
        frame.putShort((short) (ipv4 ? IPV4_ETHERTYPE : IPV6_ETHERTYPE));
        if (ipv4) {
            ByteBuffer header = ByteBuffer.allocate(IPV4_HEADER);
            header.putShort((short) 0x4500).putShort((short) (IPV4_HEADER + segment.length));
            header.putInt(0x4000).put((byte) 64).put((byte) TCP).putShort((short) 0);
            header.put(source.getAddress()).put(destination.getAddress());
            header.putShort(10, (short) checksum(header.array()));
            frame.put(header.array());
        } else {
            frame.putInt(0x60000000)
                    .putShort((short) segment.length)
                    .put((byte) TCP)
                    .put((byte) 64);
            frame.put(source.getAddress()).put(destination.getAddress());
        }
        return frame.put(segment).array();
    }

    private static byte[] segment(InetAddress source, InetAddress destination, int from, int to) {
        ByteBuffer segment = ByteBuffer.allocate(TCP_HEADER);
        segment.putShort((short) from).putShort((short) to).putInt(1000).putInt(0);
        segment.putShort((short) SYN).putShort((short) 64240).putInt(0);
        ByteBuffer pseudo = ByteBuffer.allocate(2 * source.getAddress().length + 8 + TCP_HEADER);
        pseudo.put(source.getAddress()).put(destination.getAddress());
        pseudo.putInt(TCP_HEADER).putInt(TCP).put(segment.array());
        return segment.putShort(16, (short) checksum(pseudo.array())).array();
    }

    /// RFC 1071.
    private static int checksum(byte[] bytes) {
        int sum = 0;
        for (int i = 0; i < bytes.length; i += 2) {
            sum += ((bytes[i] & 0xff) << 8) | (bytes[i + 1] & 0xff);
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return ~sum & 0xffff;
    }

    private static byte[] mac(String text) {
        return HexFormat.ofDelimiter(":").parseHex(text);
    }
}
