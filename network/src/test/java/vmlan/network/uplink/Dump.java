package vmlan.network.uplink;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import vmlan.network.gateway.Packets;

/// A frame as one line, so that scripts of packets can be read: who to whom on Ethernet, then what. A checksum
/// that is wrong stands at the end in capitals.
final class Dump {
    private Dump() {}

    static String of(byte[] frame) {
        String what = switch (ByteBuffer.wrap(frame).getShort(12) & 0xffff) {
            case 0x0806 -> arp(frame);
            case 0x0800 -> ipv4(frame);
            case 0x86dd -> ipv6(frame);
            default ->
                "type " + HexFormat.of().toHexDigits(ByteBuffer.wrap(frame).getShort(12));
        };
        return name(frame, 6) + " > " + name(frame, 0) + ": " + what;
    }

    static String name(byte[] frame, int at) {
        String mac = Packets.mac(frame, at);
        return switch (mac) {
            case Site.NIC -> "nic";
            case Site.A -> "a";
            case Site.B -> "b";
            case Site.ROUTER -> "router";
            case Packets.ALL -> "all";
            case "00:00:00:00:00:00" -> "?";
            default -> mac;
        };
    }

    private static String arp(byte[] frame) {
        int operation = ByteBuffer.wrap(frame).getShort(20);
        return (operation == 1 ? "who has " : "to ") + Packets.ip4(frame, 38) + " at " + name(frame, 32) + ", says "
                + Packets.ip4(frame, 28) + " at " + name(frame, 22);
    }

    private static String ipv4(byte[] frame) {
        int length = ByteBuffer.wrap(frame).getShort(16) & 0xffff;
        byte[] payload = Arrays.copyOfRange(frame, 34, 14 + length);
        byte[] pseudo = Packets.bytes(
                Arrays.copyOfRange(frame, 26, 34), Packets.u16(frame[23]), Packets.u16(payload.length), payload);
        return Packets.ip4(frame, 26) + " > " + Packets.ip4(frame, 30) + " "
                + (frame[23] == 17 ? udp(payload) + wrong(pseudo) : "protocol " + frame[23]);
    }

    private static String udp(byte[] datagram) {
        ByteBuffer bytes = ByteBuffer.wrap(datagram);
        boolean isDhcp = bytes.getShort(0) == 68 || bytes.getShort(2) == 68;
        return "udp " + (bytes.getShort(0) & 0xffff) + " > " + (bytes.getShort(2) & 0xffff)
                + (isDhcp
                        ? " dhcp " + (datagram[8] == 1 ? "request" : "reply") + " of " + name(datagram, 36)
                                + ((datagram[18] & 0x80) != 0 ? " broadcast" : "")
                        : " of " + (bytes.getShort(4) - 8));
    }

    private static String wrong(byte[] summed) {
        return Packets.checksum(summed) == 0 ? "" : " CHECKSUM";
    }

    private static String ipv6(byte[] frame) {
        int length = ByteBuffer.wrap(frame).getShort(18) & 0xffff;
        byte[] payload = Arrays.copyOfRange(frame, 54, 54 + length);
        byte[] pseudo = Packets.bytes(
                Arrays.copyOfRange(frame, 22, 54), Packets.u32(payload.length), Packets.u32(frame[20]), payload);
        return Packets.ip6(frame, 22) + " > " + Packets.ip6(frame, 38) + " "
                + (frame[20] == 58 ? icmp(payload) + wrong(pseudo) : "protocol " + frame[20]);
    }

    private static String icmp(byte[] message) {
        return switch (message[0] & 0xff) {
            case 133 -> "rs " + options(message, 8);
            case 134 -> "ra " + options(message, 16);
            case 135 -> "ns " + Packets.ip6(message, 8) + " " + options(message, 24);
            case 136 -> "na " + Packets.ip6(message, 8) + " " + flags(message[4]) + options(message, 24);
            case 137 -> "redirect " + Packets.ip6(message, 8) + " " + options(message, 40);
            default -> "icmp6 " + (message[0] & 0xff);
        };
    }

    private static String flags(byte flags) {
        return ((flags & 0x80) != 0 ? "R" : "") + ((flags & 0x40) != 0 ? "S" : "") + ((flags & 0x20) != 0 ? "O" : "");
    }

    private static String options(byte[] message, int from) {
        StringBuilder text = new StringBuilder("[");
        for (int at = from; at < message.length; at += 8 * message[at + 1]) {
            text.append(at > from ? ", " : "")
                    .append(
                            switch (message[at]) {
                                case 1 -> "slla " + name(message, at + 2);
                                case 2 -> "tlla " + name(message, at + 2);
                                default -> HexFormat.of().toHexDigits(message[at]);
                            });
        }
        return text.append(']').toString();
    }
}
