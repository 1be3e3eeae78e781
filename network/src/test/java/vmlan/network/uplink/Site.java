package vmlan.network.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import vmlan.network.DropReason;
import vmlan.network.Frames;
import vmlan.network.Recorder;
import vmlan.network.Switch;
import vmlan.network.SwitchPort;
import vmlan.network.gateway.Neighbour;
import vmlan.network.gateway.Packets;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;
import vmlan.packet.MacAddress;

/// A network with guests and an uplink, all around it played by a test. Time passes only when the test says so.
///
/// The NIC is 192.168.1.10, 2001:db8::10 and fe80::10; the LAN's router is 192.168.1.1 and fe80::1.
final class Site {
    static final String NIC = "02:00:00:00:00:10";
    static final String A = "52:54:00:00:00:0a";
    static final String B = "52:54:00:00:00:0b";
    static final String ROUTER = "02:00:00:00:00:01";
    static final String NOBODY = "00:00:00:00:00:00";
    static final long SECOND = 1_000_000_000L;

    final Switch network = new Switch(1024, 300 * SECOND, 1);
    final FakeWire wire = new FakeWire();
    final AddressTable addresses;
    final Uplink uplink;
    long now = 1_700_000_000L * SECOND;

    Site(boolean translate) {
        this(translate, List.of());
    }

    Site(boolean translate, List<Neighbour> known) {
        addresses = new AddressTable(known, now, 1);
        uplink = new Uplink(network, wire, addresses, translate, now);
        nic(NIC);
    }

    void nic(String mac) {
        uplink.nic(
                MacAddress.parse(mac).bits(),
                List.of(Ipv4Address.parse("192.168.1.10")),
                List.of(Ipv6Address.parse("2001:db8::10"), Ipv6Address.parse("fe80::10")),
                1500,
                now);
    }

    /// The NIC and both ways out of it. It copies at once, but gives out only what was flushed.
    static final class FakeWire implements Wire {
        final Deque<byte[]> lan = new ArrayDeque<>();
        final Deque<byte[]> host = new ArrayDeque<>();
        final List<Wanted> wanted = new ArrayList<>();
        private final Deque<byte[]> lanQueue = new ArrayDeque<>();
        private final Deque<byte[]> hostQueue = new ArrayDeque<>();
        boolean isFull;

        private boolean put(Deque<byte[]> queue, ByteBuffer buffer, int offset, int length) {
            byte[] bytes = new byte[length];
            buffer.get(offset, bytes);
            return !isFull && queue.add(bytes);
        }

        @Override
        public boolean toLan(ByteBuffer buffer, int offset, int length) {
            return put(lanQueue, buffer, offset, length);
        }

        @Override
        public boolean toHost(ByteBuffer buffer, int offset, int length) {
            return put(hostQueue, buffer, offset, length);
        }

        @Override
        public void flush() {
            lan.addAll(lanQueue);
            host.addAll(hostQueue);
            lanQueue.clear();
            hostQueue.clear();
        }

        @Override
        public void want(Wanted what) {
            wanted.add(what);
        }
    }

    Site pass(double seconds) {
        long end = now + (long) (seconds * SECOND);
        for (int calls = 0; calls < 100_000; calls++) {
            long nanos = uplink.nanosToTick(now);
            assertThat(nanos).isNotNegative();
            if (nanos > end - now) {
                now = end;
                return this;
            }
            now += nanos;
            uplink.tick(now);
        }
        throw new AssertionError("the uplink wants to be called without end");
    }

    Site fromLan(String destination, String source, int type, byte[] payload) {
        return received(Packets.ethernet(destination, source, type, payload), false);
    }

    Site fromHost(String destination, int type, byte[] payload) {
        return received(Packets.ethernet(destination, NIC, type, payload), true);
    }

    Site received(byte[] frame, boolean fromHost) {
        uplink.received(Recorder.buffer(frame), Frames.LENGTH_BYTES, frame.length, fromHost, now);
        network.flush();
        return this;
    }

    /// The next frame onto the LAN must be this one.
    Site expectLan(String line) {
        return expect("LAN", wire.lan.poll(), line);
    }

    Site expectHost(String line) {
        return expect("host", wire.host.poll(), line);
    }

    Site expectSilence() {
        return expect("LAN", wire.lan.poll(), "silence").expect("host", wire.host.poll(), "silence");
    }

    private Site expect(String where, byte[] frame, String line) {
        assertThat(frame == null ? "silence" : Dump.of(frame)).as(where).isEqualTo(line);
        return this;
    }

    void clear() {
        wire.lan.clear();
        wire.host.clear();
    }

    Guest guest(String mac) {
        return new Guest(mac, false);
    }

    /// One VM, played by the test.
    final class Guest {
        final String mac;
        final Recorder recorder;

        Guest(String mac, boolean isolated) {
            this.mac = mac;
            recorder = new Recorder().connect(network, "vm-" + mac.substring(15), isolated);
        }

        SwitchPort port() {
            return recorder.port();
        }

        Guest pinned() {
            network.pin(port(), MacAddress.parse(mac), now);
            return this;
        }

        Guest sendAs(String source, String destination, int type, byte[] payload) {
            byte[] frame = Packets.ethernet(destination, source, type, payload);
            ByteBuffer buffer = Recorder.buffer(frame);
            network.receive(port(), buffer, Frames.LENGTH_BYTES, frame.length, now);
            network.flush();
            byte[] after = new byte[frame.length];
            buffer.get(Frames.LENGTH_BYTES, after);
            assertThat(after).as("the frame in the switch's buffer").isEqualTo(frame);
            return this;
        }

        Guest send(String destination, int type, byte[] payload) {
            return sendAs(mac, destination, type, payload);
        }

        Guest arp(int operation, String address, String targetMac, String target) {
            String destination = targetMac.equals(NOBODY) ? Packets.ALL : targetMac;
            return send(destination, 0x0806, Packets.arp(operation, mac, address, targetMac, target));
        }

        Guest announce(String address) {
            return arp(1, address, NOBODY, address);
        }

        Guest ipv6(byte[] packet) {
            boolean toGroup = packet[24] == (byte) 0xff;
            return send(toGroup ? group(packet) : ROUTER, 0x86dd, packet);
        }

        /// A test for duplicates.
        Guest test(String address) {
            return ipv6(solicitation(address));
        }

        Guest expect(String line) {
            Site.this.expect(mac, recorder.poll(), line);
            return this;
        }

        Guest expectSilence() {
            return expect("silence");
        }

        Guest expectDropped(DropReason reason, long count) {
            for (DropReason other : DropReason.values()) {
                assertThat(port().drops(other)).as(other.key()).isEqualTo(other == reason ? count : 0);
            }
            return this;
        }

        void clear() {
            while (recorder.poll() != null) {}
        }

        MacAddress address() {
            return MacAddress.parse(mac);
        }
    }

    static String group(byte[] packet) {
        return "33:33:" + HexFormat.ofDelimiter(":").formatHex(packet, 36, 40);
    }

    static byte[] solicitation(String target) {
        String group = Ipv6Address.parse(target).solicitedNode().toString();
        return Packets.icmp6("::", group, 255, 135, 0, 0, Packets.ip6(target));
    }

    static byte[] advertisement(String source, String destination, String target, String mac) {
        return Packets.icmp6(
                source,
                destination,
                255,
                136,
                0,
                0x2000_0000,
                Packets.bytes(Packets.ip6(target), Packets.macOption(2, mac)));
    }
}
