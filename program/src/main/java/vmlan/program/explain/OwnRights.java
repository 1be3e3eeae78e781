package vmlan.program.explain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import vmlan.host.linux.Rights;

/// What this process may do, as QEMU started by the same user; or root in its place.
///
/// @param asRoot whether the line is started by sudo
record OwnRights(boolean asRoot) {
    private static final String REFUSED = "Operation not permitted";
    private static final Path ACL = Path.of("/etc/qemu/bridge.conf");
    /// Where distributions put it.
    private static final List<Path> HELPERS = List.of(
            Path.of("/usr/lib/qemu/qemu-bridge-helper"),
            Path.of("/usr/libexec/qemu-bridge-helper"),
            Path.of("/usr/lib/qemu-bridge-helper"));

    private static final int SETUID = 04000;
    private static final int DEEPEST = 4;

    private boolean has(int capability) {
        try {
            return asRoot || Rights.ofThisThread().has(capability);
        } catch (IOException e) {
            return asRoot;
        }
    }

    /// drivers/net/tun.c, tun_set_iff: a tap that is there belongs to a user or a group, or takes CAP_NET_ADMIN.
    Optional<String> whyNoTap(String name) {
        if (has(Rights.CAP_NET_ADMIN)) {
            return Optional.empty();
        }
        Path device = Path.of("/sys/class/net/" + (name == null ? "" : name.replace('/', '_')));
        try {
            if (name != null && Files.exists(device.resolve("tun_flags"))) {
                String owner = Files.readString(device.resolve("owner")).strip();
                Object uid = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
                return owner.equals(String.valueOf(uid)) ? Optional.empty() : Optional.of(REFUSED);
            }
        } catch (IOException e) {
            // as if it were not there
        }
        return Optional.of(REFUSED);
    }

    Optional<String> whyNoRawSocket() {
        return has(Rights.CAP_NET_RAW) ? Optional.empty() : Optional.of(REFUSED);
    }

    /// qemu-bridge-helper.c: the file first, then the tap, then the bridge.
    Optional<String> whyNoBridge(String bridge) {
        Optional<Boolean> allowed = allowed(ACL, bridge, 0);
        if (allowed.isEmpty()) {
            return Optional.of("failed to parse default acl file `" + ACL + "'");
        }
        if (!allowed.get()) {
            return Optional.of("access denied by acl file");
        }
        boolean setuid = HELPERS.stream().anyMatch(OwnRights::isSetuid);
        if (!setuid && !has(Rights.CAP_NET_ADMIN)) {
            return Optional.of("failed to create tun device: " + REFUSED);
        }
        return Files.exists(Path.of("/sys/class/net/" + bridge.replace('/', '_')))
                ? Optional.empty()
                : Optional.of("failed to add interface `tap0' to bridge `" + bridge + "': No such device");
    }

    private static boolean isSetuid(Path helper) {
        try {
            return Files.getAttribute(helper, "unix:mode") instanceof Integer mode && (mode & SETUID) != 0;
        } catch (IOException e) {
            return false;
        }
    }

    /// `allow BRIDGE|all`, `deny BRIDGE|all`, `include FILE`; a denial counts wherever it stands.
    ///
    /// @return empty where a file cannot be read, or has a line of another form
    private static Optional<Boolean> allowed(Path file, String bridge, int depth) {
        boolean allowed = false;
        boolean denied = false;
        try {
            for (String line : Files.readAllLines(file)) {
                String text = line.strip();
                String[] words = text.split("\\s+", 2);
                if (text.isEmpty() || text.startsWith("#")) {
                    continue;
                }
                boolean meant = words.length == 2 && (words[1].equals("all") || words[1].equals(bridge));
                switch (words[0]) {
                    case "allow" -> allowed |= meant;
                    case "deny" -> denied |= meant;
                    case "include" -> {
                        Optional<Boolean> more = words.length == 2 && depth < DEEPEST
                                ? allowed(Path.of(words[1]), bridge, depth + 1)
                                : Optional.empty();
                        allowed |= more.orElse(false);
                    }
                    default -> {
                        return Optional.empty();
                    }
                }
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        return Optional.of(allowed && !denied);
    }
}
