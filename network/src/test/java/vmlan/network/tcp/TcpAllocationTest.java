package vmlan.network.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import vmlan.network.FrameSink;
import vmlan.network.Frames;
import vmlan.network.SwitchPort;
import vmlan.network.outside.OutsideStream;
import vmlan.packet.Checksum;

/// A segment of a known flow allocates nothing, whichever way its data goes.
class TcpAllocationTest {
    private static final int BATCHES = 3_000;
    private static final int SEGMENTS = 40;
    private static final int SIZE = 1448;
    private static final int TCP = Frames.LENGTH_BYTES + 14 + 20;

    private final TcpSite site = new TcpSite();
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Endless stream = new Endless();
    private final Guest guest = site.guest();
    private final Counter counter = new Counter();

    /// Takes all, and has as much as is asked for, when it is switched on.
    private static final class Endless implements OutsideStream {
        private boolean talks;
        private long taken;

        @Override
        public int read(ByteBuffer buffer) {
            int count = talks ? buffer.remaining() : 0;
            buffer.position(buffer.position() + count);
            return count;
        }

        @Override
        public int write(ByteBuffer buffer) {
            int count = buffer.remaining();
            buffer.position(buffer.limit());
            taken += count;
            return count;
        }

        @Override
        public void watch(boolean readable, boolean writable) {}

        @Override
        public void shutdownOutput() {}

        @Override
        public void close() {}

        @Override
        public void reset() {}
    }

    /// What the guest's far end keeps: up to where all came in order, and how many segments.
    private static final class Counter implements FrameSink {
        private int next;
        private long data;

        @Override
        public void accept(SwitchPort from, ByteBuffer buffer, int offset, int length, long now) {
            int sequence = buffer.getInt(offset + 38);
            int size = (buffer.getShort(offset + 16) & 0xffff) - 20 - ((buffer.get(offset + 46) >>> 4) & 0xf) * 4;
            if (size > 0 && sequence == next) {
                next += size;
                data += size;
            }
        }

        @Override
        public void flush() {}
    }

    private static ByteBuffer template(byte[] frame) {
        return ByteBuffer.allocateDirect(Frames.LENGTH_BYTES + frame.length)
                .putInt(0, frame.length)
                .put(Frames.LENGTH_BYTES, frame);
    }

    /// Sends a frame that is changed in place for each segment.
    private void send(ByteBuffer frame, int sequence, int acknowledgement) {
        int ip = Frames.LENGTH_BYTES + 14;
        int length = frame.capacity() - TCP;
        frame.putInt(TCP + 4, sequence);
        frame.putInt(TCP + 8, acknowledgement);
        frame.putShort(TCP + 16, (short) 0);
        long pseudo = Checksum.pseudoHeader(frame.getInt(ip + 12), frame.getInt(ip + 16), 6, length);
        frame.putShort(TCP + 16, (short) Checksum.finish(Checksum.add(pseudo, frame, TCP, length)));
        site.network.receive(
                guest.switchPort(), frame, Frames.LENGTH_BYTES, frame.capacity() - Frames.LENGTH_BYTES, site.now);
    }

    private long least(Runnable run) {
        run.run();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            run.run();
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }

    private void connect() {
        site.opened = stream;
        guest.send("S 0 mss=1460 ws=7 sackok");
        site.connecting.connected(site.now);
        site.settle();
        guest.expect("AS 0 1 mss=1460 sackok ws=4").send("A 1 1").silence();
        guest.recorder.divert(counter);
        counter.next = guest.theirs + 1;
    }

    @Test
    void dataFromAGuestAllocatesNothing() {
        connect();
        ByteBuffer frame = template(guest.frame("A 1 1 len=" + SIZE));
        int[] next = {Guest.ISN + 1};
        long allocated = least(() -> {
            for (int batch = 0; batch < BATCHES; batch++) {
                for (int i = 0; i < SEGMENTS; i++) {
                    send(frame, next[0], guest.theirs + 1);
                    next[0] += SIZE;
                }
                site.network.flush();
                site.now += TcpSite.MILLISECOND;
                site.stack.tick(site.now);
            }
        });
        assertThat(allocated).isZero();
        assertThat(stream.taken).as("all came through").isEqualTo(6L * BATCHES * SEGMENTS * SIZE);
    }

    @Test
    void earlyDataAndWhatFillsTheGapAllocatesNothing() {
        connect();
        ByteBuffer frame = template(guest.frame("A 1 1 len=" + SIZE));
        int[] next = {Guest.ISN + 1};
        long allocated = least(() -> {
            for (int batch = 0; batch < BATCHES; batch++) {
                send(frame, next[0] + 3 * SIZE, guest.theirs + 1);
                send(frame, next[0] + SIZE, guest.theirs + 1);
                send(frame, next[0] + 2 * SIZE, guest.theirs + 1);
                send(frame, next[0], guest.theirs + 1);
                next[0] += 4 * SIZE;
                site.network.flush();
                site.now += TcpSite.MILLISECOND;
            }
        });
        assertThat(allocated).isZero();
        assertThat(stream.taken).isEqualTo(6L * BATCHES * 4 * SIZE);
    }

    @Test
    void dataToAGuestAllocatesNothing() {
        connect();
        stream.talks = true;
        ByteBuffer frame = template(guest.frame("A 1 1 win=60000"));
        site.connecting.readable(site.now);
        site.network.flush();
        long allocated = least(() -> {
            for (int batch = 0; batch < BATCHES; batch++) {
                send(frame, Guest.ISN + 1, counter.next);
                site.network.flush();
                site.now += TcpSite.MILLISECOND;
                site.stack.tick(site.now);
                site.network.flush();
            }
        });
        assertThat(allocated).isZero();
        assertThat(counter.data).isGreaterThan(6L * BATCHES * 100_000);
    }
}
