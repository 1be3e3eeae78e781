package vmlan.program.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static vmlan.program.doctor.Findings.named;
import static vmlan.program.doctor.Findings.only;
import static vmlan.program.doctor.Findings.withShared;

import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import vmlan.qemu.Accelerator;
import vmlan.qemu.AcceleratorProbe;
import vmlan.qemu.language.QemuVersion;

/// Single findings of machines that lack something.
class FindingsTest {
    @Test
    void aNetworkThatTheFileDescribesIsNotForgottenToGiveItAnotherSubnet() {
        RecordedHost host = withShared(RecordedMachines.debian()).route("eth1", "192.168.64.0/25");
        host.file("/home/ann/.config/vmlan/networks.yaml", "networks:\n  shared:\n    ipv4: 192.168.64.0/24\n");

        assertThat(only(host, "subnets").cure())
                .isEqualTo("choose another ipv4 for shared in networks.yaml:2, then: vmlan network stop shared"
                        + " && vmlan network start shared");
    }

    @Test
    void withoutAKernelAndABusyboxTheDemoIsTheFirmwares() {
        RecordedHost host = RecordedMachines.debian();
        host.demoMade = false;
        assertThat(only(host, "demo guest").found()).contains("makes it, of packages");

        host.programs.remove("apt-get");
        assertThat(only(host, "demo guest").state())
                .as("a busybox, and nothing to tell that it is static, or of a kernel")
                .isEqualTo(State.NOTE);
        assertThat(only(host, "demo guest").found()).contains("boots iPXE, the NIC's boot ROM, in its place");

        host.demoIngredients = true;
        assertThat(only(host, "demo guest").found()).isEqualTo("not made yet; the first `vmlan run` makes it");
    }

    @Test
    void uefiIsWhatAStartWouldTake() {
        RecordedHost host = RecordedMachines.debian();
        host.uefis.clear();
        host.file("/usr/share/OVMF/OVMF_CODE.fd", "");

        assertThat(only(host, "UEFI").state()).isEqualTo(State.NOTE);
        assertThat(only(host, "UEFI").cure()).startsWith("only for disks that want UEFI; install it: ");
        assertThat(only(host, "UEFI aarch64").cure()).startsWith("only if you want such guests; ");
        host.qemus.remove("aarch64");
        assertThat(named(host, "UEFI aarch64")).isEmpty();
    }

    @Test
    void aJavaUnderRosettaIsSaid() throws Exception {
        RecordedHost host = RecordedMachines.mac("x86_64", "/usr/local", "15.5");
        host.says("/usr/sbin/sysctl -in sysctl.proc_translated", "1\n");

        assertThat(only(host, "processor").found()).contains("Rosetta");
    }

    @Test
    void withoutAHomeFolderTheRestIsStillLookedAt() {
        RecordedHost host = RecordedMachines.debian();
        host.environment.remove("HOME");

        Finding folders = only(host, "folders");

        assertThat(folders.state()).isEqualTo(State.PROBLEM);
        assertThat(folders.cure()).contains("VMLAN_HOME");
        assertThat(only(host, "qemu").state()).isEqualTo(State.OK);
        assertThat(named(host, "disk space")).isEmpty();
    }

    @Test
    void aFullDiskIsSaidInTheSystemsWords() {
        RecordedHost host = RecordedMachines.debian();
        Path state = Path.of("/home/ann/.local/state/vmlan");
        host.refusals.put(state, new FileSystemException(state.toString(), null, "No space left on device"));
        host.spaces.put(state, new Host.Space(4096, "ext4"));

        assertThat(only(host, "state folder").found()).contains("No space left on device");
        assertThat(only(host, "disk space").state()).isEqualTo(State.PROBLEM);
        assertThat(only(host, "disk space").cure()).contains("du -xh /home/ann/.local/state/vmlan");
    }

    @Test
    void aReadOnlyHomeIsAProblemWithTheFolderNamed() {
        RecordedHost host =
                RecordedMachines.debian().without("/home/ann/.local").folder("/home/ann", 0, 0755);

        Finding state = only(host, "state folder");

        assertThat(state.state()).isEqualTo(State.PROBLEM);
        assertThat(state.found()).contains("cannot be made in /home/ann");
        assertThat(state.cure()).contains("sudo chown ann /home/ann");
    }

    @Test
    void filesThatRootLeftInTheStateFolderAreSaid() {
        RecordedHost host = RecordedMachines.debian();
        host.folder("/home/ann/.local/state/vmlan/networks/shared", 0, 0700);

        Finding state = only(host, "state folder");

        assertThat(state.state()).isEqualTo(State.WARNING);
        assertThat(state.found())
                .isEqualTo("1 file in it is somebody else's, such as /home/ann/.local/state/vmlan/networks/shared");
        assertThat(state.cure()).endsWith("sudo chown -R ann /home/ann/.local/state/vmlan");
    }

