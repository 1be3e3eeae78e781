package vmlan.program.serve;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import vmlan.host.HostRoutes;
import vmlan.packet.Ipv4Prefix;
import vmlan.packet.Ipv6Prefix;
import vmlan.packet.MacAddress;
import vmlan.program.files.Fields;
import vmlan.program.files.FileLock;
import vmlan.program.files.Places;
import vmlan.program.files.StateFile;
import vmlan.program.message.Failure;

/// What a network is, kept on disk.
///
/// @param subnet null for a bridged network: there the LAN gives the addresses
/// @param translation for networks with an uplink
public record NetworkSettings(NetworkName networkName, Subnet subnet, MacTranslation translation) {
    /// What a guest on Ethernet expects.
    public static final int MTU = 1500;
    /// The domain of guests (design: Names and places).
    public static final String DOMAIN = "vmlan.internal";
    /// Half a day: guests renew after six hours, and an address that nobody wants any more is free again by
    /// the next day.
    public static final int LEASE_SECONDS = 12 * 3600;

    public String name() {
        return networkName.text();
    }

    public NetworkMode mode() {
        return networkName.mode();
    }

    /// The host's NIC behind it, or null.
    public String nic() {
        return networkName.nic();
    }

    /// Reads the settings of a network that has run before.
    public static Optional<NetworkSettings> read(Places places, String name, Consumer<String> report) throws Failure {
        StateFile file = new StateFile(places.stateIfAny("networks", name, "network.json"));
        NetworkName networkName = NetworkName.of(name);
        try {
            Optional<Map<String, Object>> content = file.read(report);
            if (content.isPresent()) {
                try {
                    return Optional.of(of(networkName, new Fields(content.get())));
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

    private static NetworkSettings of(NetworkName name, Fields fields) {
        NetworkMode mode = NetworkMode.ofKey(fields.text("mode"));
        if (mode != name.mode()) {
            throw new IllegalArgumentException(
                    "the mode " + mode.key() + " is not that of a network called " + name.text());
        }
        Subnet subnet = !mode.hasGateway()
                ? null
                : new Subnet(
                        Ipv4Prefix.parse(fields.text("ipv4")),
                        Ipv6Prefix.parse(fields.text("ipv6")),
                        MacAddress.parse(fields.text("gatewayMac")));
        return new NetworkSettings(
                name,
                subnet,
                fields.optionalText("macTranslation").map(MacTranslation::ofKey).orElse(MacTranslation.AUTO));
    }

    /// The settings of a network: those on disk, or new ones, which are then on disk.
    ///
    /// @param translation null to keep what is set
    public static NetworkSettings readOrChoose(
            Places places, String name, MacTranslation translation, Consumer<String> report, RandomGenerator random)
            throws Failure, IOException {
        Optional<NetworkSettings> known = read(places, name, report);
        if (known.isPresent()) {
            NetworkSettings settings = known.get();
            if (translation == null || translation == settings.translation) {
                return settings;
            }
            return new NetworkSettings(settings.networkName, settings.subnet, translation).written(places);
        }
        MacTranslation chosen = translation == null ? MacTranslation.AUTO : translation;
        // One at a time: two networks that choose at once would choose the same.
        try (FileLock lock = FileLock.take(places.state("networks").resolve(".lock"))) {
            List<Ipv4Prefix> taken = new ArrayList<>(HostRoutes.ipv4());
            for (String other : Networks.known(places)) {
                read(places, other, report).map(NetworkSettings::subnet).ifPresent(subnet -> taken.add(subnet.ipv4()));
            }
            return choose(NetworkName.of(name), chosen, taken, random).written(places);
        }
    }

    static NetworkSettings choose(
            NetworkName name, MacTranslation translation, List<Ipv4Prefix> taken, RandomGenerator random)
            throws Failure {
        return new NetworkSettings(name, name.mode().hasGateway() ? Subnet.choose(taken, random) : null, translation);
    }

    /// Writes the settings down.
    public NetworkSettings written(Places places) throws Failure {
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("mode", mode().key());
        if (subnet != null) {
            content.put("ipv4", subnet.ipv4().toString());
            content.put("ipv6", subnet.ipv6().toString());
            content.put("gatewayMac", subnet.gatewayMac().toString());
        }
        if (mode().hasUplink()) {
            content.put("macTranslation", translation.key());
        }
        StateFile file = new StateFile(places.state("networks", name()).resolve("network.json"));
        try {
            file.write(content);
            return this;
        } catch (IOException e) {
            throw Failure.world("cannot write " + file.path() + ": " + Places.reason(e), "make room for it", e);
        }
    }
}
