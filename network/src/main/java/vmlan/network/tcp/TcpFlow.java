package vmlan.network.tcp;

import vmlan.network.SwitchPort;
import vmlan.network.flow.Flow;
import vmlan.network.outside.OutsideError;
import vmlan.network.outside.OutsideStream;
import vmlan.network.outside.StreamEvents;
import vmlan.packet.IpAddress;

/// One connection with a guest: what is known of it, under the names of RFC 9293 §3.3.1. What is done with it is
/// in the classes that are named after what they do.
///
/// The five-tuple's first port has the switch port's index in its upper half: each port of the switch has
/// addresses of its own here, so that no guest blocks connections of another by sending under its address.
///
/// Numbers of sequence are `int` and compared by the sign of their difference (RFC 9293 §3.4). Instants that
/// are not set are [#NEVER].
final class TcpFlow extends Flow implements StreamEvents, TcpAttachment {
    static final long NEVER = Long.MIN_VALUE;

    private final HostSide host;
    final boolean ipv4;
    State state = State.DIALLING;

    // ── the host's side ──
    /// Null before it is there, and when it is closed.
    OutsideStream stream;
    /// For a connection to the guest: who waits for it.
    ConnectEvents waiting;

    boolean watchesReadable;
    boolean watchesWritable;
    /// The last read brought all it asked for, so there may be more.
    boolean mayHaveMore;
    /// The stream has said [OutsideStream#END]: a FIN follows the data.
    boolean hostEnded;
    /// The stream was told that the guest has sent all.
    boolean outputShut;
    /// There was no chunk to read into, or to receive into.
    boolean starved;

    // ── agreed in the handshake ──
    /// The longest segment to the guest, options included.
    int mss;

    /// RFC 7323 §2; both are 0 unless both ends scale.
    int sendShift;

    int receiveShift;
    boolean timestamps;
    boolean sack;
    int timestampOffset;

    // ── to the guest ──
    /// Bytes from SND.UNA on.
    final ByteRing sending;

    int iss;
    /// SND.UNA.
    int una;
    /// SND.NXT; goes back to SND.UNA after a time-out.
    int nxt;
    /// The highest SND.NXT so far.
    int max;
    /// SND.WND, and the largest there was.
    int window;

    int largestWindow;
    /// SND.WL1, SND.WL2.
    int windowSequence;

    int windowAcknowledgement;
    boolean finSent;
    boolean finAcknowledged;

    // ── congestion and loss ──
    int congestionWindow;
    int slowStartThreshold = Integer.MAX_VALUE;
    /// Bytes acknowledged since the window last grew in congestion avoidance.
    int acknowledgedBytes;

    int duplicates;
    boolean recovering;
    /// Nothing up to here is to start another recovery.
    int recoveryPoint;
    /// RFC 6675, HighRxt: up to here it was sent again.
    int highRetransmitted;

    boolean retransmitFirst;
    final Scoreboard scoreboard = new Scoreboard();
    final RoundTrip roundTrip = new RoundTrip();
    boolean timing;
    int timedSequence;
    long timedAt;
    long lastSent;

    // ── from the guest ──
    final ByteRing received;
    final EarlyRanges early = new EarlyRanges();
    int irs;
    /// RCV.NXT.
    int receiveNext;
    /// RCV.NXT + RCV.WND: never moves back.
    int receiveEdge;
    /// Last.ACK.sent (RFC 7323 §4.3).
    int lastAcknowledged;

    /// The longest segment so far: what "full-sized" means (RFC 5681 §4.2).
    int segmentSize;

    int recentTimestamp;
    long recentTimestampAt;
    boolean finSeen;
    int finSequence;
    boolean finReceived;
    /// Something is to be acknowledged, now or soon.
    boolean acknowledge;

    boolean acknowledgeNow;

    // ── time ──
    long retransmitAt = NEVER;
    /// [#retransmitAt] is that of a probe into a closed window (RFC 9293 §3.8.6.1).
    boolean persisting;

    long stalledSince = NEVER;
    long acknowledgeAt = NEVER;
    /// When the state ends: the dial, the attempt to connect, TIME-WAIT.
    long giveUpAt = NEVER;

    long lastHeard;
    /// When something last moved on either side.
    long lastMoved;
    int probes;
    long probedAt;
    /// The path's MTU was lowered on the guest's word.
    int pathMtu;

    // ── lists ──
    boolean touched;
    boolean pending;
    TcpFlow nextTimeWait;
    TcpFlow previousTimeWait;
    boolean inTimeWaits;
    boolean limited = true;
    /// It follows one in TIME-WAIT, whose numbers it must not use again: [#beyond] is the first that is free.
    boolean reused;

    int beyond;

    TcpFlow(
            HostSide host,
            ChunkPool pool,
            SwitchPort port,
            long mac,
            long guestHigh,
            long guestLow,
            int guestTcpPort,
            long remoteHigh,
            long remoteLow,
            int remotePort) {
        super(port, mac, guestHigh, guestLow, key(port, guestTcpPort), remoteHigh, remoteLow, remotePort);
        this.host = host;
        ipv4 = IpAddress.isIpv4(guestHigh, guestLow);
        sending = new ByteRing(pool, port);
        received = new ByteRing(pool, port);
    }

    int guestTcpPort() {
        return guestPort() & 0xffff;
    }

    boolean isClosed() {
        return state == State.CLOSED;
    }

    /// Behind the last byte that the host has sent; our FIN has this number.
    int dataEnd() {
        return una + sending.length() + (finAcknowledged ? -1 : 0);
    }

    /// Bytes of sequence that the guest has not acknowledged.
    int flight() {
        return max - una;
    }

    @Override
    public void connected(long now) {
        host.connected(this, now);
    }

    @Override
    public void failed(OutsideError why, long now) {
        host.failed(this, why, now);
    }

    @Override
    public void readable(long now) {
        host.readable(this, now);
    }

    @Override
    public void writable(long now) {
        host.writable(this, now);
    }

    @Override
    public StreamEvents attach(OutsideStream other) {
        host.attach(this, other);
        return this;
    }

    @Override
    public String toString() {
        return state + " " + new IpAddress(guestHigh(), guestLow()) + " " + guestTcpPort() + " > "
                + new IpAddress(remoteHigh(), remoteLow()) + " " + remotePort();
    }
}
