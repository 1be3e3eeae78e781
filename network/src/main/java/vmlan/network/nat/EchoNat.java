package vmlan.network.nat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import vmlan.network.DropReason;
import vmlan.network.SwitchPort;
import vmlan.network.flow.FlowLimits;
import vmlan.network.ip.IcmpErrors;
import vmlan.network.ip.IpPacket;
import vmlan.network.ip.Outbox;
import vmlan.network.outside.EchoEvents;
import vmlan.network.outside.Outside;
import vmlan.network.outside.OutsideEcho;
import vmlan.network.outside.OutsideError;
import vmlan.packet.IcmpHeader;
import vmlan.packet.IpProtocol;

/// Echoes of all guests, of one family, through one socket of the host. Read RFC 5508 §3 first.
///
/// The sequence number that goes out is ours: it names the place where the guest's own identifier and sequence
/// number are kept until the reply comes.
///
/// ```
/// guest's id 4711, seq 1  ─▶  seq │ generation │ slot │  ─▶ host's socket
/// ```
///
/// Trust: a guest that floods takes the places of its own oldest echoes. A reply counts if it comes from the
/// address asked, in its time.
final class EchoNat implements EchoEvents {
    /// RFC 5508 REQ-2: a query session "MUST NOT expire in less than 60 seconds".
    static final long WAIT_NANOS = 60_000_000_000L;
    /// When the host allows no echoes: how often it is asked anew.
    private static final long RETRY_NANOS = 60_000_000_000L;

    private final boolean ipv4;
    private final Outbox out;
    private final IcmpErrors errors;
    private final Outside outside;
    private final GuestPackets packets;
    private final FlowLimits limits;
    private final Echo[] slots;
    private final int slotBits;
    /// A circular queue, so that a slot is used again as late as can be.
    private final int[] free;

    private int firstFree;
    private int freeCount;
    /// By age.
    private Echo oldest;

    private Echo newest;
    /// By [SwitchPort#index] and age.
    private Echo[] oldestOf = new Echo[8];

    private Echo[] newestOf = new Echo[8];
    private OutsideEcho socket;
    private long retryAt;
    private long requests;
    private long replies;
    private long evicted;
    private long failures;

    /// A request that waits for its reply.
    private static final class Echo {
        final int slot;
        int generation;
        SwitchPort port;
        long mac;
        long high;
        long low;
        long remoteHigh;
        long remoteLow;
        /// Type to sequence number, as the guest sent them.
        long first8;

        long deadline;
        Echo older;
        Echo newer;
        Echo olderOfPort;
        Echo newerOfPort;

        Echo(int slot) {
            this.slot = slot;
        }
    }

