package vmlan.network.tcp.crowd;

import static vmlan.packet.TcpHeader.ACK;
import static vmlan.packet.TcpHeader.FIN;
import static vmlan.packet.TcpHeader.RST;
import static vmlan.packet.TcpHeader.SYN;

/// A connection of a guest of a test: a TCP without losses, timers and memory, which answers what it gets in its
/// [Manner].
public final class Call {
    private static final int FORTH = 300;
    private static final int BACK = 500;
    private static final int WINDOW = 65_535;

    private final Caller caller;
    private final int tcpPort;
    private final int remotePort;
    private final Manner manner;
    private CallStream stream;
    private final int first;
    private int next;
    private int highest;
    private int acknowledgedUpTo;
    private int expected;
    private int window = WINDOW;
    private boolean isEstablished;
    private boolean isReset;
    private boolean hasEnded;
    private boolean isOver;
    private long received;
    private int offered;

    Call(Caller caller, int tcpPort, int remotePort, Manner manner, int sequence) {
        this.caller = caller;
        this.tcpPort = tcpPort;
        this.remotePort = remotePort;
        this.manner = manner;
        next = sequence;
        first = sequence;
        highest = sequence;
    }

    public Manner manner() {
        return manner;
    }

    public CallStream stream() {
        return stream;
    }

    public boolean isEstablished() {
        return isEstablished;
    }

    /// Whether the guest was told that it is over, or has said so.
    public boolean isOver() {
        return isOver;
    }

    public boolean isReset() {
        return isReset;
    }

    public long received() {
        return received;
    }

    /// How many bytes the stack would take now; there is no scaling here.
    public int room() {
        return offered - (next - acknowledgedUpTo);
    }

    /// Bytes of the guest that the stack has taken over.
    public long acknowledged() {
        return (acknowledgedUpTo - first - 1) & 0xffff_ffffL;
    }

    /// What was sent last is sent again when more is sent, as if it had been lost.
    public void unsend(int bytes) {
        next -= bytes;
    }

    public void unsendWhatWasNotAcknowledged() {
        next = acknowledgedUpTo;
    }

    public void reset() {
        send(RST, new byte[0]);
        isOver = true;
    }

    void begin() {
        send(SYN, new byte[0]);
        next++;
    }

    void dialled(CallStream opened) {
        stream = opened;
    }

    /// What the guest offers to take from now on.
    public void window(int bytes) {
        window = bytes;
        send(ACK, new byte[0]);
    }

    /// Sends a segment that need not make sense.
    ///
    /// @param ahead of what comes next, which stays what it is
    public void sendOdd(int ahead, int acknowledged, int flags, int window, byte[] options, byte[] data) {
        caller.send(tcpPort, remotePort, next + ahead, expected + acknowledged, flags, window, options, data);
    }

    public void send(byte[] data) {
        send(ACK, data);
        next += data.length;
    }

    private void send(int flags, byte[] data) {
        highest = next - highest > 0 ? next : highest;
        // an acknowledgement alone does not go back to what is sent again
        int sequence = flags == ACK && data.length == 0 ? highest : next;
        caller.send(tcpPort, remotePort, sequence, flags == SYN ? 0 : expected, flags, window, data);
    }

    /// The host's side of it: what the socket does at the right moment.
    void connected(long now) {
        switch (manner) {
            case NOBODY_THERE -> {
                caller.crowd().fails(stream, vmlan.network.outside.OutsideError.REFUSED);
                isOver = true;
            }
            case NO_WAY -> {
                caller.crowd().fails(stream, vmlan.network.outside.OutsideError.HOST_UNREACHABLE);
                isOver = true;
            }
            case RESET_WHILE_DIALLED -> {
                send(RST, new byte[0]);
                isOver = true;
                // the news of the connect may be under way
                if (!stream.isOver()) {
                    stream.events().connected(now);
                }
            }
            default -> stream.events().connected(now);
        }
    }

    void received(Segment segment) {
        if (segment.has(RST)) {
            isReset = true;
            isOver = true;
            return;
        }
        if (manner == Manner.HALF_OPEN || (isOver && !hasEnded)) {
            return;
        }
        offered = segment.window();
        acknowledgedUpTo = segment.acknowledgement();
        if (segment.isSynAck()) {
            if (!isEstablished) {
                expected = segment.sequence() + 1;
                isEstablished = true;
                established();
            }
            return;
        }
        int wanted = segment.length() + (segment.has(FIN) ? 1 : 0);
        if (wanted > 0 && segment.sequence() == expected && manner != Manner.VANISHED) {
            expected += wanted;
            received += segment.length();
            answer(segment);
        } else if (wanted > 0 && manner != Manner.VANISHED) {
            send(ACK, new byte[0]);
        }
    }

    private void established() {
        send(ACK, new byte[0]);
        switch (manner) {
            case RESET -> {
                send(new byte[FORTH]);
                send(RST, new byte[0]);
                isOver = true;
            }
            case END_THEN_RESET -> {
                send(FIN | ACK, new byte[0]);
                next++;
                send(RST, new byte[0]);
                isOver = true;
            }
            case BROKEN -> stream.breakNow();
            case BROKEN_WHILE_WRITTEN -> {
                stream.breakWhenWritten();
                send(new byte[FORTH]);
            }
            case VANISHED -> {
                stream.offer(BACK);
                isOver = true;
            }
            case SYN_THEN_RESET -> {
                send(SYN, new byte[0]);
                send(RST, new byte[0]);
                isOver = true;
            }
            case WAITS -> {}
            case OUTSIDE_ENDS -> {
                send(new byte[FORTH]);
                stream.offer(BACK);
                stream.end();
            }
            default -> {
                send(new byte[FORTH]);
                stream.offer(BACK);
            }
        }
    }

    private void answer(Segment segment) {
        if (segment.has(FIN)) {
            send(hasEnded ? ACK : FIN | ACK, new byte[0]);
            next += hasEnded ? 0 : 1;
            hasEnded = true;
            isOver = true;
        } else if (manner == Manner.GUEST_ENDS && received == BACK && !hasEnded) {
            send(FIN | ACK, new byte[0]);
            next++;
            hasEnded = true;
            stream.end();
        } else {
            send(ACK, new byte[0]);
        }
    }

    @Override
    public String toString() {
        return "%s from %d: %s%s%s, %d received, acknowledged %d"
                .formatted(
                        manner,
                        tcpPort,
                        isEstablished ? "established" : "not established",
                        isReset ? ", reset" : "",
                        isOver ? ", over" : "",
                        received,
                        acknowledged());
    }
}
