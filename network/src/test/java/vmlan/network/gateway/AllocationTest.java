package vmlan.network.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import vmlan.network.FrameSink;
import vmlan.network.Frames;
import vmlan.network.Recorder;
import vmlan.network.SwitchPort;

/// Frames are switched, and echoes answered, without allocation.
class AllocationTest {
    private static final int BATCHES = 2_000;
    private static final int FRAMES = 64;
    private static final String A = "52:54:00:00:00:0a";
    private static final String B = "52:54:00:00:00:0b";

    private final Lan lan = new Lan().settled();
    private final SwitchPort a = lan.network.connect("a", false, Counter::new);
    private final SwitchPort b = lan.network.connect("b", false, Counter::new);

    private record Counter(SwitchPort port) implements FrameSink {
        @Override
        public void accept(SwitchPort from, ByteBuffer buffer, int offset, int length, long now) {
            port.transmitted(1, length);
        }

        @Override
        public void flush() {}
    }

    private void run(SwitchPort from, ByteBuffer frame) {
        for (int batch = 0; batch < BATCHES; batch++) {
            for (int i = 0; i < FRAMES; i++) {
                lan.network.receive(from, frame, Frames.LENGTH_BYTES, frame.capacity() - Frames.LENGTH_BYTES, lan.now);
            }
            lan.network.flush();
        }
    }

    /// The least of some tries: the compilers at work in the background may count for one.
    private long allocated(SwitchPort from, byte[] frame) {
        ByteBuffer buffer = Recorder.buffer(frame);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        run(from, buffer);
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            run(from, buffer);
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }

    @Test
    void theMeasureSeesAnAllocation() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        byte[] some = new byte[1000];
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isGreaterThanOrEqualTo(some.length);
    }

    @Test
    void switchingAllocatesNothing() {
        byte[] toA = Packets.ethernet(A, B, 0x88b5, new byte[50]);
        byte[] toB = Packets.ethernet(B, A, 0x88b5, new byte[50]);
        byte[] toAll = Packets.ethernet(Packets.ALL, A, 0x88b5, new byte[50]);
        assertThat(allocated(a, toB)).as("first unknown, then known").isZero();
        assertThat(allocated(b, toA)).isZero();
        assertThat(allocated(a, toAll)).isZero();
        assertThat(b.transmittedFrames()).isEqualTo(2L * 6 * BATCHES * FRAMES);
    }

    @Test
    void newAndMovingStationsAllocateNothing() {
        long before = 0;
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        ByteBuffer frame = Recorder.buffer(Packets.ethernet(Packets.ALL, A, 0x88b5, new byte[50]));
        for (int i = 0; i < 200_000; i++) {
            if (i == 100_000) {
                before = threads.getCurrentThreadAllocatedBytes();
            }
            frame.putInt(Frames.LENGTH_BYTES + 8, i % 5000);
            lan.network.receive(i % 3 == 0 ? a : b, frame, Frames.LENGTH_BYTES, 64, lan.now);
            lan.network.flush();
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isZero();
    }

    @Test
    void echoRepliesAllocateNothing() {
        byte[] echo4 = Packets.ethernet(
                Lan.MAC, A, 0x0800, Packets.ipv4("192.168.64.2", Lan.IP4, 1, Packets.icmp(8, 0, 1, new byte[1400])));
        byte[] echo6 = Packets.ethernet(
                Lan.MAC, A, 0x86dd, Packets.icmp6("fd00:0:0:1::a", Lan.IP6, 64, 128, 0, 1, new byte[1400]));
        byte[] arp =
                Packets.ethernet(Packets.ALL, A, 0x0806, Packets.arp(1, A, "0.0.0.0", "00:00:00:00:00:00", Lan.IP4));
        assertThat(allocated(a, echo4)).isZero();
        assertThat(allocated(a, echo6)).isZero();
        assertThat(allocated(a, arp)).isZero();
        assertThat(a.transmittedFrames()).as("every one is answered").isEqualTo(3L * 6 * BATCHES * FRAMES);
    }

    private long allocatedFromHost(byte[] frame) {
        ByteBuffer buffer = Recorder.buffer(frame);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 6; i++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int batch = 0; batch < BATCHES; batch++) {
                for (int j = 0; j < FRAMES; j++) {
                    lan.gateway.fromHost(buffer, Frames.LENGTH_BYTES, frame.length, lan.now);
                }
                lan.network.flush();
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }

    @Test
    void passingFramesToAndFromTheHostAllocatesNothing() {
        long[] taken = new long[1];
        lan.gateway.attachHost(
                new HostSide() {
                    @Override
                    public boolean accept(ByteBuffer buffer, int offset, int length) {
                        taken[0]++;
                        return true;
                    }

                    @Override
                    public void flush() {}
                },
                true);
        byte[] segment = Packets.tcp(9, 80, 1, 1, 16, new byte[1400]);
        String[][] ends = {
            {"192.168.64.2", Lan.IP4}, {"192.168.64.2", "198.51.100.1"}, {"192.168.64.2", "224.0.0.251"},
        };
        for (String[] end : ends) {
            assertThat(allocated(a, Packets.ethernet(Lan.MAC, A, 0x0800, Packets.tcp4(end[0], end[1], segment))))
                    .isZero();
        }
        assertThat(allocated(a, Packets.ethernet(Lan.MAC, A, 0x86dd, Packets.tcp6("fd00:0:0:1::a", Lan.IP6, segment))))
                .isZero();
        assertThat(taken[0]).isEqualTo(4L * 6 * BATCHES * FRAMES);
        byte[] long4 = Packets.tcp4(Lan.IP4, "192.168.64.2", segment);
        byte[] short4 = Packets.tcp4(Lan.IP4, "192.168.64.2", Packets.tcp(80, 9, 1, 1, 16, new byte[0]));
        assertThat(allocatedFromHost(Packets.ethernet(A, Lan.MAC, 0x0800, long4)))
                .isZero();
        assertThat(allocatedFromHost(Packets.ethernet(A, Lan.MAC, 0x0800, short4)))
                .isZero();
        assertThat(a.transmittedFrames()).isEqualTo(2L * 6 * BATCHES * FRAMES);
    }
}
