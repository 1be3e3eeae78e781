package vmlan.program.autostart;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;

/// One network's daemon of launchd, as a text. Pure. Read launchd.plist(5) first.
///
/// It is the shell that waits for a network's process, as root, and nothing around it. launchd starts it with the
/// machine (`RunAtLoad`) and again when it failed (`SuccessfulExit` false, ten seconds later at the earliest); a
/// network
/// that was stopped by a command ends with 0 and stays stopped. `Interactive` is the type that is not held back: every
/// frame goes through the process (socket_vmnet is run so, too).
///
/// What root executes and opens by name shall not be a way for others to become root: programs are looked for in the
/// system's folders alone, and the log is in a folder that only root writes to, where socket_vmnet has its own.
///
/// @param uid of the user whom the network belongs to
/// @param home `$VMLAN_HOME`; null without one. Another home has other networks of the same name.
record NetworkDaemon(String network, int uid, int gid, String home) {
    /// launchd's own for daemons.
    private static final String PATH = "/usr/bin:/bin:/usr/sbin:/sbin";

    private static final String PREFIX = "vmlan-network-";

    String label() {
        return PREFIX + network + suffix();
    }

    private String suffix() {
        String user = "." + Integer.toUnsignedString(uid);
        if (home == null) {
            return user;
        }
        CRC32 sum = new CRC32();
        sum.update(home.getBytes(StandardCharsets.UTF_8));
        return user + String.format(".%08x", sum.getValue());
    }

    /// The network of such a label; empty for labels that are not this user's and home's.
    Optional<String> networkOf(String label) {
        return label.startsWith(PREFIX)
                        && label.endsWith(suffix())
                        && label.length() > PREFIX.length() + suffix().length()
                ? Optional.of(label.substring(PREFIX.length(), label.length() - suffix().length()))
                : Optional.empty();
    }

    Path log() {
        return Path.of("/var/log", label() + ".log");
    }

    /// @param undo what setup/open-network.sh is told of
    /// @param places of the environment, those that say where the user's files are: `HOME`, `TMPDIR`, `VMLAN_HOME`
    String text(Path launcher, Path undo, Map<String, String> places) {
        Map<String, String> environment = new LinkedHashMap<>(places);
        environment.put("PATH", PATH);
        environment.put("VMLAN_OWNER", Integer.toUnsignedString(uid) + ":" + Integer.toUnsignedString(gid));
        environment.put("VMLAN_NO_BUILD", "1");
        environment.put("VMLAN_IDLE_SECONDS", "never");
        Map<String, Object> daemon = new LinkedHashMap<>();
        daemon.put("Label", label());
        daemon.put(
                "ProgramArguments",
                List.of(
                        "/bin/sh",
                        launcher.resolveSibling("setup/open-network.sh").toString(),
                        launcher.toString(),
                        network,
                        undo.toString()));
        daemon.put("EnvironmentVariables", environment);
        daemon.put("RunAtLoad", true);
        daemon.put("KeepAlive", Map.of("SuccessfulExit", false));
        daemon.put("ProcessType", "Interactive");
        daemon.put("StandardErrorPath", log().toString());
        return PropertyList.of(daemon);
    }
}
