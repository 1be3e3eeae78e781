package vmlan.qemu;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import vmlan.qemu.tool.Install;
import vmlan.qemu.tool.JsonFile;

/// UEFI firmware that is installed here.
///
/// Packages of firmware, and QEMU itself, describe what they bring in files that everybody reads alike (QEMU
/// docs/interop/firmware.json): for which machines, where the code is, and where the template of the variables.
///
/// @param template of the variables; null where the firmware keeps none
public record UefiFirmware(Path code, String codeFormat, Path template, String templateFormat) {
    /// What we do not offer: firmware that takes only signed boot loaders, and what such firmware needs of the machine.
    private static final Set<String> UNWANTED = Set.of("requires-smm", "enrolled-keys");

    /// By QEMU's own name where nothing describes them: where it is built from its sources the descriptions come
    /// with it, but packages are taken apart.
    private static final Map<String, List<String>> OWN_NAMES = Map.of(
            "x86_64", List.of("edk2-x86_64-code.fd", "edk2-i386-vars.fd"),
            "aarch64", List.of("edk2-aarch64-code.fd", "edk2-arm-vars.fd"));

    /// A machine that each description's patterns are tried on; versions are taken as one word.
    private static final Map<String, String> MACHINES = Map.of("x86_64", "pc-q35-7.2", "aarch64", "virt-7.2");

    /// The one with the highest priority.
    ///
    /// @param environment of which HOME and XDG_CONFIG_HOME are used
    /// @throws QemuException none is there; with what to install
    public static UefiFirmware find(Qemu qemu, Map<String, String> environment) throws QemuException {
        return find(qemu, folders(qemu, environment));
    }

    /// @param folders of QEMU's data (`share/qemu` and the user's own), those that win first
    static UefiFirmware find(Qemu qemu, Collection<Path> folders) throws QemuException {
        return described(qemu.architecture(), folders)
                .or(() -> named(qemu.architecture(), folders))
                .orElseThrow(() -> missing(qemu.architecture()));
    }

    private static QemuException missing(String architecture) {
        String line = Install.uefi(architecture).line();
        return new QemuException(
                "there is no UEFI firmware for " + architecture + " here",
                (line.isEmpty() ? "install EDK2's" : "install it: " + line)
                        + (architecture.equals("x86_64") ? "; or take --firmware bios" : ""));
    }

    private static Collection<Path> folders(Qemu qemu, Map<String, String> environment) {
        Set<Path> folders = new LinkedHashSet<>();
        String home = environment.getOrDefault("HOME", "");
        String configuration = environment.getOrDefault("XDG_CONFIG_HOME", home.isEmpty() ? "" : home + "/.config");
        if (configuration.startsWith("/")) {
            folders.add(Path.of(configuration, "qemu"));
        }
        folders.add(Path.of("/etc/qemu"));
        Path binary = qemu.binary();
        folders.add(binary.resolveSibling("../share/qemu").normalize());
        try {
            // Homebrew's bin has links into a folder of each version
            folders.add(binary.toRealPath().resolveSibling("../share/qemu").normalize());
        } catch (IOException e) {
            // then not there
        }
        folders.add(Path.of("/opt/homebrew/share/qemu"));
        folders.add(Path.of("/usr/local/share/qemu"));
        folders.add(Path.of("/usr/share/qemu"));
        return folders;
    }

    /// A name in an earlier folder hides the same in a later one; then the names' order counts (docs/interop).
    private static Optional<UefiFirmware> described(String architecture, Collection<Path> folders) {
        Map<String, Path> descriptions = new TreeMap<>();
        for (Path folder : folders) {
            try (Stream<Path> files = Files.list(folder.resolve("firmware"))) {
                files.filter(file -> file.toString().endsWith(".json"))
                        .forEach(file ->
                                descriptions.putIfAbsent(file.getFileName().toString(), file));
            } catch (IOException e) {
                // no such folder
            }
        }
        return descriptions.values().stream()
                .map(file -> described(architecture, JsonFile.read(file)))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<UefiFirmware> described(String architecture, Map<String, Object> description) {
        if (!list(description.get("interface-types")).contains("uefi")
                || list(description.get("features")).stream().anyMatch(UNWANTED::contains)
                || list(description.get("targets")).stream().noneMatch(target -> isFor(architecture, target))
                || !(description.get("mapping") instanceof Map<?, ?> mapping)) {
            return Optional.empty();
        }
        if (!"flash".equals(mapping.get("device")) || !(mapping.get("executable") instanceof Map<?, ?> executable)) {
            return Optional.empty();
        }
        Optional<Path> code = file(executable.get("filename"));
        if (!(mapping.get("nvram-template") instanceof Map<?, ?> template)) {
            return code.map(there -> new UefiFirmware(there, format(executable), null, null));
        }
        Optional<Path> variables = file(template.get("filename"));
        return code.filter(there -> variables.isPresent())
                .map(there -> new UefiFirmware(there, format(executable), variables.get(), format(template)));
    }

    private static boolean isFor(String architecture, Object target) {
        if (!(target instanceof Map<?, ?> map) || !architecture.equals(map.get("architecture"))) {
            return false;
        }
        Path machine = Path.of(MACHINES.getOrDefault(architecture, "?"));
        return list(map.get("machines")).stream()
                .filter(pattern -> pattern.toString().matches("[A-Za-z0-9.*_-]{1,80}"))
                .anyMatch(pattern -> FileSystems.getDefault()
                        .getPathMatcher("glob:" + pattern)
                        .matches(machine));
    }

    private static String format(Map<?, ?> file) {
        return file.get("format") instanceof String format ? format : "raw";
    }

    private static Optional<Path> file(Object name) {
        return name instanceof String text && text.startsWith("/") && Files.isReadable(Path.of(text))
                ? Optional.of(Path.of(text))
                : Optional.empty();
    }

    private static Collection<?> list(Object value) {
        return value instanceof Collection<?> all ? all : List.of();
    }

    private static Optional<UefiFirmware> named(String architecture, Collection<Path> folders) {
        List<String> names = OWN_NAMES.getOrDefault(architecture, List.of());
        if (names.isEmpty()) {
            return Optional.empty();
        }
        List<Path> all = new ArrayList<>(folders);
        return all.stream()
                .filter(folder -> names.stream().allMatch(name -> Files.isReadable(folder.resolve(name))))
                .findFirst()
                .map(folder -> new UefiFirmware(
                        folder.resolve(names.getFirst()), "raw", folder.resolve(names.getLast()), "raw"));
    }
}
