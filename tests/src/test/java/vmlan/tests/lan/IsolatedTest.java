package vmlan.tests.lan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import vmlan.tests.real.Qemus;

/// Two isolated guests and an ordinary one: who hears whom, by each receiver's count of echo requests. (By answers
/// alone, a request that went through could not be told from an answer that did not.)
@EnabledOnOs(OS.LINUX)
@ExtendWith(Evidence.class)
class IsolatedTest {
    private static final int PINGS = 2;

    @ParameterizedTest
    @EnumSource(TestLan.Link.class)
    void guestsDoNotHearEachOtherAndEverybodyElseDoes(TestLan.Link link) throws Exception {
        String net = "bridged:en0" + (link == TestLan.Link.WIFI_LIKE ? ",mac-nat=on" : "");
        try (LanGuests lan = LanGuests.create(link, Qemus.QEMU_10)) {
            lan.start("a", net + ",isolated");
            lan.start("b", net + ",isolated");
            lan.start("c", net);
            assertThat(matrix(lan)).isEmpty();
            if (link == TestLan.Link.WIFI_LIKE) {
                assertThat(lan.lan().foreignFrames()).isZero();
            }
        }
    }

    /// What is otherwise than it should be.
    static List<String> matrix(LanGuests lan) throws Exception {
        GuestStation a = lan.ready("a");
        GuestStation b = lan.ready("b");
        List<GuestStation> guests = List.of(a, b, lan.ready("c"));
        for (GuestStation guest : guests) {
            guest.type("echo 0 >/proc/sys/net/ipv4/icmp_echo_ignore_broadcasts");
        }
        // so that a unicast frame is not only missing because nobody answered ARP
        a.type("arp -s " + b.ipv4() + " " + b.mac());
        b.type("arp -s " + a.ipv4() + " " + a.mac());

        List<Station> all = new ArrayList<>(guests);
        for (Machine machine : List.of(Machine.ROUTER, Machine.OTHER, Machine.HOST)) {
            all.add(lan.station(machine));
        }
        Map<Station, String> addresses = new LinkedHashMap<>();
        for (Station station : all) {
            addresses.put(station, station.ipv4() + " " + station.ipv6());
        }
        Heard heard = new Heard(all);
        for (Station sender : all) {
            String others = all.stream()
                    .filter(receiver -> !receiver.equals(sender))
                    .map(addresses::get)
                    .collect(Collectors.joining(" "));
            ping(sender, others);
            heard.check("unicast", sender);
            ping(sender, TestLan.BROADCAST + " ff02::1%" + nic(sender));
            heard.check("broadcast and multicast", sender);
        }
        return heard.wrong;
    }

    private static boolean apart(Station one, Station two) {
        return isolated(one) && isolated(two);
    }

    private static boolean isolated(Station station) {
        return station instanceof GuestStation guest && !guest.name().equals("c");
    }

    /// Who has heard how much since the last look.
    private static final class Heard {
        private final Map<Station, Station.Echoes> before = new LinkedHashMap<>();
        private final List<String> wrong = new ArrayList<>();

        Heard(List<Station> all) throws Exception {
            for (Station station : all) {
                before.put(station, station.echoes());
            }
        }

        /// A frame may wait for ARP, or for a guest that has no processor, after its ping is over. So who shall hear is
        /// waited for; by then it has come to the others, too, or never does.
        private void await(Station sender) throws Exception {
            long deadline = System.nanoTime() + Words.LIMIT.toNanos();
            for (Station receiver : before.keySet()) {
                boolean hears = !receiver.equals(sender) && !apart(sender, receiver);
                while (hears && !hasHeardBoth(receiver) && System.nanoTime() - deadline < 0) {
                    TimeUnit.MILLISECONDS.sleep(50);
                }
            }
        }

        private boolean hasHeardBoth(Station receiver) throws Exception {
            Station.Echoes heard = receiver.echoes().since(before.get(receiver));
            return heard.ipv4() > 0 && heard.ipv6() > 0;
        }

        void check(String what, Station sender) throws Exception {
            await(sender);
            for (Station receiver : List.copyOf(before.keySet())) {
                Station.Echoes now = receiver.echoes();
                Station.Echoes heard = now.since(before.put(receiver, now));
                boolean right = apart(sender, receiver)
                        ? heard.ipv4() == 0 && heard.ipv6() == 0
                        : heard.ipv4() > 0 && heard.ipv6() > 0;
                if (!receiver.equals(sender) && !right) {
                    wrong.add("%s of %s to %s: %d by IPv4, %d by IPv6"
                            .formatted(what, sender, receiver, heard.ipv4(), heard.ipv6()));
                }
            }
        }
    }

    private static String nic(Station station) {
        return station instanceof MachineStation machine ? machine.machine().nic() : "eth0";
    }

    /// All at once; some will get no answer, and nobody needs one.
    private static void ping(Station from, String addresses) throws Exception {
        String options = from instanceof MachineStation ? "-b -n " : "";
        from.shell(
                "for x in " + addresses + "; do ping " + options + "-c " + PINGS + " -W 1 $x >/dev/null & done; wait");
    }
}
