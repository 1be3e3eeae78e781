package vmlan.host.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import vmlan.network.uplink.Wire.Wanted;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;

/// Where guests share the NIC's MAC, a host that is a router must not see what is for them.
class GuestFilterTest {
    private static final String GUEST = "192.0.2.50";
    private static final String REMOTE = "192.0.2.9";

    private static byte[] toGuest(String destination) {
        return TestPackets.ethernet(
                TestNic.OWN,
                TestNic.REMOTE,
                0x0800,
                TestPackets.ipv4(REMOTE, destination, 17, TestPackets.udp(1000, 2000, 30)));
    }

    /// A host that forwards sends a packet for a guest back onto the wire, which shows that it saw it.
    private static void makeRouter() throws Exception {
        Files.writeString(Path.of("/proc/sys/net/ipv4/ip_forward"), "1");
        Files.writeString(Path.of("/proc/sys/net/ipv4/conf/all/rp_filter"), "0");
        Files.writeString(Path.of("/proc/sys/net/ipv4/conf/en0/rp_filter"), "0");
        Files.writeString(Path.of("/proc/sys/net/ipv4/conf/all/send_redirects"), "0");
        Files.writeString(Path.of("/proc/sys/net/ipv4/conf/en0/send_redirects"), "0");
        NetworkNamespace.ip("neigh add 192.0.2.50 lladdr 02:00:00:00:00:50 dev en0");
        NetworkNamespace.ip("neigh add 192.0.2.51 lladdr 02:00:00:00:00:51 dev en0");
    }

    /// What the host forwards has the guest's MAC; the packet itself does not.
    private static long forwardedTo(Listener lan) {
        for (byte[] frame = lan.await(0x0800); frame != null; frame = lan.await(0x0800)) {
            long destination = ByteBuffer.wrap(frame).getLong(0) >>> 16;
            if (destination != TestNic.OWN) {
                return destination;
            }
        }
        throw new AssertionError("nothing was forwarded");
    }

    @ParameterizedTest
    @EnumSource(
            value = RedirectKind.class,
            names = {"TCX", "CLS_BPF"})
    void aRouterSeesNothingThatIsForAGuest(RedirectKind kind) throws Exception {
        NetworkNamespace.runWithCable(() -> {
            makeRouter();
            OpenedNic opened = NicOpener.open("en0", TestNic.MARK, true, List.of(kind));
            assertThat(opened.redirect()).isEqualTo(kind);
            try (TestNic nic = new TestNic(opened, TestNic.translated());
                    Listener lan = new Listener("lan0")) {
                lan.send(toGuest(GUEST));
                assertThat(forwardedTo(lan)).as("without the filter").isEqualTo(TestPackets.mac("02:00:00:00:00:50"));

                nic.loop.run(() -> nic.device.want(TestNic.translated(GUEST)));
                lan.send(toGuest(GUEST));
                lan.send(toGuest("192.0.2.51"));
                assertThat(forwardedTo(lan))
                        .as("the first is kept from the host, the second is nobody's")
                        .isEqualTo(TestPackets.mac("02:00:00:00:00:51"));
                nic.recorder.await(
                        received -> !received.fromHost() && received.type() == 0x0800 && received.frame()[33] == 50);

                nic.loop.run(() -> nic.device.want(TestNic.translated()));
                lan.send(toGuest(GUEST));
                assertThat(forwardedTo(lan)).as("the guest is gone").isEqualTo(TestPackets.mac("02:00:00:00:00:50"));
            } finally {
                NicOpener.remove(opened.filters());
            }
        });
    }

    @ParameterizedTest
    @EnumSource(
            value = RedirectKind.class,
            names = {"TCX", "CLS_BPF"})
    void theHostStillAnswersGuestsAndTheLan(RedirectKind kind) throws Exception {
        NetworkNamespace.runWithCable(() -> {
            OpenedNic opened = NicOpener.open("en0", TestNic.MARK, true, List.of(kind));
            try (TestNic nic = new TestNic(opened, TestNic.translated(GUEST));
                    Listener lan = new Listener("lan0")) {
                // Our own frames pass the ingress program by their mark.
                nic.expectHostAnswers();
                lan.send(TestPackets.arpRequest(TestNic.REMOTE, REMOTE, NetworkNamespace.HOST_ADDRESS));
                byte[] answer;
                do {
                    answer = lan.await(0x0806);
                    assertThat(answer).as("the host's answer").isNotNull();
                } while (ByteBuffer.wrap(answer).getLong(0) >>> 16 != TestNic.REMOTE);
            } finally {
                NicOpener.remove(opened.filters());
            }
        });
    }

    /// With its mark the packet would be redirected once more on its way out, not be seen on the wire.
    @ParameterizedTest
    @EnumSource(
            value = RedirectKind.class,
            names = {"TCX", "CLS_BPF"})
    void ourOwnFramesPassByTheirMarkAndLoseIt(RedirectKind kind) throws Exception {
        NetworkNamespace.runWithCable(() -> {
            makeRouter();
            OpenedNic opened = NicOpener.open("en0", TestNic.MARK, true, List.of(kind));
            try (TestNic nic = new TestNic(opened, TestNic.translated(GUEST));
                    Listener lan = new Listener("lan0")) {
                nic.toHost(toGuest(GUEST));
                assertThat(forwardedTo(lan)).isEqualTo(TestPackets.mac("02:00:00:00:00:50"));
            } finally {
                NicOpener.remove(opened.filters());
            }
        });
    }

