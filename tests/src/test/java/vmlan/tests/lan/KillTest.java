package vmlan.tests.lan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import vmlan.tests.real.Await;
import vmlan.tests.real.Qemus;

/// kill -9 of a network with an uplink.
@EnabledOnOs(OS.LINUX)
@ExtendWith(Evidence.class)
class KillTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Test
    void leavesAddressesRoutesTrafficControlAndBpfAsTheyWereAndTheGuestComesBack() throws Exception {
        try (LanGuests lan = LanGuests.create(TestLan.Link.CABLE, Qemus.QEMU_10)) {
            Snapshot before = Snapshot.of(lan.lan());
            GuestStation guest = lan.guests("bridged:en0", "a").getFirst();
            String ipv4 = guest.ipv4();
            String ipv6 = guest.ipv6();
            MachineStation host = lan.station(Machine.HOST);
            MachineStation other = lan.station(Machine.OTHER);
            lan.awaitPing(host, ipv4);
            lan.awaitPing(other, ipv4);
            assertThat(Snapshot.of(lan.lan()).addressing())
                    .as("addresses and routes while a guest is bridged")
                    .isEqualTo(before.addressing());

            lan.kill(LanGuests.NETWORK);
            awaitAsBefore(lan, before);
            assertThat(other.ping(ipv4, 2)).contains("100% packet loss");

            lan.vmlan().vmlan("network", "start", LanGuests.NETWORK).good();
            for (MachineStation from : java.util.List.of(other, host)) {
                lan.awaitPing(from, ipv4);
                lan.awaitPing(from, ipv6);
            }
            assertThat(guest.ipv4()).as("the lease").isEqualTo(ipv4);

            // killed, so that nothing of ours can tidy up
            lan.vmlan().vmlan("network", "stop", "--force", LanGuests.NETWORK).good();
            awaitAsBefore(lan, before);
        }
    }

    /// The kernel takes a dead process's sockets and links apart in its own time, which is short.
    private static void awaitAsBefore(LanGuests lan, Snapshot before) throws Exception {
        try {
            Await.until(
                    "the host's network to be as before",
                    LIMIT,
                    () -> Snapshot.of(lan.lan()).equals(before) ? Optional.of(true) : Optional.empty(),
                    () -> "");
        } catch (AssertionError e) {
            // shows the difference
            assertThat(Snapshot.of(lan.lan()).addressing()).isEqualTo(before.addressing());
            assertThat(Snapshot.of(lan.lan()).devices()).isEqualTo(before.devices());
            throw e;
        }
    }
}
