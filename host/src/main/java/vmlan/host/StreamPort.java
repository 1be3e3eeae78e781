package vmlan.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import vmlan.network.DropReason;
import vmlan.network.FrameSink;
import vmlan.network.Frames;
import vmlan.network.Switch;
import vmlan.network.SwitchPort;

/// A guest's NIC: the port of the switch on one side, a stream socket to QEMU on the other. The port outlives the
/// connection; QEMU comes back to it after either side was restarted. Others who speak QEMU's framing are its [Peer],
/// too.
///
/// Theory of operation, towards the guest. Frames that lie behind one another in a buffer of the switch, lengths
/// between,
/// are one *run*; a batch that is one run is written from where it lies, without a copy. When the order
/// breaks, runs are copied behind one another into the [OutputQueue] and go out as one write at the end of
/// the batch. What the socket does not take stays in the queue; when that is full, whole frames are dropped
/// and counted, and nobody else waits.
///
/// Trust: all bytes come from the guest, or from whoever opened the socket, which lies in a folder of the
/// user's own.
public final class StreamPort implements FrameSink, EventLoop.Handler {
    /// Told when a connection comes and goes.
    public interface Listener {
        void attached();

        /// @param why for the log
        void detached(String why);
    }

    /// Who is at the other end, and what it can take.
    ///
    /// @param name for messages
    /// @param framewise whether each frame is to be a write of its own, since the peer's reads expect whole ones
    /// @param longest frame that it takes; longer ones are dropped
    public record Peer(String name, boolean framewise, int longest) {
        public static final Peer QEMU = new Peer("QEMU", false, Frames.MAX_LENGTH);
    }

    private final EventLoop loop;
    private final Switch network;
    private final SwitchPort port;
    private final ReadBuffer shared;
    private final Listener listener;
    private final Peer peer;
    private final FrameDecoder decoder;

    private SocketChannel channel;
    private SelectionKey key;
    /// The beginning of a frame whose end has not come yet.
    private ByteBuffer rest = ByteBuffer.allocate(0);

    private int restLength;

    private final OutputQueue queue = new OutputQueue();
    private boolean blocked;
    private ByteBuffer run;
    private int runStart;
    private int runEnd;

    /// @param mac of the guest's NIC, 0 when nobody said it
    /// @param shared the loop's buffer, which all ports read into
    public StreamPort(EventLoop loop, Switch network, SwitchPort port, long mac, ReadBuffer shared, Listener listener) {
        this(loop, network, port, mac, shared, listener, Peer.QEMU);
    }

    /// A port to somebody else than QEMU.
    public StreamPort(
            EventLoop loop,
            Switch network,
            SwitchPort port,
            long mac,
            ReadBuffer shared,
            Listener listener,
            Peer peer) {
        this.loop = loop;
        this.peer = peer;
        this.network = network;
        this.port = port;
        this.shared = shared;
        this.listener = listener;
        this.decoder = new FrameDecoder(network, port, mac);
    }

    public SwitchPort port() {
        return port;
    }

    public boolean isAttached() {
        return channel != null;
    }

    /// Bytes of old, broken frames that were thrown away after re-attaching.
    public long skippedBytes() {
        return decoder.skippedBytes();
    }

    /// Takes a connection; an older one ends.
    ///
    /// @param again whether QEMU was connected before, so that the stream may begin in the middle of a frame
    public void attach(SocketChannel connection, boolean again) throws IOException {
        if (channel != null) {
            detach("a newer connection took its place");
        }
        key = loop.register(connection, SelectionKey.OP_READ, this);
        channel = connection;
        decoder.restart(!again);
        listener.attached();
    }

    /// Ends the connection, if there is one.
    public void detach(String why) {
        if (channel == null) {
            return;
        }
        try {
            channel.close();
        } catch (IOException e) {
            // Closed is what it should be, and it is: the key is cancelled and the descriptor gone either way.
        }
        channel = null;
        key = null;
        blocked = false;
        restLength = 0;
        rest = ByteBuffer.allocate(0);
        queue.clear();
        run = null;
        listener.detached(why);
    }

    @Override
    public void ready(SelectionKey ready) throws IOException {
        if (ready.isWritable()) {
            drain();
        }
        if (channel != null && ready.isReadable()) {
            read();
        }
    }

    @Override
    public void failed(Exception cause) {
        detach(cause.getMessage() == null ? cause.toString() : cause.getMessage());
    }

