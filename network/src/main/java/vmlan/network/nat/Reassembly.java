package vmlan.network.nat;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import vmlan.network.DropReason;
import vmlan.network.SwitchPort;
import vmlan.network.flow.FlowLimits;
import vmlan.network.ip.IcmpErrors;
import vmlan.packet.IpAddress;
import vmlan.packet.Ipv4Header;
import vmlan.packet.Ipv6Header;

/// Puts fragments together (RFC 791 §3.2, RFC 8200 §4.5). Read RFC 5722 and RFC 1858 first.
///
/// ```
/// │ IPv6 header (40)             │ payload, up to 65535              │   one [PartialPacket]
///        │ IPv4 header (20)      │
///                                  ▲ a bit for each eight bytes that have come
/// ```
///
/// The whole packet gets the header of its first fragment, without options and extension headers in front,
/// and is then checked like any other.
///
/// Trust: guests write all of it. A packet takes 64 KiB from its first fragment on; a port has
/// [NatLimits#reassembliesPerPort] of them, and its next takes the place of its oldest. Fragments that
/// contradict each other, by overlap or length, end the packet, and what else comes of it is dropped until its
/// time is over (RFC 5722 §4; IPv4 has the same attacks). A fragment that repeats bytes exactly is harmless and
/// ignored (RFC 8200 §4.5).
public final class Reassembly {
    /// As Linux has it (net/ipv4 ipfrag_time); RFC 1122 §3.3.2 allows 60 s at least for slow ways, and these
    /// come over none.
    static final long IPV4_NANOS = 30_000_000_000L;
    /// RFC 8200 §4.5.
    static final long IPV6_NANOS = 60_000_000_000L;

    private static final int MAX_IPV4_PAYLOAD = 65_535 - Ipv4Header.LENGTH;
    private static final int MAX_IPV6_PAYLOAD = 65_535;

    private final FlowLimits limits;
    private final IcmpErrors errors;
    /// By age, the oldest first; few.
    private final List<PartialPacket> underWay = new ArrayList<>();

    private final Deque<PartialPacket> free = new ArrayDeque<>();
    private final Ipv4Header whole4 = new Ipv4Header();
    private final Ipv6Header whole6 = new Ipv6Header();
    private long reassembled;
    private long evicted;
    private long timedOut;
    private long contradictions;

    Reassembly(NatLimits limits, IcmpErrors errors) {
        this.limits = new FlowLimits(limits.reassembliesPerPort(), limits.reassembliesInAll());
        this.errors = errors;
    }

    /// Whether other fragments of the same packet have come.
    public boolean isUnderWay(SwitchPort from, Ipv4Header fragment) {
        return find(from, fragment) != null;
    }

    public boolean isUnderWay(SwitchPort from, Ipv6Header fragment) {
        return find(from, fragment) != null;
    }

    /// Takes a fragment.
    ///
    /// @param fragment a packet that is one
    /// @return the whole packet, valid until the next call, or null
    public Ipv4Header accept(SwitchPort from, long mac, Ipv4Header fragment, long now) {
        int place = fragment.fragmentOffset();
        boolean more = fragment.hasMoreFragments();
        int length = fragment.payloadLength();
        if (!isPossible(from, place, length, more, MAX_IPV4_PAYLOAD)) {
            return null;
        }
        PartialPacket packet = find(from, fragment);
        if (packet == null) {
            packet = begin(from, now + IPV4_NANOS);
            if (packet == null) {
                return null;
            }
            packet.begin(mac, fragment);
        }
        if (place == 0) {
            packet.takeHeader(fragment);
        }
        if (!add(packet, from, fragment.buffer(), fragment.payloadOffset(), place, length, more)) {
            return null;
        }
        Ipv4Header.makeWhole(packet.bytes, PartialPacket.IPV4_START, packet.length);
        end(packet);
        reassembled++;
        int total = Ipv4Header.LENGTH + packet.length;
        return whole4.aim(packet.bytes, PartialPacket.IPV4_START, total) ? whole4 : null;
    }

    /// The same for IPv6.
    public Ipv6Header accept(SwitchPort from, long mac, Ipv6Header fragment, long now) {
        int place = fragment.fragmentOffset();
        boolean more = fragment.hasMoreFragments();
        int data = fragment.fragmentHeader() + Ipv6Header.FRAGMENT_HEADER_LENGTH;
        int length = fragment.payloadOffset() + fragment.payloadLength() - data;
        if (!isPossible(from, place, length, more, MAX_IPV6_PAYLOAD)) {
            return null;
        }
        if (place == 0 && fragment.payloadLength() < Ipv6Header.FRAGMENT_HEADER_LENGTH) {
            from.drop(DropReason.MALFORMED); // RFC 7112 §5: the first has all headers
            return null;
        }
        PartialPacket packet = null;
        if (place != 0 || more) { // RFC 6946 §4: the only fragment of its packet meets no other
            packet = find(from, fragment);
        }
        if (packet == null) {
            packet = begin(from, now + IPV6_NANOS);
            if (packet == null) {
                return null;
            }
            packet.begin(mac, fragment);
        }
        if (place == 0) {
            packet.takeHeader(fragment);
        }
        if (!add(packet, from, fragment.buffer(), data, place, length, more)) {
            return null;
        }
        Ipv6Header.makeWhole(packet.bytes, 0, packet.protocol, packet.length);
        end(packet);
        reassembled++;
        if (!whole6.aim(packet.bytes, 0, Ipv6Header.LENGTH + packet.length) || whole6.isFragment()) {
            from.drop(DropReason.MALFORMED); // fragments of fragments
            return null;
        }
        return whole6;
    }

