package vmlan.network.ip;

import java.nio.ByteBuffer;
import vmlan.network.DropReason;
import vmlan.network.Frames;
import vmlan.network.Switch;
import vmlan.network.SwitchPort;
import vmlan.packet.Checksum;
import vmlan.packet.EthernetHeader;
import vmlan.packet.IcmpHeader;
import vmlan.packet.IpAddress;
import vmlan.packet.IpProtocol;
import vmlan.packet.Ipv4Header;
import vmlan.packet.Ipv6Header;

/// Where the gateway makes its frames, and where they stay until the switch is flushed.
///
/// ```
/// │ frame │ frame │ length │ Ethernet │ IP │ payload │   free   │
///                 ◀─────── HEADROOM ───────▶
///                  ◀── prepended last ──    ▲ reserve() points here
/// ```
///
/// The payload is written first and the headers in front of it, so it is copied once. When all is used, the
/// switch is flushed, and what had been handed over is free again; within a flush that cannot be, and the
/// frame is dropped.
public final class Outbox {
    /// QEMU's length, Ethernet and IPv6 headers.
    public static final int HEADROOM = Frames.LENGTH_BYTES + EthernetHeader.LENGTH + Ipv6Header.LENGTH;

    /// Room for a batch of small answers or a few of the largest. A guess; no measurement yet.
    private static final int SIZE = 256 * 1024;

    /// The longest packet, or the answers to a tick: pings, advertisements and questions have some hundred
    /// bytes each.
    private static final int ENOUGH = 96 * 1024;

    private final Switch network;
    private final SwitchPort port;
    private final long mac;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(SIZE);
    private int used;
    private long flushes;

    public Outbox(Switch network, SwitchPort port, long mac) {
        this.network = network;
        this.port = port;
        this.mac = mac;
    }

    public ByteBuffer buffer() {
        return buffer;
    }

    /// Sees to it that there is room for what one frame gives rise to. To be called before any work on that
    /// frame: the flush may bring others.
    public void makeRoom() {
        reclaim();
        if (SIZE - used < ENOUGH) {
            network.flush();
            reclaim();
        }
    }

    /// How many bytes are free, headers included.
    public int room() {
        reclaim();
        return SIZE - used;
    }

    /// What a packet with this much payload takes of [#room] at most.
    public static int sizeOf(int length) {
        return HEADROOM + Math.max(length, EthernetHeader.MIN_PAYLOAD);
    }

    /// As [#reserve], but with headroom for this family only, so that packets that are made one after another
    /// lie behind one another: what takes them can write them as one run.
    public int reserve(boolean ipv4, int length) {
        int headers = ipv4 ? Ipv4Header.LENGTH : Ipv6Header.LENGTH;
        int size = Frames.LENGTH_BYTES + EthernetHeader.LENGTH + Math.max(headers + length, EthernetHeader.MIN_PAYLOAD);
        if (size > SIZE - used) {
            port.drop(DropReason.QUEUE_FULL);
            return -1;
        }
        int payload = used + Frames.LENGTH_BYTES + EthernetHeader.LENGTH + headers;
        used += size;
        return payload;
    }

    /// Finds room for a payload and its headers.
    ///
    /// @return where the payload goes in [#buffer], or -1 when it is to be dropped, which is counted
    public int reserve(int length) {
        // a short frame is padded, so that much is needed behind the headroom at least
        int size = HEADROOM + Math.max(length, EthernetHeader.MIN_PAYLOAD);
        if (size > SIZE - used) {
            port.drop(DropReason.QUEUE_FULL);
            return -1;
        }
        int payload = used + HEADROOM;
        used += size;
        return payload;
    }

    private void reclaim() {
        if (flushes != network.flushes()) {
            flushes = network.flushes();
            used = 0;
        }
    }

