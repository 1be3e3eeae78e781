package vmlan.network.tcp;

import java.nio.ByteBuffer;
import vmlan.network.outside.OutsideStream;

/// Takes the guest's data in, in order or early, and passes it on to the host's stream: copied once, and written
/// once a batch. When to acknowledge is decided here, too.
final class Receiver {
    /// RFC 9293 §3.8.6.3 allows half a second. Long enough for an answer to take the acknowledgement along,
    /// short enough that a guest with Nagle's algorithm that waits for it hardly shows.
    private static final long DELAY = 10 * RoundTrip.MILLISECOND;

    private final Flows flows;
    private final SegmentWriter writer;
    private final ReceiveWindow windows;

    Receiver(Flows flows, SegmentWriter writer, ReceiveWindow windows) {
        this.flows = flows;
        this.writer = writer;
        this.windows = windows;
    }

    /// A segment's text and FIN, which overlap the window (RFC 9293 §3.10.7.4, seventh and eighth).
    void text(TcpFlow flow, ByteBuffer buffer, int offset, int size, int sequence, boolean fin, long now) {
        int from = sequence;
        int at = offset;
        int length = size;
        if (fin && !flow.finSeen) {
            flow.finSeen = true;
            flow.finSequence = sequence + size;
        }
        int old = flow.receiveNext - from;
        if (old > 0) {
            int cut = Math.min(old, length);
            from += cut;
            at += cut;
            length -= cut;
        }
        length = Math.min(length, flow.receiveEdge - from);
        if (length > 0 && flow.state.receives()) {
            if (from == flow.receiveNext) {
                inOrder(flow, buffer, at, length, now);
            } else {
                early(flow, buffer, at, length, from, now);
            }
        } else if (size > 0) {
            flow.acknowledgeNow = true; // nothing new: the guest does not know what we have
            flow.acknowledge = true;
        }
        if (flow.finSeen && !flow.finReceived && flow.finSequence == flow.receiveNext) {
            flow.finReceived = true;
            flow.receiveNext++;
            if (flow.receiveEdge - flow.receiveNext < 0) {
                flow.receiveEdge = flow.receiveNext;
            }
            flow.acknowledge = true;
            flow.acknowledgeNow = true;
        } else if (fin) {
            flow.acknowledge = true;
            flow.acknowledgeNow = true;
        }
    }

    private void inOrder(TcpFlow flow, ByteBuffer buffer, int at, int length, long now) {
        int position = flow.received.length();
        boolean taken = flow.received.put(position, buffer, at, length);
        if (!taken && !flow.early.isEmpty()) {
            // what came early may be what takes the memory; the guest still has it (RFC 2018 §8)
            flow.early.clear();
            flow.received.trim();
            taken = flow.received.put(position, buffer, at, length);
        }
        if (!taken) {
            flows.starve(flow);
            flow.acknowledge = true;
            flow.acknowledgeNow = true;
            return;
        }
        int next = flow.receiveNext + length;
        if (!flow.early.isEmpty()) {
            next = flow.early.reach(next);
            flow.acknowledgeNow = true; // RFC 5681 §4.2: also when a gap closes in part
        }
        int gained = next - flow.receiveNext;
        flow.received.extend(gained);
        flow.receiveNext = next;
        flow.segmentSize = Math.max(flow.segmentSize, Math.min(length, flow.mss));
        flow.acknowledge = true;
        flow.lastMoved = now;
        flows.tally.bytesFromGuests += gained;
    }

    private void early(TcpFlow flow, ByteBuffer buffer, int at, int length, int sequence, long now) {
        flows.tally.outOfOrder++;
        if (flows.pool.hasPlenty(flow.port()) && flow.early.hasRoom(sequence, sequence + length)) {
            int position = flow.received.length() + (sequence - flow.receiveNext);
            if (flow.received.put(position, buffer, at, length)) {
                flow.early.add(sequence, sequence + length);
            }
        }
        // at once, and one for each, so that the guest sees the loss soon (RFC 5681 §4.2)
        if (!writer.acknowledge(flow, now)) {
            flow.acknowledge = true;
            flow.acknowledgeNow = true;
        }
    }

    /// Writes what the stream takes.
    ///
    /// @return false when it is broken
    boolean push(TcpFlow flow, long now) {
        OutsideStream stream = flow.stream;
        while (stream != null && !flow.received.isEmpty() && !flow.watchesWritable) {
            ByteBuffer bytes = flow.received.readable();
            int wanted = bytes.remaining();
            int written = stream.write(bytes);
            bytes.clear();
            if (written < 0) {
                return false;
            }
            if (flow.isClosed()) {
                return true;
            }
            if (written > 0) {
                flow.received.drop(written);
                flow.lastMoved = now;
            }
            if (written < wanted) {
                watchWritable(flow, true);
            }
        }
        if (stream != null && flow.finReceived && flow.received.isEmpty() && !flow.outputShut) {
            flow.outputShut = true;
            stream.shutdownOutput();
        }
        return true;
    }

    void watchWritable(TcpFlow flow, boolean writable) {
        if (flow.watchesWritable != writable) {
            flow.watchesWritable = writable;
            flow.stream.watch(flow.watchesReadable, writable);
        }
    }

    /// Acknowledges what is to be acknowledged now, after the batch; or later, when it is too little.
    void acknowledge(TcpFlow flow, long now) {
        if (!flow.state.isSynchronized()) {
            return;
        }
        boolean due = flow.acknowledgeNow
                || (flow.acknowledge && flow.receiveNext - flow.lastAcknowledged >= 2 * flow.segmentSize)
                || (flow.state.receives() && windows.isWorthTelling(flow));
        if (due) {
            if (!writer.acknowledge(flow, now)) {
                flows.putOff(flow);
            }
        } else if (flow.acknowledge && flow.acknowledgeAt == TcpFlow.NEVER) {
            flow.acknowledgeAt = now + DELAY;
        }
    }
}
