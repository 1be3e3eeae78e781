package vmlan.network.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import vmlan.network.DropReason;
import vmlan.network.FrameSink;
import vmlan.network.Recorder;
import vmlan.network.Switch;
import vmlan.network.SwitchPort;
import vmlan.network.ip.ErrorSender;
import vmlan.network.ip.IpPacket;
import vmlan.network.ip.Outbox;
import vmlan.network.outside.OutsideError;
import vmlan.network.outside.OutsideStream;
import vmlan.network.outside.StreamEnds;
import vmlan.network.outside.StreamEvents;
import vmlan.network.outside.UnansweredEvents;
import vmlan.packet.EthernetHeader;
import vmlan.packet.IpAddress;
import vmlan.packet.Ipv4Header;
import vmlan.packet.Ipv6Header;
import vmlan.packet.MacAddress;

/// A switch, a port behind which only TCP stands, streams that are played by the test, and a clock that moves
/// when the test says so.
final class TcpSite implements FrameSink, StreamOpener, ErrorSender {
    static final String MAC = "52:54:00:00:00:01";
    static final long SECOND = 1_000_000_000L;
    static final long MILLISECOND = 1_000_000L;

    final Switch network = new Switch(1024, 300 * SECOND, 1);
    final List<FakeStream> streams = new ArrayList<>();
    final List<String> errors = new ArrayList<>();
    final TcpStack stack;
    OutsideError refusal;
    Set<StreamEnds> unanswered = Set.of();
    int lookups;
    /// Given instead of a [FakeStream], when it is there.
    OutsideStream opened;
    /// Of the newest stream.
    StreamEvents connecting;
    long now = 1_700_000_000L * SECOND;
    private final EthernetHeader ethernet = new EthernetHeader();
    private final Ipv4Header ipv4 = new Ipv4Header();
    private final Ipv6Header ipv6 = new Ipv6Header();
    private final IpPacket packet = new IpPacket();

    TcpSite() {
        this(new TcpSettings(1500, 100, 200, 1 << 20, 8 << 20, 16 << 20));
    }

    TcpSite(TcpSettings settings) {
        SwitchPort port = network.connect("gateway", false, self -> this);
        network.pin(port, MacAddress.parse(MAC), now);
        Outbox out = new Outbox(network, port, MacAddress.parse(MAC).bits());
        stack = new TcpStack(settings, out, this, this, new SplittableRandom(1));
        outbox = out;
    }

    private final Outbox outbox;

    @Override
    public void accept(SwitchPort from, ByteBuffer buffer, int offset, int length, long time) {
        outbox.makeRoom();
        if (!ethernet.aim(buffer, offset, length) || ethernet.isToGroup()) {
            return;
        }
        if (ethernet.type() == EthernetHeader.TYPE_IPV4
                && ipv4.aim(buffer, ethernet.payloadOffset(), ethernet.payloadLength())) {
            stack.accept(from, ethernet.source(), packet.aim(ipv4), time);
        } else if (ethernet.type() == EthernetHeader.TYPE_IPV6
                && ipv6.aim(buffer, ethernet.payloadOffset(), ethernet.payloadLength())) {
            stack.accept(from, ethernet.source(), packet.aim(ipv6), time);
        }
    }

    @Override
    public void flush() {
        stack.flush(now);
    }

    @Override
    public OutsideError refusal(SwitchPort from, long high, long low, int tcpPort) {
        return refusal;
    }

    @Override
    public OutsideStream open(SwitchPort from, long high, long low, int tcpPort, StreamEvents events) {
        connecting = events;
        if (opened != null) {
            return opened;
        }
        FakeStream stream = new FakeStream(events);
        streams.add(stream);
        return stream;
    }

    @Override
    public void unreachable(
            SwitchPort to,
            long toMac,
            OutsideError why,
            int mtu,
            int protocol,
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow,
            long first8,
            long time) {
        errors.add(why + " " + new IpAddress(sourceHigh, sourceLow) + ":" + (first8 >>> 48) + " > "
                + new IpAddress(destinationHigh, destinationLow) + ":" + ((first8 >>> 32) & 0xffff) + " "
                + (int) first8);
    }

    @Override
    public void findUnanswered(UnansweredEvents events) {
        lookups++;
        events.found(unanswered, now);
    }

    /// The newest stream.
    FakeStream stream() {
        return streams.getLast();
    }

    /// What the event loop does after each round: streams are told, timers run, frames go out.
    void round() {
        for (FakeStream stream : List.copyOf(streams)) {
            if (stream.readable && stream.hasNews()) {
                stream.events.readable(now);
            }
            if (stream.writable && (stream.room > 0 || stream.broken)) {
                stream.events.writable(now);
            }
        }
        stack.tick(now);
        network.flush();
    }

    /// Rounds until there is nothing to do at this moment.
    void settle() {
        for (int i = 0; i < 10_000; i++) {
            round();
            boolean hasNews = streams.stream()
                    .anyMatch(s -> (s.readable && s.hasNews()) || (s.writable && (s.room > 0 || s.broken)));
            if (!hasNews && stack.nanosToTick(now) > 0) {
                return;
            }
        }
        throw new AssertionError("there is work without end");
    }

    /// Lets time pass, calling when something is due.
    void pass(long nanos) {
        long end = now + nanos;
        for (int i = 0; i < 1_000_000; i++) {
            settle();
            long wait = stack.nanosToTick(now);
            if (wait > end - now) {
                now = end;
                return;
            }
            now += wait;
        }
        throw new AssertionError("the timers have no end");
    }

    void passSeconds(double seconds) {
        pass((long) (seconds * SECOND));
    }

    Guest guest(String mac, String address) {
        return new Guest(this, mac, address);
    }

    Guest guest() {
        return guest("52:54:00:00:00:0a", "192.168.64.2");
    }

    Guest guest6() {
        return guest("52:54:00:00:00:0a", "fd00:0:0:1::a");
    }

    void send(SwitchPort from, byte[] frame) {
        network.receive(from, Recorder.buffer(frame), 4, frame.length, now);
    }

    static void expectDrops(SwitchPort port, DropReason reason, long count) {
        assertThat(port.drops(reason)).isEqualTo(count);
    }
}
