package vmlan.program.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import vmlan.packet.IpAddress;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv4Prefix;
import vmlan.packet.Ipv6Prefix;
import vmlan.program.files.Fields;

/// What networks.yaml says of one network, or a QEMU command line of one that it defines ([DefinedName]). What it does
/// not say is null, or an empty list for those that cannot be said
/// elsewhere, too.
///
/// @param line where it begins, from 1; 0 for one that was read from a state file
/// @param uplink of one that has any
/// @param gateway the network's first address unless it is said
/// @param dhcpFrom the lowest address for guests without a reservation
/// @param dhcpTo the highest
/// @param isolated whether guests are isolated from each other unless `--net` says otherwise
/// @param allowHost ports of the host's loopback
/// @param dnsServers to ask in place of the host's own
/// @param services what the gateway has beyond the usual
public record NetworkBlock(
        NetworkName name,
        int line,
        UplinkChoice uplink,
        Ipv4Prefix ipv4,
        Ipv4Address gateway,
        Ipv4Address dhcpFrom,
        Ipv4Address dhcpTo,
        Integer leaseSeconds,
        Ipv6Prefix ipv6,
        Integer mtu,
        Boolean isolated,
        List<HostPort> allowHost,
        List<NamedAddresses> names,
        List<Reservation> reservations,
        List<IpAddress> dnsServers,
        GatewayBlock services) {
    /// With nothing of its gateway that is unusual.
    public NetworkBlock(
            NetworkName name,
            int line,
            UplinkChoice uplink,
            Ipv4Prefix ipv4,
            Ipv4Address gateway,
            Ipv4Address dhcpFrom,
            Ipv4Address dhcpTo,
            Integer leaseSeconds,
            Ipv6Prefix ipv6,
            Integer mtu,
            Boolean isolated,
            List<HostPort> allowHost,
            List<NamedAddresses> names,
            List<Reservation> reservations,
            List<IpAddress> dnsServers) {
        this(
                name,
                line,
                uplink,
                ipv4,
                gateway,
                dhcpFrom,
                dhcpTo,
                leaseSeconds,
                ipv6,
                mtu,
                isolated,
                allowHost,
                names,
                reservations,
                dnsServers,
                GatewayBlock.NONE);
    }

    public NetworkBlock {
        allowHost = allowHost == null ? null : List.copyOf(allowHost);
        names = names == null ? null : List.copyOf(names);
        reservations = List.copyOf(reservations);
        dnsServers = List.copyOf(dnsServers);
    }

    /// Says nothing.
    public static NetworkBlock none(NetworkName name) {
        return new NetworkBlock(
                name,
                0,
                UplinkChoice.NONE,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                List.of(),
                List.of());
    }

    /// This one with what a running network can take over from another.
    ///
    /// @param sameSubnet whether addresses mean the same in both
    public NetworkBlock withLive(NetworkBlock other, boolean sameSubnet) {
        return new NetworkBlock(
                name,
                other.line,
                uplink,
                ipv4,
                gateway,
                sameSubnet ? other.dhcpFrom : dhcpFrom,
                sameSubnet ? other.dhcpTo : dhcpTo,
                other.leaseSeconds,
                ipv6,
                mtu,
                other.isolated,
                other.allowHost,
                other.names,
                sameSubnet ? other.reservations : reservations,
                other.dnsServers,
                services);
    }

    /// Whether it says nothing that a running network would have to keep.
    public boolean isAtStartEmpty() {
        return uplink.isNone()
                && ipv4 == null
                && gateway == null
                && ipv6 == null
                && mtu == null
                && services.equals(GatewayBlock.NONE);
    }

    /// The settings with the names that they have in the file, texts and lists of texts: what JSON can carry.
    public Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("mode", name.mode().key());
        put(json, "interface", name.nic());
        put(
                json,
                "mac-nat",
                uplink.translation() == null ? null : uplink.translation().key());
        put(json, "via", uplink.via() == null ? null : uplink.via().key());
        put(json, "ipv4", ipv4);
        put(json, "gateway", gateway);
        Map<String, Object> dhcp = new LinkedHashMap<>();
        put(dhcp, "from", dhcpFrom);
        put(dhcp, "to", dhcpTo);
        put(dhcp, "lease", leaseSeconds == null ? null : LeaseTime.text(leaseSeconds));
        if (!dhcp.isEmpty()) {
            json.put("dhcp", dhcp);
        }
        put(json, "ipv6", ipv6);
        if (mtu != null) {
            json.put("mtu", mtu);
        }
        if (isolated != null) {
            json.put("isolated", isolated);
        }
        if (allowHost != null) {
            json.put("allow-host", allowHost.stream().map(HostPort::toString).toList());
        }
        if (names != null) {
            json.put("names", NamedAddresses.toJson(names));
        }
        if (!reservations.isEmpty()) {
            json.put("reservations", reservationsJson());
        }
        Map<String, Object> dns = services.dnsJson();
        if (!dnsServers.isEmpty()) {
            dns.put("servers", dnsServers.stream().map(IpAddress::toString).toList());
        }
        if (!dns.isEmpty()) {
            json.put("dns", dns);
        }
        services.addTo(json);
        return json;
    }

    private Map<String, Object> reservationsJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        reservations.forEach(
                reservation -> json.put(reservation.who(), reservation.address().toString()));
        return json;
    }

    private static void put(Map<String, Object> json, String key, Object value) {
        if (value != null) {
            json.put(key, value.toString());
        }
    }

    /// What [#toJson] made, from a file of ours.
    ///
    /// @throws IllegalArgumentException that names what makes no sense
    public static NetworkBlock ofJson(NetworkName name, Fields json) {
        Fields dhcp = json.object("dhcp");
        Map<String, Object> kept = json.object("reservations").values();
        List<Reservation> reservations = new ArrayList<>();
        kept.forEach(
                (who, address) -> reservations.add(Reservation.of(who, Ipv4Address.parse(String.valueOf(address)))));
        return new NetworkBlock(
                name,
                0,
                new UplinkChoice(read(json, "mac-nat", MacTranslation::ofKey), read(json, "via", Via::ofKey)),
                read(json, "ipv4", Ipv4Prefix::parse),
                read(json, "gateway", Ipv4Address::parse),
                read(dhcp, "from", Ipv4Address::parse),
                read(dhcp, "to", Ipv4Address::parse),
                read(dhcp, "lease", LeaseTime::parse),
                read(json, "ipv6", Ipv6Prefix::parse),
                json.optionalNumber("mtu").map(Long::intValue).orElse(null),
                json.values().get("isolated") instanceof Boolean flag ? flag : null,
                json.values().containsKey("allow-host")
                        ? json.texts("allow-host").stream().map(HostPort::parse).toList()
                        : null,
                json.values().containsKey("names")
                        ? json.object("names").values().entrySet().stream()
                                .map(NamedAddresses::ofJson)
                                .toList()
                        : null,
                reservations,
                json.object("dns").texts("servers").stream()
                        .map(IpAddress::parse)
                        .toList(),
                GatewayBlock.ofJson(json));
    }

    private static <T> T read(Fields json, String key, Function<String, T> reader) {
        return json.optionalText(key).map(reader).orElse(null);
    }
}
