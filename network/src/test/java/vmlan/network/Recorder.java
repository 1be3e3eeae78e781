package vmlan.network;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/// A far end that keeps what it is sent. It reads the bytes when it is flushed, not before, as a socket
/// does, so a sender that reuses its buffer too early is found out.
public class Recorder implements FrameSink {
    private record Frame(ByteBuffer buffer, int offset, int length) {}

    private final Deque<Frame> accepted = new ArrayDeque<>();
    private final Deque<byte[]> frames = new ArrayDeque<>();
    private SwitchPort port;
    private int flushes;
    private FrameSink other;

    /// Not connected yet.
    public Recorder() {}

    public Recorder connect(Switch network, String name, boolean isolated) {
        port = network.connect(name, isolated, self -> this);
        return this;
    }

    /// From now on another takes the frames.
    public void divert(FrameSink sink) {
        other = sink;
    }

    public SwitchPort port() {
        return port;
    }

    @Override
    public void accept(SwitchPort from, ByteBuffer buffer, int offset, int length, long now) {
        if (other != null) {
            other.accept(from, buffer, offset, length, now);
            return;
        }
        if (buffer.getInt(offset - Frames.LENGTH_BYTES) != length) {
            throw new AssertionError("the length in front of the frame is " + buffer.getInt(offset - 4));
        }
        accepted.add(new Frame(buffer, offset, length));
    }

    @Override
    public void flush() {
        flushes++;
        for (Frame frame = accepted.poll(); frame != null; frame = accepted.poll()) {
            byte[] bytes = new byte[frame.length];
            frame.buffer.get(frame.offset, bytes);
            frames.add(bytes);
            if (port != null) {
                port.transmitted(1, frame.length);
            }
        }
    }

    /// The next frame that was flushed, or null.
    public byte[] poll() {
        return frames.poll();
    }

    public int count() {
        return frames.size();
    }

    public int flushes() {
        return flushes;
    }

    /// A buffer with a frame behind its length.
    public static ByteBuffer buffer(byte[] frame) {
        return ByteBuffer.allocateDirect(Frames.LENGTH_BYTES + frame.length)
                .putInt(0, frame.length)
                .put(Frames.LENGTH_BYTES, frame);
    }

    public static void send(Switch network, SwitchPort from, byte[] frame, long now) {
        network.receive(from, buffer(frame), Frames.LENGTH_BYTES, frame.length, now);
        network.flush();
    }
}