    @Test
    void theDiskOfAVmIsLookedAtToo() {
        RecordedHost host = RecordedMachines.debian();
        host.file(
                "/home/ann/.local/state/vmlan/vms/web/vm.json",
                "{\"spec\": {\"disks\": [{\"file\": \"/big/web.qcow2\"}]}}");
        host.file("/home/ann/.local/state/vmlan/vms/bad/vm.json", "{");
        host.spaces.put(Path.of("/big"), new Host.Space(100 << 20, "xfs"));

        Finding space = only(host, "disk space");

        assertThat(space.state()).isEqualTo(State.WARNING);
        assertThat(space.found()).isEqualTo("100 MiB for the disk of web in /big");
        assertThat(only(host, "disks").found()).isEqualTo("web's /big/web.qcow2 is gone");
        host.device("/big/web.qcow2", true, 0644);
        assertThat(only(host, "disks").state()).isEqualTo(State.OK);
    }

    @Test
    void aRunFolderOfSomebodyElseIsRefused() {
        RecordedHost host = RecordedMachines.debian();
        host.folder("/run/user/1000/vmlan", 0, 0700);

        assertThat(only(host, "run folder").found()).isEqualTo("/run/user/1000/vmlan belongs to somebody else");
        assertThat(only(host, "run folder").state()).isEqualTo(State.PROBLEM);
    }

    @Test
    void aLongTmpdirFallsBackToTheShortPath() {
        RecordedHost host = RecordedMachines.debian();
        host.environment.remove("XDG_RUNTIME_DIR");
        host.environment.put("TMPDIR", "/" + "t".repeat(80));
        host.folder("/" + "t".repeat(80), 1000, 0700);

        assertThat(only(host, "socket paths").state()).isEqualTo(State.OK);
        assertThat(only(host, "socket paths").found()).contains("sockets are in /tmp/vmlan-1000");

        host.folder("/tmp/vmlan-1000", 0, 0700);
        assertThat(only(host, "socket paths").state()).isEqualTo(State.PROBLEM);
    }

    @Test
    void aDeadNetworkUnderALivingVmIsSaid() {
        RecordedHost host = withShared(RecordedMachines.debian());
        host.file(
                "/home/ann/.local/state/vmlan/networks/shared/ports.json",
                "{\"ports\": [{\"id\": \"web-0\", \"pid\": 77, \"pidMark\": 1}]}");
        assertThat(only(host, "networks").state()).isEqualTo(State.OK);

        host.alive.add(77L);
        assertThat(only(host, "networks").found()).isEqualTo("shared has died under 1 VM's NIC");
        assertThat(only(host, "networks").cure()).contains("vmlan network start shared");
    }

    @Test
    void whatWasLeftBehindIsListed() {
        RecordedHost host = RecordedMachines.debian();
        host.file("/home/ann/.local/state/vmlan/networks/shared/leases.json.damaged-17", "");
        host.file("/run/user/1000/vmlan/shared/control.sock", "");
        host.folder("/run/user/1000/vmlan/vm.gone", 1000, 0700);
        String pidFile = "/home/ann/.local/state/vmlan/vms/gone/qemu.pid";
        host.processes.put(9L, List.of("/usr/bin/qemu-system-x86_64", "-pidfile", pidFile));
        host.processes.put(8L, List.of("/bin/sh", "-c", "…", "vmlan-qemu", "exit", "-pidfile", pidFile));
        host.processes.put(7L, List.of("qemu-system-x86_64", "-pidfile", "/srv/other.pid"));

        assertThat(only(host, "damaged files").found()).endsWith("leases.json.damaged-17");
        assertThat(only(host, "stale sockets").found())
                .isEqualTo("/run/user/1000/vmlan/shared/control.sock, /run/user/1000/vmlan/vm.gone");
        assertThat(only(host, "forgotten QEMUs").cure()).isEqualTo("end it: kill 9");
    }

    @Test
    void aConfigurationThatCannotBeReadIsSaid() {
        RecordedHost host = RecordedMachines.debian();
        assertThat(only(host, "networks.yaml").found()).isEqualTo("none, and none is needed");

        host.device("/home/ann/.config/vmlan/networks.yaml", false, 0600);
        assertThat(only(host, "networks.yaml").state()).isEqualTo(State.WARNING);
    }

