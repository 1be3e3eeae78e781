package vmlan.network.tcp;

import java.nio.ByteBuffer;
import vmlan.network.ip.Outbox;
import vmlan.network.outside.OutsideError;
import vmlan.network.outside.OutsideStream;

/// The streams of the host: what they tell, reading from them, and how they end.
final class HostSide {
    /// Read from one stream before others get their turn.
    private static final int TURN = 4 * ChunkPool.CHUNK;
    /// What is read beyond what the guest can take now, so that it need not wait when it can.
    private static final int AHEAD = ChunkPool.CHUNK;

    private final Flows flows;
    private final Outbox out;
    private final SegmentWriter writer;
    private final Sender sender;
    private final Receiver receiver;
    private final Timers timers;
    private final int capacity;
    private Handshake handshake;

    HostSide(
            Flows flows,
            Outbox out,
            SegmentWriter writer,
            Sender sender,
            Receiver receiver,
            Timers timers,
            long bytesPerFlow) {
        this.flows = flows;
        this.out = out;
        this.writer = writer;
        this.sender = sender;
        this.receiver = receiver;
        this.timers = timers;
        capacity = (int) Math.min(1 << 30, bytesPerFlow);
    }

    /// Flows need this to be made, and the handshake makes flows.
    void join(Handshake maker) {
        handshake = maker;
    }

    void connected(TcpFlow flow, long now) {
        out.makeRoom();
        if (flow.state == State.DIALLING) {
            handshake.answer(flow, now);
        }
    }

    void failed(TcpFlow flow, OutsideError why, long now) {
        out.makeRoom();
        if (flow.state == State.DIALLING) {
            handshake.refuse(flow, why, now);
        } else if (!flow.isClosed()) {
            flow.stream = null; // it is closed already
            abort(flow, now);
        }
    }

    void readable(TcpFlow flow, long now) {
        out.makeRoom();
        if (!flow.isClosed() && flow.stream != null) {
            flow.mayHaveMore = true;
            work(flow, now);
        }
    }

    void writable(TcpFlow flow, long now) {
        out.makeRoom();
        if (!flow.isClosed() && flow.stream != null) {
            receiver.watchWritable(flow, false);
            work(flow, now);
        }
    }

    void attach(TcpFlow flow, OutsideStream stream) {
        if (flow.isClosed() || flow.stream != null) {
            stream.reset();
            return;
        }
        flow.stream = stream;
        flow.mayHaveMore = true;
        flows.touch(flow);
    }

    /// All there is to do for a flow: to the host, from the host, to the guest, and its timers.
    void work(TcpFlow flow, long now) {
        if (flow.isClosed()) {
            return;
        }
        if (!receiver.push(flow, now) || !pull(flow, now)) {
            abort(flow, now);
            return;
        }
        if (flow.isClosed()) {
            return;
        }
        advance(flow);
        sender.transmit(flow, now);
        receiver.acknowledge(flow, now);
        settle(flow, now);
        timers.schedule(flow);
    }

    /// Reads what the ring should hold now.
    ///
    /// @return false when the stream is broken
    private boolean pull(TcpFlow flow, long now) {
        OutsideStream stream = flow.stream;
        if (stream == null || flow.hostEnded || !flow.state.sends()) {
            return true;
        }
        int turn = TURN;
        while (flow.mayHaveMore && turn > 0) {
            int room = room(flow);
            if (room <= 0) {
                break;
            }
            ByteBuffer bytes = flow.sending.writable(Math.min(room, turn));
            if (bytes == null) {
                flows.starve(flow);
                break;
            }
            int wanted = bytes.remaining();
            int count = stream.read(bytes);
            bytes.clear();
            if (flow.isClosed()) {
                return true;
            }
            if (count <= 0) {
                flow.sending.trim();
                flow.mayHaveMore = false;
                flow.hostEnded = count == OutsideStream.END;
                if (count == OutsideStream.BROKEN) {
                    return false;
                }
            } else {
                flow.sending.extend(count);
                flow.lastMoved = now;
                flow.mayHaveMore = count == wanted;
                turn -= count;
            }
        }
        if (flow.mayHaveMore && turn <= 0 && room(flow) > 0) {
            flows.putOff(flow);
        }
        watchReadable(flow, !flow.hostEnded && !flow.mayHaveMore);
        return true;
    }

    /// How much more the ring should hold: not more than the guest can take soon, which keeps the memory of a
    /// slow guest's flow small and of a fast one's in the cache.
    private int room(TcpFlow flow) {
        int soon = Math.min(flow.window, flow.congestionWindow) + Math.max(AHEAD, 2 * flow.mss);
        int room = Math.min(capacity, soon) - flow.sending.length();
        // by little at a time is not worth a call
        return room < Math.min(capacity, AHEAD) / 4 && !flow.sending.isEmpty() ? 0 : room;
    }

    private static void watchReadable(TcpFlow flow, boolean readable) {
        if (flow.watchesReadable != readable) {
            flow.watchesReadable = readable;
            flow.stream.watch(readable, flow.watchesWritable);
        }
    }

    /// What follows from what was sent, received and passed on: the states of the closing, and the end.
    void settle(TcpFlow flow, long now) {
        advance(flow);
        boolean bothEnded = flow.finReceived && flow.finAcknowledged;
        if (bothEnded && flow.outputShut && flow.stream != null) {
            flow.stream.close();
            flow.stream = null;
        }
        if (bothEnded && flow.stream == null) {
            if (flow.state != State.TIME_WAIT) {
                flows.remove(flow); // LAST-ACK: the guest knows that we know
            } else if (!flow.inTimeWaits) {
                timers.startTimeWait(flow, now);
            }
        }
    }

    /// The states of the closing (RFC 9293 §3.6), from what was sent, acknowledged and received.
    static void advance(TcpFlow flow) {
        if (flow.finSent) {
            flow.state = switch (flow.state) {
                case ESTABLISHED -> State.FIN_WAIT_1;
                case CLOSE_WAIT -> State.LAST_ACK;
                default -> flow.state;
            };
        }
        if (flow.finAcknowledged && flow.state == State.FIN_WAIT_1) {
            flow.state = State.FIN_WAIT_2;
        }
        if (flow.finReceived) {
            flow.state = switch (flow.state) {
                case ESTABLISHED -> State.CLOSE_WAIT;
                case FIN_WAIT_1 -> State.CLOSING;
                case FIN_WAIT_2 -> State.TIME_WAIT;
                default -> flow.state;
            };
        }
        if (flow.finAcknowledged && flow.state == State.CLOSING) {
            flow.state = State.TIME_WAIT;
        }
    }

    /// Ends a flow of which one side broke: the other learns it as a reset.
    void abort(TcpFlow flow, long now) {
        if (flow.isClosed()) {
            return;
        }
        flows.tally.resets++;
        if (flow.state != State.DIALLING && flow.state != State.TIME_WAIT) {
            writer.reset(flow, now);
        }
        drop(flow, now);
    }

    /// Ends a flow without a word to the guest.
    void drop(TcpFlow flow, long now) {
        OutsideStream stream = flow.stream;
        ConnectEvents events = flow.waiting;
        flow.stream = null;
        flow.waiting = null;
        flows.remove(flow);
        if (stream != null) {
            stream.reset();
        }
        if (events != null) {
            events.failed(OutsideError.HOST_UNREACHABLE, now);
        }
    }
}
