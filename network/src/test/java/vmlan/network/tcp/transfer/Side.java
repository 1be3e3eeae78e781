package vmlan.network.tcp.transfer;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import vmlan.network.FrameSink;
import vmlan.network.Switch;
import vmlan.network.SwitchPort;
import vmlan.network.ip.ErrorSender;
import vmlan.network.ip.Outbox;
import vmlan.network.outside.OutsideError;
import vmlan.network.outside.OutsideStream;
import vmlan.network.outside.StreamEvents;
import vmlan.network.tcp.ConnectEvents;
import vmlan.network.tcp.StreamOpener;
import vmlan.network.tcp.TcpAttachment;
import vmlan.network.tcp.TcpSettings;
import vmlan.network.tcp.TcpStack;
import vmlan.packet.IpAddress;

/// A [TcpStack] with its switch; behind the switch's other port is a cable, and behind the stack are streams in
/// memory.
public final class Side implements StreamOpener {
    /// What opens the other end of a connection.
    public interface Applications {
        /// @return who answers at this port, or null for nobody
        Application at(int tcpPort);
    }

    /// Where frames to the cable go.
    public interface Cable {
        void send(ByteBuffer buffer, int offset, int length, long now);
    }

    private static final class Opening {
        private final MemoryStream stream;
        private final StreamEvents events;
        private final long at;

        private Opening(MemoryStream stream, StreamEvents events, long at) {
            this.stream = stream;
            this.events = events;
            this.at = at;
        }
    }

    private final Switch network = new Switch(1024, 300_000_000_000L, 1);
    private final FrameDoor door = new FrameDoor();
    private final SwitchPort gateway;
    private final SwitchPort guest;
    private final TcpStack stack;
    private final Outbox out;
    private final Applications applications;
    private final SplittableRandom random;
    private final List<MemoryStream> streams = new ArrayList<>();
    private final List<Opening> openings = new ArrayList<>();
    private Cable cable;
    private long now;
    private int refusals;

    public Side(TcpSettings settings, long mac, Applications applications, SplittableRandom random, long now) {
        this.applications = applications;
        this.random = random;
        this.now = now;
        gateway = network.connect("gateway", false, port -> door);
        guest = network.connect("guest", false, port -> new CableEnd());
        out = new Outbox(network, gateway, mac);
        ErrorSender errors =
                (to, toMac, why, mtu, protocol, sourceHigh, sourceLow, high, low, first8, when) -> refusals++;
        stack = new TcpStack(settings, out, errors, this, random.split());
        door.stack(stack);
    }

    private final class CableEnd implements FrameSink {
        @Override
        public void accept(SwitchPort from, ByteBuffer buffer, int offset, int length, long when) {
            cable.send(buffer, offset, length, when);
            guest.transmitted(1, length);
        }

        @Override
        public void flush() {}
    }

    public void cable(Cable to) {
        cable = to;
    }

    public TcpStack stack() {
        return stack;
    }

    public SwitchPort guestPort() {
        return guest;
    }

    /// A frame from the cable. The end of a batch is [#endBatch].
    public void received(ByteBuffer buffer, int offset, int length, long when) {
        now = when;
        network.receive(guest, buffer, offset, length, when);
    }

    public void endBatch(long when) {
        now = when;
        stack.flush(when);
        network.flush();
    }

    @Override
    public OutsideError refusal(SwitchPort from, long high, long low, int tcpPort) {
        return null;
    }

    @Override
    public OutsideStream open(SwitchPort from, long high, long low, int tcpPort, StreamEvents events) {
        Application application = applications.at(tcpPort);
        MemoryStream stream = new MemoryStream(application, () -> now);
        openings.add(new Opening(stream, events, now + random.nextLong(20_000_000)));
        return stream;
    }

    /// Connects to a guest; what comes of it is told to the application.
    public void connect(Application application, long mac, IpAddress source, IpAddress to, int tcpPort, long when) {
        now = when;
        out.makeRoom();
        stack.connect(
                guest,
                mac,
                source.high(),
                source.low(),
                to.high(),
                to.low(),
                tcpPort,
                new ConnectEvents() {
                    @Override
                    public void accepted(TcpAttachment attachment, long time) {
                        MemoryStream stream = new MemoryStream(application, () -> now);
                        streams.add(stream);
                        stream.events(attachment.attach(stream));
                    }

                    @Override
                    public void failed(OutsideError why, long time) {
                        application.fail("not connected: " + why);
                    }
                },
                when);
        endBatch(when);
    }

    /// What the event loop does in a round: sockets, timers, flush.
    public void round(long when) {
        now = when;
        for (int i = openings.size() - 1; i >= 0; i--) {
            Opening opening = openings.get(i);
            if (opening.at - when <= 0) {
                openings.remove(i);
                streams.add(opening.stream);
                opening.stream.events(opening.events);
                out.makeRoom();
                opening.events.connected(when);
            }
        }
        for (int i = streams.size() - 1; i >= 0; i--) {
            MemoryStream stream = streams.get(i);
            if (stream.isOpen()) {
                out.makeRoom();
                stream.tell(when);
            } else {
                streams.remove(i);
            }
        }
        stack.tick(when);
        stack.flush(when);
        network.flush();
    }

    /// Until something is to be done that nobody outside this side gives rise to.
    public long nanosToRound(long when) {
        long nanos = stack.nanosToTick(when);
        for (Opening opening : openings) {
            nanos = Math.min(nanos, Math.max(0, opening.at - when));
        }
        for (MemoryStream stream : streams) {
            nanos = Math.min(nanos, stream.nanosToWake(when));
        }
        return nanos;
    }

    /// ICMP errors that were to be sent.
    public int refusals() {
        return refusals;
    }
}
