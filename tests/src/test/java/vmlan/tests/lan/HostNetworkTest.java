package vmlan.tests.lan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import vmlan.program.files.Fields;
import vmlan.tests.real.Await;
import vmlan.tests.real.Installation;
import vmlan.tests.real.Qemus;

/// The host as a member of its guests' network, by a tap.
@EnabledOnOs(OS.LINUX)
@ExtendWith(Evidence.class)
class HostNetworkTest {
    private static final int MEGABYTES = 5;

    @Test
    void hostAndGuestReachEachOtherByTheTapWhichEndsWithItsProcess() throws Exception {
        try (LanGuests lan = LanGuests.create(TestLan.Link.CABLE, Qemus.QEMU_10)) {
            String before = routesOfOthers(lan);
            lan.start("h", "host");
            GuestStation guest = lan.ready("h");
            assertThat(lan.vmlan().vmlan("ip", "--timeout", "180", "h").good()).isEqualTo(guest.ipv4());
            MachineStation host = host(lan, "vmlan-host");

            String sentByHost = host.makeFile(MEGABYTES);
            String sentByGuest = guest.makeFile(MEGABYTES);
            for (Station.Family family : Station.Family.values()) {
                assertThat(host.ping(guest.address(family), 3)).contains(Conversations.OK);
                assertThat(guest.ping(host.address(family), 3)).contains(Conversations.OK);
                guest.listen();
                host.send(guest.address(family));
                assertThat(guest.received()).isEqualTo(sentByHost);
                host.listen();
                guest.send(host.address(family));
                assertThat(host.received()).isEqualTo(sentByGuest);
            }
            assertTheHostIsAsItWas(lan, "vmlan-host", before);
            assertThat(guest.type("ip route")).doesNotContain("default via");
            assertThat(guest.ping(Machine.ROUTER.ipv4(), 1)).doesNotContain(Conversations.OK);

            lan.kill("host");
            awaitGone(lan, "vmlan-host");
            lan.vmlan().vmlan("network", "start", "host").good();
            lan.awaitPing(host, guest.ipv4());
        }
    }

    @Test
    void rootHasSuchATapOnTheSharedNetworkToo() throws Exception {
        try (LanGuests lan = LanGuests.create(TestLan.Link.CABLE, Qemus.QEMU_10)) {
            String before = routesOfOthers(lan);
            lan.start("s", "shared");
            GuestStation guest = lan.ready("s");
            MachineStation host = host(lan, "vmlan-shared");
            for (Station.Family family : Station.Family.values()) {
                assertThat(host.ping(guest.address(family), 3)).contains(Conversations.OK);
                assertThat(guest.ping(host.address(family), 3)).contains(Conversations.OK);
            }
            assertTheHostIsAsItWas(lan, "vmlan-shared", before);
            lan.kill("shared");
            awaitGone(lan, "vmlan-shared");
        }
    }

    /// The host with the addresses that its tap has.
    private static MachineStation host(LanGuests lan, String tap) throws Exception {
        Map<String, String> addresses = Await.until(
                "addresses of " + tap,
                Installation.LIMIT,
                () -> {
                    Map<String, String> found = addresses(lan, tap);
                    return found.size() == 2 ? Optional.of(found) : Optional.empty();
                },
                () -> lan.lan().in(Machine.HOST, "ip", "addr"));
        return new MachineStation(lan.lan(), Machine.HOST, addresses.get("inet"), addresses.get("inet6"));
    }

    /// One address of global scope of each family.
    @SuppressWarnings("unchecked")
    private static Map<String, String> addresses(LanGuests lan, String tap) throws Exception {
        String json = lan.lan().in(Machine.HOST, "ip", "-j", "addr", "show", "dev", tap, "scope", "global");
        return JSON.std.listFrom(json).stream()
                .map(link -> new Fields((Map<String, Object>) link))
                .filter(link -> link.optionalText("ifname").isPresent())
                .flatMap(link -> link.objects("addr_info").stream())
                .filter(address -> address.optionalText("local").isPresent())
                .collect(Collectors.toMap(
                        address -> address.text("family"), address -> address.text("local"), (first, second) -> first));
    }

    private static void assertTheHostIsAsItWas(LanGuests lan, String tap, String routes) throws Exception {
        assertThat(routesOfOthers(lan)).as("routes but those of the tap").isEqualTo(routes);
        assertThat(lan.lan().in(Machine.HOST, "cat", "/proc/sys/net/ipv6/conf/" + tap + "/accept_ra"))
                .as("whether router advertisements of guests are listened to")
                .isEqualTo("0");
        assertThat(lan.lan().in(Machine.HOST, "ip", "-6", "route", "show", "dev", tap))
                .doesNotContain("proto ra")
                .doesNotContain("default");
        assertThat(lan.lan().in(Machine.HOST, "ip", "route", "show", "dev", tap))
                .doesNotContain("default");
    }

    private static String routesOfOthers(LanGuests lan) throws Exception {
        return Snapshot.of(lan.lan())
                .addressing()
                .lines()
                .filter(line -> line.contains(" dev ") && !line.contains("vmlan-"))
                .collect(Collectors.joining("\n"));
    }

    private static void awaitGone(LanGuests lan, String tap) {
        List<String> show = List.of("ip", "link", "show", "dev", tap);
        Await.until(
                "the end of " + tap,
                Words.LIMIT,
                () -> lan.lan().tryIn(Machine.HOST, show.toArray(String[]::new)).exitCode() != 0
                        ? Optional.of(true)
                        : Optional.empty(),
                () -> lan.lan().in(Machine.HOST, "ip", "link"));
    }
}