    private void read() throws IOException {
        ByteBuffer data = shared.bytes();
        data.clear();
        data.put(0, rest, 0, restLength);
        data.position(restLength);
        int count = channel.read(data);
        int end = data.position();
        data.clear();
        if (count < 0) {
            detach(peer.name() + " closed the connection");
            return;
        }
        int used = decoder.decode(data, 0, end, loop.now());
        network.flush();
        if (channel == null) {
            return;
        }
        if (used < 0) {
            detach("a length of more than " + Frames.MAX_LENGTH + " bytes, which no " + peer.name() + " sends");
            return;
        }
        keep(data, used, end - used);
    }

    private void keep(ByteBuffer data, int from, int count) {
        if (count > rest.capacity()) {
            // doubled, so that a guest that sends byte by byte does not make us allocate each time
            rest = ByteBuffer.allocate(
                    Math.min(ReadBuffer.LONGEST_REST, Math.max(2048, Integer.highestOneBit(count) << 1)));
        }
        rest.put(0, data, from, count);
        restLength = count;
    }

    /// The very same buffer is meant; its content would be the wrong thing to compare, and slow.
    @SuppressWarnings("ReferenceEquality")
    @Override
    public void accept(SwitchPort from, ByteBuffer buffer, int offset, int length, long now) {
        if (channel == null) {
            port.drop(DropReason.NOT_ATTACHED);
            return;
        }
        if (length > peer.longest()) {
            port.drop(DropReason.TOO_LONG);
            return;
        }
        int start = offset - Frames.LENGTH_BYTES;
        if (run == buffer && start == runEnd) {
            runEnd = offset + length;
            return;
        }
        enqueueRun();
        run = buffer;
        runStart = start;
        runEnd = offset + length;
        if (peer.framewise()) {
            flush();
        }
    }

    @Override
    public void flush() {
        if (run == null) {
            return;
        }
        if (blocked || !queue.isEmpty()) {
            enqueueRun();
            if (!blocked && channel != null) {
                drainOrDetach();
            }
        } else {
            writeRun();
        }
    }

    /// Writes the run from where it lies; the rest of it that the socket does not take is queued.
    private void writeRun() {
        ByteBuffer buffer = run;
        int written;
        try {
            buffer.limit(runEnd).position(runStart);
            written = channel.write(buffer);
        } catch (IOException e) {
            buffer.clear();
            run = null;
            failed(e);
            return;
        }
        buffer.clear();
        int sent = runStart + written;
        if (sent == runEnd) {
            count(buffer, runStart, runEnd);
            run = null;
            return;
        }
        // The frame that is half out must follow whole; then as many whole ones as fit.
        int frame = runStart;
        while (frameEnd(buffer, frame) <= sent) {
            frame = frameEnd(buffer, frame);
        }
        count(buffer, runStart, frame);
        if (frame < sent) {
            int end = frameEnd(buffer, frame);
            queue.addRest(buffer, sent, end - sent);
            count(buffer, frame, end);
            frame = end;
        }
        runStart = frame;
        enqueueRun();
        block();
    }

    /// Moves the run into the queue, as far as whole frames fit.
    private void enqueueRun() {
        if (run == null) {
            return;
        }
        ByteBuffer buffer = run;
        int end = runStart;
        while (end < runEnd && queue.hasRoom(frameEnd(buffer, end) - runStart)) {
            end = frameEnd(buffer, end);
        }
        if (end > runStart) {
            queue.add(buffer, runStart, end - runStart);
            count(buffer, runStart, end);
        }
        for (int frame = end; frame < runEnd; frame = frameEnd(buffer, frame)) {
            port.drop(DropReason.QUEUE_FULL);
        }
        run = null;
    }

    private static int frameEnd(ByteBuffer buffer, int start) {
        return start + Frames.LENGTH_BYTES + buffer.getInt(start);
    }

    private void count(ByteBuffer buffer, int start, int end) {
        int frames = 0;
        for (int frame = start; frame < end; frame = frameEnd(buffer, frame)) {
            frames++;
        }
        if (frames > 0) {
            port.transmitted(frames, end - start - (long) frames * Frames.LENGTH_BYTES);
        }
    }

    private void drainOrDetach() {
        try {
            drain();
        } catch (IOException e) {
            failed(e);
        }
    }

    private void drain() throws IOException {
        if (peer.framewise() ? queue.writeFramesTo(channel) : queue.writeTo(channel)) {
            if (blocked) {
                blocked = false;
                key.interestOps(SelectionKey.OP_READ);
            }
        } else {
            block();
        }
    }

    private void block() {
        if (!blocked) {
            blocked = true;
            key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        }
    }
}
