package vmlan.network.nat;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import vmlan.network.outside.DatagramEvents;
import vmlan.network.outside.EchoEvents;
import vmlan.network.outside.Outside;
import vmlan.network.outside.OutsideDatagrams;
import vmlan.network.outside.OutsideEcho;
import vmlan.network.outside.OutsideError;
import vmlan.network.outside.OutsideStream;
import vmlan.network.outside.StreamEvents;
import vmlan.packet.IpAddress;

/// The host's sockets, played by a test: keeps what it is given, in order.
public final class RecordingOutside implements Outside {
    public final List<Socket> sockets = new ArrayList<>();
    public final List<Echoes> echoes = new ArrayList<>();
    public final List<Stream> streams = new ArrayList<>();
    public boolean hasSockets = true;
    public boolean allowsEchoes = true;
    /// Keeps no data, for measuring.
    public boolean forgetful;

    public RecordingOutside() {}

    /// Something that was sent.
    public static final class Sent {
        private final IpAddress to;
        private final int port;
        private final byte[] data;
        private final String how;

        Sent(IpAddress to, int port, byte[] data, String how) {
            this.to = to;
            this.port = port;
            this.data = data;
            this.how = how;
        }

        public IpAddress to() {
            return to;
        }

        /// An echo's sequence number.
        public int port() {
            return port;
        }

        public byte[] data() {
            return data;
        }

        /// "df", "" or "hops N".
        public String how() {
            return how;
        }

        @Override
        public String toString() {
            return to + " " + port + " of " + data.length + (how.isEmpty() ? "" : " " + how);
        }
    }

    /// A socket for datagrams.
    public final class Socket implements OutsideDatagrams {
        public final boolean ipv4;
        public final DatagramEvents events;
        public final Deque<Sent> sent = new ArrayDeque<>();
        private final Deque<Sent> collected = new ArrayDeque<>();
        public boolean closed;
        public boolean hasRoom = true;
        public long count;

        public Socket(boolean ipv4, DatagramEvents events) {
            this.ipv4 = ipv4;
            this.events = events;
        }

        @Override
        public boolean send(
                long high, long low, int udpPort, ByteBuffer buffer, int offset, int length, boolean dontFragment) {
            if (closed) {
                throw new AssertionError("sent by a closed socket");
            }
            count++;
            if (hasRoom && !forgetful) {
                byte[] data = new byte[length];
                buffer.get(offset, data);
                collected.add(new Sent(new IpAddress(high, low), udpPort, data, dontFragment ? "df" : ""));
            }
            return hasRoom;
        }

        @Override
        public void flush() {
            while (!collected.isEmpty()) {
                sent.add(collected.poll());
            }
        }

        @Override
        public void close() {
            closed = true;
        }

        public Socket expect(String line) {
            Sent next = sent.poll();
            assertThat(next == null ? "nothing" : next.toString()).isEqualTo(line);
            return this;
        }

        public void receive(String from, int port, byte[] data, long now) {
            IpAddress address = IpAddress.parse(from);
            events.received(address.high(), address.low(), port, ByteBuffer.wrap(data), 0, data.length, now);
        }

        public void fail(OutsideError why, int mtu, String to, int port, long now) {
            IpAddress address = IpAddress.parse(to);
            events.failed(why, mtu, address.high(), address.low(), port, now);
        }
    }

    /// A way to send echoes.
    public final class Echoes implements OutsideEcho {
        public final boolean ipv4;
        public final EchoEvents events;
        public final Deque<Sent> sent = new ArrayDeque<>();
        public OutsideError answer;

        Echoes(boolean ipv4, EchoEvents events) {
            this.ipv4 = ipv4;
            this.events = events;
        }

        @Override
        public OutsideError send(
                long high, long low, int sequence, int hopLimit, ByteBuffer buffer, int offset, int length) {
            if (!forgetful) {
                byte[] data = new byte[length];
                buffer.get(offset, data);
                sent.add(new Sent(new IpAddress(high, low), sequence, data, "hops " + hopLimit));
            }
            return answer;
        }

        @Override
        public void close() {}

        public void reply(Sent request, String from, long now) {
            IpAddress address = IpAddress.parse(from);
            ByteBuffer data = ByteBuffer.wrap(request.data());
            events.replied(address.high(), address.low(), request.port(), data, 0, data.capacity(), now);
        }

        public void fail(Sent request, OutsideError why, int mtu, String offender, long now) {
            IpAddress by = IpAddress.parse(offender);
            events.failed(
                    why,
                    mtu,
                    by.high(),
                    by.low(),
                    request.to().high(),
                    request.to().low(),
                    request.port(),
                    now);
        }
    }

    /// A connection that was asked for.
    public static final class Stream implements OutsideStream {
        public final IpAddress to;
        public final int port;
        public final StreamEvents events;
        public boolean ended;

        Stream(IpAddress to, int port, StreamEvents events) {
            this.to = to;
            this.port = port;
            this.events = events;
        }

        @Override
        public int read(ByteBuffer buffer) {
            return 0;
        }

        @Override
        public int write(ByteBuffer buffer) {
            int length = buffer.remaining();
            buffer.position(buffer.limit());
            return length;
        }

        @Override
        public void watch(boolean readable, boolean writable) {}

        @Override
        public void shutdownOutput() {}

        @Override
        public void close() {
            ended = true;
        }

        @Override
        public void reset() {
            ended = true;
        }
    }

    @Override
    public OutsideStream connect(long high, long low, int tcpPort, StreamEvents events) {
        Stream stream = new Stream(new IpAddress(high, low), tcpPort, events);
        streams.add(stream);
        return stream;
    }

    @Override
    public OutsideDatagrams datagrams(boolean ipv4, DatagramEvents events) {
        if (!hasSockets) {
            return null;
        }
        Socket socket = new Socket(ipv4, events);
        sockets.add(socket);
        return socket;
    }

    @Override
    public OutsideEcho echoes(boolean ipv4, EchoEvents events) {
        if (!allowsEchoes) {
            return null;
        }
        Echoes way = new Echoes(ipv4, events);
        echoes.add(way);
        return way;
    }

    /// The socket that was opened last.
    public Socket last() {
        return sockets.getLast();
    }

    public long open() {
        return sockets.stream().filter(socket -> !socket.closed).count();
    }
}
