package vmlan.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import vmlan.qemu.language.QemuVersion;
import vmlan.qemu.tool.JsonFile;

/// What installed QEMUs said of themselves, kept in `qemu.json` so that a start need not run one twice (60 ms each).
/// An answer holds as long as real path, size and time of change of the binary stay the same.
final class QemuAnswers {
    /// Somebody who tries many QEMUs: enough, and the file stays small.
    private static final int MOST_BINARIES = 16;
    /// Of one binary; people use two or three.
    private static final int MOST_MACHINES = 16;
    /// QEMU has some 40 that are NICs.
    private static final int MOST_DRIVERS = 64;

    private final Path file;

    QemuAnswers(Path cacheFolder) {
        file = cacheFolder.resolve("qemu.json");
    }

    Optional<Qemu> recall(Path binary, String architecture) {
        try {
            if (!(JsonFile.read(file).get(binary.toRealPath().toString()) instanceof Map<?, ?> entry)
                    || !identity(binary).equals(entry.get("identity"))
                    || !(entry.get("netdevs") instanceof Collection<?> netdevs)) {
                return Optional.empty();
            }
            return QemuVersion.parse("version " + entry.get("version"))
                    .map(version -> new Qemu(
                            binary,
                            version,
                            architecture,
                            netdevs.stream().map(String::valueOf).collect(Collectors.toSet())));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// A cache that cannot be written costs time and nothing else, so that is no error.
    void remember(Qemu qemu) {
        try {
            String key = qemu.binary().toRealPath().toString();
            Map<String, Object> all = new LinkedHashMap<>(JsonFile.read(file));
            all.remove(key);
            while (all.size() >= MOST_BINARIES) {
                all.remove(all.keySet().iterator().next());
            }
            all.put(
                    key,
                    Map.of(
                            "identity",
                            identity(qemu.binary()),
                            "version",
                            qemu.version().toString(),
                            "netdevs",
                            List.copyOf(qemu.netdevTypes())));
            JsonFile.write(file, all);
        } catch (IOException e) {
            // asked again next time
        }
    }

    /// What one of its machines does with NICs, and all its devices; empty where that was not asked yet.
    Optional<MachineAnswer> recall(Qemu qemu, String machine) {
        try {
            if (JsonFile.read(file).get(qemu.binary().toRealPath().toString()) instanceof Map<?, ?> entry
                    && identity(qemu.binary()).equals(entry.get("identity"))
                    && entry.get("machines") instanceof Map<?, ?> machines
                    && machines.get(machine) instanceof Map<?, ?> answer
                    && entry.get("devices") instanceof Collection<?> devices) {
                return MachineAnswer.of(answer, devices);
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    void remember(Qemu qemu, String machine, MachineAnswer answer) {
        addTo(qemu, entry -> {
            Map<String, Object> machines = part(entry, "machines");
            while (machines.size() >= MOST_MACHINES) {
                machines.remove(machines.keySet().iterator().next());
            }
            machines.put(machine, answer.machineAsMap());
            entry.put("machines", machines);
            entry.put("devices", answer.devicesAsTexts());
        });
    }

    /// The names of the properties of those drivers that it was asked of.
    Map<String, Set<String>> properties(Qemu qemu) {
        Map<String, Set<String>> drivers = new TreeMap<>();
        try {
            if (JsonFile.read(file).get(qemu.binary().toRealPath().toString()) instanceof Map<?, ?> entry
                    && identity(qemu.binary()).equals(entry.get("identity"))
                    && entry.get("properties") instanceof Map<?, ?> known) {
                known.forEach((driver, names) -> {
                    if (names instanceof Collection<?> list) {
                        drivers.put(
                                String.valueOf(driver),
                                list.stream().map(String::valueOf).collect(Collectors.toSet()));
                    }
                });
            }
        } catch (IOException e) {
            // asked again
        }
        return drivers;
    }

    void remember(Qemu qemu, Map<String, Set<String>> properties) {
        addTo(qemu, entry -> {
            Map<String, Object> drivers = part(entry, "properties");
            properties.forEach((driver, names) -> {
                while (drivers.size() >= MOST_DRIVERS) {
                    drivers.remove(drivers.keySet().iterator().next());
                }
                drivers.put(driver, List.copyOf(names));
            });
            entry.put("properties", drivers);
        });
    }

    /// Beside what is known of the same binary.
    private void addTo(Qemu qemu, Consumer<Map<String, Object>> change) {
        try {
            String key = qemu.binary().toRealPath().toString();
            Map<String, Object> all = new LinkedHashMap<>(JsonFile.read(file));
            if (!(all.get(key) instanceof Map<?, ?> known)
                    || !identity(qemu.binary()).equals(known.get("identity"))) {
                return;
            }
            Map<String, Object> entry = new LinkedHashMap<>();
            known.forEach((name, value) -> entry.put(String.valueOf(name), value));
            change.accept(entry);
            all.put(key, entry);
            JsonFile.write(file, all);
        } catch (IOException e) {
            // asked again next time
        }
    }

    private static Map<String, Object> part(Map<String, Object> entry, String name) {
        Map<String, Object> part = new LinkedHashMap<>();
        if (entry.get(name) instanceof Map<?, ?> before) {
            before.forEach((key, value) -> part.put(String.valueOf(key), value));
        }
        return part;
    }

    /// Which file exactly: its real path, size and time of change.
    static String identity(Path binary) throws IOException {
        Path real = binary.toRealPath();
        BasicFileAttributes attributes = Files.readAttributes(real, BasicFileAttributes.class);
        return real + " " + attributes.size() + " "
                + attributes.lastModifiedTime().toMillis();
    }
}
