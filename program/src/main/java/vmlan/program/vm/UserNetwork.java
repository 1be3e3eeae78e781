package vmlan.program.vm;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import vmlan.packet.DomainName;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv4Prefix;
import vmlan.packet.Ipv6Address;
import vmlan.packet.Ipv6Prefix;
import vmlan.program.config.DefinedName;
import vmlan.program.config.GatewayBlock;
import vmlan.program.config.NetworkBlock;
import vmlan.program.config.Reservation;
import vmlan.program.config.UplinkChoice;
import vmlan.program.publish.PublishRule;
import vmlan.qemu.language.Settings;

/// What QEMU's `user` says of its network, as a network of vmlan's that is one VM's own: the same addresses, the same
/// words for the guest, the same ports in both directions. Pure. Read QEMU's net/slirp.c, net_slirp_init, first; that
/// the option is one that QEMU takes was checked before.
///
/// What is not the same is in docs/decisions/0025-user-by-the-engine.md: the host's loopback is closed unless it is
/// opened, and IPv6 prefixes have 64 bits.
///
/// @param block for [vmlan.program.serve.Networks#define]
/// @param published what `hostfwd` says, to be registered with the NIC
public record UserNetwork(NetworkBlock block, List<PublishRule> published) {
    /// slirp's (net_slirp_init): 10.0.2.0/24, the host at 2, names at 3, guests from 15, all others at 4.
    private static final Ipv4Prefix USUAL = Ipv4Prefix.parse("10.0.2.0/24");

    private static final int HOST = 0x0202;
    private static final int DNS = 0x0203;
    private static final int FORWARD = 0x0204;
    private static final int GUEST = 0x020f;
    /// libslirp src/bootp.h, NB_BOOTP_CLIENTS.
    private static final int LEASES = 16;

    private static final String USUAL_PREFIX = "fec0::";

    public UserNetwork {
        published = List.copyOf(published);
    }

    /// @param settings of the option; keys that are not about the network are passed over
    /// @param vm whose NIC it is
    /// @param nic its number
    /// @param folder that relative names and commands of `guestfwd` are in
    /// @throws IllegalArgumentException that says what a network of vmlan's cannot be
    public static UserNetwork of(Settings settings, String vm, int nic, Path folder) {
        Ipv4Prefix ipv4 = network(settings);
        Ipv4Address host = address(settings, "host", host(ipv4, HOST));
        Ipv4Address guest = address(settings, "dhcpstart", host(ipv4, GUEST));
        Ipv4Address dns = address(settings, "dns", host(ipv4, DNS));
        requireHost("host", host, ipv4);
        requireHost("dhcpstart", guest, ipv4);
        if (ipv4.contains(dns)) {
            requireHost("dns", dns, ipv4);
        }
        Ipv4Address last = min(guest.plus(LEASES - 1), ipv4.broadcast().plus(-1));
        Ipv6Prefix ipv6 = prefix(settings);
        Ipv6Address host6 = address6(settings, "ipv6-host", ipv6.address(2));
        if (!ipv6.contains(host6)) {
            throw new IllegalArgumentException("ipv6-host " + host6 + " is not in " + ipv6);
        }
        boolean speaks4 = speaks(settings, "ipv4", "ipv6");
        boolean speaks6 = speaks(settings, "ipv6", "ipv4");
        GatewayBlock services = new GatewayBlock(
                dns,
                host6,
                address6(settings, "ipv6-dns", ipv6.address(3)),
                speaks4,
                speaks6,
                settings.value("hostname").orElse(null),
                settings.value("domainname")
                        .map(text -> domain("domainname", text))
                        .orElse(null),
                values(settings, "dnssearch").stream()
                        .map(text -> domain("dnssearch", text))
                        .toList(),
                isOn(settings, "restrict").orElse(false),
                new GuestForwardRules(ipv4, host(ipv4, FORWARD), Set.of(host, dns), folder)
                        .parseAll(values(settings, "guestfwd")));
        NetworkBlock block = new NetworkBlock(
                DefinedName.user(vm, nic),
                0,
                UplinkChoice.NONE,
                ipv4,
                host,
                guest,
                last,
                null,
                ipv6,
                null,
                null,
                null,
                null,
                // whatever MAC address the VM comes with, it is the one whose address is the first
                List.of(Reservation.of(vm, guest)),
                List.of(),
                services);
        return new UserNetwork(block, published(values(settings, "hostfwd"), guest));
    }

    private static Ipv4Address min(Ipv4Address one, Ipv4Address other) {
        return one.compareTo(other) <= 0 ? one : other;
    }

    /// As slirp fills in what is not said.
    private static Ipv4Address host(Ipv4Prefix ipv4, int number) {
        return new Ipv4Address(ipv4.network().bits() | (number & ~ipv4.mask().bits()));
    }

