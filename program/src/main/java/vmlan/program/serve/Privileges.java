package vmlan.program.serve;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import vmlan.host.posix.Identity;
import vmlan.program.config.UplinkChoice;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.program.message.ShellWords;

/// Where the rights come from that opening a NIC or a tap takes: from who started this command, or from sudo.
///
/// ```
/// sudo vmlan …  ─ setup/sudo.sh ─▶ as the caller, with three capabilities: vmlan network start NAME
/// root's vmlan ─┐                                   │
///               └─▶ setup/open-network.sh ◀─────────┘   stays, waits for the process's end
///                        └─▶ vmlan network open NAME    opens the devices, gives up all rights, becomes
///                              └─▶ vmlan network serve NAME
/// ```
///
/// Where there is Apple's vmnet, root's processes work for the caller ([vmlan.host.posix.Identity]):
///
/// ```
/// sudo vmlan …  ─ setup/sudo.sh ─▶ VMLAN_OWNER=uid:gid vmlan network start NAME
///                                     └─▶ setup/open-network.sh         root's; waits for the process's end
///                                           └─▶ vmlan network serve NAME   starts vmnet as root, becomes the caller
/// ```
final class Privileges {
    /// CAP_NET_ADMIN and CAP_NET_RAW (linux/capability.h).
    private static final long NEEDED = 1L << 12 | 1L << 13;

    private Privileges() {}

    /// Whether this process may open devices. `$VMLAN_RIGHTS=no` is for who has rights and wants a network without.
    static boolean areHere() {
        if ("no".equals(System.getenv("VMLAN_RIGHTS"))) {
            return false;
        }
        try {
            return Files.readAllLines(Path.of("/proc/self/status"), StandardCharsets.US_ASCII).stream()
                    .filter(line -> line.startsWith("CapEff:"))
                    .map(line -> Long.parseUnsignedLong(
                            line.substring("CapEff:".length()).strip(), 16))
                    .anyMatch(rights -> (rights & NEEDED) == NEEDED);
        } catch (IOException e) {
            return false; // not Linux
        }
    }

    /// Whether this process is root's, or works for a user and may be root's again: that is what vmnet asks for.
    /// `$VMLAN_RIGHTS=no` as above.
    static boolean haveRoot() throws Failure {
        return !"no".equals(System.getenv("VMLAN_RIGHTS"))
                && (Identity.ofEnvironment().isPresent() || Places.uid() == 0);
    }

    /// What starts a network's process where the rights are here.
    static List<String> openerCommand(Places places, String name, UplinkChoice choice) throws Failure {
        List<String> command = new ArrayList<>(List.of(
                "/bin/sh",
                Path.of(launcher()).resolveSibling("setup/open-network.sh").toString(),
                launcher(),
                name,
                NetworkOpener.undoFile(places, name).toString()));
        command.addAll(choice.options());
        return command;
    }

    /// Whether this process' parent is the shell of setup/open-network.sh, which starts it again when its exit status
    /// asks for that. It says its number, since nobody but root may look at root's processes on a Mac.
    static boolean isOpenerHere() {
        String opener = System.getenv("VMLAN_OPENER");
        return opener != null
                && ProcessHandle.current()
                        .parent()
                        .filter(parent -> opener.equals(Long.toString(parent.pid())))
                        .isPresent();
    }

    static String launcher() throws Failure {
        String launcher = System.getProperty("vmlan.launcher");
        if (launcher == null) {
            throw Failure.world("vmlan does not know its own start script", "start it by ./vmlan");
        }
        return launcher;
    }

    static Failure missing(String name, UplinkChoice choice) throws Failure {
        return Failure.world(
                "the network " + name + " does not run, and starting it takes rights that you do not have",
                "type: " + ShellWords.join(sudoLine(name, choice)) + " (or add --sudo to the command)");
    }

    /// sudo clears the environment; what says where vmlan's files are is handed over by name.
    private static List<String> sudoLine(String name, UplinkChoice choice) throws Failure {
        List<String> line = new ArrayList<>(List.of("sudo"));
        Map<String, String> environment = System.getenv();
        List<String> kept = environment.keySet().stream()
                .filter(key -> key.matches("VMLAN_(HOME|QEMU|VMNET_LIBRARY)|XDG_(STATE|CACHE|CONFIG)_HOME|TMPDIR"))
                .sorted()
                .map(key -> key + "=" + environment.get(key))
                .toList();
        List<String> given = new ArrayList<>(kept);
        String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
        if (!runtime.equals(usualRuntimeFolder())) {
            given.add("VMLAN_RUNTIME_DIR=" + runtime);
        }
        if (!given.isEmpty()) {
            line.add("env");
            line.addAll(given);
        }
        line.addAll(List.of(launcher(), "network", "start", name));
        line.addAll(choice.options());
        return line;
    }

    /// What setup/sudo.sh takes for the caller's $XDG_RUNTIME_DIR unless told otherwise.
    private static String usualRuntimeFolder() {
        try {
            Path folder = Path.of("/run/user/" + Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
            return Files.isDirectory(folder) ? folder.toString() : "";
        } catch (IOException e) {
            return "";
        }
    }

    /// sudo has the terminal while it runs, to ask for a password.
    static void startBySudo(String name, UplinkChoice choice) throws Failure {
        List<String> line = sudoLine(name, choice);
        try {
            int code = new ProcessBuilder(line).inheritIO().start().waitFor();
            if (code != 0) {
                throw Failure.world(
                        "the network " + name + " was not started: sudo ended with " + code,
                        "see above, or type: " + ShellWords.join(line));
            }
        } catch (IOException e) {
            throw Failure.world(
                    "sudo cannot be started: " + Places.reason(e),
                    "as root, type: " + ShellWords.join(line.subList(1, line.size())),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.world("interrupted", "start it again");
        }
    }
}
