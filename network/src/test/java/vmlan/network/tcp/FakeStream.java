package vmlan.network.tcp;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import vmlan.network.outside.OutsideStream;
import vmlan.network.outside.StreamEnds;
import vmlan.network.outside.StreamEvents;
import vmlan.packet.IpAddress;

/// A stream of the host's that is played by a test: what it will read and how much it will take is set; what
/// happened to it is recorded.
final class FakeStream implements OutsideStream {
    StreamEvents events;
    final List<String> calls = new ArrayList<>();
    final ByteArrayOutputStream written = new ByteArrayOutputStream();
    int room = Integer.MAX_VALUE;
    boolean broken;
    boolean readable;
    boolean writable;
    int writes;
    private final ByteArrayOutputStream source = new ByteArrayOutputStream();
    private int taken;
    private StreamEnds endpoints;
    private boolean ended;

    FakeStream(StreamEvents events) {
        this.events = events;
    }

    FakeStream says(byte[] bytes) {
        source.writeBytes(bytes);
        return this;
    }

    FakeStream says(String text) {
        return says(text.getBytes(StandardCharsets.US_ASCII));
    }

    FakeStream ends() {
        ended = true;
        return this;
    }

    int unread() {
        return source.size() - taken;
    }

    /// The host's address that it is bound to; it is connected then.
    FakeStream at(String local) {
        endpoints = new StreamEnds(IpAddress.parse(local), 50000, IpAddress.parse("198.51.100.1"), 80);
        return this;
    }

    @Override
    public StreamEnds endpoints() {
        return endpoints;
    }

    @Override
    public void keepAlive(boolean soon) {
        calls.add(soon ? "keep alive soon" : "keep alive");
    }

    boolean hasNews() {
        return unread() > 0 || ended || broken;
    }

    @Override
    public int read(ByteBuffer buffer) {
        if (broken) {
            return BROKEN;
        }
        int count = Math.min(buffer.remaining(), unread());
        if (count == 0) {
            return ended ? END : 0;
        }
        buffer.put(source.toByteArray(), taken, count);
        taken += count;
        return count;
    }

    @Override
    public int write(ByteBuffer buffer) {
        if (broken) {
            return BROKEN;
        }
        writes++;
        int count = Math.min(buffer.remaining(), room);
        byte[] bytes = new byte[count];
        buffer.get(bytes);
        written.writeBytes(bytes);
        room -= count;
        return count;
    }

    @Override
    public void watch(boolean forReading, boolean forWriting) {
        readable = forReading;
        writable = forWriting;
    }

    @Override
    public void shutdownOutput() {
        calls.add("shutdown");
    }

    @Override
    public void close() {
        calls.add("close");
        watch(false, false);
    }

    @Override
    public void reset() {
        calls.add("reset");
        watch(false, false);
    }
}
