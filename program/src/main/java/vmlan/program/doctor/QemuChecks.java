package vmlan.program.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import vmlan.program.message.Failure;
import vmlan.qemu.Accelerator;
import vmlan.qemu.AcceleratorProbe;
import vmlan.qemu.Qemu;
import vmlan.qemu.QemuException;
import vmlan.qemu.demo.FirmwareDemo;
import vmlan.qemu.tool.Install;
import vmlan.qemu.tool.Tool;

/// QEMU and what it needs: programs, firmware, acceleration.
final class QemuChecks {
    private static final String WHY = "VMs are QEMU's processes; vmlan takes 7.2 and later, with -netdev stream";
    private static final String WHY_OTHER = "guests of another architecture are emulated by a QEMU of their own";
    private static final String WHY_IMG =
            "it tells the format of a disk; without it anything but qcow2 is taken as raw";
    private static final String WHY_FIRMWARE = "a disk is booted by firmware: BIOS on x86_64, UEFI everywhere";
    private static final String WHY_ACCELERATION = "without acceleration guests are emulated, some ten times slower";
    private static final String WHY_DEMO = "the demo guest is made once, from a kernel and busybox";

    /// QEMU is asked twice and a guest that hangs is waited for; a busy machine takes its time.
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /// Of `-netdev help`, what vmlan's users may want.
    private static final Set<String> NETDEVS =
            Set.of("stream", "dgram", "user", "passt", "tap", "bridge", "socket", "vde", "vhost-user");

    private final Host host;
    private final String own;
    private final String other;

    QemuChecks(Host host) {
        this.host = host;
        this.own = host.architecture();
        this.other = own.equals("x86_64") ? "aarch64" : "x86_64";
    }

    List<Check> all() {
        return List.of(
                new Check("qemu", WHY, LIMIT, () -> List.of(qemu())),
                new Check("qemu " + other, WHY_OTHER, LIMIT, () -> List.of(foreignQemu())),
                new Check("acceleration", WHY_ACCELERATION, LIMIT, () -> List.of(acceleration())),
                new Check("qemu-img", WHY_IMG, LIMIT, () -> List.of(qemuImg())),
                new Check("firmware", WHY_FIRMWARE, LIMIT, this::firmware),
                new Check("demo guest", WHY_DEMO, this::demoGuest));
    }

    private Finding qemu() throws QemuException {
        Qemu qemu = host.qemu(own);
        String found = described(qemu);
        if (!qemu.netdevTypes().contains("user")) {
            return Finding.note(
                    "qemu",
                    found,
                    "this QEMU was built without -netdev user, so --net user does not work",
                    "take --net shared, which needs nothing of QEMU but -netdev stream");
        }
        return Finding.ok("qemu", found, WHY);
    }

    private static String described(Qemu qemu) {
        String attachment = switch (qemu.attachment()) {
            case RECONNECT_MS -> "reconnects by itself (reconnect-ms)";
            case RECONNECT_SECONDS -> "reconnects by itself (reconnect)";
            case QEMU_LISTENS -> "listens, and the network connects";
        };
        String netdevs = qemu.netdevTypes().stream()
                .filter(type -> NETDEVS.contains(type) || type.startsWith("vmnet-"))
                .collect(Collectors.toCollection(TreeSet::new))
                .stream()
                .collect(Collectors.joining(" "));
        return qemu.version() + ", " + qemu.binary() + ", " + attachment + "; -netdev " + netdevs;
    }

    private Finding foreignQemu() {
        String name = "qemu " + other;
        try {
            return Finding.ok(name, described(host.qemu(other)), WHY_OTHER);
        } catch (QemuException e) {
            return Finding.note(name, e.what(), WHY_OTHER, "only if you want such guests; " + e.remedy());
        }
    }

    private Finding acceleration() throws IOException {
        Qemu qemu;
        try {
            qemu = host.qemu(own);
        } catch (QemuException e) {
            return Finding.note(
                    "acceleration", "not tried, since there is no QEMU to try it with", WHY_ACCELERATION, null);
        }
        AcceleratorProbe.Chosen chosen = host.accelerator(qemu);
        if (chosen.accelerator() != Accelerator.TCG) {
            return Finding.ok("acceleration", chosen.why(), WHY_ACCELERATION);
        }
        return Finding.warning(
                "acceleration",
                "none: " + chosen.why(),
                WHY_ACCELERATION,
                host.isMac() ? MacChecks.accelerationCure(qemu.binary()) : kvmCure());
    }

