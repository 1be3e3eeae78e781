package vmlan.program.doctor;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import vmlan.qemu.tool.Tool;

/// A Mac's application firewall, and whether it lets Apple's DHCP server hear guests. Not run on a Mac: what
/// socketfilterfw prints is as others have recorded it, from macOS 10.13 to 26.
final class MacFirewallChecks {
    private static final String WHY_FIREWALL =
            "it may keep others from ports that are published on other addresses than the loopback's";
    private static final String WHY_BOOTPD =
            "it is macOS' DHCP server, from which guests of vmnet's host and shared networks get their addresses";

    private static final String SOCKET_FILTER = "/usr/libexec/ApplicationFirewall/socketfilterfw";
    private static final String BOOTPD = "/usr/libexec/bootpd";

    private static final Pattern STATE = Pattern.compile("State = ([0-9])");

    /// `1 : /usr/libexec/bootpd`, and on the next line `(Allow incoming connections)` or `(Block …)`; older ones have
    /// a blank behind the parenthesis (minikube, pkg/minikube/firewall).
    private static final Pattern LISTED = Pattern.compile("/usr/libexec/bootpd\\s*\\n\\s*\\(\\s*(Allow|Block)");

    private static final Pattern BUILT_IN = Pattern.compile("built-in (?:signed )?software ENABLED");

    /// Since then built-in programs are let in without being on the list (minikube, pull request 20400, by who wrote
    /// vmnet-helper).
    private static final int WITHOUT_LIST = 15;

    /// socket_vmnet's README; taking it away first is what helps where it is listed already (its issue 62).
    private static final String UNBLOCK = "type: for step in --remove --add --unblockapp; do sudo " + SOCKET_FILTER
            + " $step " + BOOTPD + "; done; on a Mac that a company manages, ask who manages it";

    private final Host host;

    MacFirewallChecks(Host host) {
        this.host = host;
    }

    List<Check> all() {
        return List.of(
                new Check("firewall", WHY_FIREWALL, () -> List.of(firewall())),
                new Check("bootpd", WHY_BOOTPD, () -> List.of(bootpd())));
    }

    private Finding firewall() throws IOException {
        Tool run = host.run(SOCKET_FILTER, "--getglobalstate");
        return switch (state(run)) {
            case "0" -> Finding.ok("firewall", "off", WHY_FIREWALL);
            case "1" ->
                blocksAll()
                        ? blocking()
                        : Finding.note(
                                "firewall",
                                "on",
                                WHY_FIREWALL,
                                "allow Java when macOS asks, or: sudo " + SOCKET_FILTER + " --add "
                                        + host.property("java.home") + "/bin/java");
            case "2" -> blocking();
            default ->
                Finding.note(
                        "firewall", "its state cannot be read: " + run.lastLine(), WHY_FIREWALL, "see System Settings");
        };
    }

    private static Finding blocking() {
        return Finding.warning(
                "firewall",
                "blocks all connections from outside",
                WHY_FIREWALL,
                "if others shall reach published ports: sudo " + SOCKET_FILTER + " --setblockall off");
    }

    private static String state(Tool run) {
        Optional<String> state = STATE.matcher(run.output())
                .results()
                .map(match -> match.group(1))
                .findFirst();
        return state.orElse("");
    }

    /// `Firewall has block all state set to enabled.`, and up to macOS 14 `Block all ENABLED!`; the
    /// global state is then 1 or 2.
    private boolean blocksAll() throws IOException {
        Tool run = host.run(SOCKET_FILTER, "--getblockall");
        return run.output().contains("set to enabled") || run.output().contains("ENABLED");
    }

    private Finding bootpd() throws IOException {
        String state = state(host.run(SOCKET_FILTER, "--getglobalstate"));
        if (state.equals("0")) {
            return Finding.ok("bootpd", "not blocked: the firewall is off", WHY_BOOTPD);
        }
        if (state.equals("2") || blocksAll()) {
            return Finding.warning(
                    "bootpd",
                    "blocked with everything else",
                    WHY_BOOTPD,
                    "let others in than those that you choose: sudo " + SOCKET_FILTER + " --setblockall off, then "
                            + UNBLOCK);
        }
        Tool list = host.run(SOCKET_FILTER, "--listapps");
        Optional<String> listed = LISTED.matcher(list.output())
                .results()
                .map(match -> match.group(1))
                .findFirst();
        if (listed.isPresent()) {
            return listed.get().equals("Allow")
                    ? Finding.ok("bootpd", "the firewall lets it in", WHY_BOOTPD)
                    : Finding.warning("bootpd", "the firewall blocks it", WHY_BOOTPD, UNBLOCK);
        }
        boolean builtIn = BUILT_IN.matcher(
                        host.run(SOCKET_FILTER, "--getallowsigned").output())
                .find();
        if (builtIn && MacChecks.major(MacChecks.productVersion(host)) >= WITHOUT_LIST) {
            return Finding.ok("bootpd", "the firewall lets built-in programs in", WHY_BOOTPD);
        }
        return Finding.warning(
                "bootpd",
                builtIn
                        ? "the firewall's list lacks it, which has blocked it on such a macOS"
                        : "the firewall lets neither it nor built-in programs in",
                WHY_BOOTPD,
                UNBLOCK);
    }
}
