package vmlan.tests.lan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import vmlan.tests.real.Await;
import vmlan.tests.real.Installation;
import vmlan.tests.real.Qemus;

/// What guests see of the life of the NIC that they are bridged onto.
@EnabledOnOs(OS.LINUX)
@ExtendWith(Evidence.class)
class NicTest {
    private static final String DOWN = "eth0 link is down";
    private static final String UP = "eth0 link is up";

    @Test
    void aGuestsLinkFollowsTheNicDownAndUpAndAnotherOnesReplacement() throws Exception {
        try (LanGuests lan = LanGuests.create(TestLan.Link.CABLE, Qemus.QEMU_10)) {
            GuestStation guest = lan.guests("bridged:en0", "a").getFirst();
            String ipv4 = guest.ipv4();
            MachineStation other = lan.station(Machine.OTHER);
            lan.awaitPing(other, ipv4);

            lan.lan().ip(Machine.HOST, "link set en0 down");
            lan.vmlan().awaitConsole("a", DOWN);
            awaitRunning(lan, false);
            int asked = requests(lan, guest);
            lan.lan().addresses(Machine.HOST);
            lan.vmlan().awaitConsole("a", UP);
            awaitRunning(lan, true);
            awaitRenewal(lan, guest, asked);
            lan.awaitPing(other, ipv4);
            lan.awaitPing(lan.station(Machine.HOST), ipv4);
            assertThat(guest.ipv4()).isEqualTo(ipv4);

            lan.lan().unplugHost();
            awaitTimes(lan, DOWN, 2);
            int askedAgain = requests(lan, guest);
            lan.lan().plugHost();
            // Another NIC of the same name: its way to the host takes rights, for which the process ends and comes
            // anew.
            awaitTimes(lan, UP, 2);
            awaitRunning(lan, true);
            awaitRenewal(lan, guest, askedAgain);
            lan.awaitPing(other, ipv4);
            lan.awaitPing(lan.station(Machine.HOST), ipv4);
        }
    }

    private static void awaitRunning(LanGuests lan, boolean running) {
        Await.until(
                "the uplink to be shown as " + (running ? "running" : "not running"),
                Installation.LIMIT,
                () -> lan.uplink().flag("running") == running ? Optional.of(true) : Optional.empty(),
                () -> lan.show(LanGuests.NETWORK).toString());
    }

    private static void awaitTimes(LanGuests lan, String text, int times) {
        Await.until(
                "'" + text + "' for the " + times + "th time",
                Installation.LIMIT,
                () -> Installation.onConsole(text)
                                        .matcher(lan.vmlan().consoleLog("a"))
                                        .results()
                                        .count()
                                >= times
                        ? Optional.of(true)
                        : Optional.empty(),
                () -> lan.vmlan().consoleLog("a"));
    }

    /// How often the guest has asked the router for a lease, or for its renewal.
    private static int requests(LanGuests lan, GuestStation guest) throws Exception {
        Pattern request = Pattern.compile("DHCPREQUEST\\(r0\\) \\S+ " + guest.mac());
        return (int) request.matcher(lan.lan().routerLog()).results().count();
    }

    private static void awaitRenewal(LanGuests lan, GuestStation guest, int before) {
        Await.until(
                "the guest to renew its lease",
                Installation.LIMIT,
                () -> requests(lan, guest) > before ? Optional.of(true) : Optional.empty(),
                () -> lan.lan().routerLog());
    }
}
