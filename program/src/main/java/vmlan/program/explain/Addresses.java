package vmlan.program.explain;

import java.util.Optional;
import vmlan.packet.Ipv4Address;

/// Which addresses a guest gets from a backend, and from whom; null where it gets none.
public record Addresses(String ipv4, String gateway, String dns, String ipv6) {
    private static final Addresses NONE = new Addresses(null, null, null, null);
    private static final int SLIRP_HOST = 2;
    private static final int SLIRP_DNS = 3;
    private static final int SLIRP_FIRST = 15;

    /// @param served whether `vmlan qemu` makes a network of its own of it
    static Addresses of(BackendFacts backend, boolean served) {
        boolean passt = backend.type().equals("passt");
        if (!served || backend.type().equals("vmnet-bridged") || (passt && backend.isAddressed())) {
            return of(backend);
        }
        Addresses qemus = passt ? vmnetShared(backend) : of(backend);
        return new Addresses(vmlans(qemus.ipv4), vmlans(qemus.gateway), vmlans(qemus.dns), vmlans(qemus.ipv6));
    }

    /// Where vmlan stands for macOS, its own services do.
    private static String vmlans(String text) {
        return text == null ? null : text.replace("macOS", "vmlan");
    }

    private static Addresses of(BackendFacts backend) {
        return switch (backend.type()) {
            case "user" -> user(backend);
            case "vmnet-shared" -> vmnetShared(backend);
            case "vmnet-host" -> vmnetHost(backend);
            case "vmnet-bridged" -> lan("the LAN of " + backend.value("ifname").orElse("that NIC"));
            case "passt" ->
                new Addresses(
                        backend.value("address").orElse("the host's own address") + ", by DHCP",
                        backend.value("gateway").orElse("the host's own"),
                        backend.value("dns").orElse("the host's own"),
                        "the host's own address or prefix, by router advertisements and DHCPv6");
            case "bridge" -> lan("what is in the bridge " + backend.value("br").orElse("br0"));
            case "tap" -> lan("what the tap is joined to");
            case "stream",
                    "dgram",
                    "socket",
                    "vde",
                    "vhost-user",
                    "vhost-vdpa",
                    "l2tpv3",
                    "netmap",
                    "af-xdp",
                    "hubport" ->
                new Addresses(
                        "from whoever serves DHCP there; QEMU itself does not",
                        "from there",
                        "from there",
                        "from whoever advertises a prefix there");
            default -> NONE;
        };
    }

    private static Addresses lan(String where) {
        return new Addresses(
                "by DHCP of " + where,
                "as that DHCP says",
                "as that DHCP says",
                "by router advertisements of " + where);
    }

    private static Addresses user(BackendFacts backend) {
        String net = backend.value("net").or(() -> backend.value("ip")).orElse("10.0.2.0/24");
        String ipv6 = null;
        if (backend.hasIpv6()) {
            String prefix = backend.value("ipv6-net")
                    .or(() -> backend.value("ipv6-prefix")
                            .map(text ->
                                    text + "/" + backend.value("ipv6-prefixlen").orElse("64")))
                    .orElse("fec0::/64");
            ipv6 = "of " + prefix + " by QEMU's router advertisements";
        }
        if (!backend.hasIpv4()) {
            return new Addresses(null, null, backend.value("ipv6-dns").orElse(null), ipv6);
        }
        return new Addresses(
                backend.value("dhcpstart").orElseGet(() -> within(net, SLIRP_FIRST)) + " by QEMU's own DHCP",
                backend.value("host").orElseGet(() -> within(net, SLIRP_HOST)),
                backend.value("dns").orElseGet(() -> within(net, SLIRP_DNS)) + ", which asks the host's resolvers",
                ipv6);
    }

    /// The n-th address of a network that is written as `net=` takes it; in words where it makes no sense.
    private static String within(String net, int number) {
        String base = net.replaceFirst("/.*", "");
        return mask(net)
                .flatMap(mask -> address(base).map(address -> (address & mask) | number))
                .map(bits -> new Ipv4Address(bits).toString())
                .orElse("number " + number + " of " + net);
    }

    private static Optional<Integer> mask(String net) {
        int slash = net.indexOf('/');
        if (slash < 0) {
            return address(net).map(Addresses::usualMask);
        }
        String length = net.substring(slash + 1);
        if (!length.matches("\\d{1,2}")) {
            return address(length);
        }
        int bits = Integer.parseInt(length);
        return bits < 1 || bits > 32 ? Optional.empty() : Optional.of(-1 << (32 - bits));
    }

    /// net/slirp.c, net_slirp_init: that of the address's old class, or of its private block.
    private static int usualMask(int address) {
        if (address >= 0) {
            return 0xff00_0000;
        }
        if (address >>> 20 == 0xac1) {
            return 0xfff0_0000;
        }
        return address >>> 30 == 2 || address >>> 16 == 0xc0a8 ? 0xffff_0000 : 0xffff_ff00;
    }

    private static Optional<Integer> address(String text) {
        try {
            return Optional.of(Ipv4Address.parse(text).bits());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String range(BackendFacts backend) {
        return backend.has("start-address")
                ? "from behind " + backend.value("start-address").orElse("") + " to "
                        + backend.value("end-address").orElse("the end of the network")
                : "of a network that macOS chooses";
    }

    private static Addresses vmnetShared(BackendFacts backend) {
        String gateway = backend.value("start-address").orElse("the first address of that network, which is the host");
        return new Addresses(
                range(backend) + ", by macOS's DHCP",
                gateway,
                "the gateway, which asks the host's resolvers",
                "of " + backend.value("nat66-prefix").map(text -> text + "/64").orElse("a prefix that macOS makes up")
                        + ", by macOS's router advertisements");
    }

    private static Addresses vmnetHost(BackendFacts backend) {
        if (backend.isGroup()) {
            return new Addresses("none: it is set by hand in the guest", null, null, "link-local only");
        }
        return new Addresses(range(backend) + ", by macOS's DHCP", null, null, "link-local only");
    }
}
