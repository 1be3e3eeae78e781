package vmlan.program.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import vmlan.program.message.Failure;
import vmlan.qemu.tool.Programs;

/// The programs that build the LAN, found on this system.
///
/// @param path for the shells that use them: a user's PATH may lack the folders of `ip` and `bridge`
record LanPrograms(Path unshare, Path nsenter, Path setsid, Path shell, String path) {
    /// The packages have these names on Debian, Fedora, Arch, openSUSE and Alpine.
    private static final Map<String, String> PACKAGES = Map.of(
            "unshare", "util-linux",
            "nsenter", "util-linux",
            "setsid", "util-linux",
            "ip", "iproute2",
            "bridge", "iproute2",
            "sh", "dash",
            "readlink", "coreutils");

    private static final List<Path> MORE_FOLDERS =
            List.of(Path.of("/usr/bin"), Path.of("/bin"), Path.of("/usr/sbin"), Path.of("/sbin"));

    static LanPrograms find() throws Failure {
        return find(System.getProperty("os.name"), System.getenv());
    }

    static LanPrograms find(String osName, Map<String, String> environment) throws Failure {
        if (!osName.equals("Linux")) {
            throw Failure.world(
                    "the demo's LAN is made of Linux network namespaces, and this is " + osName,
                    "start a guest: vmlan run");
        }
        Set<String> missing = new LinkedHashSet<>();
        Set<String> packages = new LinkedHashSet<>();
        for (String name : List.of("unshare", "nsenter", "setsid", "ip", "bridge", "sh", "readlink")) {
            if (program(name, environment).isEmpty()) {
                missing.add(name);
                packages.add(PACKAGES.get(name));
            }
        }
        if (!missing.isEmpty()) {
            throw Failure.world(
                    "the demo's LAN needs " + String.join(", ", missing) + ", and this system has none",
                    "install the packages " + String.join(", ", packages));
        }
        return new LanPrograms(
                program("unshare", environment).orElseThrow(),
                program("nsenter", environment).orElseThrow(),
                program("setsid", environment).orElseThrow(),
                program("sh", environment).orElseThrow(),
                path(environment));
    }

    static Optional<Path> program(String name, Map<String, String> environment) {
        return Programs.find(name, environment, environment.containsKey("PATH") ? MORE_FOLDERS : List.of());
    }

    private static String path(Map<String, String> environment) {
        List<String> folders = new ArrayList<>();
        folders.add(environment.getOrDefault("PATH", ""));
        MORE_FOLDERS.forEach(folder -> folders.add(folder.toString()));
        folders.removeIf(String::isEmpty);
        return String.join(":", folders);
    }

    /// What to do where namespaces are refused.
    static String permission() {
        if (isOne(Path.of("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"))) {
            return "start it as root, or permit it: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0";
        }
        if (Files.exists(Path.of("/proc/sys/kernel/unprivileged_userns_clone"))) {
            return "start it as root, or permit it: sudo sysctl -w kernel.unprivileged_userns_clone=1";
        }
        return "start it as root; in a container, give that one the right to make namespaces";
    }

    private static boolean isOne(Path file) {
        try {
            return Files.readString(file).strip().equals("1");
        } catch (IOException e) {
            return false;
        }
    }
}
