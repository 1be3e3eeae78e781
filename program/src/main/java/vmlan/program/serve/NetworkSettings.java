package vmlan.program.serve;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv4Prefix;
import vmlan.packet.Ipv6Address;
import vmlan.packet.Ipv6Prefix;
import vmlan.packet.MacAddress;
import vmlan.program.files.Fields;
import vmlan.program.files.Places;
import vmlan.program.files.StateFile;
import vmlan.program.message.Failure;

/// What a network is: chosen once, then kept, so that guests keep their addresses.
public record NetworkSettings(String name, NetworkMode mode, Ipv4Prefix ipv4, Ipv6Prefix ipv6, MacAddress gatewayMac) {
    /// What a guest on Ethernet expects.
    public static final int MTU = 1500;
    /// The domain of guests (design: Names and places).
    public static final String DOMAIN = "vmlan.internal";
    /// Half a day: guests renew after six hours, and an address that nobody wants any more is free again by
    /// the next day.
    public static final int LEASE_SECONDS = 12 * 3600;

    private static final int FIRST_SUBNET = 64;
    private static final int LAST_SUBNET = 127;

    public Ipv4Address gateway() {
        return ipv4.network().plus(1);
    }

    public Ipv6Address gateway6() {
        return ipv6.address(1);
    }

    /// The first and the last address for guests; .1 is the gateway, .255 the broadcast.
    public Ipv4Address firstGuest() {
        return gateway().plus(1);
    }

    public Ipv4Address lastGuest() {
        return ipv4.broadcast().plus(-1);
    }

    /// The mode of a network that has a name of its own in every installation.
    public static NetworkMode modeOf(String name) throws Failure {
        return switch (name) {
            case "shared" -> NetworkMode.SHARED;
            case "private" -> NetworkMode.PRIVATE;
            default ->
                throw Failure.usage(
                        "there is no network '" + name + "'", "take one of: shared, private (see: vmlan network ls)");
        };
    }

    /// Reads the settings of a network that has run before.
    public static Optional<NetworkSettings> read(Places places, String name, Consumer<String> report) throws Failure {
        StateFile file = new StateFile(places.stateIfAny("networks", name, "network.json"));
        try {
            Optional<Map<String, Object>> content = file.read(report);
            if (content.isPresent()) {
                try {
                    return Optional.of(of(name, new Fields(content.get())));
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

    private static NetworkSettings of(String name, Fields fields) {
        return new NetworkSettings(
                name,
                NetworkMode.ofKey(fields.text("mode")),
                Ipv4Prefix.parse(fields.text("ipv4")),
                Ipv6Prefix.parse(fields.text("ipv6")),
                MacAddress.parse(fields.text("gatewayMac")));
    }

    /// Chooses the settings of a new network and writes them.
    ///
    /// @param taken networks that guests could not tell from ours: the host's routes and the other networks here
    public static NetworkSettings choose(
            Places places, String name, NetworkMode mode, List<Ipv4Prefix> taken, RandomGenerator random)
            throws Failure {
        NetworkSettings settings =
                new NetworkSettings(name, mode, freeSubnet(taken), randomUla(random), gatewayMac(random));
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("mode", mode.key());
        content.put("ipv4", settings.ipv4.toString());
        content.put("ipv6", settings.ipv6.toString());
        content.put("gatewayMac", settings.gatewayMac.toString());
        StateFile file = new StateFile(places.state("networks", name).resolve("network.json"));
        try {
            file.write(content);
        } catch (IOException e) {
            throw Failure.world("cannot write " + file.path() + ": " + Places.reason(e), "make room for it", e);
        }
        return settings;
    }

    static Ipv4Prefix freeSubnet(List<Ipv4Prefix> taken) throws Failure {
        for (int third = FIRST_SUBNET; third <= LAST_SUBNET; third++) {
            Ipv4Prefix candidate = new Ipv4Prefix(new Ipv4Address(192 << 24 | 168 << 16 | third << 8), 24);
            // A default route overlaps everything and uses nothing.
            if (taken.stream().noneMatch(route -> route.length() > 0 && route.overlaps(candidate))) {
                return candidate;
            }
        }
        throw Failure.world(
                "no free subnet: the host's routes use all of 192.168.64.0 to 192.168.127.255",
                "remove networks that are not needed: vmlan network ls");
    }

    /// fd00::/8, 40 random bits, subnet 1 (RFC 4193 §3.1, §3.2).
    static Ipv6Prefix randomUla(RandomGenerator random) {
        return new Ipv6Prefix(0xfdL << 56 | (random.nextLong() & 0xff_ffff_ffffL) << 16 | 1);
    }

    /// A locally administered address that no guest gets, those being 52:54:00.
    static MacAddress gatewayMac(RandomGenerator random) {
        return new MacAddress(0x5655_0000_0000L | (random.nextLong() & 0xffff_ffffL));
    }
}
