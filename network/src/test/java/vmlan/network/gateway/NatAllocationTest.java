package vmlan.network.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import vmlan.network.FrameSink;
import vmlan.network.Frames;
import vmlan.network.Recorder;
import vmlan.network.SwitchPort;
import vmlan.network.nat.NatLimits;
import vmlan.network.nat.RecordingOutside;
import vmlan.packet.IpAddress;

/// Datagrams of known flows pass without allocation, in both directions, whole and in fragments.
class NatAllocationTest {
    private static final int BATCHES = 500;
    private static final int FRAMES = 32;
    private static final String A = "52:54:00:00:00:0a";
    private static final String A4 = "192.168.64.2";
    private static final String REMOTE = "198.51.100.1";

    private final Lan lan = new Lan().settled();
    private final RecordingOutside outside = new RecordingOutside();
    private final SwitchPort a = lan.network.connect("a", false, Counter::new);

    private record Counter(SwitchPort port) implements FrameSink {
        @Override
        public void accept(SwitchPort from, ByteBuffer buffer, int offset, int length, long now) {
            port.transmitted(1, length);
        }

        @Override
        public void flush() {}
    }

    NatAllocationTest() {
        outside.forgetful = true;
        lan.gateway.attachNat(NatLimits.DEFAULT, outside, null, lan.now);
    }

    /// The least of some tries: the compilers at work in the background may count for one.
    private static long allocated(Runnable batch) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 6; i++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int j = 0; j < BATCHES; j++) {
                batch.run();
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }

    private void receive(ByteBuffer frame) {
        lan.network.receive(a, frame, Frames.LENGTH_BYTES, frame.capacity() - Frames.LENGTH_BYTES, lan.now);
    }

    private long allocatedFromGuest(int type, byte[]... packets) {
        ByteBuffer[] frames = Arrays.stream(packets)
                .map(packet -> Recorder.buffer(Packets.ethernet(Lan.MAC, A, type, packet)))
                .toArray(ByteBuffer[]::new);
        return allocated(() -> {
            for (int i = 0; i < FRAMES; i++) {
                for (ByteBuffer frame : frames) {
                    receive(frame);
                }
            }
            lan.network.flush();
            lan.now += 1_000_000;
        });
    }

    @Test
    void datagramsOutAllocateNothing() {
        assertThat(allocatedFromGuest(0x0800, Packets.udp4(A4, REMOTE, 4000, 7, new byte[1400])))
                .isZero();
        assertThat(allocatedFromGuest(0x86dd, Packets.udp6("fd00:0:0:1::2", "2001:db8::1", 4000, 7, new byte[1400])))
                .isZero();
        assertThat(outside.sockets).hasSize(2);
        assertThat(outside.last().count).isEqualTo(6L * BATCHES * FRAMES);
    }

    @Test
    void fragmentsOutAllocateNothing() {
        byte[][] pieces = Pieces.of(Packets.udp4(A4, REMOTE, 4000, 7, new byte[4000]), 1500)
                .toArray(byte[][]::new);
        assertThat(allocatedFromGuest(0x0800, pieces)).isZero();
        assertThat(outside.last().count).isEqualTo(6L * BATCHES * FRAMES);
    }

    @Test
    void datagramsInAllocateNothing() {
        receive(Recorder.buffer(Packets.ethernet(Lan.MAC, A, 0x0800, Packets.udp4(A4, REMOTE, 4000, 7, new byte[8]))));
        lan.network.flush();
        IpAddress remote = IpAddress.parse(REMOTE);
        for (int length : new int[] {1400, 20_000}) {
            ByteBuffer data = ByteBuffer.allocateDirect(length);
            long allocated = allocated(() -> {
                for (int i = 0; i < FRAMES; i++) {
                    outside.last().events.received(remote.high(), remote.low(), 7, data, 0, length, lan.now);
                }
                lan.network.flush();
            });
            assertThat(allocated).isZero();
        }
        assertThat(a.transmittedFrames()).isEqualTo(6L * BATCHES * FRAMES * (1 + 14));
    }

    @Test
    void echoesAllocateNothing() {
        byte[] echo = Packets.ipv4(A4, REMOTE, 1, Packets.icmp(8, 0, 1, new byte[1400]));
        assertThat(allocatedFromGuest(0x0800, echo)).isZero();
    }
}
