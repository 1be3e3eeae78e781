package vmlan.network.nat;

import java.nio.ByteBuffer;
import vmlan.network.SwitchPort;
import vmlan.network.outside.DatagramEvents;
import vmlan.network.outside.OutsideDatagrams;
import vmlan.network.outside.OutsideError;

/// A guest's address and port, mapped to a socket of the host: the same one whatever the guest sends to
/// (endpoint-independent mapping, RFC 4787 REQ-1). In comes what is from an address that the guest has sent to
/// (address-dependent filtering, REQ-8).
final class UdpMapping extends UdpFlow implements DatagramEvents {
    /// RFC 4787 REQ-5: "a default value of five minutes or more is RECOMMENDED".
    static final long ESTABLISHED_NANOS = 300_000_000_000L;
    /// Nobody has answered yet. REQ-5: it "MUST NOT expire in less than two minutes".
    static final long UNANSWERED_NANOS = 120_000_000_000L;
    /// Only DNS was asked. REQ-5 (a) lets well-known ports have less; a resolver gives up after 30 s (resolv.conf(5):
    /// timeout of at most 30 s), and takes a new port for each question, so these are many.
    static final long DNS_NANOS = 30_000_000_000L;

    private static final int DNS = 53;

    private final UdpNat nat;
    private final Peers peers = new Peers();
    private OutsideDatagrams socket;
    private boolean onlyDns = true;
    private boolean answered;
    private long sentAt;

    UdpMapping(UdpNat nat, SwitchPort port, long mac, long guestHigh, long guestLow, int guestPort, long now) {
        super(port, mac, guestHigh, guestLow, guestPort, 0, 0, 0);
        this.nat = nat;
        sentAt = now;
    }

    void open(OutsideDatagrams opened) {
        socket = opened;
    }

    @Override
    OutsideDatagrams socket() {
        return socket;
    }

    @Override
    long idleNanos() {
        if (onlyDns) {
            return DNS_NANOS;
        }
        return answered ? ESTABLISHED_NANOS : UNANSWERED_NANOS;
    }

    @Override
    boolean fromGuest(
            long high,
            long low,
            int udpPort,
            ByteBuffer buffer,
            int offset,
            int length,
            boolean dontFragment,
            long now) {
        onlyDns &= udpPort == DNS;
        sentAt = now;
        peers.add(high, low);
        nat.flows.used(this, now); // outbound refresh: RFC 4787 REQ-6
        nat.flows.toFlush(this);
        return socket.send(high, low, udpPort, buffer, offset, length, dontFragment);
    }

    @Override
    public void received(long high, long low, int udpPort, ByteBuffer buffer, int offset, int length, long now) {
        if (ended) {
            return;
        }
        if (!peers.contains(high, low)) {
            nat.filtered();
            return;
        }
        if (!answered) {
            answered = true;
            nat.flows.keep(this, sentAt); // with the longer time, but from when the guest sent
        }
        nat.toGuest(this, high, low, udpPort, buffer, offset, length, now);
    }

    @Override
    public void failed(OutsideError why, int mtu, long high, long low, int udpPort, long now) {
        if (!ended && peers.contains(high, low)) {
            nat.failed(this, why, mtu, high, low, udpPort, now);
        }
    }

    /// RFC 4787 REQ-12: an ICMP message does not end a mapping.
    @Override
    void refusedByGuest(long now) {}

    @Override
    void close() {
        socket.close();
    }
}
