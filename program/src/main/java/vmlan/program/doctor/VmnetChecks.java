package vmlan.program.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import vmlan.host.macos.VmnetException;
import vmlan.host.macos.VmnetFeature;
import vmlan.network.change.HostRoute;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv4Prefix;
import vmlan.program.message.Failure;
import vmlan.program.serve.HostNics;
import vmlan.program.serve.SocketVmnets;
import vmlan.qemu.tool.Tool;

/// Apple's vmnet: whether it opens, whom it obeys, and what of the host may be in its way. Not run on a Mac: what
/// its tools print is as others have recorded it.
final class VmnetChecks {
    private static final String WHY_VMNET =
            "bridged networks, host networks and those by --via vmnet are Apple's; shared and private ones are not";
    private static final String WHY_RIGHTS =
            "bridged and host networks take rights while they start; shared, private and user ones take none";
    private static final String WHY_PRIVACY = "since macOS 15 programs reach machines of the local network, guests too,"
            + " only where the user allows it: otherwise \"No route to host\"";
    private static final String WHY_SOCKET =
            "a network can go through its daemon, so that vmlan itself takes no rights";
    private static final String WHY_SHARING =
            "it is vmnet's own NAT and DHCP server: both at once end in VMNET_SHARING_SERVICE_BUSY";
    private static final String WHY_SUBNET = "shared networks by vmnet have this subnet where none was chosen";

    /// From this macOS on root is not needed by a program with this entitlement (vmnet-helper, README and pull
    /// request 136); up to 15 by one with `com.apple.vm.networking`, which Apple gives to few
    /// (socket_vmnet's README).
    private static final int WITHOUT_ROOT = 26;

    private static final String ENTITLEMENT = "com.apple.security.virtualization";

    /// Local network privacy came to the Mac then (Apple, TN3179).
    private static final int WITH_PRIVACY = 15;

    /// socket_vmnet's README: Homebrew's on Apple silicon and on Intel, MacPorts', and its own installation's.
    private static final List<String> SOCKET_VMNET_PROGRAMS = List.of(
            "/opt/homebrew/opt/socket_vmnet/bin/socket_vmnet",
            "/usr/local/opt/socket_vmnet/bin/socket_vmnet",
            "/opt/local/bin/socket_vmnet",
            "/opt/socket_vmnet/bin/socket_vmnet");

    private static final String DEFAULTS = "/usr/bin/defaults";
    private static final String PREFERENCES = "/Library/Preferences/SystemConfiguration/";
    /// What vmnet takes where nobody chose another one (tart's documentation of `Shared_Net_Address`).
    private static final String USUAL_SHARED = "192.168.64.1";

    private final Host host;

    VmnetChecks(Host host) {
        this.host = host;
    }

    List<Check> all() {
        return List.of(
                new Check("vmnet", WHY_VMNET, () -> List.of(vmnet())),
                new Check("rights", WHY_RIGHTS, () -> List.of(rights())),
                new Check("local network", WHY_PRIVACY, () -> List.of(localNetwork())),
                new Check("socket_vmnet", WHY_SOCKET, () -> List.of(socketVmnet())),
                new Check("Internet Sharing", WHY_SHARING, () -> List.of(internetSharing())),
                new Check("vmnet's subnet", WHY_SUBNET, () -> List.of(subnet())),
                NicsCheck.of(host, "networksetup -listallhardwareports"));
    }

    private Finding vmnet() throws IOException {
        VmnetFacts facts;
        try {
            facts = host.vmnet();
        } catch (VmnetException e) {
            return Finding.warning(
                    "vmnet", "it does not open: " + e.getMessage(), WHY_VMNET, "take --net shared or --net private");
        }
        String has = names(facts, true);
        String lacks = names(facts, false);
        if (!facts.features().contains(VmnetFeature.BRIDGING)) {
            return Finding.warning(
                    "vmnet",
                    "too old to bridge: without " + lacks,
                    WHY_VMNET,
                    "update macOS; until then: --net shared");
        }
        return Finding.ok("vmnet", "with " + has + (lacks.isEmpty() ? "" : "; without " + lacks), WHY_VMNET);
    }

    private static String names(VmnetFacts facts, boolean there) {
        return Stream.of(VmnetFeature.values())
                .filter(feature -> facts.features().contains(feature) == there)
                .map(feature -> feature.words() + (there ? "" : " (macOS " + feature.since() + ")"))
                .collect(Collectors.joining(", "));
    }

    private Finding rights() throws IOException, Failure {
        if (host.uid() == 0) {
            return Finding.ok("rights", "root's: every network", WHY_RIGHTS);
        }
        int major = MacChecks.major(MacChecks.productVersion(host));
        if (major >= WITHOUT_ROOT && javaIsEntitled()) {
            return Finding.ok(
                    "rights", "none needed: macOS " + major + ", and a Java that is signed for vmnet", WHY_RIGHTS);
        }
        String takes = major >= WITHOUT_ROOT
                ? "vmnet takes root's: on macOS " + major + " others need a program signed with " + ENTITLEMENT
                        + ", which this Java is not"
                : "vmnet takes root's, as on every macOS before " + WITHOUT_ROOT;
        if (host.program("sudo").isEmpty()) {
            return Finding.note(
                    "rights",
                    takes + "; there is no sudo",
                    WHY_RIGHTS,
                    "for bridged and host networks, start them as root: vmlan network start NAME");
        }
        return Finding.ok("rights", takes + ": bridged and host networks by sudo, the others without", WHY_RIGHTS);
    }