    @Test
    void aRouterDoesNotAnswerArpForAGuest() throws Exception {
        NetworkNamespace.runWithCable(() -> {
            // A route by another interface: then proxy ARP answers (net/ipv4/arp.c, arp_fwd_proxy).
            NetworkNamespace.ip("link add docker0 type bridge");
            NetworkNamespace.ip("link set docker0 up");
            NetworkNamespace.ip("route add 192.0.2.50/31 dev docker0");
            Files.writeString(Path.of("/proc/sys/net/ipv4/ip_forward"), "1");
            Files.writeString(Path.of("/proc/sys/net/ipv4/conf/en0/proxy_arp"), "1");
            Files.writeString(Path.of("/proc/sys/net/ipv4/neigh/en0/proxy_delay"), "0");
            OpenedNic opened = NicOpener.open("en0", TestNic.MARK, true);
            try (TestNic nic = new TestNic(opened, TestNic.translated(GUEST));
                    Listener lan = new Listener("lan0")) {
                assertThat(opened.redirect()).isEqualTo(RedirectKind.TCX);
                lan.send(TestPackets.arpRequest(TestNic.REMOTE, REMOTE, GUEST));
                lan.send(TestPackets.arpRequest(TestNic.REMOTE, REMOTE, "192.0.2.51"));
                byte[] answer;
                do {
                    answer = lan.await(0x0806);
                    assertThat(answer).as("the answer for nobody's address").isNotNull();
                } while (answer[21] != 2);
                assertThat(answer[31]).as("not for the guest").isEqualTo((byte) 51);
            }
        });
    }

    @Test
    void ipv6DestinationsAreLookedUpInTheSameTable() throws Exception {
        NetworkNamespace.runWithCable(() -> {
            Files.writeString(Path.of("/proc/sys/net/ipv6/conf/en0/accept_dad"), "0");
            Files.writeString(Path.of("/proc/sys/net/ipv6/conf/en0/disable_ipv6"), "0");
            Files.writeString(Path.of("/proc/sys/net/ipv6/conf/all/forwarding"), "1");
            NetworkNamespace.ip("addr add 2001:db8::1/64 dev en0 nodad");
            NetworkNamespace.ip("neigh add 2001:db8::50 lladdr 02:00:00:00:00:50 dev en0");
            NetworkNamespace.ip("neigh add 2001:db8::51 lladdr 02:00:00:00:00:51 dev en0");
            OpenedNic opened = NicOpener.open("en0", TestNic.MARK, true);
            Wanted wanted =
                    new Wanted(TestNic.OWN, true, List.of(), List.of(), List.of(Ipv6Address.parse("2001:db8::50")));
            try (TestNic nic = new TestNic(opened, wanted);
                    Listener lan = new Listener("lan0")) {
                assertThat(nic.device.reachesHost()).isTrue();
                for (int last : new int[] {0x50, 0x51}) {
                    ByteBuffer packet = ByteBuffer.allocate(60);
                    packet.put(0, (byte) 0x60)
                            .putShort(4, (short) 20)
                            .put(6, (byte) 59)
                            .put(7, (byte) 64);
                    packet.putLong(8, 0x2001_0db8_0000_0000L).putLong(16, 9);
                    packet.putLong(24, 0x2001_0db8_0000_0000L).putLong(32, last);
                    lan.send(TestPackets.ethernet(TestNic.OWN, TestNic.REMOTE, 0x86dd, packet.array()));
                }
                byte[] forwarded;
                do {
                    forwarded = lan.await(0x86dd);
                    assertThat(forwarded).isNotNull();
                } while (ByteBuffer.wrap(forwarded).getLong(0) >>> 16 == TestNic.OWN
                        || forwarded[0] == 0x33
                        || forwarded[14 + 6] != 59);
                assertThat(ByteBuffer.wrap(forwarded).getLong(0) >>> 16)
                        .isEqualTo(TestPackets.mac("02:00:00:00:00:51"));
            }
        });
    }

    @Test
    void aTableTakesManyAddressesAndSaysWhatFoundNoRoom() throws Exception {
        int fd = Bpf.createTable(GuestFilter.TABLE_BYTES);
        GuestFilter.begin(fd, 12345);
        GuestFilter filter = GuestFilter.map(fd);
        List<Ipv4Address> some = new ArrayList<>();
        for (int i = 0; i < 250; i++) {
            some.add(new Ipv4Address(0xc000_0200 + i));
        }
        assertThat(filter.set(some, List.of())).isZero();
        List<Ipv4Address> many = new ArrayList<>(some);
        for (int i = 0; i < 2000; i++) {
            many.add(new Ipv4Address(0x0a00_0000 + i));
        }
        assertThat(filter.set(many, List.of())).isBetween(2250 - 1031, 2249);
        filter.close();
        assertThat(filter.set(some, List.of())).as("closed").isZero();
        Libc.close(fd);
    }
}