    private String kvmCure() throws IOException {
        Optional<FileFacts> device = host.facts(Path.of("/dev/kvm"));
        if (device.isEmpty()) {
            return "load the module: sudo modprobe kvm_intel || sudo modprobe kvm_amd (switch virtualisation on in the"
                    + " firmware first; in a VM, nested virtualisation; in a container, give it /dev/kvm)";
        }
        if (!device.get().readable() || !device.get().writable()) {
            boolean isForGroup = (device.get().mode() & 060) == 060;
            return isForGroup
                    ? "type: sudo usermod -aG kvm " + host.property("user.name") + " and log in anew"
                    : "let the group kvm use it: sudo chgrp kvm /dev/kvm && sudo chmod 660 /dev/kvm && sudo usermod -aG kvm "
                            + host.property("user.name") + ", and log in anew";
        }
        return "if this machine is a VM, switch on nested virtualisation where it runs; else look what the kernel says:"
                + " sudo dmesg | grep -i kvm";
    }

    private Finding qemuImg() {
        Optional<Path> program = Optional.empty();
        try {
            Path beside = host.qemu(own).binary().resolveSibling("qemu-img");
            if (host.facts(beside).isPresent()) {
                program = Optional.of(beside);
            }
        } catch (QemuException | IOException e) {
            // then there is at most the one on PATH
        }
        program = program.or(() -> host.program("qemu-img"));
        return program.isPresent()
                ? Finding.ok("qemu-img", program.get().toString(), WHY_IMG)
                : Finding.warning("qemu-img", "not installed", WHY_IMG, installed(Install.QEMU_IMG, "qemu-img"));
    }

    private String installed(Install what, String otherwise) {
        String line = host.installLine(what);
        return line.isEmpty() ? "install " + otherwise : "install it: " + line;
    }

    private List<Finding> firmware() throws IOException {
        Qemu qemu;
        try {
            qemu = host.qemu(own);
        } catch (QemuException e) {
            return List.of();
        }
        List<Finding> findings = new ArrayList<>();
        if (own.equals("x86_64")) {
            findings.add(bios(dataFolders(qemu)));
            findings.add(uefi("UEFI", qemu, State.NOTE, "only for disks that want UEFI; "));
        } else {
            findings.add(uefi("UEFI", qemu, State.WARNING, "without it no disk boots; "));
        }
        try {
            findings.add(uefi(
                    "UEFI " + other,
                    host.qemu(other),
                    State.NOTE,
                    other.equals("x86_64") ? "only for disks that want UEFI; " : "only if you want such guests; "));
        } catch (QemuException e) {
            // said above, and then its firmware is nobody's concern
        }
        return findings;
    }

    /// `-L help` lists where QEMU looks for its files, one a line (QEMU system/datadir.c, qemu_list_data_dirs).
    private List<Path> dataFolders(Qemu qemu) throws IOException {
        Tool run = host.run(qemu.binary().toString(), "-L", "help");
        return run.output()
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith("/"))
                .map(line -> Path.of(line).normalize())
                .toList();
    }

    private Finding bios(List<Path> folders) throws IOException {
        Optional<Path> file = first(folders.stream().map(folder -> folder.resolve("bios-256k.bin")));
        return file.isPresent()
                ? Finding.ok("BIOS", file.get().toString(), WHY_FIRMWARE)
                : Finding.problem(
                        "BIOS",
                        "QEMU has no bios-256k.bin",
                        "QEMU starts no x86_64 guest without it",
                        "with apt: sudo apt-get install seabios; else install QEMU anew");
    }

    /// What a start would take.
    private Finding uefi(String name, Qemu qemu, State without, String sense) {
        try {
            return Finding.ok(name, host.uefi(qemu).code().toString(), WHY_FIRMWARE);
        } catch (QemuException e) {
            return new Finding(name, without, e.what(), WHY_FIRMWARE, sense + e.remedy());
        }
    }

    private Optional<Path> first(Stream<Path> files) throws IOException {
        for (Path file : files.toList()) {
            if (host.facts(file).isPresent()) {
                return Optional.of(file);
            }
        }
        return Optional.empty();
    }

    private List<Finding> demoGuest() {
        try {
            return List.of(demoGuest(host.places().cacheIfAny()));
        } catch (Failure e) {
            return List.of(); // without a place for it there is no more to say
        }
    }

    private Finding demoGuest(Path cache) {
        if (host.isDemoMade(own, cache)) {
            return Finding.ok("demo guest", "made, in " + cache, WHY_DEMO);
        }
        if (host.canDemoBeMade(own, cache)) {
            boolean fromPackages = host.program("apt-get").isPresent();
            return Finding.ok(
                    "demo guest",
                    "not made yet; the first `vmlan run` makes it"
                            + (fromPackages ? ", of packages (30 MB) where no kernel is installed" : ""),
                    WHY_DEMO);
        }
        String line = host.installLine(Install.DEMO_GUEST);
        return Finding.note(
                "demo guest",
                (host.isMac()
                                ? "not made, and there is no Linux kernel here to make it from"
                                : "not made: there is no kernel that this user can read, or no static busybox")
                        + (FirmwareDemo.isFor(own)
                                ? "; `vmlan run` boots " + FirmwareDemo.inWords(own) + " in its place"
                                : ""),
                WHY_DEMO,
                (line.isEmpty() ? "" : "install it: " + line + "; or ") + "give a disk to boot from: vmlan run DISK");
    }
}
