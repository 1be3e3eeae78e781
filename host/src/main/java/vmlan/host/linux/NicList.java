package vmlan.host.linux;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import vmlan.packet.MacAddress;

/// The interfaces of this host, for somebody who looks for one to bridge. Needs no rights.
public final class NicList {
    /// What an interface is.
    public enum Kind {
        CABLE,
        WIFI,
        VIRTUAL
    }

    /// @param up whether it is up and has a carrier
    /// @param mac null where there is none
    /// @param addresses with prefix length, such as `192.0.2.1/24`
    /// @param bridgeable whether a network can have it
    /// @param why it cannot; empty where it can
    public record Nic(
            String name,
            int index,
            Kind kind,
            boolean up,
            MacAddress mac,
            int mtu,
            List<String> addresses,
            boolean bridgeable,
            String why) {
        public Nic {
            addresses = List.copyOf(addresses);
        }
    }

    private static final String OWN_TAPS = "vmlan";

    private NicList() {}

    /// Reads them, in the kernel's order.
    public static List<Nic> read() throws IOException {
        try (Netlink netlink = new Netlink(0)) {
            List<Interfaces.Link> links = Interfaces.links(netlink);
            List<Interfaces.Address> addresses = Interfaces.addresses(netlink);
            List<Nic> nics = new ArrayList<>();
            for (Interfaces.Link link : links) {
                String why = why(link, links);
                nics.add(new Nic(
                        link.name(),
                        link.index(),
                        kind(link),
                        isUp(link),
                        link.mac(),
                        link.mtu(),
                        addresses.stream()
                                .filter(address -> address.ifIndex() == link.index())
                                .map(address -> (address.ipv4() != null ? address.ipv4() : address.ipv6()) + "/"
                                        + address.prefixLength())
                                .toList(),
                        why.isEmpty(),
                        why));
            }
            return nics;
        }
    }

    private static boolean isUp(Interfaces.Link link) {
        // Many virtual interfaces never say more than "unknown" (Documentation/networking/operstates.rst).
        return link.isUp()
                && (link.operState() == Interfaces.IF_OPER_UP
                        || (link.operState() == Interfaces.IF_OPER_UNKNOWN && link.isRunning()));
    }

    private static Kind kind(Interfaces.Link link) {
        if (Wireless.is(link.name(), link.index())) {
            return Kind.WIFI;
        }
        boolean hardware = link.kind().isEmpty() && (link.device() || Wireless.hasDevice(link.name(), link.index()));
        return hardware ? Kind.CABLE : Kind.VIRTUAL;
    }

    private static String why(Interfaces.Link link, List<Interfaces.Link> links) {
        if ((link.flags() & Interfaces.IFF_LOOPBACK) != 0) {
            return "loopback";
        }
        if (link.type() != Interfaces.ARPHRD_ETHER || link.mac() == null) {
            return "not Ethernet";
        }
        if (link.name().startsWith(OWN_TAPS)) {
            return "a network of vmlan's own";
        }
        if (link.master() != 0) {
            return "part of "
                    + links.stream()
                            .filter(master -> master.index() == link.master())
                            .map(Interfaces.Link::name)
                            .findFirst()
                            .orElse("another interface");
        }
        return "";
    }
}
