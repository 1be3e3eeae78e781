package vmlan.packet;

import java.nio.ByteBuffer;

/// Does in software what a sender left to the hardware: checksums, segmentation, VLAN tags.
///
/// What the machine itself sends, and what its NIC has merged on receive, reaches a packet socket or a tap
/// as the kernel keeps it: one *super-frame* of up to 64 KiB, whose TCP or UDP checksum covers the
/// pseudo-header only, and whose VLAN tag lies beside it. A `virtio_net_hdr` of ten bytes (Linux
/// include/uapi/linux/virtio_net.h) says what remains to be done; its fields are little-endian on the
/// machines that we run on:
///
/// ```
///  flags │ gso_type │ hdr_len │ gso_size │ csum_start │ csum_offset      a guest takes neither, so:
///    u8  │    u8    │   u16   │   u16    │    u16     │     u16
///
///  │ Ethernet │ IP │ TCP │ a a a a b b b b c c │        one super-frame, gso_size 4
///      ▼ + VLAN tag
///  │ 4 bytes │ Ethernet │ IP │ TCP │ a a a a │ 4 bytes │ Ethernet │ IP │ TCP │ b b b b │ 4 bytes │ …
///   length                seq, no FIN, PSH               seq + 4, no CWR
/// ```
///
/// The segments are those that Linux makes (net/ipv4/tcp_offload.c, udp_offload.c, af_inet.c).
///
/// Trust: header and frame are the kernel's, but what they say goes back to a LAN's or another guest's
/// bytes, so every number is checked against the frame's length. The work is bounded by [#MAX_SEGMENTS]
/// segments with [#MAX_HEADERS] bytes of headers each. One thread at a time; nothing is kept between calls.
public final class Offload {
    public static final int NO_TAG = -1;
    /// Nothing was written: header and frame contradict each other or themselves, or ask for what nobody
    /// sends any more.
    public static final int MALFORMED = -1;
    /// Nothing was written: it would not have fitted.
    public static final int NO_ROOM = -2;

    public static final int VNET_HEADER_LENGTH = 10;

    /// 64 KiB in segments of 64 bytes. TCP_MIN_MSS is 88 (Linux include/net/tcp.h), and receive offload
    /// merges what comes in one poll of the NIC, which is 64 frames (NAPI_POLL_WEIGHT).
    public static final int MAX_SEGMENTS = 1024;
    /// Ethernet, two VLAN tags, IPv6 with some extension headers, TCP with all options.
    public static final int MAX_HEADERS = 512;
    /// What is left of TCP_MIN_SND_MSS, 48, when TCP's options take all they can, 40 (Linux
    /// include/net/tcp.h, after CVE-2019-11479): no sender cuts smaller.
    public static final int MIN_SEGMENT = 8;

    private static final int LENGTH_BYTES = 4;
    /// Enough for any frame that is not malformed.
    public static final int MAX_OUTPUT =
            MAX_SEGMENTS * (LENGTH_BYTES + EthernetHeader.TAG_LENGTH + MAX_HEADERS) + 0xffff;

    private static final int NEEDS_CHECKSUM = 1;
    private static final int GSO_NONE = 0;
    private static final int GSO_TCPV4 = 1;
    private static final int GSO_TCPV6 = 4;
    private static final int GSO_UDP_L4 = 5;
    /// Says that CWR is set; we look at the segment itself.
    private static final int GSO_ECN = 0x80;

    private static final int MAX_TAGS = 2;

    private final Ipv4Header ipv4 = new Ipv4Header();
    private final Ipv6Header ipv6 = new Ipv6Header();
    private final TcpHeader tcp = new TcpHeader();
    private final UdpHeader udp = new UdpHeader();

    // of the frame in hand; offsets are from its start
    private ByteBuffer from;
    private int frame;
    private int length;
    private int tag;
    private int tagProtocol;
    private int tagLength;
    private ByteBuffer to;
    private int networkType;
    private int network;
    private boolean needsChecksum;
    private int checksumStart;
    private int checksumOffset;

    // of the packet that is cut
    private int transport;
    private int headers;
    private int payload;
    private boolean isTcp;
    private boolean isIpv4;
    private long pseudoHeader;

    /// Keeps windows only.
    public Offload() {}

