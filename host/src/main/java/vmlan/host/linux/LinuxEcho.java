package vmlan.host.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.concurrent.ThreadLocalRandom;
import vmlan.network.outside.EchoEvents;
import vmlan.network.outside.OutsideEcho;
import vmlan.network.outside.OutsideError;
import vmlan.packet.Checksum;

/// Echoes by a ping socket (`man 7 icmp`, ping_group_range), or by a raw one where there is CAP_NET_RAW.
///
/// A ping socket's identifier is the kernel's, and only its replies come; a raw socket gets everybody's, and knows its
/// own by the identifier.
final class LinuxEcho extends NativeSocket implements OutsideEcho {
    /// Type, code, checksum, identifier, sequence (RFC 792, RFC 4443 §4.1).
    private static final int HEADER_BYTES = 8;

    private static final int IPV4_REQUEST = 8;
    private static final int IPV4_REPLY = 0;
    private static final int IPV6_REQUEST = 128;
    private static final int IPV6_REPLY = 129;
    /// The longest IPv4 header.
    private static final int LONGEST_HEADER = 60;

    private final EchoEvents events;
    private final boolean raw;
    private final short identifier;
    private int hopLimit;
    /// Of the message that is being sent.
    private OutsideError unsent;

    private LinuxEcho(NativeSockets sockets, int fd, boolean ipv4, boolean raw, EchoEvents events) {
        super(sockets, fd, ipv4);
        this.raw = raw;
        this.events = events;
        this.identifier = raw ? (short) ThreadLocalRandom.current().nextInt() : 0;
    }

    /// @return null where the host does not allow it, or has no socket to give
    static LinuxEcho open(NativeSockets sockets, boolean ipv4, EchoEvents events) {
        int protocol = ipv4 ? IpSockets.IPPROTO_ICMP : IpSockets.IPPROTO_ICMPV6;
        boolean raw = false;
        int fd = IpSockets.open(ipv4, SocketCalls.SOCK_DGRAM, protocol);
        if (fd < 0) {
            raw = true;
            fd = IpSockets.open(ipv4, SocketCalls.SOCK_RAW, protocol);
        }
        if (fd < 0) {
            return null;
        }
        if (IpSockets.reportErrors(fd, ipv4) < 0 || (raw && filter(fd, ipv4) < 0)) {
            Libc.close(fd);
            return null;
        }
        LinuxEcho echo = new LinuxEcho(sockets, fd, ipv4, raw, events);
        return sockets.open(echo) < 0 ? null : echo;
    }

    /// Only replies. A bit that is set keeps a type out: 32 of them for ICMP, 256 for ICMPv6.
    private static int filter(int fd, boolean ipv4) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment blocked = arena.allocate(ipv4 ? 4 : 32, Integer.BYTES).fill((byte) 0xff);
            int type = ipv4 ? IPV4_REPLY : IPV6_REPLY;
            int word = type / 32 * 4;
            blocked.set(ValueLayout.JAVA_INT, word, ~(1 << type % 32));
            return ipv4
                    ? SocketCalls.setsockopt(fd, IpSockets.SOL_RAW, IpSockets.ICMP_FILTER, blocked)
                    : SocketCalls.setsockopt(fd, IpSockets.IPPROTO_ICMPV6, IpSockets.ICMPV6_FILTER, blocked);
        }
    }

    @Override
    public OutsideError send(long high, long low, int sequence, int hops, ByteBuffer buffer, int offset, int length) {
        if (isClosed()) {
            return OutsideError.EXHAUSTED;
        }
        int total = HEADER_BYTES + length;
        if (total > NativeSockets.MESSAGE_BYTES - LONGEST_HEADER) {
            return OutsideError.TOO_BIG;
        }
        if (hops != hopLimit) {
            IpSockets.hopLimit(fd, ipv4, hops);
            hopLimit = hops;
        }
        SendBatch batch = sockets.batch();
        int at = batch.reserve(this, total);
        ByteBuffer bytes = batch.bytes();
        bytes.put(at, (byte) (ipv4 ? IPV4_REQUEST : IPV6_REQUEST));
        bytes.put(at + 1, (byte) 0);
        bytes.putShort(at + 2, (short) 0);
        bytes.putShort(at + 4, identifier);
        bytes.putShort(at + 6, (short) sequence);
        bytes.put(at + HEADER_BYTES, buffer, offset, length);
        if (raw && ipv4) {
            // In all other cases the kernel does it.
            bytes.putShort(at + 2, (short) Checksum.finish(Checksum.add(0, bytes, at, total)));
        }
        batch.add(high, low, 0, total);
        unsent = null;
        long dropped = batch.dropped();
        batch.flush(this);
        return batch.dropped() == dropped ? unsent : OutsideError.EXHAUSTED;
    }

    @Override
    void received(MessageSlots slots, int slot, int offset, int length, long now) {
        ByteBuffer bytes = slots.bytes;
        int header = 0;
        // A raw socket of IPv4 alone gets the IP header too.
        if (raw && ipv4) {
            header = length < 1 ? 0 : (bytes.get(offset) & 0xf) * 4;
        }
        int name = slots.name(slot);
        int at = offset + header;
        if (length - header < HEADER_BYTES
                || bytes.get(at) != (byte) (ipv4 ? IPV4_REPLY : IPV6_REPLY)
                || (raw && bytes.getShort(at + 4) != identifier)
                || !IpSockets.isAddress(slots.headers, name)) {
            return;
        }
        events.replied(
                IpSockets.high(slots.headers, name),
                IpSockets.low(slots.headers, name),
                Short.toUnsignedInt(bytes.getShort(at + 6)),
                bytes,
                at + HEADER_BYTES,
                length - header - HEADER_BYTES,
                now);
    }

    @Override
    void unsent(OutsideError why, int mtu, SendBatch batch, int slot) {
        unsent = why;
    }

    /// The message is the request, from its ICMP header on (net/ipv4/ping.c, ping_err; raw.c, raw_err).
    @Override
    void reported(OutsideError why, ErrorQueue report, int slot) {
        int at = report.offset(slot);
        ByteBuffer bytes = report.bytes();
        if (report.length(slot) < HEADER_BYTES
                || bytes.get(at) != (byte) (ipv4 ? IPV4_REQUEST : IPV6_REQUEST)
                || (raw && bytes.getShort(at + 4) != identifier)) {
            return;
        }
        sockets.failures()
                .add(
                        this,
                        why,
                        why == OutsideError.TOO_BIG ? report.info(slot) : 0,
                        report.high(slot),
                        report.low(slot),
                        Short.toUnsignedInt(bytes.getShort(at + 6)),
                        report.offenderHigh(slot),
                        report.offenderLow(slot));
    }

    @Override
    void tell(Failures failures, long now) {
        events.failed(
                failures.why(),
                failures.mtu(),
                failures.offenderHigh(),
                failures.offenderLow(),
                failures.high(),
                failures.low(),
                failures.number(),
                now);
    }
}
