package vmlan.program.config;

import java.util.Optional;

/// Whether this host has Apple's vmnet, and which library that is.
///
/// `$VMLAN_VMNET_LIBRARY` names another library with the same interface (the simulator of the tests,
/// `host/src/test/c/vmnet`). A host with one behaves in its networks as a Mac does.
public final class Vmnet {
    /// For tests; docs/files.md lists it.
    public static final String VARIABLE = "VMLAN_VMNET_LIBRARY";

    /// What version of macOS it is, for tests.
    private static final String MACOS = "VMLAN_MACOS_VERSION";

    private static final int WITHOUT_ROOT = 26;

    private Vmnet() {}

    public static boolean isHere() {
        return library().isPresent() || isMac();
    }

    /// Empty for Apple's own.
    public static Optional<String> library() {
        return Optional.ofNullable(System.getenv(VARIABLE)).filter(path -> !path.isEmpty());
    }

    /// Whether starting an interface takes root for sure. From macOS 26 on it does not where the program has
    /// an entitlement for virtualisation (vmnet-helper's README and pull request 136), which Java may lack: it
    /// is tried there, and what vmnet says is said. Not seen on a Mac.
    public static boolean takesRoot() {
        return version() < WITHOUT_ROOT;
    }

    /// The first number of macOS' version; what cannot be read is an old one.
    static int version() {
        String said = System.getenv().getOrDefault(MACOS, isMac() ? System.getProperty("os.version", "") : "");
        String major = said.split("\\.", 2)[0];
        return major.matches("[0-9]{1,3}") ? Integer.parseInt(major) : 0;
    }

    private static boolean isMac() {
        return System.getProperty("os.name").startsWith("Mac");
    }
}