    @Test
    void aResolverOnTheLoopbackThatNobodyServesIsSaid() {
        RecordedHost host = RecordedMachines.debian().file("/proc/net/udp", "  sl  local_address\n");

        assertThat(only(host, "resolvers").found()).isEqualTo("127.0.0.53, and nobody listens at 127.0.0.53");
        assertThat(only(RecordedMachines.debian().without("/etc/resolv.conf"), "resolvers")
                        .state())
                .isEqualTo(State.WARNING);
    }

    @Test
    void rightsAreThoseThatThisProcessCanGet() {
        RecordedHost host = RecordedMachines.debian();
        host.file("/proc/self/status", "CapEff:\t0000000000000000\nNoNewPrivs:\t1\n");
        assertThat(only(host, "rights").found()).contains("no_new_privs");

        host.file("/proc/self/status", "CapEff:\t000001ffffffffff\n");
        host.uid = 0;
        assertThat(only(host, "rights").found()).isEqualTo("root's: every network");

        host.file("/proc/self/status", "CapEff:\t0000000000000000\n");
        host.programs.remove("sudo");
        assertThat(only(host, "rights").found()).contains("container");
    }

    @Test
    void aKvmForAGroupNamesTheGroup() {
        RecordedHost host = RecordedMachines.debian().device("/dev/kvm", false, 0660);
        host.chosen = new AcceleratorProbe.Chosen(Accelerator.TCG, "/dev/kvm is not accessible to this user");

        assertThat(only(host, "acceleration").cure()).isEqualTo("type: sudo usermod -aG kvm ann and log in anew");
        assertThat(only(host.without("/dev/kvm"), "acceleration").cure()).contains("modprobe kvm_intel");
    }

    @Test
    void anOlderKernelHasAnotherWayAndOneWithoutFeaturesIsNamed() {
        RecordedHost host = RecordedMachines.debian();
        host.properties.put("os.version", "6.1.0-40-amd64");
        assertThat(only(host, "kernel").found()).contains("cls_bpf");

        host.file("/boot/config-6.1.0-40-amd64", "CONFIG_PACKET=y\nCONFIG_TUN=y\n");
        assertThat(only(host, "kernel").found())
                .contains("without CONFIG_BPF_SYSCALL, CONFIG_NET_CLS_ACT, CONFIG_NET_CLS_BPF");
    }

    @Test
    void fewDescriptorsAndLittleMemoryAndAnOldClockAreSaid() {
        RecordedHost host = RecordedMachines.debian();
        host.descriptors = 1024;
        host.file("/sys/fs/cgroup/memory.max", "536870912\n").file("/sys/fs/cgroup/memory.current", "100000000\n");
        host.now = RecordedHost.NOW.minus(Duration.ofDays(400));

        assertThat(only(host, "descriptors").state()).isEqualTo(State.WARNING);
        assertThat(only(host, "memory").found()).isEqualTo("416 MiB free for this control group");
        assertThat(only(host, "clock").state()).isEqualTo(State.WARNING);
    }

    @Test
    void anOldQemuWithoutUserIsANote() {
        RecordedHost host = RecordedMachines.debian();
        host.qemu("x86_64", "/opt/qemu/bin/qemu-system-x86_64", new QemuVersion(8, 1, 0), "stream socket");
        host.says("/opt/qemu/bin/qemu-system-x86_64 -L help", "/opt/qemu/share\n");

        assertThat(only(host, "qemu").state()).isEqualTo(State.NOTE);
        assertThat(only(host, "qemu").found()).contains("8.1.0").contains("(reconnect)");
        assertThat(only(host, "BIOS").state()).isEqualTo(State.PROBLEM);
    }

    @Test
    void theJsonHasEveryFieldOfEveryCheck() {
        Report report = new Report(
                List.of(Finding.ok("a", "found", "why"), Finding.problem("b", "found\u001b[31m", "why", "do this")));

        assertThat(vmlan.program.files.Json.compact(report.toJson()))
                .isEqualTo(
                        "{\"checks\":[{\"name\":\"a\",\"state\":\"ok\",\"found\":\"found\",\"why\":\"why\",\"do\":null},"
                                + "{\"name\":\"b\",\"state\":\"problem\",\"found\":\"found [31m\",\"why\":\"why\",\"do\":\"do this\"}],"
                                + "\"problems\":1,\"warnings\":0}");
    }

    @Test
    void thisMachineIsLookedAtAndNothingOfItStays() throws Exception {
        try (RealHost host = new RealHost()) {
            assertThat(Doctor.examine(host, "0.1.0"))
                    .extracting(Finding::name)
                    .contains("qemu", "acceleration", "rights", "kernel", "resolvers", "disk space", "networks.yaml");
        }
    }
}
