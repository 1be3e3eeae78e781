package vmlan.program.serve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import vmlan.packet.Ipv4Address;
import vmlan.packet.MacAddress;
import vmlan.program.config.NetworkName;
import vmlan.program.files.Fields;
import vmlan.program.files.Json;
import vmlan.program.files.Places;

/// The leases of a network, whether it runs or not, as its process has written them down last: at most a moment ago.
public final class LeasesOnDisk {
    private LeasesOnDisk() {}

    /// Who was given an address. What is damaged has no leases here; the network's process sets it aside, and says it.
    public static Optional<MacAddress> holder(Places places, String network, Ipv4Address address) {
        if (!NetworkName.isName(network)) {
            return Optional.empty();
        }
        Path file = places.stateIfAny("networks", network, "leases.json");
        try {
            if (!Files.exists(file)) {
                return Optional.empty();
            }
            return new Fields(Json.object(Files.readAllBytes(file)))
                    .objects("leases").stream()
                            .filter(lease -> lease.optionalText("ipv4").equals(Optional.of(address.toString())))
                            .findFirst()
                            .flatMap(lease -> lease.optionalText("mac"))
                            .map(MacAddress::parse);
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
