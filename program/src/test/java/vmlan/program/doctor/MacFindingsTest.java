package vmlan.program.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static vmlan.program.doctor.Findings.named;
import static vmlan.program.doctor.Findings.only;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import vmlan.host.macos.VmnetFeature;

/// Single findings of Macs.
class MacFindingsTest {
    private static final String APPS =
            "Total number of apps = 1\n1 : /usr/libexec/bootpd\n  (Allow incoming connections)\n";
    private static final String SIGNED = "Automatically allow signed built-in software ENABLED\n";
    private static final String NO_BLOCK = "Firewall has block all state set to disabled.";

    private static RecordedHost mac(String version) {
        return RecordedMachines.mac("aarch64", "/opt/homebrew", version);
    }

    private static Finding bootpd(String version, String blockAll, String apps, String signed) {
        RecordedHost host = mac(version);
        RecordedMachines.firewall(host, blockAll, apps, signed);
        return only(host, "bootpd");
    }

    @Test
    void theFirewallLetsDhcpInWhereItIsListedOrBuiltIn() {
        assertThat(bootpd("14.7", NO_BLOCK, APPS, "").state()).isEqualTo(State.OK);
        assertThat(bootpd("15.3", NO_BLOCK, "Total number of apps = 0\n", SIGNED)
                        .state())
                .isEqualTo(State.OK);
        assertThat(bootpd("14.7", NO_BLOCK, "Total number of apps = 0\n", SIGNED)
                        .state())
                .as("which has blocked it there")
                .isEqualTo(State.WARNING);
        Finding closed = bootpd("15.3", NO_BLOCK, "", SIGNED.replace("ENABLED", "DISABLED"));
        assertThat(closed.found()).contains("neither it nor built-in programs");
        assertThat(closed.cure())
                .contains("--remove --add --unblockapp")
                .contains("socketfilterfw $step /usr/libexec/bootpd");
    }

    @Test
    void aFirewallThatBlocksAllBlocksDhcp() {
        Finding all = bootpd("15.3", NO_BLOCK.replace("disabled", "enabled"), APPS, SIGNED);
        assertThat(all.found()).isEqualTo("blocked with everything else");
        assertThat(all.cure()).contains("--setblockall off");
        RecordedHost host = mac("12.6");
        host.says(
                "/usr/libexec/ApplicationFirewall/socketfilterfw --getglobalstate",
                "Firewall is enabled. (State = 2)\n");
        assertThat(only(host, "bootpd").state()).isEqualTo(State.WARNING);
        assertThat(only(host, "firewall").found()).isEqualTo("blocks all connections from outside");
    }

    @Test
    void whoMayReachTheLocalNetworkIsSaid() {
        assertThat(only(mac("14.7"), "local network").state()).isEqualTo(State.OK);
        RecordedHost host = mac("15.5");
        host.environment.put("TERM_PROGRAM", "vscode");
        assertThat(only(host, "local network").found()).contains("open to vscode if you allowed it");
        assertThat(only(host, "local network").cure()).contains("Privacy & Security > Local Network");
        host.environment.put("SSH_CONNECTION", "192.168.1.2 50000 192.168.1.20 22");
        assertThat(only(host, "local network").found()).contains("by ssh");
        host.environment.remove("SSH_CONNECTION");
        host.uid = 0;
        assertThat(only(host, "local network").found()).isEqualTo("open to root");
    }

    @Test
    void rightsAreRootsUnlessJavaIsSignedForVmnet() {
        assertThat(only(mac("15.5"), "rights").found()).contains("as on every macOS before 26");
        RecordedHost host = mac("26.1");
        assertThat(only(host, "rights").found()).contains("com.apple.security.virtualization, which this Java is not");
        host.says(
                "/usr/bin/codesign -d --entitlements - --xml " + host.property("java.home") + "/bin/java",
                "<dict><key>com.apple.security.virtualization</key><true/></dict>\n");
        assertThat(only(host, "rights").found()).startsWith("none needed");
        RecordedHost without = mac("15.5");
        without.programs.remove("sudo");
        assertThat(only(without, "rights").state()).isEqualTo(State.NOTE);
        without.uid = 0;
        assertThat(only(without, "rights").found()).isEqualTo("root's: every network");
    }

    @Test
    void aFrameworkThatDoesNotOpenOrIsTooOldIsSaid() {
        RecordedHost host = mac("15.5");
        host.vmnet = null;
        assertThat(only(host, "vmnet").found()).startsWith("it does not open: dlopen: there is no ");
        host.vmnet = new VmnetFacts(Set.of(), List.of());
        assertThat(only(host, "vmnet").found()).contains("too old to bridge: without bridging (macOS 10.15)");
        host.vmnet = new VmnetFacts(Set.of(VmnetFeature.BRIDGING, VmnetFeature.PORT_FORWARDING), List.of());
        assertThat(only(host, "vmnet").found())
                .isEqualTo("with bridging, port forwarding; without isolation (macOS 11), network identifier (macOS"
                        + " 11), packet limits (macOS 15), networks (macOS 26)");
    }

    @Test
    void anotherSubnetOfVmnetsIsTakenFromItsPreferences() {
        RecordedHost host = mac("15.5").route("en5", "192.168.77.0/24");
        assertThat(only(host, "vmnet's subnet").state()).isEqualTo(State.OK);
        String key = "/usr/bin/defaults read /Library/Preferences/SystemConfiguration/com.apple.vmnet Shared_Net_";
        host.says(key + "Address", "192.168.77.1\n");
        assertThat(only(host, "vmnet's subnet").found())
                .isEqualTo("192.168.77.0/24, and the host has a route to 192.168.77.0/24 by en5");
        host.says(key + "Mask", "255.255.255.128\n").says(key + "Address", "192.168.78.1\n");
        assertThat(only(host, "vmnet's subnet").found()).startsWith("192.168.78.0/25");
        host.says(key + "Address", "nonsense\n");
        assertThat(only(host, "vmnet's subnet").state()).isEqualTo(State.NOTE);
    }

    @Test
    void socketVmnetInItsOwnFolderIsStartedByLaunchd() {
        RecordedHost host = mac("15.5").file("/opt/socket_vmnet/bin/socket_vmnet", "");
        assertThat(only(host, "socket_vmnet").cure()).contains("launchctl kickstart");
        assertThat(named(host, "tap")).as("of Linux").isEmpty();
    }

    @Test
    void noNicThatCanBeBridgedIsANote() {
        RecordedHost host = mac("15.5");
        host.nics = List.of();
        assertThat(only(host, "NICs").cure()).isEqualTo("see what there is: networksetup -listallhardwareports");
    }
}