    /// Puts an Ethernet header in front of a payload and hands the frame to the switch.
    public void send(long destination, int type, int payload, int payloadLength, long now) {
        int length = payloadLength;
        for (; length < EthernetHeader.MIN_PAYLOAD; length++) {
            buffer.put(payload + length, (byte) 0);
        }
        int frame = payload - EthernetHeader.LENGTH;
        length += EthernetHeader.LENGTH;
        EthernetHeader.write(buffer, frame, destination, mac, type);
        buffer.putInt(frame - Frames.LENGTH_BYTES, length);
        network.receive(port, buffer, frame, length, now);
    }

    /// Puts an IPv4 header in front, then sends.
    public void sendIpv4(
            long destinationMac,
            int typeOfService,
            int protocol,
            int source,
            int destination,
            int payload,
            int payloadLength,
            long now) {
        int packet = payload - Ipv4Header.LENGTH;
        Ipv4Header.write(buffer, packet, typeOfService, Hops.DEFAULT, protocol, source, destination, payloadLength);
        send(destinationMac, EthernetHeader.TYPE_IPV4, packet, Ipv4Header.LENGTH + payloadLength, now);
    }

    /// As [#sendIpv4], a fragment.
    ///
    /// @param fragmentOffset in bytes, a multiple of eight
    public void sendIpv4Fragment(
            long destinationMac,
            int protocol,
            int source,
            int destination,
            int payload,
            int payloadLength,
            int identification,
            int fragmentOffset,
            boolean hasMore,
            long now) {
        int packet = payload - Ipv4Header.LENGTH;
        Ipv4Header.writeFragment(
                buffer,
                packet,
                Hops.DEFAULT,
                protocol,
                source,
                destination,
                payloadLength,
                identification,
                fragmentOffset,
                hasMore);
        send(destinationMac, EthernetHeader.TYPE_IPV4, packet, Ipv4Header.LENGTH + payloadLength, now);
    }

    /// Puts an IPv6 header in front, then sends.
    public void sendIpv6(
            long destinationMac,
            int trafficClass,
            int hopLimit,
            int protocol,
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow,
            int payload,
            int payloadLength,
            long now) {
        int packet = payload - Ipv6Header.LENGTH;
        Ipv6Header.write(
                buffer,
                packet,
                trafficClass,
                hopLimit,
                protocol,
                sourceHigh,
                sourceLow,
                destinationHigh,
                destinationLow,
                payloadLength);
        send(destinationMac, EthernetHeader.TYPE_IPV6, packet, Ipv6Header.LENGTH + payloadLength, now);
    }

    /// Puts an IP header of the addresses' own family in front, then sends. Addresses as [vmlan.packet.IpAddress]
    /// has them.
    public void sendIp(
            long destinationMac,
            int trafficClass,
            int protocol,
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow,
            int payload,
            int payloadLength,
            long now) {
        if (IpAddress.isIpv4(sourceHigh, sourceLow)) {
            sendIpv4(
                    destinationMac,
                    trafficClass,
                    protocol,
                    (int) sourceLow,
                    (int) destinationLow,
                    payload,
                    payloadLength,
                    now);
        } else {
            sendIpv6(
                    destinationMac,
                    trafficClass,
                    Hops.DEFAULT,
                    protocol,
                    sourceHigh,
                    sourceLow,
                    destinationHigh,
                    destinationLow,
                    payload,
                    payloadLength,
                    now);
        }
    }

    /// Fills in the checksum of an ICMPv6 message, then sends it.
    public void sendIcmpv6(
            long destinationMac,
            int hopLimit,
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow,
            int message,
            int length,
            long now) {
        long pseudoHeader = Checksum.pseudoHeader(
                sourceHigh, sourceLow, destinationHigh, destinationLow, IpProtocol.ICMPV6, length);
        IcmpHeader.writeChecksum(buffer, message, length, pseudoHeader);
        sendIpv6(
                destinationMac,
                0,
                hopLimit,
                IpProtocol.ICMPV6,
                sourceHigh,
                sourceLow,
                destinationHigh,
                destinationLow,
                message,
                length,
                now);
    }
}
