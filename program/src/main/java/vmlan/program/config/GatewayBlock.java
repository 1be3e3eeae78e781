package vmlan.program.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import vmlan.packet.DomainName;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;
import vmlan.program.files.Fields;

/// What a network's gateway has and tells beyond the usual. networks.yaml can say `dns` and `search`; the rest is said
/// by command lines, for the network of one VM.
///
/// @param dns where guests are told to ask for names; null for the gateway's own address
/// @param gateway6 our own IPv6 address; null for the first one
/// @param dns6 as `dns`, over IPv6
/// @param ipv4 whether there is any
/// @param ipv6 whether there is any
/// @param hostName what the guest is told that it is called; null: nothing
/// @param domain what the guest is told that its domain is; null: what is usual for the mode
/// @param search domains that guests try short names in
/// @param restricted whether guests reach neither the outside nor names
/// @param forwards ports of the gateway's with something of the host's behind them
public record GatewayBlock(
        Ipv4Address dns,
        Ipv6Address gateway6,
        Ipv6Address dns6,
        boolean ipv4,
        boolean ipv6,
        String hostName,
        String domain,
        List<String> search,
        boolean restricted,
        List<GuestForward> forwards) {
    /// Says nothing.
    public static final GatewayBlock NONE =
            new GatewayBlock(null, null, null, true, true, null, null, List.of(), false, List.of());

    public GatewayBlock {
        search = List.copyOf(search);
        forwards = List.copyOf(forwards);
    }

    /// As networks.yaml has it.
    static GatewayBlock of(Ipv4Address dns, List<String> search) {
        return new GatewayBlock(dns, null, null, true, true, null, null, search, false, List.of());
    }

    /// Adds to a network's settings what is said. Of `dns`, which has other settings, too, [#dnsJson].
    void addTo(Map<String, Object> json) {
        put(json, "gateway6", gateway6);
        put(json, "hostname", hostName);
        put(json, "domain", domain);
        if (!ipv4 || !ipv6) {
            json.put("families", ipv4 ? "ipv4" : "ipv6");
        }
        if (restricted) {
            json.put("restrict", true);
        }
        if (!forwards.isEmpty()) {
            json.put("forwards", forwards.stream().map(GuestForward::toJson).toList());
        }
    }

    Map<String, Object> dnsJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        put(json, "address", dns);
        put(json, "address6", dns6);
        if (!search.isEmpty()) {
            json.put("search", search);
        }
        return json;
    }

    private static void put(Map<String, Object> json, String key, Object value) {
        if (value != null) {
            json.put(key, value.toString());
        }
    }

    /// What the two have made, from a file of ours.
    ///
    /// @throws IllegalArgumentException that names what makes no sense
    static GatewayBlock ofJson(Fields json) {
        Fields dns = json.object("dns");
        String families = json.optionalText("families").orElse("");
        dns.texts("search").forEach(DomainName::new);
        return new GatewayBlock(
                dns.optionalText("address").map(Ipv4Address::parse).orElse(null),
                json.optionalText("gateway6").map(Ipv6Address::parse).orElse(null),
                dns.optionalText("address6").map(Ipv6Address::parse).orElse(null),
                !families.equals("ipv6"),
                !families.equals("ipv4"),
                json.optionalText("hostname").orElse(null),
                json.optionalText("domain").orElse(null),
                dns.texts("search"),
                json.values().get("restrict") instanceof Boolean flag && flag,
                json.objects("forwards").stream().map(GuestForward::ofJson).toList());
    }
}
