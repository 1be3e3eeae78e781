package vmlan.network.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import vmlan.network.DropReason;
import vmlan.network.Recorder;
import vmlan.network.Switch;
import vmlan.network.SwitchPort;
import vmlan.network.dhcp.Leases;
import vmlan.packet.DhcpMessage;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv4Prefix;
import vmlan.packet.Ipv6Prefix;
import vmlan.packet.MacAddress;

/// A network with a gateway, and guests that are played by a test. Time passes only when the test says so.
///
/// The gateway is 192.168.64.1, fd00:0:0:1::1 and fe80::5054:ff:fe00:1, with MAC 52:54:00:00:00:01.
final class Lan {
    static final String MAC = "52:54:00:00:00:01";
    static final String IP4 = "192.168.64.1";
    static final String IP6 = "fd00:0:0:1::1";
    static final String LINK_LOCAL = "fe80::5054:ff:fe00:1";
    static final long SECOND = 1_000_000_000L;
    static final Ipv4Prefix NETWORK = Ipv4Prefix.parse("192.168.64.0/24");

    final Switch network = new Switch(1024, 300 * SECOND, 1);
    final Leases leases;
    final Neighbours neighbours;
    final Gateway gateway;
    final List<PingOutcome> pings = new ArrayList<>();
    long now = 1_700_000_000L * SECOND;

    Lan() {
        this(true, 1500);
    }

    Lan(boolean router, int mtu) {
        this(router, mtu, List.of());
    }

    Lan(boolean router, int mtu, List<Neighbour> known) {
        this(router, mtu, known, false);
    }

    Lan(boolean router, int mtu, List<Neighbour> known, boolean resolver) {
        this(router, mtu, known, resolver, GatewayOptions.USUAL);
    }

    Lan(boolean router, int mtu, List<Neighbour> known, boolean resolver, GatewayOptions options) {
        leases = new Leases(NETWORK, Ipv4Address.parse("192.168.64.2"), Ipv4Address.parse("192.168.64.254"), List.of());
        neighbours = new Neighbours(known);
        gateway = new Gateway(
                new GatewayConfig(
                        MacAddress.parse(MAC),
                        Ipv4Address.parse(IP4),
                        NETWORK,
                        Ipv6Prefix.parse("fd00:0:0:1::/64"),
                        router,
                        mtu,
                        "vmlan.internal",
                        3600,
                        resolver,
                        options),
                network,
                leases,
                neighbours,
                new SplittableRandom(1),
                now);
    }

    /// Lets time pass; the gateway is called when it wants to be, as the event loop does.
    void pass(double seconds) {
        long end = now + (long) (seconds * SECOND);
        for (int calls = 0; calls < 100_000; calls++) {
            long nanos = gateway.nanosToTick(now);
            assertThat(nanos).isNotNegative();
            if (nanos > end - now) {
                now = end;
                return;
            }
            now += nanos;
            gateway.tick(now);
        }
        throw new AssertionError("the gateway wants to be called without end");
    }

    Guest guest(String mac) {
        return new Guest(mac);
    }

    /// As a started network would be, without the first advertisements in the way of a script.
    Lan settled() {
        pass(60);
        return this;
    }

    /// One VM, played by the test.
    final class Guest {
        final String mac;
        final Recorder recorder;

        Guest(String mac) {
            this.mac = mac;
            recorder = new Recorder().connect(network, "vm-" + mac.substring(15), false);
        }

        SwitchPort port() {
            return recorder.port();
        }

        Guest send(String destination, int type, byte[] payload) {
            Recorder.send(network, port(), Packets.ethernet(destination, mac, type, payload), now);
            return this;
        }

        Guest arp(byte[] packet) {
            return send(Packets.ALL, 0x0806, packet);
        }

        Guest ipv4(byte[] packet) {
            return send(MAC, 0x0800, packet);
        }

        Guest ipv6(byte[] packet) {
            return send(MAC, 0x86dd, packet);
        }

        /// To a group: the destination's last four bytes make the MAC.
        Guest multicast(byte[] packet) {
            return send("33:33:" + HexFormat.ofDelimiter(":").formatHex(packet, 36, 40), 0x86dd, packet);
        }

        Guest dhcp(DhcpMessage message) {
            return dhcp("0.0.0.0", "255.255.255.255", message);
        }

        Guest dhcp(String source, String destination, DhcpMessage message) {
            ByteBuffer buffer = ByteBuffer.allocate(message.length());
            message.write(buffer, 0);
            byte[] packet = Packets.udp4(source, destination, 68, 67, buffer.array());
            return send(destination.equals(IP4) ? MAC : Packets.ALL, 0x0800, packet);
        }

        /// The next frame must be this one.
        Guest expect(String line) {
            byte[] frame = recorder.poll();
            assertThat(frame == null ? "silence" : Dump.of(frame)).isEqualTo(line);
            return this;
        }

        /// The next frame must be this one, sent to this MAC.
        Guest expect(String destination, String line) {
            byte[] frame = recorder.poll();
            assertThat(frame == null ? "silence" : Packets.mac(frame, 0) + ": " + Dump.of(frame))
                    .isEqualTo(destination + ": " + line);
            return this;
        }

        Guest expectSilence() {
            byte[] frame = recorder.poll();
            assertThat(frame == null ? "silence" : Dump.of(frame)).isEqualTo("silence");
            return this;
        }

        Guest expectDropped(DropReason reason, long count) {
            for (DropReason other : DropReason.values()) {
                assertThat(port().drops(other)).as(other.key()).isEqualTo(other == reason ? count : 0);
            }
            return this;
        }

        /// The next frame must be a DHCP reply.
        DhcpMessage dhcpReply() {
            byte[] frame = recorder.poll();
            assertThat(frame).as("a DHCP reply").isNotNull();
            assertThat(Dump.of(frame)).contains("udp 67 > 68 of ").doesNotContain("CHECKSUM");
            byte[] message =
                    Arrays.copyOfRange(frame, 42, 42 + (ByteBuffer.wrap(frame).getShort(38) & 0xffff) - 8);
            assertThat(message.length).isGreaterThanOrEqualTo(300);
            return DhcpMessage.parse(ByteBuffer.wrap(message), 0, message.length)
                    .orElseThrow();
        }

        void clear() {
            while (recorder.poll() != null) {}
        }
    }
}
