package vmlan.qemu.language.backend;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import vmlan.qemu.language.Dialect;
import vmlan.qemu.language.NetworkOption;
import vmlan.qemu.language.Surroundings;
import vmlan.qemu.tool.Nearest;

/// What to do about what QEMU says: one line for each of its texts.
public final class Remedies {
    private static final List<Remedy> ALL = Stream.concat(BackendRemedies.ALL.stream(), SyntaxRemedies.ALL.stream())
            .toList();

    private Remedies() {}

    /// @param option that it is said of; null where it is not one option's
    public static String of(String text, NetworkOption option, Dialect dialect, Surroundings surroundings) {
        return find(text, option, dialect, surroundings)
                .orElse("see what the manual of QEMU says of " + (option == null ? "it" : word(option)));
    }

    /// @return empty: of that text nothing is known
    public static Optional<String> find(String text, NetworkOption option, Dialect dialect, Surroundings surroundings) {
        for (Remedy remedy : ALL) {
            Matcher match = remedy.text().matcher(text);
            if (match.matches()) {
                return Optional.of(remedy.says().apply(new Remedy.Asked(match, option, dialect, surroundings)));
            }
        }
        return Optional.empty();
    }

    /// A port that cannot be had.
    public static String ofBind(String why, Surroundings.Transport transport, HostPort at, Surroundings surroundings) {
        return switch (why) {
            case "Address already in use" ->
                "port " + at.usedPort() + " is taken: end what has it ("
                        + whoHas(transport, at.usedPort(), surroundings) + "), or use another one";
            case "Permission denied" ->
                "ports below 1024 need root: use " + (at.usedPort() + 8000) + ", or start it with sudo";
            case "Cannot assign requested address" ->
                "this host has no address " + at.host() + ": use one that `vmlan interfaces` lists, or none for all";
            default -> "use another port (" + why + ")";
        };
    }

    /// The command that shows it.
    private static String whoHas(Surroundings.Transport transport, int port, Surroundings surroundings) {
        boolean tcp = transport == Surroundings.Transport.TCP;
        return surroundings.isMac()
                ? "lsof -nP -i " + (tcp ? "tcp:" : "udp:") + port
                : "ss -" + (tcp ? "lt" : "lu") + "np sport = :" + port;
    }

    /// A program that is not there.
    public static String install(String program, Surroundings surroundings) {
        return (surroundings.isMac() ? "brew install " : "apt install ") + program;
    }

    /// A Unix socket that cannot be made.
    public static String ofSocket(String why) {
        return why.equals("No such file or directory")
                ? "make the socket's folder first"
                : "use a folder that you may write to, such as $XDG_RUNTIME_DIR (" + why + ")";
    }

    /// A bridge on which the helper makes no tap.
    ///
    /// @param why the helper's words
    public static String ofBridge(String why, String bridge) {
        if (why.startsWith("failed to parse default acl file") || why.contains("access denied by acl")) {
            return "allow it as root: mkdir -p /etc/qemu && echo 'allow " + bridge
                    + "' >> /etc/qemu/bridge.conf; or use `vmlan run --net bridged`, which needs no bridge";
        }
        if (why.contains("No such device") || why.contains("does not exist")) {
            return "make the bridge as root: ip link add " + bridge + " type bridge && ip link set " + bridge
                    + " up; or use `vmlan run --net bridged`, which needs no bridge";
        }
        return "qemu-bridge-helper says: " + why + "; it has to belong to root and be setuid";
    }

    public static String ofRawSocket() {
        return "L2TPv3 on raw IP needs root: add udp=on,srcport=1701,dstport=1701, or start it with sudo";
    }

    /// One that looks like it, if there is one: what was mistyped.
    public static Optional<String> closest(String written, Collection<String> known) {
        return Nearest.of(written, known, Math.max(1, written.length() / 3));
    }

    public static String list(Collection<String> words) {
        return words.stream().sorted().collect(Collectors.joining(", "));
    }

    private static String word(NetworkOption option) {
        return "-" + option.at().name() + " " + option.type();
    }
}
