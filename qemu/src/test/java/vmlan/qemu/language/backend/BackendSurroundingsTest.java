package vmlan.qemu.language.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import vmlan.qemu.language.Dialect;
import vmlan.qemu.language.Finding;
import vmlan.qemu.language.NetworkOption;
import vmlan.qemu.language.QemuLine;
import vmlan.qemu.language.QemuVersion;
import vmlan.qemu.language.Surroundings;
import vmlan.qemu.language.reading.NetworkLanguage;

/// What is said of a backend where this machine decides it.
class BackendSurroundingsTest {
    private final Machine machine = new Machine();

    /// A machine with what a test puts there.
    private static final class Machine extends BareHost {
        private final Set<String> listening = Set.of("/run/there.sock");
        private boolean mayMakeTaps;
        private String whyNoBridge;
        private boolean mac;

        Machine() {
            super(
                    Set.of(
                            "/",
                            "/tmp",
                            "/run",
                            "/run/there.sock",
                            "/run/left.sock",
                            "/usr/sbin/smbd",
                            "/srv",
                            "/dev/net/tun",
                            "/bin/true"),
                    List.of());
        }

        @Override
        public boolean listens(Path socket) {
            return listening.contains(socket.toString());
        }

        @Override
        public Optional<String> whyNoTap(String name) {
            return mayMakeTaps ? Optional.empty() : super.whyNoTap(name);
        }

        @Override
        public Optional<String> whyNoBridge(String bridge) {
            return Optional.ofNullable(whyNoBridge);
        }

        @Override
        public boolean isMac() {
            return mac;
        }
    }

    private List<Finding> said(String version, String line) {
        return TriedLines.said(List.of(line.split(" ")), version, machine);
    }

    private String text(String version, String line) {
        List<Finding> said = said(version, line);
        assertThat(said).as(line).isNotEmpty();
        return said.getFirst().text();
    }

    @Test
    void aStreamToWhoListensIsFine() {
        assertThat(said("7.2", "-netdev stream,id=n,addr.type=unix,addr.path=/run/there.sock"))
                .isEmpty();
        assertThat(said("7.2", "-netdev stream,id=n,server=on,addr.type=unix,addr.path=/run/new.sock"))
                .isEmpty();
    }

    @Test
    void aSocketThatWasLeftIsSilentAndTheCureIsOfTheVersion() {
        String line = "-netdev stream,id=n,addr.type=unix,addr.path=/run/left.sock";

        Finding old = said("7.2", line).getFirst();
        assertThat(old.severity()).isEqualTo(Finding.Severity.SILENT);
        assertThat(old.text()).startsWith("nobody listens at /run/left.sock:");
        assertThat(old.remedy()).endsWith("this QEMU cannot try again, but it can listen itself: server=on");
        assertThat(said("10.0", line).getFirst().remedy()).endsWith(", or add reconnect-ms=1000");
        assertThat(said("10.0", line + ",reconnect-ms=500")).isEmpty();
    }

    @Test
    void aDatagramPeerThatIsNotThereIsSilent() {
        String local = "-netdev dgram,id=n,local.type=unix,local.path=/run/own.sock,remote.type=unix,remote.path=";

        assertThat(said("10.0", local + "/run/there.sock")).isEmpty();
        assertThat(text("10.0", local + "/run/gone.sock")).startsWith("nobody is at /run/gone.sock");
    }

    @Test
    void aShareNeedsAFolderAndAnAddressOfTheNetwork() {
        assertThat(said("10.0", "-netdev user,id=n,smb=/srv")).isEmpty();
        assertThat(text("10.0", "-netdev user,id=n,smb=/gone"))
                .isEqualTo("Error accessing shared directory '/gone': No such file or directory");
        assertThat(text("10.0", "-netdev user,id=n,smb=/srv,smbserver=10.0.9.9"))
                .isEqualTo("Conflicting/invalid smbserver address");
        assertThat(text("10.0", "-netdev user,id=n,smb=/srv,smbserver=10.0.2.2"))
                .isEqualTo("Conflicting/invalid smbserver address");
    }

