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
import java.util.stream.Collectors;
import vmlan.qemu.tool.JsonFile;

/// What installed QEMUs said of themselves, kept in `qemu.json` so that a start need not run one twice (60 ms each).
/// An answer holds as long as real path, size and time of change of the binary stay the same.
final class QemuAnswers {
    /// Somebody who tries many QEMUs: enough, and the file stays small.
    private static final int MOST_BINARIES = 16;

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

    /// Which file exactly: its real path, size and time of change.
    static String identity(Path binary) throws IOException {
        Path real = binary.toRealPath();
        BasicFileAttributes attributes = Files.readAttributes(real, BasicFileAttributes.class);
        return real + " " + attributes.size() + " "
                + attributes.lastModifiedTime().toMillis();
    }
}
