package vmlan.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vmlan.qemu.language.QemuVersion;

class QemuCommandLineTest {
    private static final Boot KERNEL =
            Boot.of(new Boot.Kernel(Path.of("/c/kernel"), Path.of("/c/initrd"), "console=ttyS0 quiet"));

    @Test
    void theWholeLineOfADemoGuestOnQemu10() {
        assertThat(QemuCommandLine.of(qemu(10, 0), Accelerator.TCG, machine(1, List.of(), KERNEL)))
                .containsExactly(
                        "/usr/bin/qemu-system-x86_64",
                        "-name",
                        "guest=web",
                        "-nodefaults",
                        "-no-user-config",
                        "-display",
                        "none",
                        "-machine",
                        "q35",
                        "-accel",
                        "tcg",
                        "-cpu",
                        "max",
                        "-smp",
                        "2",
                        "-m",
                        "256M",
                        "-device",
                        "virtio-rng-pci",
                        "-kernel",
                        "/c/kernel",
                        "-initrd",
                        "/c/initrd",
                        "-append",
                        "console=ttyS0 quiet",
                        "-netdev",
                        "stream,id=net0,server=off,reconnect-ms=250,addr.type=unix,addr.path=/run/net0.sock",
                        "-device",
                        "virtio-net-pci,id=nic-net0,netdev=net0,mac=52:54:00:00:00:00,romfile=",
                        "-chardev",
                        "socket,id=console,path=/run/console.sock,server=on,wait=off,logfile=/s/console.log,logappend=on",
                        "-serial",
                        "chardev:console",
                        "-chardev",
                        "socket,id=qmp,path=/run/qmp.sock,server=on,wait=off",
                        "-mon",
                        "chardev=qmp,mode=control",
                        "-chardev",
                        "socket,id=network-qmp,path=/run/net-qmp.sock,server=on,wait=off",
                        "-mon",
                        "chardev=network-qmp,mode=control",
                        "-chardev",
                        "socket,id=agent,path=/run/agent.sock,server=on,wait=off",
                        "-device",
                        "virtio-serial-pci,id=agent-bus",
                        "-device",
                        "virtserialport,bus=agent-bus.0,chardev=agent,id=agent-port,name=org.qemu.guest_agent.0",
                        "-pidfile",
                        "/s/pid",
                        "-device",
                        "extra");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "7  | 2 | stream,id=net1,server=on,addr.type=unix,addr.path=/run/net1.sock",
                "8  | 0 | stream,id=net1,server=off,reconnect=1,addr.type=unix,addr.path=/run/net1.sock",
                "9  | 1 | stream,id=net1,server=off,reconnect=1,addr.type=unix,addr.path=/run/net1.sock",
                "9  | 2 | stream,id=net1,server=off,reconnect-ms=250,addr.type=unix,addr.path=/run/net1.sock",
                "11 | 0 | stream,id=net1,server=off,reconnect-ms=250,addr.type=unix,addr.path=/run/net1.sock"
            })
    void eachGenerationsNetdev(int major, int minor, String netdev) {
        List<String> line = QemuCommandLine.of(qemu(major, minor), Accelerator.KVM, machine(2, List.of(), KERNEL));
        assertThat(values(line, "-netdev")).hasSize(2).last().isEqualTo(netdev);
        assertThat(values(line, "-cpu")).containsExactly("host");
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "3"})
    void eachNicIsANetdevAndADeviceWithItsAddress(int nics) {
        List<String> line = QemuCommandLine.of(qemu(10, 0), Accelerator.TCG, machine(nics, List.of(), KERNEL));
        assertThat(values(line, "-netdev")).hasSize(nics);
        assertThat(values(line, "-device").stream().filter(device -> device.startsWith("virtio-net-pci")))
                .hasSize(nics)
                .allMatch(device -> device.contains(",mac=52:54:00:00:00:0"));
        assertThat(line).doesNotContain("-nic");
    }

    @Test
    void aDiskBootsByFirmwareWithAScreenAndInOrder() {
        List<Disk> disks =
                List.of(Disk.of(Path.of("/d/my disk,v2.qcow2"), "qcow2"), Disk.of(Path.of("/d/b.raw"), "raw"));
        List<String> line = QemuCommandLine.of(qemu(10, 0), Accelerator.TCG, machine(1, disks, Boot.firmware()));

        assertThat(values(line, "-machine")).containsExactly("q35,graphics=off");
        assertThat(values(line, "-drive"))
                .containsExactly(
                        "if=none,id=disk0,format=qcow2,discard=unmap,file=/d/my disk,,v2.qcow2",
                        "if=none,id=disk1,format=raw,discard=unmap,file=/d/b.raw");
        assertThat(values(line, "-device"))
                .contains("VGA", "virtio-blk-pci,drive=disk0,bootindex=1", "virtio-blk-pci,drive=disk1,bootindex=2");
        assertThat(line).doesNotContain("-kernel", "-append");
    }

    @Test
    void whatIsToBootFirstComesFirstAndASeedNever() {
        List<Disk> disks = List.of(
                Disk.of(Path.of("/d/a"), "raw"),
                new Disk(Path.of("/d/install.iso"), "raw", Disk.Kind.CDROM, true),
                new Disk(Path.of("/s/seed.iso"), "raw", Disk.Kind.READ_ONLY, false),
                new Disk(Path.of("/d/b"), "qcow2", Disk.Kind.DISK, true));
        List<String> line = QemuCommandLine.of(qemu(10, 0), Accelerator.TCG, machine(1, disks, Boot.firmware()));
        assertThat(values(line, "-drive"))
                .containsExactly(
                        "if=none,id=disk0,format=raw,discard=unmap,file=/d/a",
                        "if=none,id=disk1,format=raw,media=cdrom,readonly=on,file=/d/install.iso",
                        "if=none,id=disk2,format=raw,readonly=on,file=/s/seed.iso",
                        "if=none,id=disk3,format=qcow2,discard=unmap,snapshot=on,file=/d/b");
        assertThat(values(line, "-device"))
                .contains(
                        "virtio-blk-pci,drive=disk0,bootindex=1",
                        "ide-cd,bus=ide.0,drive=disk1,bootindex=3",
                        "virtio-blk-pci,drive=disk2",
                        "virtio-blk-pci,drive=disk3,bootindex=2");

        assertThat(indexes(disks, Boot.From.CDROM)).containsExactly("disk0:2", "disk1:1", "disk3:3");
        assertThat(indexes(disks, Boot.From.NETWORK)).containsExactly("disk0:2", "disk1:4", "disk3:3", "net0:1");
    }

    private static List<String> indexes(List<Disk> disks, Boot.From from) {
        Boot boot = new Boot(null, null, from);
        return values(QemuCommandLine.of(qemu(10, 0), Accelerator.TCG, machine(1, disks, boot)), "-device").stream()
                .filter(device -> device.contains("bootindex"))
                .map(device -> device.replaceFirst(".*(?:drive|netdev)=(\\w+).*bootindex=(\\d+).*", "$1:$2"))
                .toList();
    }

    @Test
    void uefiIsTwoFlashChipsOfWhichTheSecondIsTheVms() {
        var uefi = new Boot.Uefi(Path.of("/f/code.fd"), "raw", Path.of("/s/uefi,vars.fd"), "qcow2");
        List<Disk> disks = List.of(
                new Disk(Path.of("/d/a.iso"), "raw", Disk.Kind.CDROM, false),
                new Disk(Path.of("/c/demo"), "vvfat", Disk.Kind.FOLDER, false));
        Machine base = machine(1, disks, new Boot(null, uefi, Boot.From.DISK));
        List<String> line = QemuCommandLine.of(qemu(10, 0), Accelerator.TCG, of("aarch64", base));
        assertThat(values(line, "-drive"))
                .containsExactly(
                        "if=pflash,unit=0,format=raw,readonly=on,file=/f/code.fd",
                        "if=pflash,unit=1,format=qcow2,file=/s/uefi,,vars.fd",
                        "if=none,id=disk0,format=raw,media=cdrom,readonly=on,file=/d/a.iso",
                        "if=none,id=disk1,format=vvfat,readonly=on,dir=/c/demo");
        assertThat(values(line, "-device"))
                .as("virt has no AHCI")
                .contains("virtio-scsi-pci,id=scsi", "scsi-cd,bus=scsi.0,drive=disk0,bootindex=2")
                .doesNotContain("VGA");
        assertThat(line).doesNotContain("-bios");
    }

    @Test
    void anArmMachineIsVirt() {
        var arm = new Qemu(
                Path.of("/usr/bin/qemu-system-aarch64"), new QemuVersion(10, 0, 0), "aarch64", Set.of("stream"));
        Machine base = machine(1, List.of(), KERNEL);
        List<String> line = QemuCommandLine.of(arm, Accelerator.TCG, of("aarch64", base));
        assertThat(values(line, "-machine")).containsExactly("virt");
        assertThat(values(line, "-cpu")).containsExactly("max,pauth-impdef=on");
        assertThat(values(QemuCommandLine.of(arm, Accelerator.HVF, of("aarch64", base)), "-cpu"))
                .containsExactly("host");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "BRIDGED | en0 | false | vmnet-bridged,id=net1,ifname=en0",
                "BRIDGED | en0 | true  | vmnet-bridged,id=net1,ifname=en0,isolated=on",
                "SHARED  |     | false | vmnet-shared,id=net1",
                "HOST    |     | true  | vmnet-host,id=net1,isolated=on"
            })
    void qemusOwnVmnetIsABackendLikeOthers(NicBackend.Vmnet.Kind kind, String nic, boolean isolated, String words) {
        Machine base = machine(1, List.of(), Boot.firmware());
        List<Nic> nics = new ArrayList<>(base.nics());
        nics.add(new Nic("net1", "52:54:00:00:00:01", new NicBackend.Vmnet(kind, nic, isolated), 1500));
        nics.add(new Nic("net2", "52:54:00:00:00:02", new NicBackend.User(), 1500));
        List<String> line = QemuCommandLine.of(qemu(10, 0), Accelerator.HVF, with(nics, base));
        assertThat(values(line, "-netdev")).hasSize(3).contains(words, "user,id=net2");
        assertThat(values(line, "-device"))
                .contains(
                        "virtio-net-pci,id=nic-net1,netdev=net1,mac=52:54:00:00:00:01",
                        "virtio-net-pci,id=nic-net2,netdev=net2,mac=52:54:00:00:00:02");
    }

    private static Machine with(List<Nic> nics, Machine machine) {
        return new Machine(
                machine.name(),
                machine.architecture(),
                machine.cpus(),
                machine.memoryBytes(),
                nics,
                machine.disks(),
                machine.boot(),
                machine.consoleSocket(),
                machine.consoleLog(),
                machine.qmpSocket(),
                machine.networkQmpSocket(),
                machine.agentSocket(),
                machine.pidFile(),
                machine.extraArguments());
    }

    @ParameterizedTest
    @CsvSource({"7, 2, -runas, me", "9, 0, -runas, me", "9, 1, -run-with, user=me", "10, 0, -run-with, user=me"})
    void whoRootHasStartedBecomesTheUserInTheWordsOfItsVersion(int major, int minor, String option, String value) {
        RootStart root = new RootStart("me");
        List<String> line = root.becomingUser(new QemuVersion(major, minor, 0), List.of("/b/qemu", "-S"));
        assertThat(line).containsExactly("/b/qemu", "-S", option, value);
        assertThat(root.typed(line))
                .containsExactly("sudo", "/bin/sh", "-c", "umask 0; exec \"$@\"", "sh", "/b/qemu", "-S", option, value);
    }

    @Test
    void aMachineWithoutASecondMonitorHasOne() {
        Machine base = machine(0, List.of(), KERNEL);
        var single = new Machine(
                base.name(),
                base.architecture(),
                1,
                1,
                base.nics(),
                base.disks(),
                base.boot(),
                base.consoleSocket(),
                base.consoleLog(),
                base.qmpSocket(),
                null,
                null,
                base.pidFile(),
                List.of());
        List<String> line = QemuCommandLine.of(qemu(10, 0), Accelerator.TCG, single);
        assertThat(values(line, "-mon")).containsExactly("chardev=qmp,mode=control");
        assertThat(values(line, "-m")).as("rounded up to what QEMU can count").containsExactly("1M");
    }

    static Qemu qemu(int major, int minor) {
        return new Qemu(
                Path.of("/usr/bin/qemu-system-x86_64"), new QemuVersion(major, minor, 0), "x86_64", Set.of("stream"));
    }

    private static Machine of(String architecture, Machine machine) {
        return new Machine(
                machine.name(),
                architecture,
                machine.cpus(),
                machine.memoryBytes(),
                machine.nics(),
                machine.disks(),
                machine.boot(),
                machine.consoleSocket(),
                machine.consoleLog(),
                machine.qmpSocket(),
                machine.networkQmpSocket(),
                machine.agentSocket(),
                machine.pidFile(),
                machine.extraArguments());
    }

    private static Machine machine(int nicCount, List<Disk> disks, Boot boot) {
        List<Nic> nics = new ArrayList<>();
        for (int i = 0; i < nicCount; i++) {
            nics.add(new Nic(
                    "net" + i, "52:54:00:00:00:0" + i, new NicBackend.Stream(Path.of("/run/net" + i + ".sock")), 1500));
        }
        return new Machine(
                "web",
                "x86_64",
                2,
                256L << 20,
                nics,
                disks,
                boot,
                Path.of("/run/console.sock"),
                Path.of("/s/console.log"),
                Path.of("/run/qmp.sock"),
                Path.of("/run/net-qmp.sock"),
                Path.of("/run/agent.sock"),
                Path.of("/s/pid"),
                List.of("-device", "extra"));
    }

    private static List<String> values(List<String> line, String option) {
        List<String> values = new ArrayList<>();
        for (int i = 1; i < line.size(); i++) {
            if (line.get(i - 1).equals(option)) {
                values.add(line.get(i));
            }
        }
        return values;
    }
}