    private static boolean isPossible(SwitchPort from, int place, int length, boolean more, int max) {
        // RFC 8200 §4.5: all but the last have a multiple of eight; and none passes the longest packet's end
        if (length == 0 || (more && (length & 7) != 0) || place + length > max) {
            from.drop(DropReason.MALFORMED);
            return false;
        }
        return true;
    }

    private PartialPacket begin(SwitchPort from, long deadline) {
        if (!limits.take(from)) {
            PartialPacket oldest = oldestOf(from);
            if (oldest == null) {
                from.drop(DropReason.TABLE_FULL);
                return null;
            }
            from.drop(DropReason.FRAGMENT);
            evicted++;
            end(oldest);
            limits.take(from);
        }
        PartialPacket packet = free.isEmpty() ? new PartialPacket() : free.removeFirst();
        packet.port = from;
        packet.deadline = deadline;
        underWay.add(packet);
        return packet;
    }

    private PartialPacket oldestOf(SwitchPort port) {
        for (int i = 0; i < underWay.size(); i++) {
            if (underWay.get(i).port == port) {
                return underWay.get(i);
            }
        }
        return null;
    }

    @SuppressWarnings("ReferenceEquality") // this very packet is meant
    private void end(PartialPacket packet) {
        for (int i = 0; i < underWay.size(); i++) {
            if (underWay.get(i) == packet) {
                underWay.remove(i);
                break;
            }
        }
        limits.release(packet.port);
        packet.port = null;
        free.addLast(packet); // the last to be used again: the whole packet is still looked at
    }

    /// @return whether the packet is whole now
    private boolean add(
            PartialPacket packet, SwitchPort from, ByteBuffer buffer, int data, int place, int length, boolean more) {
        if (packet.dead) {
            from.drop(DropReason.FRAGMENT);
            return false;
        }
        switch (packet.add(buffer, data, place, length, more)) {
            case ADDED -> {
                return packet.isWhole();
            }
            case REPEATED -> {
                return false;
            }
            case CONTRADICTED -> {
                packet.dead = true;
                contradictions++;
                from.drop(DropReason.FRAGMENT);
            }
        }
        return false;
    }

    private PartialPacket find(SwitchPort from, Ipv4Header fragment) {
        return find(
                from,
                true,
                fragment.identification(),
                fragment.protocol(),
                0,
                IpAddress.mapped(fragment.source()),
                0,
                IpAddress.mapped(fragment.destination()));
    }

    private PartialPacket find(SwitchPort from, Ipv6Header fragment) {
        // RFC 8200 §4.5: the protocol is that of the first fragment, and no part of the key
        return find(
                from,
                false,
                fragment.identification(),
                0,
                fragment.sourceHigh(),
                fragment.sourceLow(),
                fragment.destinationHigh(),
                fragment.destinationLow());
    }

    private PartialPacket find(
            SwitchPort from,
            boolean ipv4,
            int identification,
            int protocol,
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow) {
        for (int i = 0; i < underWay.size(); i++) {
            PartialPacket packet = underWay.get(i);
            if (packet.identification == identification
                    && packet.port == from
                    && packet.ipv4 == ipv4
                    && (!ipv4 || packet.protocol == protocol)
                    && packet.isBetween(sourceHigh, sourceLow, destinationHigh, destinationLow)) {
                return packet;
            }
        }
        return null;
    }

    void forget(SwitchPort port) {
        for (PartialPacket packet = oldestOf(port); packet != null; packet = oldestOf(port)) {
            end(packet);
        }
    }

    long nanosToTick(long now) {
        long nanos = Long.MAX_VALUE;
        for (int i = 0; i < underWay.size(); i++) {
            nanos = Math.min(nanos, underWay.get(i).deadline - now);
        }
        return Math.max(0, nanos);
    }

    void tick(long now) {
        for (int i = underWay.size() - 1; i >= 0; i--) {
            PartialPacket packet = underWay.get(i);
            if (packet.deadline - now <= 0) {
                giveUp(packet, now);
            }
        }
    }

    private void giveUp(PartialPacket packet, long now) {
        SwitchPort port = packet.port;
        timedOut++;
        port.drop(DropReason.FRAGMENT);
        if (packet.hasFirst() && !packet.dead) {
            errors.reassemblyTimeExceeded(
                    port,
                    packet.mac,
                    packet.protocol,
                    packet.sourceHigh,
                    packet.sourceLow,
                    packet.destinationHigh,
                    packet.destinationLow,
                    packet.bytes.getLong(PartialPacket.PAYLOAD),
                    now);
        }
        end(packet);
    }

    /// Packets of which fragments are missing.
    int underWay() {
        return underWay.size();
    }

    /// Buffers that were ever needed at once.
    int buffers() {
        return underWay.size() + free.size();
    }

    long reassembled() {
        return reassembled;
    }

    long evicted() {
        return evicted;
    }

    long timedOut() {
        return timedOut;
    }

    long contradictions() {
        return contradictions;
    }
}
