package vmlan.program.config;

import java.util.Optional;

/// Whether this host has Apple's vmnet, and which library that is.
///
/// `$VMLAN_VMNET_LIBRARY` names another library with the same interface (the simulator of the tests,
/// `host/src/test/c/vmnet`). A host with one behaves in its networks as a Mac does.
public final class Vmnet {
    /// For tests; docs/files.md lists it.
    public static final String VARIABLE = "VMLAN_VMNET_LIBRARY";

    private Vmnet() {}

    public static boolean isHere() {
        return library().isPresent() || isMac();
    }

    /// Empty for Apple's own.
    public static Optional<String> library() {
        return Optional.ofNullable(System.getenv(VARIABLE)).filter(path -> !path.isEmpty());
    }

    private static boolean isMac() {
        return System.getProperty("os.name").startsWith("Mac");
    }
}
