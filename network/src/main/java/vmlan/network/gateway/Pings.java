package vmlan.network.gateway;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import vmlan.network.ip.Hops;
import vmlan.network.ip.Outbox;
import vmlan.packet.IcmpHeader;
import vmlan.packet.IpProtocol;

/// The gateway's own pings: find the MAC, send an echo, wait for its reply; every second anew, since either
/// may get lost while a guest starts.
///
/// ```
///  start ──▶ asking ──(ARP reply, advertisement)──▶ waiting ──(reply)──▶ answered
///              ▲  └──────────── after a second ────────┘
///              └──── the deadline ends it in any state ────▶ unanswered
/// ```
///
/// Trust: a reply counts if it comes from the address asked and has the ping's identifier, which is random,
/// and a sequence number that was sent.
final class Pings {
    static final int LIMIT = 64;

    /// RFC 1122 §2.3.2.1: at most one ARP request a second for an address.
    private static final long RETRY_NANOS = 1_000_000_000L;
    /// As `ping` sends.
    private static final int DATA_LENGTH = 56;
    /// So many echoes are remembered; the replies to older ones are too late.
    private static final int REMEMBERED = 16;

    private final Outbox out;
    private final Solicitations solicitations;
    private final int address;
    private final Ipv6Own own;
    private final RandomGenerator random;
    private final List<Ping> pings = new ArrayList<>();

    private static final class Ping {
        final boolean isIpv6;
        final long high;
        final long low;
        final int identifier;
        final long startedAt;
        final long deadline;
        final Consumer<PingOutcome> done;
        final long[] sentAt = new long[REMEMBERED];
        int sequence;
        boolean isAsking = true;
        long retryAt;

        Ping(
                boolean isIpv6,
                long high,
                long low,
                int identifier,
                long now,
                long timeoutNanos,
                Consumer<PingOutcome> done) {
            this.isIpv6 = isIpv6;
            this.high = high;
            this.low = low;
            this.identifier = identifier;
            this.done = done;
            startedAt = now;
            deadline = now + timeoutNanos;
            retryAt = now;
        }

        boolean isTo(boolean ipv6, long addressHigh, long addressLow) {
            return isIpv6 == ipv6 && high == addressHigh && low == addressLow;
        }
    }

    Pings(Outbox out, Solicitations solicitations, int address, Ipv6Own own, RandomGenerator random) {
        this.out = out;
        this.solicitations = solicitations;
        this.address = address;
        this.own = own;
        this.random = random;
    }

    void start(int ipv4, long timeoutNanos, long now, Consumer<PingOutcome> done) {
        start(false, 0, ipv4, timeoutNanos, now, done);
    }

    void start(long high, long low, long timeoutNanos, long now, Consumer<PingOutcome> done) {
        start(true, high, low, timeoutNanos, now, done);
    }

    private void start(boolean isIpv6, long high, long low, long timeoutNanos, long now, Consumer<PingOutcome> done) {
        if (pings.size() == LIMIT || timeoutNanos <= 0) {
            done.accept(new PingOutcome(false, 0));
            return;
        }
        Ping ping = new Ping(isIpv6, high, low, random.nextInt(1 << 16), now, timeoutNanos, done);
        pings.add(ping);
        ask(ping, now);
    }

    long nanosToTick(long now) {
        long nanos = Long.MAX_VALUE;
        for (int i = 0; i < pings.size(); i++) {
            Ping ping = pings.get(i);
            nanos = Math.min(nanos, Math.min(ping.deadline - now, ping.retryAt - now));
        }
        return Math.max(0, nanos);
    }

    void tick(long now) {
        if (pings.isEmpty()) {
            return;
        }
        List<Ping> over = new ArrayList<>();
        List<Ping> again = new ArrayList<>();
        for (Iterator<Ping> each = pings.iterator(); each.hasNext(); ) {
            Ping ping = each.next();
            if (ping.deadline - now <= 0) {
                each.remove();
                over.add(ping);
            } else if (ping.retryAt - now <= 0) {
                again.add(ping);
            }
        }
        again.forEach(ping -> ask(ping, now));
        over.forEach(ping -> ping.done.accept(new PingOutcome(false, now - ping.startedAt)));
    }

    private void ask(Ping ping, long now) {
        ping.isAsking = true;
        ping.retryAt = now + RETRY_NANOS;
        if (ping.isIpv6) {
            solicitations.ask(ping.high, ping.low, Solicitations.EVERYBODY, now);
        } else {
            solicitations.ask((int) ping.low, Solicitations.EVERYBODY, now);
        }
    }

    /// Somebody has answered for an IPv4 address.
    void resolved(int ipv4, long mac, long now) {
        resolved(false, 0, ipv4, mac, now);
    }

    /// Somebody has answered for an IPv6 address.
    void resolved(long high, long low, long mac, long now) {
        resolved(true, high, low, mac, now);
    }

    private void resolved(boolean isIpv6, long high, long low, long mac, long now) {
        for (int i = 0; i < pings.size(); i++) {
            Ping ping = pings.get(i);
            if (ping.isAsking && ping.isTo(isIpv6, high, low)) {
                ping.isAsking = false;
                echo(ping, mac, now);
            }
        }
    }

    private void echo(Ping ping, long mac, long now) {
        int length = IcmpHeader.LENGTH + DATA_LENGTH;
        int message = out.reserve(length);
        if (message < 0) {
            return;
        }
        ping.sequence = (ping.sequence + 1) & 0xffff;
        ping.sentAt[ping.sequence % REMEMBERED] = now;
        ByteBuffer buffer = out.buffer();
        IcmpHeader.write(
                buffer,
                message,
                ping.isIpv6 ? IcmpHeader.V6_ECHO : IcmpHeader.ECHO,
                0,
                (ping.identifier << 16) | ping.sequence);
        for (int i = 0; i < DATA_LENGTH; i++) {
            buffer.put(message + IcmpHeader.LENGTH + i, (byte) i);
        }
        if (ping.isIpv6) {
            long sourceHigh = own.sourceHighFor(ping.high);
            long sourceLow = own.sourceLowFor(ping.high);
            out.sendIcmpv6(mac, Hops.DEFAULT, sourceHigh, sourceLow, ping.high, ping.low, message, length, now);
        } else {
            IcmpHeader.writeChecksum(buffer, message, length, 0);
            out.sendIpv4(mac, 0, IpProtocol.ICMP, address, (int) ping.low, message, length, now);
        }
    }

    /// An echo reply from an IPv4 address has come; false when nobody waits for it.
    boolean replied(int ipv4, int identifier, int sequence, long now) {
        return replied(false, 0, ipv4, identifier, sequence, now);
    }

    /// The same from an IPv6 address.
    boolean replied(long high, long low, int identifier, int sequence, long now) {
        return replied(true, high, low, identifier, sequence, now);
    }

    private boolean replied(boolean isIpv6, long high, long low, int identifier, int sequence, long now) {
        for (int i = 0; i < pings.size(); i++) {
            Ping ping = pings.get(i);
            int age = (ping.sequence - sequence) & 0xffff;
            if (ping.isTo(isIpv6, high, low)
                    && ping.identifier == identifier
                    && sequence > 0
                    && age < Math.min(REMEMBERED, ping.sequence)) {
                pings.remove(i);
                ping.done.accept(new PingOutcome(true, now - ping.sentAt[sequence % REMEMBERED]));
                return true;
            }
        }
        return false;
    }
}
