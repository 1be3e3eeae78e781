package vmlan.tests.lan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import vmlan.tests.real.Await;
import vmlan.tests.real.GuestConsole;
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

            anotherWayOut(lan);
            lan.lan().ip(Machine.HOST, "link set en0 down");
            lan.vmlan().awaitConsole("a", DOWN);
            awaitRunning(lan, false);
            awaitWarnings(lan, List.of("en0 has no link, and neither have its VMs; this host goes out by out0"));
            int asked = requests(lan, guest);
            lan.lan().addresses(Machine.HOST);
            lan.vmlan().awaitConsole("a", UP);
            awaitRunning(lan, true);
            awaitWarnings(lan, List.of());
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

            // The host's addresses are another LAN's, as when a station has gone to another network, and the link was
            // never seen down: guests see theirs go, and ask.
            int askedOnceMore = requests(lan, guest);
            lan.lan().ip(Machine.HOST, "addr replace 198.19.7.10/24 dev en0");
            lan.lan().ip(Machine.HOST, "addr del " + Machine.HOST.ipv4() + "/24 dev en0");
            awaitTimes(lan, DOWN, 3);
            awaitTimes(lan, UP, 3);
            awaitRenewal(lan, guest, askedOnceMore);
            // the two commands above may have been seen as two changes
            assertThat(lan.networkLog(LanGuests.NETWORK)).containsPattern("host: [^\n]*198\\.19\\.7\\.10");
        }
    }

    /// A cable beside the NIC that the VMs are on. Nobody answers there.
    private static void anotherWayOut(LanGuests lan) throws Exception {
        lan.lan().ip(Machine.HOST, "link add out0 type veth peer name out1");
        lan.lan().ip(Machine.HOST, "link set out1 up");
        lan.lan().ip(Machine.HOST, "link set out0 up");
        lan.lan().ip(Machine.HOST, "addr add 198.19.0.10/24 dev out0");
        lan.lan().ip(Machine.HOST, "route add default via 198.19.0.1 dev out0 metric 900");
    }

    private static void awaitWarnings(LanGuests lan, List<String> texts) {
        Await.until(
                "the warnings " + texts,
                Installation.LIMIT,
                () -> lan.show(LanGuests.NETWORK).objects("warnings").stream()
                                .map(warning -> warning.text("what"))
                                .toList()
                                .equals(texts)
                        ? Optional.of(true)
                        : Optional.empty(),
                () -> lan.show(LanGuests.NETWORK).toString());
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
                () -> GuestConsole.onConsole(text)
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
