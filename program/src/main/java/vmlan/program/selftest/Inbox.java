package vmlan.program.selftest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import vmlan.host.FrameReceiver;
import vmlan.network.DropReason;

/// Copies of the frames that came, for a thread that waits for them. A busy LAN fills it; then what is new is lost, and
/// questions are asked again.
final class Inbox implements FrameReceiver {
    private static final int MOST = 1024;
    /// In place of a frame, so that who waits hears of the end.
    private static final byte[] END = {};

    private final BlockingQueue<byte[]> frames = new ArrayBlockingQueue<>(MOST);
    private volatile Exception end;

    /// Waits for the next one.
    ///
    /// @param deadline by [System#nanoTime]
    /// @return null where none came
    /// @throws IOException none will come any more
    byte[] next(long deadline) throws IOException, InterruptedException {
        byte[] frame = frames.poll(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        Exception cause = end;
        if (cause != null) {
            throw cause instanceof IOException io ? io : new IOException(cause.toString(), cause);
        }
        return frame;
    }

    @Override
    public void received(ByteBuffer buffer, int offset, int length, boolean fromHost, long now) {
        byte[] frame = new byte[length];
        buffer.get(offset, frame);
        frames.offer(frame);
    }

    @Override
    public void batchEnd() {
        // each frame is copied as it comes
    }

    @Override
    public void dropped(DropReason reason, long count) {
        // Asked again.
    }

    @Override
    public void failed(Exception cause) {
        end = cause;
        frames.offer(END);
    }
}
