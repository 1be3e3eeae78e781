package vmlan.network.gateway;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/// A frame as one line, so that scripts of packets can be read. What is wrong with it (a checksum, a hop
/// limit that its kind does not permit, padding that is not zero) stands at the end in capitals.
final class Dump {
    private Dump() {}

    static String of(byte[] frame) {
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        String line = switch (bytes.getShort(12) & 0xffff) {
            case 0x0806 -> arp(frame);
            case 0x0800 -> ipv4(frame);
            case 0x86dd -> ipv6(frame);
            default -> "type " + Integer.toHexString(bytes.getShort(12) & 0xffff);
        };
        return line + (frame.length < 60 ? " SHORT" : "");
    }

    private static String arp(byte[] frame) {
        int operation = ByteBuffer.wrap(frame).getShort(20);
        return "arp " + (operation == 1 ? "request" : "reply") + " " + Packets.ip4(frame, 28) + " is at "
                + Packets.mac(frame, 22) + ", " + (operation == 1 ? "who has " : "to ") + Packets.ip4(frame, 38)
                + padding(frame, 42);
    }

    private static String padding(byte[] frame, int end) {
        for (int i = end; i < frame.length; i++) {
            if (frame[i] != 0) {
                return " PADDING";
            }
        }
        return "";
    }

    private static String ipv4(byte[] frame) {
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        int length = bytes.getShort(16) & 0xffff;
        byte[] payload = Arrays.copyOfRange(frame, 34, 14 + length);
        int protocol = frame[23];
        byte[] pseudo = Packets.bytes(
                Arrays.copyOfRange(frame, 26, 34), Packets.u16(protocol), Packets.u16(payload.length), payload);
        return Packets.ip4(frame, 26) + " > " + Packets.ip4(frame, 30) + " "
                + switch (protocol) {
                    case 1 -> icmp(payload) + wrong(payload);
                    case 6 -> tcp(payload) + wrong(pseudo);
                    case 17 -> udp(payload) + wrong(pseudo);
                    default -> "protocol " + protocol;
                }
                + (Packets.checksum(Arrays.copyOfRange(frame, 14, 34)) == 0 ? "" : " IP CHECKSUM")
                + (frame[22] == 64 ? "" : " TTL " + frame[22])
                + padding(frame, 14 + length);
    }

    private static String wrong(byte[] summed) {
        return Packets.checksum(summed) == 0 ? "" : " CHECKSUM";
    }

    private static String icmp(byte[] message) {
        ByteBuffer bytes = ByteBuffer.wrap(message);
        String id = " id " + (bytes.getShort(4) & 0xffff) + " seq " + bytes.getShort(6) + " of " + (message.length - 8);
        return switch (message[0]) {
            case 0 -> "echo reply" + id;
            case 8 -> "echo" + id;
            case 3 ->
                "unreachable " + message[1] + (message[1] == 4 ? " mtu " + bytes.getShort(6) : "") + " of "
                        + (message.length - 8);
            case 11 -> "time exceeded " + message[1] + " of " + (message.length - 8);
            default -> "icmp " + message[0];
        };
    }

    private static String udp(byte[] datagram) {
        ByteBuffer bytes = ByteBuffer.wrap(datagram);
        return "udp " + (bytes.getShort(0) & 0xffff) + " > " + (bytes.getShort(2) & 0xffff) + " of "
                + (bytes.getShort(4) - 8);
    }

    private static String tcp(byte[] segment) {
        ByteBuffer bytes = ByteBuffer.wrap(segment);
        String flags = ((segment[13] & 4) != 0 ? "R" : "") + ((segment[13] & 16) != 0 ? "." : "");
        return "tcp " + (bytes.getShort(0) & 0xffff) + " > " + (bytes.getShort(2) & 0xffff) + " [" + flags + "] seq "
                + (bytes.getInt(4) & 0xffff_ffffL) + " ack " + (bytes.getInt(8) & 0xffff_ffffL);
    }

    private static String ipv6(byte[] frame) {
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        int length = bytes.getShort(18) & 0xffff;
        byte[] payload = Arrays.copyOfRange(frame, 54, 54 + length);
        int protocol = frame[20];
        boolean isDiscovery = protocol == 58 && (payload[0] & 0xff) >= 133;
        int hopLimit = frame[21] & 0xff;
        byte[] pseudo = Packets.bytes(
                Arrays.copyOfRange(frame, 22, 54), Packets.u32(payload.length), Packets.u32(protocol), payload);
        return Packets.ip6(frame, 22) + " > " + Packets.ip6(frame, 38) + " "
                + switch (protocol) {
                    case 58 -> icmp6(payload);
                    case 6 -> tcp(payload);
                    case 17 -> udp(payload);
                    default -> "protocol " + protocol;
                }
                + wrong(pseudo)
                + (hopLimit == (isDiscovery ? 255 : 64) ? "" : " HOP LIMIT " + hopLimit)
                + padding(frame, 54 + length);
    }

    private static String icmp6(byte[] message) {
        ByteBuffer bytes = ByteBuffer.wrap(message);
        String id = " id " + (bytes.getShort(4) & 0xffff) + " seq " + bytes.getShort(6) + " of " + (message.length - 8);
        return switch (message[0] & 0xff) {
            case 128 -> "echo" + id;
            case 129 -> "echo reply" + id;
            case 1 -> "unreachable " + message[1] + " of " + (message.length - 8);
            case 2 -> "too big, mtu " + bytes.getInt(4) + " of " + (message.length - 8);
            case 3 -> "time exceeded " + message[1] + " of " + (message.length - 8);
            case 4 -> "parameter problem " + message[1] + " at " + bytes.getInt(4);
            case 134 -> "ra lifetime " + (bytes.getShort(6) & 0xffff) + " " + options(message, 16);
            case 135 -> "ns who has " + Packets.ip6(message, 8) + " " + options(message, 24);
            case 136 -> "na " + Packets.ip6(message, 8) + " flags " + flags(message[4]) + " " + options(message, 24);
            default -> "icmp6 " + (message[0] & 0xff);
        };
    }

    private static String flags(byte flags) {
        return ((flags & 0x80) != 0 ? "R" : "") + ((flags & 0x40) != 0 ? "S" : "") + ((flags & 0x20) != 0 ? "O" : "");
    }

    private static String options(byte[] message, int from) {
        StringBuilder text = new StringBuilder("[");
        for (int at = from; at < message.length; at += 8 * message[at + 1]) {
            text.append(at > from ? ", " : "");
            switch (message[at]) {
                case 1, 2 -> text.append(message[at] == 1 ? "slla " : "tlla ").append(Packets.mac(message, at + 2));
                case 3 -> text.append("prefix ").append(Packets.ip6(message, at + 16));
                case 5 -> text.append("mtu ").append(ByteBuffer.wrap(message).getInt(at + 4));
                case 25 -> text.append("dns ").append(Packets.ip6(message, at + 8));
                case 31 -> text.append("search");
                default -> text.append(HexFormat.of().toHexDigits(message[at]));
            }
        }
        return text.append(']').toString();
    }
}