    /// QEMU net/tap.c, seen with CAP_NET_ADMIN in a network namespace.
    @Test
    void aTapIsMadeAndItsScriptIsRun() {
        machine.mayMakeTaps = true;

        assertThat(said("10.0", "-netdev tap,id=n,script=no,downscript=no")).isEmpty();
        assertThat(said("10.0", "-netdev tap,id=n,script=,downscript=no")).isEmpty();
        assertThat(said("10.0", "-netdev tap,id=n,script=/bin/true")).isEmpty();
        assertThat(text("10.0", "-netdev tap,id=n,script=/gone"))
                .isEqualTo("network script /gone failed with status 256");
        assertThat(text("10.0", "-netdev tap,id=n,script=no,vhostfd=9,vhost=off"))
                .isEqualTo("vhostfd(s)= is not valid without vhost");
        assertThat(text("10.0", "-netdev tap,id=n,script=no,vhostfd=x"))
                .isEqualTo("Invalid file descriptor number 'x'");
        assertThat(text("10.0", "-netdev tap,id=a,ifname=t,script=no -netdev tap,id=b,ifname=t,script=no"))
                .isEqualTo("could not configure /dev/net/tun (t): Device or resource busy");
        assertThat(text("10.0", "-netdev tap,id=n,ifname=averyveryverylongname,script=no"))
                .startsWith("the name averyveryverylongname is too long: QEMU takes the tap averyveryverylo ");
    }