    EchoNat(
            boolean ipv4,
            NatLimits limits,
            Outbox out,
            IcmpErrors errors,
            Outside outside,
            GuestPackets packets,
            long now) {
        this.ipv4 = ipv4;
        this.out = out;
        this.errors = errors;
        this.outside = outside;
        this.packets = packets;
        this.limits = new FlowLimits(limits.echoesPerPort(), limits.echoesInAll());
        slotBits = Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(1, limits.echoesInAll() - 1));
        if (slotBits > Short.SIZE) {
            throw new IllegalArgumentException(limits.echoesInAll() + " echoes; a sequence number has 16 bits");
        }
        slots = new Echo[limits.echoesInAll()];
        free = new int[slots.length];
        for (int i = 0; i < free.length; i++) {
            free[i] = i;
        }
        freeCount = free.length;
        // Opened by the first request: what it takes of the host is not on the way of a network's start.
        retryAt = now;
    }

    private void open(long now) {
        socket = outside.echoes(ipv4, this);
        retryAt = now + RETRY_NANOS;
    }

    /// The host may have what it had not: the next request asks it.
    void hostChanged(long now) {
        retryAt = now;
    }

    /// Whether the host lets us send echoes, as far as somebody has tried.
    boolean isAllowed() {
        return socket != null;
    }

    /// @param icmp aimed at an echo request of `packet`, whose checksum is right
    void request(SwitchPort from, long mac, IpPacket packet, IcmpHeader icmp, long now) {
        if (socket == null && retryAt - now <= 0) {
            open(now);
        }
        if (socket == null) {
            from.drop(DropReason.NO_ROUTE);
            errors.send(from, mac, packet, OutsideError.PROHIBITED, 0, now);
            return;
        }
        Echo echo = place(from);
        if (echo == null) {
            from.drop(DropReason.TABLE_FULL);
            return;
        }
        echo.port = from;
        echo.mac = mac;
        echo.high = packet.sourceHigh();
        echo.low = packet.sourceLow();
        echo.remoteHigh = packet.destinationHigh();
        echo.remoteLow = packet.destinationLow();
        echo.first8 = packet.buffer().getLong(icmp.offset());
        echo.deadline = now + WAIT_NANOS;
        link(echo);
        requests++;
        OutsideError why = socket.send(
                echo.remoteHigh,
                echo.remoteLow,
                sequence(echo),
                packet.hopLimit() - 1,
                packet.buffer(),
                icmp.offset() + IcmpHeader.LENGTH,
                icmp.length() - IcmpHeader.LENGTH);
        if (why != null) {
            failures++;
            end(echo);
            errors.send(from, mac, packet, why, 0, now);
        }
    }

    private Echo place(SwitchPort from) {
        if (!limits.take(from)) {
            Echo victim = from.index() < oldestOf.length ? oldestOf[from.index()] : null;
            if (victim == null) {
                return null;
            }
            evicted++;
            end(victim);
            limits.take(from);
        }
        int slot = free[firstFree];
        firstFree = (firstFree + 1) % free.length;
        freeCount--;
        if (slots[slot] == null) {
            slots[slot] = new Echo(slot);
        }
        slots[slot].generation++;
        return slots[slot];
    }

    private int sequence(Echo echo) {
        return ((echo.generation << slotBits) | echo.slot) & 0xffff;
    }

    /// What waits under a sequence number for something about this address, or null.
    private Echo find(long high, long low, int sequence) {
        int slot = sequence & ((1 << slotBits) - 1);
        Echo echo = slot < slots.length ? slots[slot] : null;
        return echo != null
                        && echo.port != null
                        && sequence(echo) == sequence
                        && echo.remoteLow == low
                        && echo.remoteHigh == high
                ? echo
                : null;
    }

    @Override
    public void replied(long high, long low, int sequence, ByteBuffer buffer, int offset, int length, long now) {
        Echo echo = find(high, low, sequence);
        if (echo == null) {
            return;
        }
        replies++;
        out.makeRoom();
        boolean sent = packets.sendReply(
                echo.mac,
                high,
                low,
                echo.high,
                echo.low,
                (int) (echo.first8 >>> 16) & 0xffff,
                (int) echo.first8 & 0xffff,
                buffer,
                offset,
                length,
                now);
        if (!sent) {
            echo.port.drop(DropReason.QUEUE_FULL);
        }
        end(echo);
    }

    @Override
    public void failed(
            OutsideError why,
            int mtu,
            long offenderHigh,
            long offenderLow,
            long high,
            long low,
            int sequence,
            long now) {
        Echo echo = find(high, low, sequence);
        if (echo == null) {
            return;
        }
        failures++;
        out.makeRoom();
        errors.relay(
                echo.port,
                echo.mac,
                why,
                mtu,
                offenderHigh,
                offenderLow,
                ipv4 ? IpProtocol.ICMP : IpProtocol.ICMPV6,
                echo.high,
                echo.low,
                high,
                low,
                echo.first8,
                now);
        end(echo);
    }

    private void link(Echo echo) {
        echo.older = newest;
        if (newest == null) {
            oldest = echo;
        } else {
            newest.newer = echo;
        }
        newest = echo;
        int index = echo.port.index();
        if (index >= oldestOf.length) {
            oldestOf = Arrays.copyOf(oldestOf, Math.max(index + 1, 2 * oldestOf.length));
            newestOf = Arrays.copyOf(newestOf, oldestOf.length);
        }
        echo.olderOfPort = newestOf[index];
        if (newestOf[index] == null) {
            oldestOf[index] = echo;
        } else {
            newestOf[index].newerOfPort = echo;
        }
        newestOf[index] = echo;
    }

    private void end(Echo echo) {
        if (echo.older == null) {
            oldest = echo.newer;
        } else {
            echo.older.newer = echo.newer;
        }
        if (echo.newer == null) {
            newest = echo.older;
        } else {
            echo.newer.older = echo.older;
        }
        int index = echo.port.index();
        if (echo.olderOfPort == null) {
            oldestOf[index] = echo.newerOfPort;
        } else {
            echo.olderOfPort.newerOfPort = echo.newerOfPort;
        }
        if (echo.newerOfPort == null) {
            newestOf[index] = echo.olderOfPort;
        } else {
            echo.newerOfPort.olderOfPort = echo.olderOfPort;
        }
        limits.release(echo.port);
        echo.port = null;
        echo.older = null;
        echo.newer = null;
        echo.olderOfPort = null;
        echo.newerOfPort = null;
        free[(firstFree + freeCount) % free.length] = echo.slot;
        freeCount++;
    }

    void forget(SwitchPort port) {
        if (port.index() < oldestOf.length) {
            while (oldestOf[port.index()] != null) {
                end(oldestOf[port.index()]);
            }
        }
    }

    long nanosToTick(long now) {
        return oldest == null ? Long.MAX_VALUE : Math.max(0, oldest.deadline - now);
    }

    /// Nobody has answered; the guest knows that by itself.
    void tick(long now) {
        while (oldest != null && oldest.deadline - now <= 0) {
            end(oldest);
        }
    }

    int waiting() {
        return limits.used();
    }

    long requests() {
        return requests;
    }

    long replies() {
        return replies;
    }

    long evicted() {
        return evicted;
    }

    long failures() {
        return failures;
    }
}
