package vmlan.qemu;

import java.util.ArrayList;
import java.util.List;
import vmlan.qemu.language.QemuVersion;

/// How QEMU runs as a user though root has to start it: up to macOS 15 only root can start an interface of vmnet.
///
/// QEMU starts its network backends first and becomes the user "immediately before starting guest execution" (QEMU
/// qemu-options.hx, `-runas`; os-posix.c, change_process_uid), in all its threads and for good. An interface of vmnet
/// outlives that: xhyve does the same (machyve/xhyve, pull request 106), and vmnet-helper (README, drop privileges).
/// Not run on a Mac.
///
/// @param user who QEMU becomes
public record RootStart(String user) {
    /// What root makes is everybody's, as far as its folder allows: the monitor's and the console's sockets lie in a
    /// folder that nobody but the user can enter, and the user has to be able to write to them to connect.
    private static final String FOR_EVERYBODY = "umask 0; exec \"$@\"";

    /// The same command line, at whose end QEMU becomes the user.
    ///
    /// `-runas` until 9.0; 9.1 has `-run-with user=` in its place (docs/about/deprecated.rst), and 10.0 only that
    /// (docs/about/removed-features.rst).
    public List<String> becomingUser(QemuVersion version, List<String> commandLine) {
        List<String> line = new ArrayList<>(commandLine);
        if (version.isAtLeast(9, 1)) {
            line.addAll(List.of("-run-with", "user=" + QemuCommandLine.escaped(user)));
        } else {
            line.addAll(List.of("-runas", user));
        }
        return List.copyOf(line);
    }

    /// What a person types to start that line.
    public List<String> typed(List<String> commandLine) {
        List<String> line = new ArrayList<>(List.of("sudo", "/bin/sh", "-c", FOR_EVERYBODY, "sh"));
        line.addAll(commandLine);
        return List.copyOf(line);
    }
}