    /// Writes the frames that a packet stands for, each behind a big-endian length of four bytes.
    ///
    /// @param from big-endian, as `to`, which is another buffer or another part of it
    /// @param vnetHeader where the `virtio_net_hdr` lies in `from`
    /// @param frame where the frame lies in `from`
    /// @param tag what stood behind the VLAN tag's protocol (IEEE 802.1Q-2018 §9.6), or [#NO_TAG]
    /// @param tagProtocol 0x8100 or 0x88a8
    /// @param at where in `to` the first length goes
    /// @return the end of the last frame in `to`, or [#MALFORMED], or [#NO_ROOM]
    public int write(
            ByteBuffer from, int vnetHeader, int frame, int length, int tag, int tagProtocol, ByteBuffer to, int at) {
        if (length < EthernetHeader.LENGTH) {
            return MALFORMED;
        }
        this.from = from;
        this.frame = frame;
        this.length = length;
        this.tag = tag;
        this.tagProtocol = tagProtocol;
        this.to = to;
        tagLength = tag == NO_TAG ? 0 : EthernetHeader.TAG_LENGTH;
        needsChecksum = (from.get(vnetHeader) & NEEDS_CHECKSUM) != 0;
        // hdr_len at 2 is a hint that need not be true (virtio 1.2 §5.1.6.4.1): the headers tell
        int gsoSize = littleEndian(vnetHeader + 4);
        checksumStart = littleEndian(vnetHeader + 6);
        checksumOffset = littleEndian(vnetHeader + 8);
        findNetwork();
        int gsoType = from.get(vnetHeader + 1) & 0xff & ~GSO_ECN;
        if (gsoType == GSO_NONE) {
            return writeWhole(at);
        }
        return aimSegments(gsoType) ? writeSegments(gsoSize, at) : MALFORMED;
    }

    private int littleEndian(int at) {
        return Short.reverseBytes(from.getShort(at)) & 0xffff;
    }

    /// Finds the packet behind tags that were left in the frame.
    private void findNetwork() {
        network = EthernetHeader.LENGTH;
        for (int tags = 0; ; tags++) {
            networkType = from.getShort(frame + network - 2) & 0xffff;
            boolean isTag = networkType == EthernetHeader.TYPE_VLAN || networkType == EthernetHeader.TYPE_SERVICE_VLAN;
            if (!isTag || tags == MAX_TAGS || network + EthernetHeader.TAG_LENGTH > length) {
                return;
            }
            network += EthernetHeader.TAG_LENGTH;
        }
    }

    private int writeWhole(int at) {
        int end = needsChecksum ? packetEnd() : length;
        if (needsChecksum
                && (checksumStart < EthernetHeader.LENGTH || checksumStart + checksumOffset + Short.BYTES > end)) {
            return MALFORMED;
        }
        if (LENGTH_BYTES + tagLength + length > to.limit() - at) {
            return NO_ROOM;
        }
        int out = begin(at, length, length);
        if (needsChecksum) {
            int start = out + tagLength + checksumStart;
            // the field holds the pseudo-header's sum; all ones for zero also where it is not UDP, which is
            // the same number, as Linux does (net/core/dev.c, skb_checksum_help)
            long sum = Checksum.add(0, to, start, end - checksumStart);
            to.putShort(start + checksumOffset, (short) Checksum.finishUdp(sum));
        }
        return out + tagLength + length;
    }

    /// Where the IP packet ends: behind it may be padding, which the checksum does not cover. When the packet
    /// does not know, it ends with the frame.
    private int packetEnd() {
        int available = length - network;
        if (networkType == EthernetHeader.TYPE_IPV4 && ipv4.aim(from, frame + network, available)) {
            return network + ipv4.totalLength();
        }
        if (networkType == EthernetHeader.TYPE_IPV6 && available >= Ipv6Header.LENGTH) {
            // not by aim: a source route under way is no reason to leave a checksum undone
            int end = network + Ipv6Header.LENGTH + (from.getShort(frame + network + 4) & 0xffff);
            return Math.min(end, length);
        }
        return length;
    }

    /// Finds the headers of a super-frame; false when they are not what the type says.
    ///
    /// Not cut but refused: UFO (type 3), which would have to become IP fragments: Linux makes such packets
    /// no more since 4.14, and a tap only when it is asked to. UDP tunnels (types with 0x20 or 0x40), which
    /// a socket has to ask for. Packets over 64 KiB ("BIG TCP"), whose length field is zero.
    private boolean aimSegments(int gsoType) {
        isTcp = gsoType == GSO_TCPV4 || gsoType == GSO_TCPV6;
        isIpv4 = networkType == EthernetHeader.TYPE_IPV4;
        boolean isKnown = switch (gsoType) {
            case GSO_TCPV4 -> isIpv4;
            case GSO_TCPV6 -> networkType == EthernetHeader.TYPE_IPV6;
            case GSO_UDP_L4 -> isIpv4 || networkType == EthernetHeader.TYPE_IPV6;
            default -> false;
        };
        return isKnown
                && (isIpv4 ? aimIpv4() : aimIpv6())
                && (!needsChecksum || (checksumStart == transport && checksumOffset == (isTcp ? 16 : 6)))
                && headers <= MAX_HEADERS;
    }

    private boolean aimIpv4() {
        if (!ipv4.aim(from, frame + network, length - network) || ipv4.isFragment()) {
            return false;
        }
        pseudoHeader = Checksum.pseudoHeader(ipv4.source(), ipv4.destination(), ipv4.protocol(), 0);
        return aimTransport(ipv4.protocol(), ipv4.payloadOffset(), ipv4.payloadLength());
    }

