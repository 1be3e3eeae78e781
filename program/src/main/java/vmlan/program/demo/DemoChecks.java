package vmlan.program.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import vmlan.program.message.Failure;

/// The proofs that the demo gives, in the order in which they are given.
///
/// Addresses are looked up when a proof is run, since a guest gets its own late; a proof about an address
/// that is not there fails and says so.
public final class DemoChecks {
    /// For an address: DHCP and router advertisements of a guest under emulation.
    private static final Duration ADDRESS_LIMIT = Duration.ofSeconds(60);

    private static final Duration REACH_LIMIT = Duration.ofSeconds(15);
    /// Silence is believed after this.
    private static final Duration SILENCE_LIMIT = Duration.ofSeconds(2);

    private static final int GUEST_HTTP = 80;
    private static final int STATION_HTTP = 8080;
    private static final String NO_ADDRESS = "the guest has no such address";

    private final DemoLan lan;
    private final Set<Place> serving = EnumSet.noneOf(Place.class);

    public DemoChecks(DemoLan lan) {
        this.lan = lan;
    }

    /// Everything about one guest: its addresses, then who reaches whom.
    public List<Check> of(LanGuest guest) throws Failure {
        List<Check> checks = new ArrayList<>(addresses(guest));
        checks.addAll(with(Place.HOST, AddressPlan.HOST4, AddressPlan.HOST6, guest, true));
        checks.addAll(with(Place.OTHER, AddressPlan.OTHER4, AddressPlan.OTHER6, guest, true));
        checks.addAll(with(Place.OUTSIDE, AddressPlan.OUTSIDE4, AddressPlan.OUTSIDE6, guest, false));
        return checks;
    }

    /// Two isolated guests: host and LAN see both, they do not see each other.
    public List<Check> ofIsolated(LanGuest first, LanGuest second) throws Failure {
        List<Check> checks = new ArrayList<>();
        for (LanGuest guest : List.of(first, second)) {
            checks.addAll(addresses(guest));
            checks.addAll(with(Place.HOST, AddressPlan.HOST4, AddressPlan.HOST6, guest, true));
            checks.addAll(with(Place.OTHER, AddressPlan.OTHER4, AddressPlan.OTHER6, guest, true));
        }
        checks.addAll(silence(first, second));
        checks.addAll(silence(second, first));
        return checks;
    }

    private static List<Check> addresses(LanGuest guest) {
        return List.of(
                address(guest, "IPv4 address of " + AddressPlan.NETWORK4, guest::ipv4),
                address(guest, "IPv6 address of " + AddressPlan.NETWORK6, guest::ipv6));
    }

    private static Check address(LanGuest guest, String what, Supplier<Optional<String>> address) {
        long start = System.nanoTime();
        return Check.eventually(guest.name() + ": " + what, ADDRESS_LIMIT, limit -> {
            guest.look(limit);
            long nanos = System.nanoTime() - start;
            return address.get().map(text -> Outcome.yes(text, nanos)).orElseGet(() -> Outcome.no("none yet", nanos));
        });
    }

    /// @param bothWays whether it also can begin; the outside has no reason to
    private List<Check> with(Place place, String ipv4, String ipv6, LanGuest guest, boolean bothWays) throws Failure {
        Station station = lan.station(place);
        String text = "this is the demo's " + place;
        if (serving.add(place)) {
            station.serve(STATION_HTTP, text);
        }
        List<Check> checks = new ArrayList<>();
        if (bothWays) {
            String name = place + " → " + guest.name() + ", ";
            checks.add(to(guest::ipv4, name + "ping", station::ping));
            checks.add(to(guest::ipv6, name + "ping, IPv6", station::ping));
            checks.add(to(guest::ipv4, name + "TCP", (to, limit) -> page(station.fetch(to, GUEST_HTTP, limit))));
            checks.add(to(guest::ipv6, name + "TCP, IPv6", (to, limit) -> page(station.fetch(to, GUEST_HTTP, limit))));
        }
        String name = guest.name() + " → " + place + ", ";
        checks.add(to(() -> Optional.of(ipv4), name + "ping", guest::ping));
        checks.add(to(() -> Optional.of(ipv6), name + "ping, IPv6", guest::ping));
        Reach fetch = (to, limit) -> text(guest.fetch(to, STATION_HTTP, limit), text);
        checks.add(to(() -> Optional.of(ipv4), name + "TCP", fetch));
        checks.add(to(() -> Optional.of(ipv6), name + "TCP, IPv6", fetch));
        return checks;
    }

    /// A way to try whether an address is reached.
    @FunctionalInterface
    private interface Reach {
        Outcome to(String address, Duration limit) throws Failure;
    }

    private static Check to(Supplier<Optional<String>> address, String name, Reach reach) {
        return Check.eventually(name, REACH_LIMIT, limit -> {
            Optional<String> to = address.get();
            if (to.isEmpty()) {
                return Outcome.no(NO_ADDRESS, 0);
            }
            Duration once = limit.compareTo(Duration.ofSeconds(3)) < 0 ? limit : Duration.ofSeconds(3);
            Outcome outcome = reach.to(to.get(), once);
            return outcome.holds() ? Outcome.yes(to.get(), outcome.nanos()) : outcome;
        });
    }

    private static Outcome page(Outcome outcome) {
        return text(outcome, "demo guest of vmlan");
    }

    private static Outcome text(Outcome outcome, String expected) {
        if (!outcome.holds() || outcome.detail().contains(expected)) {
            return outcome;
        }
        return Outcome.no("another page than expected", outcome.nanos());
    }

    private static List<Check> silence(LanGuest from, LanGuest to) {
        String name = from.name() + " ↛ " + to.name() + ", ";
        return List.of(
                noAnswer(from, to::ipv4, name + "ping"),
                noAnswer(from, to::ipv6, name + "ping, IPv6"),
                Check.once(name + "neighbour", REACH_LIMIT, limit -> notKnown(from, to)));
    }

    private static Check noAnswer(LanGuest from, Supplier<Optional<String>> address, String name) {
        return Check.once(name, REACH_LIMIT, limit -> {
            Optional<String> to = address.get();
            if (to.isEmpty()) {
                return Outcome.no(NO_ADDRESS, 0);
            }
            Outcome outcome = from.ping(to.get(), SILENCE_LIMIT);
            return outcome.holds()
                    ? Outcome.no(to.get() + " answers", outcome.nanos())
                    : Outcome.yes("no answer", outcome.nanos());
        });
    }

    /// By now it has asked for the other one's MAC, and must not have learned it.
    private static Outcome notKnown(LanGuest from, LanGuest to) throws Failure {
        long start = System.nanoTime();
        String neighbours = from.neighbours();
        long nanos = System.nanoTime() - start;
        if (to.mac().isEmpty()) {
            return Outcome.no("the MAC of " + to.name() + " is not known", nanos);
        }
        return neighbours.contains(to.mac().get())
                ? Outcome.no(from.name() + " knows " + to.mac().get(), nanos)
                : Outcome.yes("its MAC is not known", nanos);
    }
}
