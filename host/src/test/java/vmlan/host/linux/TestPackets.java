package vmlan.host.linux;

import java.nio.ByteBuffer;
import vmlan.packet.Ipv4Address;
import vmlan.packet.MacAddress;

/// Ethernet frames for tests.
public final class TestPackets {
    public static final long ALL = MacAddress.BROADCAST.bits();

    private TestPackets() {}

    public static long mac(String text) {
        return MacAddress.parse(text).bits();
    }

    public static byte[] ethernet(long destination, long source, int type, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(Math.max(60, 14 + payload.length));
        put(frame, destination);
        put(frame, source);
        return frame.putShort((short) type).put(payload).array();
    }

    private static void put(ByteBuffer buffer, long mac) {
        buffer.putShort((short) (mac >> 32)).putInt((int) mac);
    }

    /// RFC 826; operation 1 asks, 2 answers.
    public static byte[] arp(int operation, long sender, String senderIp, long target, String targetIp) {
        ByteBuffer arp = ByteBuffer.allocate(28);
        arp.putShort((short) 1).putShort((short) 0x0800).put((byte) 6).put((byte) 4);
        arp.putShort((short) operation);
        put(arp, sender);
        arp.putInt(Ipv4Address.parse(senderIp).bits());
        put(arp, target);
        return arp.putInt(Ipv4Address.parse(targetIp).bits()).array();
    }

    public static byte[] arpRequest(long source, String sourceIp, String targetIp) {
        return ethernet(ALL, source, 0x0806, arp(1, source, sourceIp, 0, targetIp));
    }

    public static int sum(byte[] bytes, int start, int end, int sum) {
        for (int i = start; i < end; i++) {
            sum += (bytes[i] & 255) << (((i - start) & 1) == 0 ? 8 : 0);
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return sum;
    }

    public static byte[] ipv4(String source, String destination, int protocol, byte[] payload) {
        ByteBuffer packet = ByteBuffer.allocate(20 + payload.length);
        packet.put((byte) 0x45).put((byte) 0).putShort((short) (20 + payload.length));
        packet.putInt(0).put((byte) 64).put((byte) protocol).putShort((short) 0);
        packet.putInt(Ipv4Address.parse(source).bits())
                .putInt(Ipv4Address.parse(destination).bits())
                .put(payload);
        packet.putShort(10, (short) ~sum(packet.array(), 0, 20, 0));
        return packet.array();
    }

    public static byte[] echoRequest(int sequence) {
        ByteBuffer icmp = ByteBuffer.allocate(64);
        icmp.put((byte) 8).put((byte) 0).putShort((short) 0).putShort((short) 7).putShort((short) sequence);
        icmp.putShort(2, (short) ~sum(icmp.array(), 0, 64, 0));
        return icmp.array();
    }

    /// Without a checksum (RFC 768).
    public static byte[] udp(int source, int destination, int length) {
        return ByteBuffer.allocate(8 + length)
                .putShort((short) source)
                .putShort((short) destination)
                .putShort((short) (8 + length))
                .array();
    }
}
