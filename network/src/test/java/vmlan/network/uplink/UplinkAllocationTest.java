package vmlan.network.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import vmlan.network.FrameSink;
import vmlan.network.Frames;
import vmlan.network.Recorder;
import vmlan.network.Switch;
import vmlan.network.SwitchPort;
import vmlan.network.gateway.Packets;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;
import vmlan.packet.MacAddress;

/// Frames pass in both directions, with and without translation, without allocation; new addresses too.
class UplinkAllocationTest {
    private static final int ROUNDS = 100_000;

    private final long now = 1_700_000_000L * Site.SECOND;
    private final Switch network = new Switch(1024, 300 * Site.SECOND, 1);
    private long sent;
    private long delivered;

    private final Wire wire = new Wire() {
        @Override
        public boolean toLan(ByteBuffer buffer, int offset, int length) {
            sent++;
            return true;
        }

        @Override
        public boolean toHost(ByteBuffer buffer, int offset, int length) {
            sent++;
            return true;
        }

        @Override
        public void flush() {}

        @Override
        public void want(Wanted wanted) {}
    };

    private final SwitchPort guest = network.connect("a", false, self -> new FrameSink() {
        @Override
        public void accept(SwitchPort from, ByteBuffer buffer, int offset, int length, long time) {
            delivered++;
        }

        @Override
        public void flush() {}
    });

    private Uplink uplink(boolean translate) {
        Uplink uplink = new Uplink(network, wire, new AddressTable(List.of(), now), translate, now);
        uplink.nic(
                MacAddress.parse(Site.NIC).bits(),
                List.of(Ipv4Address.parse("192.168.1.10")),
                List.of(Ipv6Address.parse("fe80::10")),
                1500,
                now);
        network.pin(guest, MacAddress.parse(Site.A), now);
        return uplink;
    }

    private interface Work {
        void run(int round);
    }

    /// The least of some tries: the compilers at work in the background may count for one.
    private static long allocated(Work work) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int round = 0; round < ROUNDS; round++) {
                work.run(round);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }

    private void out(byte[] frame) {
        ByteBuffer buffer = Recorder.buffer(frame);
        long before = sent;
        long bytes = allocated(round -> {
            network.receive(guest, buffer, Frames.LENGTH_BYTES, frame.length, now);
            network.flush();
        });
        assertThat(bytes).isZero();
        assertThat(sent - before).isGreaterThanOrEqualTo(5L * ROUNDS);
    }

    private void in(Uplink uplink, byte[] frame) {
        ByteBuffer original = Recorder.buffer(frame);
        ByteBuffer buffer = Recorder.buffer(frame);
        long before = delivered;
        long bytes = allocated(round -> {
            buffer.put(0, original, 0, original.capacity()); // translation changes it where it lies
            uplink.received(buffer, Frames.LENGTH_BYTES, frame.length, false, now);
            network.flush();
        });
        assertThat(bytes).isZero();
        assertThat(delivered - before).isEqualTo(5L * ROUNDS);
    }

    private void both(boolean translate) {
        Uplink uplink = uplink(translate);
        String to = translate ? Site.NIC : Site.A;
        out(Packets.ethernet(
                Site.ROUTER, Site.A, 0x0800, Packets.udp4("192.168.1.20", "8.8.8.8", 9, 9, new byte[999])));
        out(Packets.ethernet(
                Packets.ALL, Site.A, 0x0806, Packets.arp(1, Site.A, "192.168.1.20", Site.NOBODY, "192.168.1.1")));
        out(Packets.ethernet(
                Site.NIC, Site.A, 0x0800, Packets.udp4("192.168.1.20", "192.168.1.10", 9, 9, new byte[9])));
        out(Packets.ethernet(Site.ROUTER, Site.A, 0x86dd, Site.advertisement("fe80::a", "fe80::1", "fe80::a", Site.A)));
        out(Packets.ethernet(Site.ROUTER, Site.A, 0x86dd, Packets.udp6("fe80::a", "fe80::1", 9, 9, new byte[9])));
        in(
                uplink,
                Packets.ethernet(
                        to, Site.ROUTER, 0x0800, Packets.udp4("8.8.8.8", "192.168.1.20", 9, 9, new byte[999])));
        in(
                uplink,
                Packets.ethernet(
                        to, Site.ROUTER, 0x0806, Packets.arp(2, Site.ROUTER, "192.168.1.1", to, "192.168.1.20")));
        in(uplink, Packets.ethernet(to, Site.ROUTER, 0x86dd, Packets.udp6("fe80::1", "fe80::a", 9, 9, new byte[9])));
    }

    @Test
    void bridgingAllocatesNothing() {
        both(false);
    }

    @Test
    void translatingAllocatesNothing() {
        both(true);
    }

    @Test
    void addressesThatComeAndGoAllocateNothing() {
        uplink(true);
        byte[] frame = Packets.ethernet(
                Site.ROUTER, Site.A, 0x0800, Packets.udp4("192.168.1.20", "8.8.8.8", 9, 9, new byte[9]));
        ByteBuffer buffer = Recorder.buffer(frame);
        long bytes = allocated(round -> {
            buffer.putInt(Frames.LENGTH_BYTES + 26, 0x0a000000 + round);
            network.receive(guest, buffer, Frames.LENGTH_BYTES, frame.length, now + round);
            network.flush();
        });
        assertThat(bytes).isZero();
    }
}
