package vmlan.network.nat;

import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;
import vmlan.network.ip.Hops;
import vmlan.network.ip.Outbox;
import vmlan.packet.Checksum;
import vmlan.packet.IcmpHeader;
import vmlan.packet.IpAddress;
import vmlan.packet.IpProtocol;
import vmlan.packet.Ipv4Header;
import vmlan.packet.Ipv6Header;
import vmlan.packet.UdpHeader;

/// Datagrams and echo replies on their way to a guest: eight bytes of header, then data from another buffer. What
/// does not fit into the network's MTU goes in fragments (RFC 791 §3.2, RFC 8200 §4.5), the first one first.
final class GuestPackets {
    /// UDP's and ICMP's, both.
    private static final int HEADER = UdpHeader.LENGTH;
    /// RFC 791 §3.1, RFC 8200 §3: the lengths have 16 bits.
    private static final int MAX_LENGTH = 65_535;

    private final Outbox out;
    private final RandomGenerator random;
    private final int mtu;
    private int identification;

    GuestPackets(Outbox out, int mtu, RandomGenerator random) {
        this.out = out;
        this.mtu = mtu;
        this.random = random;
        identification = random.nextInt();
    }

    /// @return false when a datagram of this length does not exist, or there was no room
    boolean sendDatagram(
            long mac,
            long fromHigh,
            long fromLow,
            int fromPort,
            long toHigh,
            long toLow,
            int toPort,
            ByteBuffer buffer,
            int offset,
            int length,
            long now) {
        int total = HEADER + length;
        if (total > maxPayload(toHigh, toLow)) {
            return false;
        }
        long header = ((long) fromPort << 48) | ((long) toPort << 32) | ((long) total << 16);
        long sum = pseudoHeader(IpProtocol.UDP, fromHigh, fromLow, toHigh, toLow, total);
        sum = Checksum.add(sum + (header >>> 32) + (header & 0xffff_ffffL), buffer, offset, length);
        header |= Checksum.finishUdp(sum);
        return send(mac, IpProtocol.UDP, fromHigh, fromLow, toHigh, toLow, header, buffer, offset, length, now);
    }

    /// An echo reply.
    boolean sendReply(
            long mac,
            long fromHigh,
            long fromLow,
            long toHigh,
            long toLow,
            int identifier,
            int sequence,
            ByteBuffer buffer,
            int offset,
            int length,
            long now) {
        int total = HEADER + length;
        if (total > maxPayload(toHigh, toLow)) {
            return false;
        }
        boolean ipv4 = IpAddress.isIpv4(toHigh, toLow);
        int protocol = ipv4 ? IpProtocol.ICMP : IpProtocol.ICMPV6;
        long type = ipv4 ? IcmpHeader.ECHO_REPLY : IcmpHeader.V6_ECHO_REPLY;
        long header = (type << 56) | ((long) identifier << 16) | sequence;
        long sum = ipv4 ? 0 : pseudoHeader(protocol, fromHigh, fromLow, toHigh, toLow, total);
        sum = Checksum.add(sum + (header >>> 32) + (header & 0xffff_ffffL), buffer, offset, length);
        header |= (long) Checksum.finish(sum) << 32;
        return send(mac, protocol, fromHigh, fromLow, toHigh, toLow, header, buffer, offset, length, now);
    }

    private static int maxPayload(long high, long low) {
        return IpAddress.isIpv4(high, low) ? MAX_LENGTH - Ipv4Header.LENGTH : MAX_LENGTH;
    }

    private static long pseudoHeader(int protocol, long fromHigh, long fromLow, long toHigh, long toLow, int length) {
        return IpAddress.isIpv4(toHigh, toLow)
                ? Checksum.pseudoHeader((int) fromLow, (int) toLow, protocol, length)
                : Checksum.pseudoHeader(fromHigh, fromLow, toHigh, toLow, protocol, length);
    }

    private boolean send(
            long mac,
            int protocol,
            long fromHigh,
            long fromLow,
            long toHigh,
            long toLow,
            long header,
            ByteBuffer buffer,
            int offset,
            int length,
            long now) {
        int total = HEADER + length;
        boolean ipv4 = IpAddress.isIpv4(toHigh, toLow);
        if ((ipv4 ? Ipv4Header.LENGTH : Ipv6Header.LENGTH) + total > mtu) {
            return ipv4
                    ? fragment4(mac, protocol, (int) fromLow, (int) toLow, header, buffer, offset, length, now)
                    : fragment6(mac, protocol, fromHigh, fromLow, toHigh, toLow, header, buffer, offset, length, now);
        }
        int payload = out.reserve(total);
        if (payload < 0) {
            return false;
        }
        out.buffer().putLong(payload, header);
        out.buffer().put(payload + HEADER, buffer, offset, length);
        out.sendIp(mac, 0, protocol, fromHigh, fromLow, toHigh, toLow, payload, total, now);
        return true;
    }

    private boolean fragment4(
            long mac,
            int protocol,
            int from,
            int to,
            long header,
            ByteBuffer buffer,
            int offset,
            int length,
            long now) {
        int total = HEADER + length;
        int most = (mtu - Ipv4Header.LENGTH) & ~7;
        int id = nextIdentification();
        for (int at = 0; at < total; at += most) {
            int count = Math.min(most, total - at);
            int payload = out.reserve(count);
            if (payload < 0) {
                return false;
            }
            copy(payload, at, count, header, buffer, offset);
            out.sendIpv4Fragment(mac, protocol, from, to, payload, count, id, at, at + count < total, now);
        }
        return true;
    }

    /// Never zero, which the host's own packets that are never fragmented have; else in order, so that it
    /// comes up again as late as can be (RFC 6864 §4.3).
    private int nextIdentification() {
        do {
            identification = (identification + 1) & 0xffff;
        } while (identification == 0);
        return identification;
    }

    private boolean fragment6(
            long mac,
            int protocol,
            long fromHigh,
            long fromLow,
            long toHigh,
            long toLow,
            long header,
            ByteBuffer buffer,
            int offset,
            int length,
            long now) {
        int total = HEADER + length;
        int most = (mtu - Ipv6Header.LENGTH - Ipv6Header.FRAGMENT_HEADER_LENGTH) & ~7;
        int id = random.nextInt(); // RFC 7739 §5.3
        for (int at = 0; at < total; at += most) {
            int count = Math.min(most, total - at);
            int payload = out.reserve(Ipv6Header.FRAGMENT_HEADER_LENGTH + count);
            if (payload < 0) {
                return false;
            }
            Ipv6Header.writeFragmentHeader(out.buffer(), payload, protocol, id, at, at + count < total);
            copy(payload + Ipv6Header.FRAGMENT_HEADER_LENGTH, at, count, header, buffer, offset);
            out.sendIpv6(
                    mac,
                    0,
                    Hops.DEFAULT,
                    IpProtocol.FRAGMENT,
                    fromHigh,
                    fromLow,
                    toHigh,
                    toLow,
                    payload,
                    Ipv6Header.FRAGMENT_HEADER_LENGTH + count,
                    now);
        }
        return true;
    }

    /// Copies a part of header and data, as if they were one.
    private void copy(int to, int at, int count, long header, ByteBuffer buffer, int offset) {
        if (at == 0) {
            out.buffer().putLong(to, header);
            out.buffer().put(to + HEADER, buffer, offset, count - HEADER);
        } else {
            out.buffer().put(to, buffer, offset + at - HEADER, count);
        }
    }
}