    /// 7.2.22 warns and falls over; 10.0.13 refuses.
    @Test
    void vhostWithoutItsDeviceIsSaidByEachVersionInItsOwnWay() {
        machine.mayMakeTaps = true;
        String line = "-netdev tap,id=n,script=no,downscript=no,vhost=on";
        String text = "tap: open vhost char device failed: No such file or directory";

        assertThat(said("10.0", line)).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Finding.Severity.ERROR);
            assertThat(finding.text()).isEqualTo(text);
        });
        List<Finding> old = said("7.2", line);
        assertThat(old).extracting(Finding::severity).containsExactly(Finding.Severity.WARNING, Finding.Severity.ERROR);
        assertThat(old.getFirst().text()).isEqualTo(text);
        assertThat(text("7.2", "-netdev tap,id=n,script=no,vhostforce=on")).isEqualTo(text);
    }

    @Test
    void linesAtWhichQemuFallsOverAreRefused() {
        machine.mayMakeTaps = true;

        assertThat(text("10.0", "-netdev tap,id=n,queues=0")).contains("Assertion `nc' failed");
        assertThat(text("10.0", "-netdev tap,id=n,fds=")).contains("Assertion `nc' failed");
        assertThat(text("10.0", "-netdev user,id=n,bootfile=" + "x".repeat(128)))
                .startsWith("Slirp: slirp_new: assertion '!cfg->bootfile");
        assertThat(said("10.0", "-netdev user,id=n,bootfile=" + "x".repeat(127)))
                .isEmpty();
        assertThat(text(
                        "10.0",
                        "-netdev user,id=a -netdev hubport,id=h,hubid=0,netdev=a"
                                + " -netdev hubport,id=i,hubid=1,netdev=a"))
                .contains("Assertion `!peer->peer' failed");
        assertThat(said("10.0", "-netdev user,id=a -netdev hubport,id=h,hubid=0,netdev=a"))
                .isEmpty();
    }

    @Test
    void macHasNoTaps() {
        machine.mac = true;

        Finding finding = said("10.0", "-netdev tap,id=n,ifname=tap3").getFirst();
        assertThat(finding.text()).isEqualTo("could not open /dev/tap3: No such file or directory");
        assertThat(finding.remedy()).startsWith("macOS has no taps:");
    }

    @Test
    void theBridgeHelpersWordsAreInTheRemedy() {
        assertThat(said("10.0", "-nic bridge,br=br9")).isEmpty();

        machine.whyNoBridge = "access denied by acl file";
        Finding finding = said("10.0", "-nic bridge,br=br9").getFirst();
        assertThat(finding.text()).isEqualTo("bridge helper failed");
        assertThat(finding.remedy()).contains("echo 'allow br9' >> /etc/qemu/bridge.conf");
    }

    @Test
    void descriptorsAreWhatTheBackendNeeds() {
        machine.descriptors.put(5, Surroundings.Descriptor.STREAM_SOCKET);
        machine.descriptors.put(6, Surroundings.Descriptor.DATAGRAM_SOCKET);
        machine.descriptors.put(7, Surroundings.Descriptor.TAP);
        machine.descriptors.put(8, Surroundings.Descriptor.DEVICE);

        assertThat(said("10.0", "-netdev socket,id=n,fd=5")).isEmpty();
        assertThat(said("10.0", "-netdev socket,id=n,fd=6")).isEmpty();
        assertThat(text("10.0", "-netdev socket,id=n,fd=7")).isEqualTo("can't get socket option SO_TYPE");
        assertThat(said("10.0", "-netdev stream,id=n,addr.type=fd,addr.str=5")).isEmpty();
        assertThat(text("10.0", "-netdev stream,id=n,addr.type=fd,addr.str=6"))
                .isEqualTo("descriptor 6 is no stream socket: the VM starts with the link down, and QEMU says nothing");
        assertThat(said("10.0", "-netdev dgram,id=n,local.type=fd,local.str=6")).isEmpty();
        assertThat(said("10.0", "-netdev tap,id=n,fd=7")).isEmpty();
        assertThat(text("10.0", "-netdev tap,id=n,fds=7:5"))
                .isEqualTo("Unable to query TUNGETIFF on FD 5: Inappropriate ioctl for device");
        assertThat(said("10.0", "-netdev vhost-vdpa,id=n,vhostfd=8")).isEmpty();
    }

    @Test
    void vhostUserNeedsSomebodyWhoListensAndSharedMemory() {
        String netdev = " -netdev vhost-user,id=n,chardev=c";
        String memory = " -object memory-backend-memfd,id=m,size=1G,share=on";

        assertThat(said("10.0", "-chardev socket,id=c,path=/run/there.sock" + netdev + memory))
                .isEmpty();
        assertThat(said("10.0", "-chardev socket,id=c,path=/run/new.sock,server=on,wait=off" + netdev + memory))
                .isEmpty();
        assertThat(text("10.0", "-chardev socket,id=c,path=/run/left.sock" + netdev + memory))
                .startsWith("nobody listens at /run/left.sock");
        assertThat(text("10.0", "-chardev socket,id=c,path=/run/there.sock" + netdev))
                .startsWith("the guest's memory is not shared");
        assertThat(text("10.0", "-chardev socket,id=c,path=/run/there.sock" + netdev + ",queues=1025" + memory))
                .isEqualTo("vhost-user number of queues must be in range [1, 1024]");
    }

    /// QEMU net/slirp.c of 10.2.
    @Test
    void newerVersionsForwardUnixSockets() {
        assertThat(newer("hostfwd=unix:/run/a.sock-:22")).isEmpty();
        assertThat(newer("hostfwd=unix:/run/a.sock"))
                .containsExactly("Invalid host forwarding rule 'unix:/run/a.sock' (Missing - separator)");
        assertThat(newer("hostfwd=unix:-:22"))
                .containsExactly("Invalid host forwarding rule 'unix:-:22' (Missing unix socket path)");
        assertThat(newer("hostfwd=unix:a.sock-:22"))
                .containsExactly("Invalid host forwarding rule 'unix:a.sock-:22' (unix socket path must be absolute)");
        assertThat(newer("hostfwd=unix:/tmp-:22"))
                .containsExactly("Invalid host forwarding rule 'unix:/tmp-:22' (file exists and it's not unix socket)");
        assertThat(newer("hostfwd=unix:/run/a.sock-:x"))
                .containsExactly("Invalid host forwarding rule 'unix:/run/a.sock-:x' (Bad guest port)");
        assertThat(newer("hostfwd=unix:/gone/a.sock-:22"))
                .containsExactly("Could not set up host forwarding rule 'unix:/gone/a.sock-:22'");
    }

    private List<String> newer(String options) {
        QemuLine line = QemuLine.parse(List.of("-netdev", "user,id=n," + options));
        Dialect dialect =
                new Dialect("qemu-system-x86_64", new QemuVersion(10, 2, 0), "x86_64", Set.of("user"), List.of(), null);
        NetworkOption option =
                NetworkLanguage.read(line, dialect, machine).options().getFirst();
        return BackendChecks.of("user")
                .check(option, new Moment(line, List.of(), new Taken(), dialect, machine))
                .stream()
                .map(Finding::text)
                .toList();
    }

    @Test
    void jsonAndKeysSayTheSame() {
        String json = "{\"type\":\"user\",\"id\":\"n\",\"ipv4\":false,\"dns\":\"10.0.2.3\"}";
        assertThat(text("10.0", "-netdev " + json)).isEqualTo("IPv4 disabled but netmask/host/dns provided");
        String list = "{\"type\":\"user\",\"id\":\"n\",\"hostfwd\":[{\"str\":\"tcp::8000-:80\"},{\"str\":\"x\"}]}";
        assertThat(text("10.0", "-netdev " + list)).isEqualTo("Invalid host forwarding rule 'x' (No : separators)");
    }
}
