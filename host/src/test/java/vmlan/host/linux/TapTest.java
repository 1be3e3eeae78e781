package vmlan.host.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import vmlan.network.DropReason;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;

/// The host's own interface into a network.
class TapTest {
    private static final long MAC = TestPackets.mac("52:54:00:00:00:fe");
    private static final long GUEST = TestNic.GUEST;
    private static final Tap.Wish WISH = new Tap.Wish(
            "vmlan-test", MAC, 1400, Ipv4Address.parse("192.0.2.254"), 24, Ipv6Address.parse("2001:db8::fe"), 64);

    private static void send(RunningLoop loop, TapDevice device, byte[] frame) throws Exception {
        assertThat(loop.call(() -> device.send(ByteBuffer.wrap(frame), 0, frame.length)))
                .isTrue();
    }

    @Test
    void theHostAnswersByItsTap() throws Exception {
        NetworkNamespace.run(() -> {
            Tap tap = Tap.open(WISH);
            assertThat(tap.name()).isEqualTo("vmlan-test");
            assertThat(tap.problems()).isEmpty();
            RunningLoop loop = new RunningLoop();
            Recorder recorder = new Recorder();
            TapDevice device = loop.call(() -> new TapDevice(loop.loop, Tap.parse(tap.encode()), recorder));
            try {
                loop.run(device::start);
                send(loop, device, TestPackets.arpRequest(GUEST, "192.0.2.50", "192.0.2.254"));
                Recorder.Received answer = recorder.await(r -> r.type() == 0x0806 && r.destination() == GUEST);
                assertThat(answer.fromHost()).isTrue();
                assertThat(ByteBuffer.wrap(answer.frame()).getLong(6) >>> 16).isEqualTo(MAC);
                send(
                        loop,
                        device,
                        TestPackets.ethernet(
                                MAC,
                                GUEST,
                                0x0800,
                                TestPackets.ipv4("192.0.2.50", "192.0.2.254", 1, TestPackets.echoRequest(1))));
                recorder.await(r -> r.type() == 0x0800 && r.frame()[34] == 0);
                assertThat(loop.call(() -> device.send(ByteBuffer.allocate(70_000), 0, 70_000)))
                        .isFalse();
                assertThat(recorder.drops(DropReason.RUNT)).isZero();
            } finally {
                loop.run(device::close);
                loop.close();
            }
            assertThat(NetworkNamespace.ip("link")).doesNotContain("vmlan-test");
        });
    }

    @Test
    void addressesAndSettingsAreAsWished() throws Exception {
        NetworkNamespace.run(() -> {
            Tap tap = Tap.open(WISH);
            try {
                String addresses = NetworkNamespace.ip("-d addr show dev vmlan-test");
                assertThat(addresses)
                        .contains("mtu 1400")
                        .contains("52:54:00:00:00:fe")
                        .contains("192.0.2.254/24")
                        .contains("2001:db8::fe/64")
                        .contains("fe80::5054:ff:fe00:fe/64")
                        .doesNotContain("tentative");
                assertThat(NetworkNamespace.ip("-d link show dev vmlan-test")).contains("addrgenmode none");
                assertThat(addresses.split("inet6 "))
                        .as("two of IPv6, no other")
                        .hasSize(3);
                assertThat(Files.readString(Path.of("/proc/sys/net/ipv6/conf/vmlan-test/accept_ra"))
                                .strip())
                        .isEqualTo("0");
                assertThat(Interfaces.index("vmlan-test")).isEqualTo(tap.ifIndex());
            } finally {
                tap.close();
            }
        });
    }

    @Test
    void aNameThatIsTakenIsReplaced() throws Exception {
        NetworkNamespace.run(() -> {
            NetworkNamespace.ip("tuntap add mode tap name vmlan-test");
            Tap tap = Tap.open(WISH);
            try {
                assertThat(tap.name()).matches("vmlan\\d+");
            } finally {
                tap.close();
            }
            assertThat(NetworkNamespace.ip("link")).as("somebody's own stays").contains("vmlan-test");
        });
    }

    @Test
    void withoutAddressesThereAreNone() throws Exception {
        NetworkNamespace.run(() -> {
            Tap tap = Tap.open(Tap.Wish.withoutAddresses("vmlan-test", MAC, 1500));
            try {
                assertThat(NetworkNamespace.ip("addr show dev vmlan-test"))
                        .contains("UP")
                        .doesNotContain("inet");
            } finally {
                tap.close();
            }
        });
    }

    @Test
    void aHostWithoutIpv6GetsItsIpv4Address() throws Exception {
        NetworkNamespace.run(() -> {
            Files.writeString(Path.of("/proc/sys/net/ipv6/conf/all/disable_ipv6"), "1");
            Files.writeString(Path.of("/proc/sys/net/ipv6/conf/default/disable_ipv6"), "1");
            Tap tap = Tap.open(WISH);
            try {
                assertThat(NetworkNamespace.ip("addr show dev vmlan-test")).contains("192.0.2.254/24");
                assertThat(tap.problems()).anyMatch(problem -> problem.contains("IPv6"));
            } finally {
                tap.close();
            }
        });
    }
}
