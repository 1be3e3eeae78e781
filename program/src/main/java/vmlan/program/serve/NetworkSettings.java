package vmlan.program.serve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import vmlan.packet.IpAddress;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv4Prefix;
import vmlan.packet.Ipv6Address;
import vmlan.packet.Ipv6Prefix;
import vmlan.packet.MacAddress;
import vmlan.program.config.GatewayBlock;
import vmlan.program.config.HostPort;
import vmlan.program.config.MacTranslation;
import vmlan.program.config.NamedAddresses;
import vmlan.program.config.NetworkBlock;
import vmlan.program.config.NetworkMode;
import vmlan.program.config.NetworkName;
import vmlan.program.config.Reservation;
import vmlan.program.config.UplinkChoice;
import vmlan.program.config.Via;
import vmlan.program.files.Fields;
import vmlan.program.files.Json;
import vmlan.program.files.Places;
import vmlan.program.files.StateFile;
import vmlan.program.message.Failure;

/// What a network is, kept on disk: what was chosen for it once, what `network set` has said, and what networks.yaml
/// says. Where the file says something, it alone counts (docs/decisions/0018-networks-file.md).
///
/// @param subnet null for a bridged network: there the LAN gives the addresses
/// @param uplink for networks that have one; what nobody has said is null
/// @param ownHostPorts of the host's loopback, by `network set`; in order
/// @param ownNames that its DNS knows besides those of the guests, by `network set`
/// @param block of networks.yaml, as far as it is in force, or of the command line that defined the network; null where
///     there is none
public record NetworkSettings(
        NetworkName networkName,
        Subnet subnet,
        UplinkChoice uplink,
        List<HostPort> ownHostPorts,
        List<NamedAddresses> ownNames,
        NetworkBlock block) {
    /// What a guest on Ethernet expects.
    public static final int MTU = 1500;
    public static final String DOMAIN = NamedAddresses.DOMAIN;
    /// Half a day: guests renew after six hours, and an address that nobody wants any more is free again by
    /// the next day.
    public static final int LEASE_SECONDS = 12 * 3600;

    /// Without a word in networks.yaml.
    public NetworkSettings(
            NetworkName networkName,
            Subnet subnet,
            UplinkChoice uplink,
            List<HostPort> ownHostPorts,
            List<NamedAddresses> ownNames) {
        this(networkName, subnet, uplink, ownHostPorts, ownNames, null);
    }

    public String name() {
        return networkName.text();
    }

    /// The ports of the host's loopback that guests may reach.
    public List<HostPort> allowedHostPorts() {
        return block != null && block.allowHost() != null ? block.allowHost() : ownHostPorts;
    }

    /// What its DNS knows besides the guests.
    public List<NamedAddresses> names() {
        return block != null && block.names() != null ? block.names() : ownNames;
    }

    public int mtu() {
        return block != null && block.mtu() != null ? block.mtu() : MTU;
    }

    int leaseSeconds() {
        return block != null && block.leaseSeconds() != null ? block.leaseSeconds() : LEASE_SECONDS;
    }

    /// The lowest address for guests without a reservation.
    Ipv4Address firstGuest() {
        return block != null && block.dhcpFrom() != null ? block.dhcpFrom() : subnet.firstGuest();
    }

    Ipv4Address lastGuest() {
        return block != null && block.dhcpTo() != null ? block.dhcpTo() : subnet.lastGuest();
    }

    boolean isIsolating() {
        return block != null && block.isolated() != null && block.isolated();
    }

    List<Reservation> reservations() {
        return block == null ? List.of() : block.reservations();
    }

    List<IpAddress> dnsServers() {
        return block == null ? List.of() : block.dnsServers();
    }

    /// What the gateway has beyond the usual.
    GatewayBlock services() {
        return block == null ? GatewayBlock.NONE : block.services();
    }

    /// What guests are told that their domain is, or null: in the network of one VM only what the command line says.
    String domain() {
        String said = services().domain();
        return said != null || mode() == NetworkMode.USER ? said : DOMAIN;
    }

    /// Whether there is a way out.
    boolean isRouter() {
        return mode().isRouter() && !services().restricted();
    }

    /// Whether names are answered.
    boolean isResolver() {
        return mode().hasNat() && !services().restricted();
    }

    MacTranslation translation() {
        return uplink.translation() == null ? MacTranslation.AUTO : uplink.translation();
    }

    Via via() {
        return uplink.via() == null ? Via.AUTO : uplink.via();
    }

    public NetworkMode mode() {
        return networkName.mode();
    }

    /// Whether what is said of it was said by a command line.
    boolean isDefined() {
        return block != null && networkName.isDefined();
    }

    /// The host's NIC behind it, or null.
    public String nic() {
        return networkName.nic();
    }

    /// Reads the settings of a network that has run before.
    public static Optional<NetworkSettings> read(Places places, String name, Consumer<String> report) throws Failure {
        if (!NetworkName.isName(name)) {
            return Optional.empty();
        }
        StateFile file = new StateFile(places.stateIfAny("networks", name, "network.json"));
        try {
            Optional<Map<String, Object>> content = file.read(report);
            if (content.isPresent()) {
                try {
                    return Optional.of(of(name, new Fields(content.get()), report));
                } catch (IllegalArgumentException e) {
                    file.setAside(e.getMessage(), report);
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw Failure.world(
                    "cannot read " + file.path() + ": " + Places.reason(e), "check the file's permissions", e);
        }
    }

    /// The same without setting aside what is damaged: whoever starts the network does that, and says it.
    static Optional<NetworkSettings> peek(Places places, String name) {
        if (!NetworkName.isName(name)) {
            return Optional.empty();
        }
        try {
            Path path = places.stateIfAny("networks", name, "network.json");
            Map<String, Object> content = Files.exists(path) ? Json.object(Files.readAllBytes(path)) : null;
            return Optional.ofNullable(content).map(json -> of(name, new Fields(json), line -> {}));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static NetworkSettings of(String text, Fields fields, Consumer<String> report) {
        NetworkMode mode = NetworkMode.ofKey(fields.text("mode"));
        NetworkName name = NetworkName.builtIn(text).orElse(null);
        if (name != null && mode != name.mode()) {
            throw new IllegalArgumentException(
                    "the mode " + mode.key() + " is not that of a network called " + name.text());
        }
        if (name == null) {
            name = new NetworkName(text, mode, mode.hasNic() ? fields.text("interface") : null);
        }
        Subnet subnet = null;
        if (mode.hasGateway()) {
            Ipv4Prefix ipv4 = Ipv4Prefix.parse(fields.text("ipv4"));
            Ipv4Address gateway =
                    fields.optionalText("gateway").map(Ipv4Address::parse).orElse(Subnet.firstOf(ipv4));
            Ipv6Prefix ipv6 = Ipv6Prefix.parse(fields.text("ipv6"));
            Ipv6Address gateway6 =
                    fields.optionalText("gateway6").map(Ipv6Address::parse).orElse(Subnet.firstOf(ipv6));
            subnet = new Subnet(ipv4, gateway, ipv6, gateway6, MacAddress.parse(fields.text("gatewayMac")));
        }
        return new NetworkSettings(
                name,
                subnet,
                new UplinkChoice(
                        fields.optionalText("macTranslation")
                                .map(MacTranslation::ofKey)
                                .orElse(null),
                        fields.optionalText("via").map(Via::ofKey).orElse(null)),
                known(fields.texts("allowedHostPorts"), HostPort::parse, report),
                known(fields.object("names").values().entrySet(), NamedAddresses::ofJson, report),
                block(name, fields.object("configured"), report));
    }

    private static NetworkBlock block(NetworkName name, Fields fields, Consumer<String> report) {
        if (fields.values().isEmpty()) {
            return null;
        }
        return known(List.of(fields), json -> NetworkBlock.ofJson(name, json), report).stream()
                .findFirst()
                .orElse(null);
    }

    /// Without those that make no sense: a mistake in one must not cost the network its subnet.
    private static <F, T> List<T> known(Collection<F> entries, Function<F, T> reader, Consumer<String> report) {
        List<T> known = new ArrayList<>();
        for (F entry : entries) {
            try {
                known.add(reader.apply(entry));
            } catch (IllegalArgumentException e) {
                report.accept("network.json: left out an entry: " + e.getMessage());
            }
        }
        return known;
    }

    /// The same with other ports of the host open to guests, and other names.
    NetworkSettings with(List<HostPort> newHostPorts, List<NamedAddresses> newNames) {
        return new NetworkSettings(networkName, subnet, uplink, newHostPorts, newNames, block);
    }

    /// The same by another way.
    NetworkSettings withVia(Via via) {
        return new NetworkSettings(
                networkName, subnet, new UplinkChoice(uplink.translation(), via), ownHostPorts, ownNames, block);
    }

    /// As the network would be, were it started now.
    ///
    /// @param newBlock null where networks.yaml has none
    NetworkSettings withBlock(NetworkBlock newBlock) {
        NetworkName name = newBlock == null ? networkName : newBlock.name();
        UplinkChoice choice = newBlock == null ? uplink : newBlock.uplink().or(uplink);
        Subnet its = subnet == null || !name.mode().hasGateway() ? null : subnet.as(newBlock);
        return new NetworkSettings(name, its, choice, ownHostPorts, ownNames, newBlock);
    }

    /// The same with what can change while the network runs. Addresses wait while the subnet does that they are in.
    NetworkSettings withLive(NetworkBlock newBlock) {
        NetworkBlock old = block == null ? NetworkBlock.none(networkName) : block;
        NetworkBlock fresh = newBlock == null ? NetworkBlock.none(networkName) : newBlock;
        if (fresh.name().mode() != mode()) {
            return this;
        }
        boolean sameSubnet = subnet == null || subnet.hasAddressesOf(subnet.as(newBlock));
        NetworkBlock live = old.withLive(fresh, sameSubnet);
        boolean isNone = newBlock == null && old.isAtStartEmpty();
        return new NetworkSettings(networkName, subnet, uplink, ownHostPorts, ownNames, isNone ? null : live);
    }

    /// As it stands in the file.
    Map<String, Object> toJson() {
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("mode", mode().key());
        if (nic() != null && !networkName.isBuiltIn()) {
            content.put("interface", nic());
        }
        if (subnet != null) {
            content.put("ipv4", subnet.ipv4().toString());
            content.put("gateway", subnet.gateway().toString());
            content.put("ipv6", subnet.ipv6().toString());
            content.put("gateway6", subnet.gateway6().toString());
            content.put("gatewayMac", subnet.gatewayMac().toString());
        }
        if (mode().hasNic() && uplink.translation() != null) {
            content.put("macTranslation", uplink.translation().key());
        }
        if (uplink.via() != null) {
            content.put("via", uplink.via().key());
        }
        if (mode().hasGateway()) {
            content.put("allowedHostPorts", SettingsChange.texts(ownHostPorts));
            content.put("names", NamedAddresses.toJson(ownNames));
        }
        if (block != null) {
            content.put("configured", block.toJson());
        }
        return content;
    }

    /// Writes the settings down.
    public NetworkSettings written(Places places) throws Failure {
        StateFile file = new StateFile(places.state("networks", name()).resolve("network.json"));
        try {
            file.write(toJson());
            return this;
        } catch (IOException e) {
            throw Failure.world("cannot write " + file.path() + ": " + Places.reason(e), "make room for it", e);
        }
    }
}
