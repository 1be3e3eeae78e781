package vmlan.network.dns;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;
import vmlan.packet.IpAddress;
import vmlan.packet.Ipv4Address;

/// The names that are known here: the network's domain and its reverse zones, for which nobody else is asked, and
/// names of the host's own file and of the configuration, whose addresses come before those of a server.
final class LocalZone {
    private static final String REVERSE_DOMAIN = ".arpa";
    /// RFC 6761 §6.3: IPv4 has a whole network of it.
    private static final IpAddress LOOPBACK4 = IpAddress.of(Ipv4Address.parse("127.0.0.1"));

    private static final IpAddress LOOPBACK6 = new IpAddress(0, 1);

    private final DnsSettings settings;
    private final String domainSuffix;
    private final LocalNames guests;
    private final List<LocalNames> others;
    private final ReverseZones reverse;
    private final LocalAnswers answers;

    /// @param guests without the domain
    /// @param others whole names; the first that knows one answers
    LocalZone(DnsSettings settings, LocalNames guests, List<LocalNames> others, boolean recursion) {
        this.settings = settings;
        this.domainSuffix = "." + settings.domain();
        this.guests = guests;
        this.others = List.copyOf(others);
        this.reverse = new ReverseZones(settings.ipv4(), settings.ipv6());
        this.answers = new LocalAnswers(settings.domain(), recursion);
    }

    /// @return null when somebody else has to be asked
    byte[] answer(Query query, boolean overTcp) {
        if (query.dnsClass() != DClass.IN && query.dnsClass() != DClass.ANY) {
            return null;
        }
        String name = query.text();
        if (name.equals(settings.domain())) {
            return answers.apex(query, overTcp);
        }
        if (name.endsWith(domainSuffix)) {
            return inDomain(query, overTcp, name.substring(0, name.length() - domainSuffix.length()));
        }
        if (name.equals("localhost") || name.endsWith(".localhost")) {
            // RFC 6761 §6.3: never asked for outside
            return answers.addresses(query, overTcp, List.of(LOOPBACK4, LOOPBACK6), "localhost");
        }
        if (name.equals("invalid") || name.endsWith(".invalid")) {
            // RFC 6761 §6.4
            return answers.noName(query, overTcp, "invalid");
        }
        if (name.endsWith(REVERSE_DOMAIN)) {
            return reverse(query, overTcp, name);
        }
        if (name.indexOf('.') < 0) {
            List<IpAddress> known = ofLabel(name);
            if (known != null) {
                return answers.addresses(query, overTcp, known, null);
            }
        }
        boolean forAddress = query.type() == Type.A || query.type() == Type.AAAA || query.type() == Type.ANY;
        List<IpAddress> known = forAddress ? ofOthers(name) : null;
        return known == null ? null : answers.addresses(query, overTcp, known, null);
    }

    private byte[] inDomain(Query query, boolean overTcp, String label) {
        List<IpAddress> known = ofLabel(label);
        if (known == null) {
            known = ofOthers(label + domainSuffix);
        }
        return known == null
                ? answers.noName(query, overTcp, settings.domain())
                : answers.addresses(query, overTcp, known, settings.domain());
    }

    private List<IpAddress> ofLabel(String label) {
        return label.equals("host") || label.equals("gateway") ? settings.gateway() : guests.addressesOf(label);
    }

    private List<IpAddress> ofOthers(String name) {
        for (LocalNames names : others) {
            List<IpAddress> known = names.addressesOf(name);
            if (known != null) {
                return known.stream()
                        .flatMap(address -> asSeenByGuests(address).stream())
                        .distinct()
                        .toList();
            }
        }
        return null;
    }

    /// The host's loopback is not the guest's: a name that means the host itself means the gateway here.
    private List<IpAddress> asSeenByGuests(IpAddress address) {
        if (!isLoopback(address)) {
            return List.of(address);
        }
        return settings.gateway().stream()
                .filter(own -> own.isIpv4() == address.isIpv4())
                .toList();
    }

    private static boolean isLoopback(IpAddress address) {
        return address.isIpv4() ? address.ipv4().bits() >>> 24 == 127 : address.equals(LOOPBACK6);
    }

    private byte[] reverse(Query query, boolean overTcp, String name) {
        ReverseName asked = ReverseName.of(name);
        if (asked == null) {
            return null;
        }
        String zone = reverse.zoneOf(asked);
        IpAddress address = asked.address();
        if (zone != null) {
            // The network's own addresses mean nothing to anybody outside (RFC 6303).
            if (address == null) {
                return asked.isTooLong()
                        ? answers.noName(query, overTcp, zone)
                        : answers.nothingHere(query, overTcp, zone);
            }
            List<Name> names = namesOf(address);
            return names.isEmpty()
                    ? answers.noName(query, overTcp, zone)
                    : answers.pointers(query, overTcp, names, zone);
        }
        if (address == null) {
            return null;
        }
        if (isLoopback(address)) {
            String home = address.isIpv4() ? "127.in-addr.arpa" : name;
            return address.equals(LOOPBACK4) || address.equals(LOOPBACK6)
                    ? answers.pointers(query, overTcp, List.of(LocalAnswers.name("localhost")), home)
                    : answers.noName(query, overTcp, home);
        }
        List<Name> names = query.type() == Type.PTR || query.type() == Type.ANY ? namesOf(address) : List.of();
        return names.isEmpty() ? null : answers.pointers(query, overTcp, names, null);
    }

    private List<Name> namesOf(IpAddress address) {
        Set<String> names = new LinkedHashSet<>();
        if (settings.gateway().contains(address)) {
            names.add("gateway" + domainSuffix);
        }
        guests.namesOf(address).forEach(guest -> names.add(guest + domainSuffix));
        if (names.isEmpty()) {
            others.forEach(other -> names.addAll(other.namesOf(address)));
        }
        return new ArrayList<>(
                names.stream().map(LocalAnswers::name).filter(Objects::nonNull).toList());
    }
}