    private boolean aimIpv6() {
        if (!ipv6.aim(from, frame + network, length - network) || ipv6.isFragment()) {
            return false;
        }
        pseudoHeader = Checksum.pseudoHeader(
                ipv6.sourceHigh(), ipv6.sourceLow(), ipv6.destinationHigh(), ipv6.destinationLow(), ipv6.protocol(), 0);
        return aimTransport(ipv6.protocol(), ipv6.payloadOffset(), ipv6.payloadLength());
    }

    private boolean aimTransport(int protocol, int offset, int available) {
        transport = offset - frame;
        if (isTcp) {
            if (protocol != IpProtocol.TCP || !tcp.aim(from, offset, available)) {
                return false;
            }
            headers = transport + tcp.headerLength();
            payload = available - tcp.headerLength();
        } else {
            if (protocol != IpProtocol.UDP || !udp.aim(from, offset, available)) {
                return false;
            }
            headers = transport + UdpHeader.LENGTH;
            payload = udp.payloadLength();
        }
        return true;
    }

    private int writeSegments(int gsoSize, int at) {
        if (gsoSize < MIN_SEGMENT) {
            return MALFORMED;
        }
        int segments = Math.max(1, (payload + gsoSize - 1) / gsoSize);
        if (segments > MAX_SEGMENTS) {
            return MALFORMED;
        }
        if (segments * (LENGTH_BYTES + tagLength + headers) + payload > to.limit() - at) {
            return NO_ROOM;
        }
        int next = at;
        for (int i = 0; i < segments; i++) {
            int done = i * gsoSize;
            int size = Math.min(gsoSize, payload - done);
            int out = begin(next, headers, headers + size) + tagLength;
            next = out + headers + size;
            to.put(out + headers, from, frame + headers + done, size);
            writeNetwork(out + network, i, next - out - network);
            if (isTcp) {
                writeTcp(out + transport, done, i == 0, i == segments - 1, next);
            } else {
                writeUdp(out + transport, next);
            }
        }
        return next;
    }

    /// Writes a frame's length and its first bytes, with the tag.
    ///
    /// @return where the frame is in `to`
    private int begin(int at, int bytes, int frameLength) {
        to.putInt(at, tagLength + frameLength);
        int out = at + LENGTH_BYTES;
        if (tag == NO_TAG) {
            to.put(out, from, frame, bytes);
        } else {
            to.put(out, from, frame, EthernetHeader.TYPE_OFFSET);
            to.putInt(out + EthernetHeader.TYPE_OFFSET, (tagProtocol << 16) | (tag & 0xffff));
            to.put(
                    out + EthernetHeader.TYPE_OFFSET + EthernetHeader.TAG_LENGTH,
                    from,
                    frame + EthernetHeader.TYPE_OFFSET,
                    bytes - EthernetHeader.TYPE_OFFSET);
        }
        return out;
    }

    private void writeNetwork(int packet, int index, int packetLength) {
        if (isIpv4) {
            to.putShort(packet + 2, (short) packetLength);
            // each a packet of its own, so with an identification of its own (inet_gso_segment)
            to.putShort(packet + 4, (short) (from.getShort(frame + network + 4) + index));
            to.putShort(packet + 10, (short) 0);
            long sum = Checksum.add(0, to, packet, ipv4.headerLength());
            to.putShort(packet + 10, (short) Checksum.finish(sum));
        } else {
            to.putShort(packet + 4, (short) (packetLength - Ipv6Header.LENGTH));
        }
    }

    private void writeTcp(int segment, int done, boolean isFirst, boolean isLast, int end) {
        to.putInt(segment + 4, tcp.sequence() + done);
        // RFC 3168 §6.1.2: CWR once, on the first segment of new data; ECE stays on all (tcp_gso_segment)
        int cleared = (isFirst ? 0 : TcpHeader.CWR) | (isLast ? 0 : TcpHeader.FIN | TcpHeader.PSH);
        to.put(segment + 13, (byte) (to.get(segment + 13) & ~cleared));
        to.putShort(segment + 16, (short) 0);
        long sum = Checksum.add(pseudoHeader + (end - segment), to, segment, end - segment);
        to.putShort(segment + 16, (short) Checksum.finish(sum));
    }

    private void writeUdp(int datagram, int end) {
        to.putShort(datagram + 4, (short) (end - datagram));
        if (needsChecksum || udp.hasChecksum() || !isIpv4) {
            to.putShort(datagram + 6, (short) 0);
            long sum = Checksum.add(pseudoHeader + (end - datagram), to, datagram, end - datagram);
            to.putShort(datagram + 6, (short) Checksum.finishUdp(sum));
        }
    }
}