    private static Ipv4Prefix network(Settings settings) {
        Optional<String> net =
                settings.value("net").or(() -> settings.value("ip").map(text -> text + "/24"));
        if (net.isEmpty()) {
            return USUAL;
        }
        String text = net.get();
        int slash = text.indexOf('/');
        Ipv4Address address = Ipv4Address.parse(slash < 0 ? text : text.substring(0, slash));
        Ipv4Prefix ipv4 = new Ipv4Prefix(address, slash < 0 ? classOf(address) : length(text.substring(slash + 1)));
        int first = ipv4.network().bits() >>> 24;
        if (first == 0 || first == 127 || first >= 224 || ipv4.overlaps(Ipv4Prefix.parse("169.254.0.0/16"))) {
            throw new IllegalArgumentException("net=" + text + " is not for hosts");
        }
        return ipv4;
    }

    /// As QEMU takes an address without a mask.
    private static int classOf(Ipv4Address address) {
        int bits = address.bits();
        if (bits >>> 31 == 0) {
            return 8;
        }
        if ((bits & 0xfff0_0000) == 0xac10_0000) {
            return 12;
        }
        if ((bits & 0xffff_0000) == 0xc0a8_0000 || bits >>> 30 == 2) {
            return 16;
        }
        return (bits & 0xffff_0000) == 0xc612_0000 ? 15 : bits >>> 29 == 7 ? 28 : 24;
    }

    private static int length(String text) {
        if (text.matches("[0-9]{1,2}")) {
            return Integer.parseInt(text);
        }
        Ipv4Address mask = Ipv4Address.parse(text);
        int length = Integer.bitCount(mask.bits());
        if (!new Ipv4Prefix(mask, length).mask().equals(mask)) {
            throw new IllegalArgumentException(text + " is no mask of a network");
        }
        return length;
    }

    private static void requireHost(String key, Ipv4Address address, Ipv4Prefix ipv4) {
        if (!ipv4.contains(address)
                || ipv4.length() > 30
                || address.equals(ipv4.network())
                || address.equals(ipv4.broadcast())) {
            throw new IllegalArgumentException(key + " " + address + " is no address of a host in " + ipv4);
        }
    }

    private static Ipv6Prefix prefix(Settings settings) {
        String net = settings.value("ipv6-net").orElse("");
        int slash = net.indexOf('/');
        String address = settings.value("ipv6-prefix")
                .orElse(net.isEmpty() ? USUAL_PREFIX : slash < 0 ? net : net.substring(0, slash));
        String length = settings.value("ipv6-prefixlen").orElse(slash < 0 ? "64" : net.substring(slash + 1));
        if (!length.equals("64")) {
            throw new IllegalArgumentException("an IPv6 prefix of " + length
                    + " bits: vmlan's networks have 64, with which guests make their addresses (RFC 7421)");
        }
        return new Ipv6Prefix(Ipv6Address.parse(address).high());
    }

    private static Ipv4Address address(Settings settings, String key, Ipv4Address usual) {
        return settings.value(key).map(Ipv4Address::parse).orElse(usual);
    }

    private static Ipv6Address address6(Settings settings, String key, Ipv6Address usual) {
        return settings.value(key).map(Ipv6Address::parse).orElse(usual);
    }

    /// One that is named on turns the other off (net/slirp.c, net_init_slirp).
    private static boolean speaks(Settings settings, String family, String other) {
        return isOn(settings, family).orElse(!isOn(settings, other).orElse(false));
    }

    private static Optional<Boolean> isOn(Settings settings, String key) {
        return settings.value(key).map(value -> Set.of("on", "yes", "true", "y").contains(value));
    }

    private static String domain(String key, String text) {
        try {
            return new DomainName(text).text();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + "=" + text + ": " + e.getMessage(), e);
        }
    }

    /// All values of a key; in JSON a list of objects is `KEY.0.str` (qapi/common.json, String).
    private static List<String> values(Settings settings, String key) {
        return settings.entries().stream()
                .filter(entry -> entry.key().equals(key)
                        || (entry.key().startsWith(key + ".")
                                && entry.key().substring(key.length()).matches("\\.[0-9]+\\.str")))
                .map(Settings.Entry::value)
                .toList();
    }

    private static List<PublishRule> published(List<String> rules, Ipv4Address guest) {
        List<PublishRule> published = new ArrayList<>();
        for (String rule : rules) {
            published.add(hostForward(rule, guest));
        }
        return published;
    }

    /// `[tcp|udp]:[ADDRESS]:PORT-[ADDRESS]:PORT`; without the host's address, all of its IPv4 ones.
    private static PublishRule hostForward(String rule, Ipv4Address guest) {
        String[] sides = rule.split("-", 2);
        String[] host = sides[0].split(":", -1);
        String[] to = sides.length < 2 ? new String[0] : sides[1].split(":", -1);
        boolean isKnown = host.length == 3 && Stream.of("", "tcp", "udp").anyMatch(host[0]::equals);
        if (!isKnown || to.length != 2) {
            throw new IllegalArgumentException("hostfwd=" + rule
                    + ": vmlan's networks have [tcp|udp]:[HOSTADDRESS]:HOSTPORT-[GUESTADDRESS]:GUESTPORT");
        }
        boolean isGuests = to[0].isEmpty() || to[0].equals("0.0.0.0") || to[0].equals(guest.toString());
        return PublishRule.parse((host[1].isEmpty() ? "0.0.0.0" : host[1])
                + ":" + host[2] + ":" + to[1]
                + (isGuests ? "" : "@" + to[0])
                + (host[0].equals("udp") ? "/udp" : ""));
    }
}
