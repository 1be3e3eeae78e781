package vmlan.network.change;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import vmlan.packet.IpAddress;
import vmlan.packet.Ipv4Prefix;

/// Whether a NIC is on another LAN, and which networks of the host are in a network's way.
class LanWatchTest {
    private final LanWatch watch = new LanWatch("wlan0");

    private static HostRoute on(String ifName, String prefix) {
        return new HostRoute(ifName, Ipv4Prefix.parse(prefix), null);
    }

    private static HostState state(String way, String gateway, HostRoute... routes) {
        HostWay out = way == null ? null : new HostWay(way, gateway == null ? null : IpAddress.parse(gateway));
        return new HostState(Set.of(), out, null, List.of(routes));
    }

    @Test
    void anotherNetworkIsAnotherLan() {
        assertThat(watch.hasMoved(state("wlan0", "192.168.1.1", on("wlan0", "192.168.1.0/24"))))
                .as("the first one")
                .isFalse();
        assertThat(watch.hasMoved(state("wlan0", "10.0.0.1", on("wlan0", "10.0.0.0/16"))))
                .isTrue();
        assertThat(watch.hasMoved(state("wlan0", "10.0.0.1", on("wlan0", "10.0.0.0/16"))))
                .isFalse();
    }

    @Test
    void theSameOneAfterAWhileWithoutAnyIsNot() {
        watch.hasMoved(state("wlan0", "192.168.1.1", on("wlan0", "192.168.1.0/24")));
        assertThat(watch.hasMoved(state(null, null))).isFalse();
        assertThat(watch.hasMoved(state(null, null, on("wlan0", "192.168.1.0/24"))))
                .isFalse();
        assertThat(watch.hasMoved(state("wlan0", "192.168.1.1", on("wlan0", "192.168.1.0/24"))))
                .isFalse();
    }

    @Test
    void anotherOneAfterAWhileWithoutAnyIs() {
        watch.hasMoved(state("wlan0", "192.168.1.1", on("wlan0", "192.168.1.0/24")));
        watch.hasMoved(state(null, null));
        assertThat(watch.hasMoved(state(null, null, on("wlan0", "10.0.0.0/16"))))
                .isTrue();
    }

    @Test
    void anotherRouterWithTheSameNumbersIsToo() {
        watch.hasMoved(state("wlan0", "192.168.1.1", on("wlan0", "192.168.1.0/24")));
        assertThat(watch.hasMoved(state("wlan0", "192.168.1.254", on("wlan0", "192.168.1.0/24"))))
                .isTrue();
    }

    @Test
    void otherNicsAndVpnsAreNoMove() {
        watch.hasMoved(state("wlan0", "192.168.1.1", on("wlan0", "192.168.1.0/24")));
        assertThat(watch.hasMoved(state("tun0", null, on("wlan0", "192.168.1.0/24"), on("tun0", "10.8.0.0/24"))))
                .isFalse();
        assertThat(watch.hasMoved(state("en0", "10.0.0.1", on("wlan0", "192.168.1.0/24"), on("en0", "10.0.0.0/24"))))
                .isFalse();
    }

    @Test
    void anAddressMoreIsNoMove() {
        watch.hasMoved(state("wlan0", "192.168.1.1", on("wlan0", "192.168.1.0/24")));
        assertThat(watch.hasMoved(
                        state("wlan0", "192.168.1.1", on("wlan0", "192.168.1.0/24"), on("wlan0", "172.16.0.0/16"))))
                .isFalse();
    }

    @Test
    void networksThatOverlapAreFoundButWaysToEverywhereAreNot() {
        Ipv4Prefix own = Ipv4Prefix.parse("192.168.64.0/24");
        HostState state = state(
                "tun0",
                null,
                on("tun0", "0.0.0.0/0"),
                on("tun0", "128.0.0.0/1"),
                on("en0", "192.168.1.0/24"),
                on("vmlan-shared", "192.168.64.0/24"),
                on("tun0", "192.168.0.0/16"),
                on("en1", "192.168.64.128/25"));
        assertThat(state.overlapping(own, "vmlan-shared"))
                .containsExactly(on("tun0", "192.168.0.0/16"), on("en1", "192.168.64.128/25"));
        assertThat(state.overlapping(own, null)).hasSize(3);
    }
}
