package vmlan.qemu.language;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The QEMU that is spoken to: what was asked of the program itself, or is known of a version.
///
/// @param program its name as it stands before its messages: `qemu-system-x86_64`
/// @param architecture of its guests, in QEMU's words
/// @param backends what `-netdev help` lists; empty: not known
/// @param nicModels what `-nic model=help` lists for the machine; empty: it takes none, or not known
/// @param defaultNicModel what `-nic` makes without `model=`; null: the machine has none, or it is not known
/// @param machine for which the two above were asked; null: not known
/// @param drivers what `-device help` lists; empty: not known
/// @param properties what `-device NAME,help` lists, by the driver's name; of one that is not there nothing is known
/// @param served those of the backends that somebody else stands in for, whatever this QEMU has
public record Dialect(
        String program,
        QemuVersion version,
        String architecture,
        Set<String> backends,
        List<String> nicModels,
        String defaultNicModel,
        String machine,
        List<Driver> drivers,
        Map<String, Set<String>> properties,
        Set<String> served) {
    /// Backends that `vmlan qemu` stands in for where QEMU has them not, or may not use them.
    public static final Set<String> SERVABLE = Set.of("vmnet-shared", "vmnet-host", "vmnet-bridged", "passt");

    /// A device that can be named with `-device`.
    ///
    /// @param alias its other name; null where it has none
    /// @param bus what it is plugged into; null: nothing
    /// @param network whether it is among the network devices
    public record Driver(String name, String alias, String bus, boolean network) {}

    public Dialect {
        backends = Set.copyOf(backends);
        nicModels = List.copyOf(nicModels);
        drivers = List.copyOf(drivers);
        properties = Map.copyOf(properties);
        served = Set.copyOf(served);
    }

    /// One that nobody stands in for.
    public Dialect(
            String program,
            QemuVersion version,
            String architecture,
            Set<String> backends,
            List<String> nicModels,
            String defaultNicModel,
            String machine,
            List<Driver> drivers) {
        this(
                program,
                version,
                architecture,
                backends,
                nicModels,
                defaultNicModel,
                machine,
                drivers,
                Map.of(),
                Set.of());
    }

    /// The same where somebody stands in for backends.
    public Dialect serving(Set<String> types) {
        Set<String> all = new HashSet<>(backends);
        all.addAll(types);
        return with(version, all, properties, types);
    }

    /// The same of another version and with other backends.
    public Dialect with(QemuVersion otherVersion, Set<String> otherBackends) {
        return with(otherVersion, otherBackends, properties, served);
    }

    /// The same where it is known what drivers have.
    public Dialect knowing(Map<String, Set<String>> drivers) {
        return with(version, backends, drivers, served);
    }

    private Dialect with(
            QemuVersion otherVersion,
            Set<String> otherBackends,
            Map<String, Set<String>> otherProperties,
            Set<String> otherServed) {
        return new Dialect(
                program,
                otherVersion,
                architecture,
                otherBackends,
                nicModels,
                defaultNicModel,
                machine,
                drivers,
                otherProperties,
                otherServed);
    }

    /// Whether the backend of that type takes the option.
    public boolean takes(String type, BackendOption option) {
        return served.contains(type) || option.isIn(version);
    }

    /// Where neither the machine nor the devices are known.
    public Dialect(
            String program,
            QemuVersion version,
            String architecture,
            Set<String> backends,
            List<String> nicModels,
            String defaultNicModel) {
        this(program, version, architecture, backends, nicModels, defaultNicModel, null, List.of());
    }

    /// The device of that name or other name.
    public Optional<Driver> driver(String name) {
        return drivers.stream()
                .filter(driver -> driver.name().equals(name) || name.equals(driver.alias()))
                .findFirst();
    }

    public boolean isAtLeast(int major, int minor) {
        return version.isAtLeast(major, minor);
    }
}
