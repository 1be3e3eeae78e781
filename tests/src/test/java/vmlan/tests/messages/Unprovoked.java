package vmlan.tests.messages;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Messages that no test of this package provokes, by the beginning of a row, with what it would take.
final class Unprovoked {
    private static final Map<String, String> REASONS = new LinkedHashMap<>();

    static {
        because(
                "takes a Mac",
                "the demo's LAN is made of Linux",
                "unsupported ifname '…', no supported interfaces available | see what the host has: networksetup");
        because("said by every command of an installation, also those that clean up: IdentityTest", "$VMLAN_OWNER");
        because("takes neither Linux nor macOS", "bridged networks are not supported on this system yet");
        because("takes a simulator of vmnet: SelfTestTest", "the report cannot be written to");
        because(
                "vmlan demo's words about a host that lacks something: parts of it in DemoLanTest, GuestShellTest, LanEndTest",
                "'…' in … does not end within",
                "the shell of … shows no prompt",
                "… shows no prompt",
                "… has ended",
                "dnsmasq ",
                "in the demo's host",
                "the demo's ",
                "no network namespace can be made",
                "no station can be started",
                "nothing can be started in the demo's",
                "our own router ",
                "vmlan cannot be started in the demo's host",
                "no temporary folder can be made",
                "Wi-Fi cannot be imitated here");
        because(
                "takes a vmnet: VmnetTest with its simulator, MacCommandLinesTest, SegmentOpenerTest",
                "--net …: macOS gives the addresses",
                "--net …: on a Mac only Apple's vmnet leads there",
                "--net …: QEMU's own vmnet has no network",
                "--net …: a private network is vmlan's own",
                "no socket_vmnet answers at",
                "socket_vmnet has no network of the kind",
                "the network … cannot be started by vmnet",
                "the network … is vmlan's own, and does not go by",
                "… of the network … cannot be had from a socket_vmnet");
        because("takes a kernel that refuses root what root may do: IdentityTest", "the network … cannot give up root");
        because("only on macOS; not run on a Mac", "QEMU would not inherit the open file");
        because(
                "takes launchd: NetworkDaemonsTest, with a launchctl that keeps a list",
                "a daemon of launchd takes rights",
                "a network's daemon works for a user",
                "cannot look at the files that launchd",
                "launchd was not told",
                "launchd took the daemon",
                "the network '…' starts with the machine",
                "somebody else than you can change",
                "the path of the checkout has a control character",
                "… is in …, from where macOS lets no daemon read");
        because("takes a kernel that refuses root what root may do: IdentityTest", "root cannot work for the user");
        because(
                "takes a user who is not root, and a sudo: QemusVmnetTest, SudoLaunchTest, SudoTest",
                "QEMU was not started: sudo ended",
                "sudo is not installed",
                "sudo cannot be asked",
                "sudo does not agree",
                "a VM with --via qemu cannot start by itself",
                "…; QEMU (pid …) is root's still",
                "QEMU of … (pid …) is another user's",
                "up to macOS 15 only root can start");
        because(
                "takes a VM that is a QEMU command line: QemuCommandTest, LinePlanTest",
                "the QEMU command line of this VM cannot be started in the background",
                "the network … is the VM …'s own",
                "the folder for sockets, …, has a quote in its name",
                "… holds no process identifier",
                "… is a QEMU command line: its console");
        because(
                "takes a QEMU that lacks what the line names, and files of it: TranslationGoldenTest",
                "-set ",
                "the NIC at … is on a network that vmlan serves",
                "the [nic] of a -readconfig file",
                "the … network of a -readconfig file");
        because(
                "a host without packages, kernel or firmware: DemoGuestTest, UefiFirmwareTest, DiskImageTest, DoctorTest",
                "the demo guest ",
                "the demo guest's packages",
                "there is no demo guest for",
                "there is no UEFI firmware",
                "… is not installed",
                "ssh cannot be started",
                "… info …",
                "the folder … cannot be used");
        because(
                "a signal or another program's deed at one moment: InterruptionTest, FirstRunInterruptedTest,"
                        + " KillEverythingTest, QemuProcessTest, QmpClientTest, GuestAgentTest",
                "interrupted",
                "QEMU did not ",
                "QEMU of … (pid …) does not end",
                "QEMU answers … with a list",
                "QEMU refuses",
                "QEMU's monitor",
                "QEMU cannot be started",
                "QEMU: ",
                "this is no command for ",
                "the guest agent",
                "the command did not end within",
                "… does not stay paused",
                "… cannot be paused",
                "… cannot be resumed",
                "… ended meanwhile",
                "… is busy",
                "… was started without a line to a guest agent",
                "the connection broke",
                "the console of … cannot be reached",
                "… cannot be reached at its port",
                "the network '…' does not answer",
                "the network '…' does not end",
                "the network process was not ready",
                "… did not answer within");
        because(
                "a file or folder that fails between two steps of one command",
                "cannot lock",
                "cannot look at",
                "cannot list",
                "cannot remove",
                "cannot see",
                "cannot tell who",
                "cannot write",
                "cannot read …: … | check its permissions | 2",
                "/proc cannot be read",
                "no socket can be made",
                "the disk … cannot be ",
                "the host's NICs cannot be listed",
                "the network '…' cannot be started: … | look into",
                "the network '…' did not start: …",
                "the network … cannot be opened",
                "the network's lock cannot be taken",
                "what the network '…' had cannot be removed",
                "the pages cannot be written",
                "ssh's configuration cannot be changed",
                "what an earlier process of",
                "vmlan does not know its own start script",
                "… cannot be used: …");
        because(
                "the host's resolver, which tests leave alone: HostDnsTest, in a root folder of its own",
                "cannot read systemd-resolved's configuration",
                "no port of 127.0.0.1",
                "nobody on this host can be told",
                "systemd-resolved has servers",
                "the host's resolver could not be told",
                "to tell the host's resolver takes rights",
                "… cannot be started: … | as root",
                "… is there already, for another user");
        because(
                "a user manager of systemd: AutostartTest",
                "no user manager of systemd",
                "systemctl cannot be run",
                "systemd does not take the unit");
        because(
                "networks with rights, taps and NICs: tests.lan (NicTest, RightsTest, HostNetworkTest)",
                "this host has no way to its guests",
                "the network … runs with …=…",
                "the NIC … is in use",
                "… is on a bridged network");
        because(
                "networks.yaml, edited between two commands: NetworksFileTest, ConfiguredNetworkTest, OwnNetworkTest",
                "the network … cannot be started: … | choose another ipv4",
                "there is no network '…' any more",
                "there is no network '…' | take one of: shared",
                "there is no network '…' | take one of: … (see: vmlan network ls, vmlan interfaces) |",
                "there is no network '…' | write it there",
                "…:… says …: … of the network",
                "…:…: ipv4",
                "to add a network to",
                "to take '…' out of");
        because(
                "networks that a QEMU command line defines: NetworkDefinitionTest",
                "ipv4 … of … overlaps … of the network …",
                "the network '…' cannot be kept",
                "the network … cannot be started: … | choose other addresses in the command line",
                "there is no network '…' | a network of this name comes from",
                "… describes a network …",
                "… is on a network of guests only",
                "… is on the network …, which is of guests only");
        because("PublishTest, as a user who may not", "… cannot be published: ");
        because("a user whom the system does not know: PlacesTest", "there is no home folder");
        because("only where VMLAN_QEMU is not set", "QEMU ….… is too old", "… --version does not name");
        because("only where VMLAN_QEMU is not set", "… failed: … | try it by hand; a reinstall of QEMU may help | 1");
        because("only where VMLAN_QEMU is not set", "… cannot be run: …", "… was built without -netdev stream");
        because("16 MiB of standard input", "standard input is more than");
        because("several VMs, of which some fail: LifeTest", "… of … failed; the first");
        because("a file that was replaced by one of another format: DiskTest", "the disk … was … when");
        because("two disks for one name", "the VM '…' is another: it has … |");
        because("picocli looks first", "there is no command | see: vmlan exec");
    }

    private Unprovoked() {}

    private static void because(String reason, String... beginnings) {
        for (String beginning : beginnings) {
            REASONS.put(beginning, reason);
        }
    }

    private static boolean isMeant(String beginning, Message message) {
        return (message.what() + " | " + message.remedy() + " | " + message.exitCode() + " |").startsWith(beginning);
    }

    static Optional<String> reason(Message message) {
        return REASONS.keySet().stream()
                .filter(beginning -> isMeant(beginning, message))
                .map(REASONS::get)
                .findFirst();
    }

    /// Reasons for messages that were provoked, or that are none.
    static List<String> needless(List<Message> open) {
        List<String> needless = new ArrayList<>();
        for (String beginning : REASONS.keySet()) {
            if (open.stream().noneMatch(message -> isMeant(beginning, message))) {
                needless.add(beginning);
            }
        }
        return needless;
    }
}
