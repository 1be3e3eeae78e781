package vmlan.network.tcp.crowd;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import vmlan.network.Switch;
import vmlan.network.SwitchPort;
import vmlan.network.ip.ErrorSender;
import vmlan.network.ip.Outbox;
import vmlan.network.outside.OutsideError;
import vmlan.network.outside.OutsideStream;
import vmlan.network.outside.StreamEvents;
import vmlan.network.tcp.StreamOpener;
import vmlan.network.tcp.TcpSettings;
import vmlan.network.tcp.TcpStack;
import vmlan.network.tcp.transfer.FrameDoor;

/// A stack and guests that connect to the outside by the thousand. Time passes only when the test says so.
public final class Crowd implements StreamOpener {
    static final long GATEWAY_MAC = 0x5254_0000_0001L;
    /// 198.51.100.1
    static final int REMOTE = 0xc633_6401;
    /// Where nobody listens, by policy or by nature; a [Manner] each.
    private static final int FIRST_REMOTE_PORT = 8000;

    private static final List<Manner> MANNERS = List.of(Manner.values());

    private static final long SECOND = 1_000_000_000L;

    private final Switch network = new Switch(1024, 300 * SECOND, 1);
    private final FrameDoor door = new FrameDoor();
    private final SwitchPort gateway;
    private final TcpStack stack;
    private final Outbox out;
    private final List<Caller> callers = new ArrayList<>();
    private final List<CallStream> streams = new ArrayList<>();
    private final Queue<Call> connecting = new ArrayDeque<>();
    private Caller dialler;
    private int diallerPort;
    private boolean connects = true;
    private int unreachables;
    private long now = 1_700_000_000L * SECOND;

    public Crowd(TcpSettings settings, int guests) {
        gateway = network.connect("gateway", false, port -> door);
        out = new Outbox(network, gateway, GATEWAY_MAC);
        ErrorSender errors =
                (to, toMac, why, mtu, protocol, sourceHigh, sourceLow, high, low, first8, when) -> unreachables++;
        stack = new TcpStack(settings, out, errors, this, new SplittableRandom(1));
        door.stack(stack);
        for (int i = 0; i < guests; i++) {
            callers.add(new Caller(this, network, i));
        }
    }

    public TcpStack stack() {
        return stack;
    }

    /// What the stack's code has thrown, if it has.
    public Optional<RuntimeException> fault() {
        return gateway.fault();
    }

    public Caller guest(int index) {
        return callers.get(index);
    }

    public long now() {
        return now;
    }

    /// ICMP errors that were to be sent.
    public int unreachables() {
        return unreachables;
    }

    public int streams() {
        return streams.size();
    }

    /// Whether the host's connects come to an end.
    public void connects(boolean doSo) {
        connects = doSo;
    }

    @SuppressWarnings("EnumOrdinal") // a port for each manner
    int remotePort(Manner manner) {
        return FIRST_REMOTE_PORT + MANNERS.indexOf(manner);
    }

    /// Whose segment it is that the stack is given now: a changed one can begin a connection, too.
    void sends(Caller caller, int tcpPort) {
        dialler = caller;
        diallerPort = tcpPort;
    }

    @Override
    @SuppressWarnings("EnumOrdinal") // as in remotePort
    public OutsideError refusal(SwitchPort from, long high, long low, int tcpPort) {
        return switch (MANNERS.get(tcpPort - FIRST_REMOTE_PORT)) {
            case FORBIDDEN -> OutsideError.PROHIBITED;
            case REFUSED -> OutsideError.REFUSED;
            default -> null;
        };
    }

    @Override
    public OutsideStream open(SwitchPort from, long high, long low, int tcpPort, StreamEvents events) {
        CallStream stream = new CallStream(events);
        streams.add(stream);
        Call call = dialler.at(diallerPort);
        // none of a call that was forgotten: the host dials, and nobody answers
        if (call != null) {
            call.dialled(stream);
            connecting.add(call);
        }
        return stream;
    }

    void fails(CallStream stream, OutsideError why) {
        stream.events().failed(why, now);
        streams.remove(stream);
    }

    /// Lets everybody do what there is to do now, until there is nothing more.
    public void settle() {
        boolean busy = true;
        for (int rounds = 0; busy; rounds++) {
            if (rounds > 10_000) {
                throw new AssertionError("it does not come to an end");
            }
            busy = round();
        }
    }

    private boolean round() {
        boolean busy = false;
        for (int left = connects ? connecting.size() : 0; left > 0; left--) {
            Call call = connecting.poll();
            if (!call.stream().isOver()) {
                out.makeRoom();
                call.connected(now);
                busy = true;
            }
        }
        int kept = 0;
        for (int i = 0; i < streams.size(); i++) {
            CallStream stream = streams.get(i);
            out.makeRoom();
            stream.tell(now);
            if (!stream.isOver()) {
                streams.set(kept++, stream);
            }
        }
        streams.subList(kept, streams.size()).clear();
        stack.flush(now);
        network.flush();
        for (Caller caller : callers) {
            busy |= caller.answer();
        }
        stack.flush(now);
        network.flush();
        return busy;
    }

    /// Lets time pass; the stack is called when it wants to be.
    public void pass(double seconds) {
        long end = now + (long) (seconds * SECOND);
        for (int ticks = 0; ; ticks++) {
            if (ticks > 1_000_000) {
                throw new AssertionError("the stack wants to be called without end; %.3f s are left, then %d ns; %s"
                        .formatted((end - now) / 1e9, stack.nanosToTick(now), stack.counters()));
            }
            long nanos = stack.nanosToTick(now);
            if (nanos > end - now) {
                now = end;
                return;
            }
            now += nanos;
            stack.tick(now);
            settle();
        }
    }
}
