package vmlan.host.linux;

import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import vmlan.host.FrameReceiver;
import vmlan.network.DropReason;

/// Keeps a copy of every frame that a device received.
public final class Recorder implements FrameReceiver {
    public static final class Received {
        private final byte[] frame;
        private final boolean fromHost;

        private Received(byte[] frame, boolean fromHost) {
            this.frame = frame;
            this.fromHost = fromHost;
        }

        public byte[] frame() {
            return frame;
        }

        public boolean fromHost() {
            return fromHost;
        }

        public int type() {
            return Short.toUnsignedInt(ByteBuffer.wrap(frame).getShort(12));
        }

        public long destination() {
            return ByteBuffer.wrap(frame).getLong(0) >>> 16;
        }
    }

    public final LinkedBlockingQueue<Received> frames = new LinkedBlockingQueue<>();
    public final CompletableFuture<Exception> failure = new CompletableFuture<>();
    private final Map<DropReason, Long> drops = new EnumMap<>(DropReason.class);

    public Recorder() {}

    @Override
    public void received(ByteBuffer buffer, int offset, int length, boolean fromHost, long now) {
        byte[] frame = new byte[length];
        buffer.get(offset, frame);
        frames.add(new Received(frame, fromHost));
    }

    @Override
    public void batchEnd() {}

    @Override
    public synchronized void dropped(DropReason reason, long count) {
        drops.merge(reason, count, Long::sum);
        notifyAll();
    }

    @Override
    public void failed(Exception cause) {
        failure.complete(cause);
    }

    /// The next frame that fits; others before it are thrown away. Fails when none comes.
    public Received await(Predicate<Received> fits) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            Received frame = frames.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (frame == null) {
                throw new AssertionError("no such frame came in 60 s");
            }
            if (fits.test(frame)) {
                return frame;
            }
        }
    }

    public synchronized long drops(DropReason reason) {
        return drops.getOrDefault(reason, 0L);
    }

    public synchronized void awaitDrops(DropReason reason, long count) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (drops(reason) < count) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                throw new AssertionError("dropped " + drops + " after 60 s, expected " + count + " " + reason);
            }
            wait(left);
        }
    }
}
