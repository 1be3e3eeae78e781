package vmlan.host.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import vmlan.host.EventLoop;
import vmlan.host.FrameReceiver;
import vmlan.host.device.BatchRing;
import vmlan.network.DropReason;
import vmlan.network.Frames;

/// The network's end of a tap, by the descriptor that the opener left. Needs no rights.
///
/// A thread reads what the host sends and hands it over in batches. All methods belong to the loop's thread.
public final class TapDevice implements AutoCloseable {
    /// Two frames of the greatest length, or some hundred usual ones.
    private static final int BATCH_BYTES = 256 << 10;

    private static final int BATCH_FRAMES = 512;

    private final Tap tap;
    private final DeviceReader reader;
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment area = arena.allocate(Frames.MAX_LENGTH, Long.BYTES);
    private final ByteBuffer areaBytes = area.asByteBuffer();
    private boolean closed;

    /// @param tap is this object's from now on; [#close] ends it
    public TapDevice(EventLoop loop, Tap tap, FrameReceiver receiver) throws IOException {
        this.tap = tap;
        HostSource source = new HostSource(tap.fd());
        this.reader = new DeviceReader(
                "vmlan-tap-" + tap.name(), tap.fd(), loop, receiver, BATCH_BYTES, BATCH_FRAMES, source);
        source.reader = reader;
    }

    /// Begins to receive.
    public void start() {
        reader.start();
    }

    /// Hands a frame to the host, at once.
    ///
    /// @return false when it was dropped: too long, no room, or the interface is down
    public boolean send(ByteBuffer buffer, int offset, int length) {
        if (closed || length > Frames.MAX_LENGTH) {
            return false;
        }
        areaBytes.put(0, buffer, offset, length);
        int result;
        do {
            result = Libc.write(tap.fd(), area, length);
        } while (result == -Errno.EINTR);
        return result >= 0;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            reader.stop();
            tap.close();
        }
    }

    /// The part of the thread: a frame for each read.
    private static final class HostSource implements DeviceReader.Source {
        private final int fd;
        private final Arena arena = Arena.ofAuto();
        private final MemorySegment area = arena.allocate(Frames.MAX_LENGTH, Long.BYTES);
        private final ByteBuffer areaBytes = area.asByteBuffer();
        private DeviceReader reader;

        private HostSource(int fd) {
            this.fd = fd;
        }

        @Override
        public int millisToWait() {
            return -1;
        }

        @Override
        public boolean read(BatchRing.Batch batch) throws IOException {
            while (batch.count < BATCH_FRAMES && batch.end + 4 + Frames.MAX_LENGTH <= batch.bytes.capacity()) {
                int length = Libc.read(fd, area, area.byteSize());
                if (length == -Errno.EAGAIN || length == -Errno.EINTR) {
                    return false;
                }
                LinuxException.check(length, "read(tap)", "");
                if (length < Frames.MIN_LENGTH) {
                    reader.drop(DropReason.RUNT, 1);
                    continue;
                }
                batch.bytes.putInt(batch.end, length);
                batch.bytes.put(batch.end + 4, areaBytes, 0, length);
                batch.append(batch.end + 4 + length, true);
            }
            return true;
        }
    }
}