    private boolean javaIsEntitled() throws IOException {
        Tool signature = host.run(
                "/usr/bin/codesign", "-d", "--entitlements", "-", "--xml", host.property("java.home") + "/bin/java");
        return signature.output().contains(ENTITLEMENT);
    }

    /// Apple gives no way to ask. Allowed without being asked are root's processes, those that launchd starts as
    /// daemons, and command line tools from Terminal or by ssh (TN3179, "macOS considerations"); the terminals of
    /// others are programs like any other.
    private Finding localNetwork() throws IOException, Failure {
        int major = MacChecks.major(MacChecks.productVersion(host));
        Map<String, String> environment = host.environment();
        String terminal = environment.getOrDefault("TERM_PROGRAM", "");
        if (major < WITH_PRIVACY) {
            return Finding.ok("local network", "open to every program before macOS 15", WHY_PRIVACY);
        }
        if (host.uid() == 0) {
            return Finding.ok("local network", "open to root", WHY_PRIVACY);
        }
        if (environment.containsKey("SSH_CONNECTION") || terminal.equals("Apple_Terminal")) {
            return Finding.ok(
                    "local network",
                    "open to what is started " + (terminal.equals("Apple_Terminal") ? "in Terminal" : "by ssh"),
                    WHY_PRIVACY);
        }
        String started = terminal.isEmpty() ? "the program that vmlan is started in" : terminal;
        return Finding.note(
                "local network",
                "open to " + started + " if you allowed it, which cannot be asked",
                WHY_PRIVACY,
                "where guests or the LAN have \"No route to host\": switch it on in System Settings > Privacy & Security"
                        + " > Local Network, or start vmlan in Terminal");
    }

    private Finding socketVmnet() throws IOException {
        List<String> running = new ArrayList<>();
        first(SocketVmnets.shared()).ifPresent(path -> running.add("shared at " + path));
        for (String nic : bridgeableNames()) {
            first(SocketVmnets.bridged(nic)).ifPresent(path -> running.add("bridged to " + nic + " at " + path));
        }
        if (!running.isEmpty()) {
            return Finding.ok("socket_vmnet", "runs: " + String.join(", ", running), WHY_SOCKET);
        }
        for (String program : SOCKET_VMNET_PROGRAMS) {
            if (host.facts(Path.of(program)).isPresent()) {
                return Finding.note(
                        "socket_vmnet",
                        program + " is installed, and does not run, or not for this user",
                        WHY_SOCKET,
                        program.startsWith("/opt/socket_vmnet")
                                ? "start it: sudo launchctl kickstart -kp system/io.github.lima-vm.socket_vmnet"
                                : "start it: sudo brew services start socket_vmnet");
            }
        }
        return Finding.ok("socket_vmnet", "not installed, and not needed", WHY_SOCKET);
    }

    private Optional<Path> first(List<Path> paths) {
        return paths.stream().filter(host::isServed).findFirst();
    }

    private List<String> bridgeableNames() throws IOException {
        try {
            return host.nics().stream().map(HostNics.HostNic::name).toList();
        } catch (Failure e) {
            throw new IOException(e.what(), e);
        }
    }

    /// InternetSharing(8): com.apple.nat.plist is a dictionary NAT; `Enabled = 1;` in it, as the CIS benchmarks for
    /// macOS look at it. Not readable or not there is what a Mac has that never shared.
    private Finding internetSharing() throws IOException {
        String said =
                host.run(DEFAULTS, "read", PREFERENCES + "com.apple.nat", "NAT").output();
        boolean on = said.lines().anyMatch(line -> line.strip().equals("Enabled = 1;"));
        return on
                ? Finding.warning(
                        "Internet Sharing",
                        "on",
                        WHY_SHARING,
                        "where a network does not start, switch it off: System Settings > General > Sharing")
                : Finding.ok("Internet Sharing", "off", WHY_SHARING);
    }

    private Finding subnet() throws IOException {
        String chosen = host.run(DEFAULTS, "read", PREFERENCES + "com.apple.vmnet", "Shared_Net_Address")
                .output()
                .strip();
        String said = host.run(DEFAULTS, "read", PREFERENCES + "com.apple.vmnet", "Shared_Net_Mask")
                .output()
                .strip();
        Ipv4Prefix subnet;
        try {
            Ipv4Address gateway = Ipv4Address.parse(chosen.isEmpty() ? USUAL_SHARED : chosen);
            Ipv4Address mask = Ipv4Address.parse(said.isEmpty() ? "255.255.255.0" : said);
            subnet = new Ipv4Prefix(gateway, Integer.bitCount(mask.bits()));
        } catch (IllegalArgumentException e) {
            return Finding.note("vmnet's subnet", "not understood: " + e.getMessage(), WHY_SUBNET, null);
        }
        String prefix = subnet.network() + "/" + subnet.length();
        for (HostRoute route : host.routes()) {
            // vmnet's own interfaces are bridge100 and on (apple.stackexchange.com/questions/173563)
            if (route.isSpecific()
                    && route.prefix().overlaps(subnet)
                    && !route.ifName().startsWith("bridge1")) {
                return Finding.warning(
                        "vmnet's subnet",
                        prefix + ", and the host has a route to " + route.prefix() + " by " + route.ifName(),
                        WHY_SUBNET,
                        "choose another one for all of vmnet: sudo defaults write " + PREFERENCES
                                + "com.apple.vmnet Shared_Net_Address -string 192.168.80.1");
            }
        }
        return Finding.ok("vmnet's subnet", prefix + ", and no other route of the host is in it", WHY_SUBNET);
    }
}
