package vmlan.host;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import vmlan.network.outside.DatagramEvents;
import vmlan.network.outside.OutsideError;
import vmlan.packet.IpAddress;

/// A UDP socket by the JDK's own channel, for systems where there is no better one: a datagram is a system call, what
/// is lost on the way is not heard of, and whether one may be fragmented is the operating system's choice.
///
/// Nothing is allocated as long as datagrams go to and come from the same address as the last ones.
final class ChannelDatagrams implements BoundDatagrams, EventLoop.Handler {
    /// Then others have their turn.
    private static final int RECEIVED_PER_ROUND = 32;
    /// News of failures that are on their way to the owner; more at once is of no use to it.
    private static final int MAX_FAILURES = 16;

    private final EventLoop loop;
    private final DatagramChannel channel;
    private final boolean ipv4;
    private final ByteBuffer shared;
    private final DatagramCounts counts;
    private final DatagramEvents events;
    private int failures;
    private boolean closed;

    private InetSocketAddress target;
    private long targetHigh;
    private long targetLow;

    private SocketAddress sender;
    private long senderHigh;
    private long senderLow;
    private int senderPort;

    /// @param shared to receive into
    ChannelDatagrams(
            EventLoop loop,
            DatagramChannel channel,
            boolean ipv4,
            ByteBuffer shared,
            DatagramCounts counts,
            DatagramEvents events)
            throws IOException {
        this.loop = loop;
        this.channel = channel;
        this.ipv4 = ipv4;
        this.shared = shared;
        this.counts = counts;
        this.events = events;
        loop.register(channel, SelectionKey.OP_READ, this);
    }

    @Override
    public int udpPort() {
        return channel.socket().getLocalPort();
    }

    @Override
    public boolean send(
            long high, long low, int udpPort, ByteBuffer buffer, int offset, int length, boolean dontFragment) {
        if (closed) {
            return false;
        }
        if (target == null || high != targetHigh || low != targetLow || udpPort != target.getPort()) {
            target = SocketAddresses.of(high, low, udpPort);
            targetHigh = high;
            targetLow = low;
        }
        int position = buffer.position();
        int limit = buffer.limit();
        try {
            buffer.limit(offset + length).position(offset);
            boolean sent = channel.send(buffer, target) == length;
            counts.dropped += sent ? 0 : 1;
            return sent;
        } catch (IOException e) {
            tellLater(SocketErrors.of(e, ipv4), high, low, udpPort);
            return true;
        } finally {
            buffer.limit(limit).position(position);
        }
    }

    private void tellLater(OutsideError why, long high, long low, int udpPort) {
        if (failures == MAX_FAILURES) {
            counts.errorsForgotten++;
            return;
        }
        failures++;
        loop.execute(() -> {
            failures--;
            if (!closed) {
                events.failed(why, 0, high, low, udpPort, loop.now());
            }
        });
    }

    @Override
    public void flush() {}

    @Override
    public void ready(SelectionKey key) throws IOException {
        for (int left = RECEIVED_PER_ROUND; left > 0 && !closed; left--) {
            shared.clear();
            SocketAddress from = channel.receive(shared);
            if (from == null) {
                return;
            }
            note(from);
            int length = shared.position();
            shared.clear();
            events.received(senderHigh, senderLow, senderPort, shared, 0, length, loop.now());
        }
    }

    /// The JDK gives the very same object again for the same sender (DatagramChannelImpl, sourceSocketAddress).
    @SuppressWarnings("ReferenceEquality")
    private void note(SocketAddress from) {
        if (from == sender) {
            return;
        }
        InetSocketAddress internet = (InetSocketAddress) from;
        IpAddress address = SocketAddresses.of(internet.getAddress());
        sender = from;
        senderHigh = address.high();
        senderLow = address.low();
        senderPort = internet.getPort();
    }

    @Override
    public void failed(Exception cause) {
        close();
    }

    @Override
    public void close() {
        closed = true;
        try {
            channel.close();
        } catch (IOException e) {
            // The descriptor is gone either way.
        }
    }
}
