package vmlan.network.gateway;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;

/// Makes packets as a guest would, byte by byte and apart from the code under test: another hand, another
/// checksum.
public final class Packets {
    public static final String ALL = "ff:ff:ff:ff:ff:ff";

    private Packets() {}

    public static byte[] ethernet(String destination, String source, int type, byte[] payload) {
        return bytes(mac(destination), mac(source), u16(type), payload);
    }

    public static byte[] arp(int operation, String senderMac, String sender, String targetMac, String target) {
        return bytes(hex("000108000604"), u16(operation), mac(senderMac), ip4(sender), mac(targetMac), ip4(target));
    }

    public static byte[] ipv4(String source, String destination, int protocol, byte[] payload) {
        return ipv4(source, destination, protocol, 64, 0, payload);
    }

    public static byte[] ipv4(String source, String destination, int protocol, int ttl, int fragment, byte[] payload) {
        byte[] header = bytes(
                hex("4500"),
                u16(20 + payload.length),
                hex("1234"),
                u16(fragment),
                new byte[] {(byte) ttl, (byte) protocol, 0, 0},
                ip4(source),
                ip4(destination));
        return bytes(withChecksum(header, 10, checksum(header)), payload);
    }

    public static byte[] icmp(int type, int code, int rest, byte[] data) {
        byte[] message = bytes(new byte[] {(byte) type, (byte) code, 0, 0}, u32(rest), data);
        return withChecksum(message, 2, checksum(message));
    }

    public static byte[] udp4(String source, String destination, int sourcePort, int destinationPort, byte[] data) {
        byte[] datagram = udp(sourcePort, destinationPort, data);
        byte[] pseudo = bytes(ip4(source), ip4(destination), u16(17), u16(datagram.length), datagram);
        return ipv4(source, destination, 17, withChecksum(datagram, 6, checksum(pseudo)));
    }

    public static byte[] udp6(String source, String destination, int sourcePort, int destinationPort, byte[] data) {
        byte[] datagram = udp(sourcePort, destinationPort, data);
        return ipv6(
                source, destination, 17, 64, withChecksum(datagram, 6, checksum6(source, destination, 17, datagram)));
    }

    private static byte[] udp(int sourcePort, int destinationPort, byte[] data) {
        return bytes(u16(sourcePort), u16(destinationPort), u16(8 + data.length), u16(0), data);
    }

    public static byte[] tcp(
            int sourcePort, int destinationPort, int sequence, int acknowledgement, int flags, byte[] data) {
        return bytes(
                u16(sourcePort),
                u16(destinationPort),
                u32(sequence),
                u32(acknowledgement),
                new byte[] {0x50, (byte) flags},
                hex("ffff00000000"),
                data);
    }

    public static byte[] tcp4(String source, String destination, byte[] segment) {
        byte[] pseudo = bytes(ip4(source), ip4(destination), u16(6), u16(segment.length), segment);
        return ipv4(source, destination, 6, withChecksum(segment, 16, checksum(pseudo)));
    }

    public static byte[] tcp6(String source, String destination, byte[] segment) {
        return ipv6(source, destination, 6, 64, withChecksum(segment, 16, checksum6(source, destination, 6, segment)));
    }

    public static byte[] ipv6(String source, String destination, int next, int hopLimit, byte[] payload) {
        return bytes(
                hex("60000000"),
                u16(payload.length),
                new byte[] {(byte) next, (byte) hopLimit},
                ip6(source),
                ip6(destination),
                payload);
    }

    public static byte[] icmp6(
            String source, String destination, int hopLimit, int type, int code, int rest, byte[] data) {
        byte[] message = bytes(new byte[] {(byte) type, (byte) code, 0, 0}, u32(rest), data);
        message = withChecksum(message, 2, checksum6(source, destination, 58, message));
        return ipv6(source, destination, 58, hopLimit, message);
    }

    public static byte[] macOption(int type, String mac) {
        return bytes(new byte[] {(byte) type, 1}, mac(mac));
    }

    public static int checksum6(String source, String destination, int protocol, byte[] payload) {
        return checksum(bytes(ip6(source), ip6(destination), u32(payload.length), u32(protocol), payload));
    }

    /// RFC 1071 §1, word by word.
    public static int checksum(byte[] bytes) {
        int sum = 0;
        for (int i = 0; i < bytes.length; i += 2) {
            sum += ((bytes[i] & 0xff) << 8) | (i + 1 < bytes.length ? bytes[i + 1] & 0xff : 0);
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return ~sum & 0xffff;
    }

    private static byte[] withChecksum(byte[] bytes, int at, int checksum) {
        byte[] copy = bytes.clone();
        ByteBuffer.wrap(copy).putShort(at, (short) checksum);
        return copy;
    }

    public static byte[] bytes(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    public static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    public static byte[] mac(String mac) {
        return HexFormat.ofDelimiter(":").parseHex(mac);
    }

    public static byte[] ip4(String address) {
        return u32(Ipv4Address.parse(address).bits());
    }

    public static byte[] ip6(String address) {
        if (address.startsWith("::ffff:")) {
            return bytes(new byte[10], u16(0xffff), ip4(address.substring(7)));
        }
        Ipv6Address bits = Ipv6Address.parse(address);
        return ByteBuffer.allocate(16).putLong(bits.high()).putLong(bits.low()).array();
    }

    public static byte[] u16(int value) {
        return new byte[] {(byte) (value >> 8), (byte) value};
    }

    public static byte[] u32(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    public static String mac(byte[] frame, int at) {
        return HexFormat.ofDelimiter(":").formatHex(frame, at, at + 6);
    }

    public static String ip4(byte[] frame, int at) {
        return new Ipv4Address(ByteBuffer.wrap(frame).getInt(at)).toString();
    }

    public static String ip6(byte[] frame, int at) {
        ByteBuffer buffer = ByteBuffer.wrap(frame);
        return new Ipv6Address(buffer.getLong(at), buffer.getLong(at + 8)).toString();
    }
}
