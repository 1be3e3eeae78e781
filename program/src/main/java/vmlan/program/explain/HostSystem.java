package vmlan.program.explain;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import vmlan.program.message.Failure;

/// The system that QEMU runs on.
public enum HostSystem {
    LINUX("Linux"),
    MACOS("macOS");

    private final String word;

    HostSystem(String word) {
        this.word = word;
    }

    /// As people write it.
    public String word() {
        return word;
    }

    /// As options take it.
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static HostSystem current() {
        return System.getProperty("os.name").startsWith("Mac") ? MACOS : LINUX;
    }

    public static HostSystem ofKey(String key) throws Failure {
        return Arrays.stream(values())
                .filter(system -> system.key().equals(key.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> Failure.usage(
                        "--on " + key + " is no system that QEMU is explained for",
                        "take " + Arrays.stream(values()).map(HostSystem::key).collect(Collectors.joining(" or "))));
    }
}
