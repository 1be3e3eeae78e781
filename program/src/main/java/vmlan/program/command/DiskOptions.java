package vmlan.program.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import picocli.CommandLine.Option;
import vmlan.program.message.Failure;
import vmlan.program.vm.VmBoot;
import vmlan.program.vm.VmDisk;
import vmlan.qemu.Boot;
import vmlan.qemu.Disk;
import vmlan.qemu.Qemu;
import vmlan.qemu.QemuException;
import vmlan.qemu.seed.Seed;
import vmlan.qemu.seed.SshKeys;
import vmlan.qemu.seed.UserData;

/// What `run` takes about disks, how the VM boots, and what it is told at its first boot.
final class DiskOptions {
    /// The ports of the AHCI controller that a q35 machine has (QEMU hw/i386/pc_q35.c, MAX_SATA_PORTS).
    private static final int MOST_CDROMS = 6;

    @Option(names = "--disk", paramLabel = "FILE", description = "A further disk image; repeatable.")
    private List<Path> more = new ArrayList<>();

    @Option(
            names = "--cdrom",
            paramLabel = "FILE",
            description = "A CD-ROM image; repeatable. It is booted from when no disk can be, or with --boot cdrom.")
    private List<Path> cdroms = new ArrayList<>();

    @Option(
            names = "--snapshot",
            description = "Write nothing to the disks; what the guest writes needs room in TMPDIR (or /var/tmp) while"
                    + " it runs.")
    private boolean snapshot;

    @Option(names = "--boot", paramLabel = "disk|cdrom|network", description = "What to boot from first.")
    private String from;

    @Option(
            names = "--firmware",
            paramLabel = "bios|uefi",
            description = "What starts the VM (default: bios for x86_64, uefi for aarch64).")
    private String firmware;

    @Option(
            names = "--arch",
            paramLabel = "x86_64|aarch64",
            description = "The VM's architecture (default: this host's); another is emulated, and slow.")
    private String architecture;

    @Option(
            names = "--user-data",
            paramLabel = "FILE",
            description = "For cloud-init in a cloud image: its user data, such as a #cloud-config or a script.")
    private Path userData;

    @Option(
            names = "--ssh-key",
            paramLabel = "FILE",
            description = "For cloud-init: a public SSH key, such as ~/.ssh/id_ed25519.pub, that may log in as the"
                    + " image's user; repeatable.")
    private List<Path> sshKeys = new ArrayList<>();

    @Option(
            names = "--demo",
            paramLabel = "linux|firmware",
            description = "Without a disk: the little Linux (default), or what QEMU brings of its own, iPXE or EDK2.")
    private String demo;

    /// @param first the disk given by itself; null: none
    List<VmDisk> disks(Path first) throws Failure {
        List<VmDisk> disks = new ArrayList<>();
        if (first != null) {
            disks.add(new VmDisk(absolute(first), null));
        }
        more.forEach(file -> disks.add(new VmDisk(absolute(file), null)));
        cdroms.forEach(file -> disks.add(new VmDisk(absolute(file), null, Disk.Kind.CDROM)));
        if (cdroms.size() > MOST_CDROMS) {
            throw Failure.usage("there is room for " + MOST_CDROMS + " CD-ROMs", "take the rest as --disk");
        }
        return disks;
    }

    private static Path absolute(Path file) {
        return file.toAbsolutePath().normalize();
    }

    /// Whether a little memory does.
    boolean isLittle(List<VmDisk> disks) throws Failure {
        return disks.isEmpty() && !(architecture().equals("aarch64") && demo().equals(VmBoot.Demo.FIRMWARE));
    }

    String architecture() throws Failure {
        if (architecture == null) {
            return Qemu.hostArchitecture();
        }
        return switch (architecture.toLowerCase(Locale.ROOT)) {
            case "x86_64", "amd64" -> "x86_64";
            case "aarch64", "arm64" -> "aarch64";
            default -> throw unknown("--arch", architecture, "x86_64 or aarch64");
        };
    }

    VmBoot boot(List<VmDisk> disks) throws Failure {
        VmBoot.Firmware chosen = firmware == null ? null : word("--firmware", firmware, VmBoot.Firmware.values());
        if (chosen == VmBoot.Firmware.BIOS && architecture().equals("aarch64")) {
            throw Failure.usage("an aarch64 VM has no BIOS", "leave --firmware out: it boots by UEFI");
        }
        Boot.From first = from == null ? Boot.From.DISK : word("--boot", from, Boot.From.values());
        if (first == Boot.From.CDROM && cdroms.isEmpty()) {
            throw Failure.usage("--boot cdrom, and there is no CD-ROM", "add --cdrom FILE");
        }
        if (first == Boot.From.DISK && from != null && disks.isEmpty()) {
            throw Failure.usage("--boot disk, and there is no disk", "name one: vmlan run DISK");
        }
        if (demo != null && (!disks.isEmpty() || first == Boot.From.NETWORK)) {
            throw Failure.usage("--demo is for a VM that has nothing to boot from", "leave out --demo, or the disks");
        }
        return new VmBoot(chosen, first, demo());
    }

    private VmBoot.Demo demo() throws Failure {
        return demo == null ? VmBoot.Demo.LINUX : word("--demo", demo, VmBoot.Demo.values());
    }

    boolean snapshot(List<VmDisk> disks) throws Failure {
        if (snapshot && disks.isEmpty()) {
            throw Failure.usage("--snapshot, and there is no disk", "name one: vmlan run --snapshot DISK");
        }
        return snapshot;
    }

    /// @return null when none is asked for
    Seed seed(List<VmDisk> disks, Consumer<String> note) throws Failure {
        if (userData == null && sshKeys.isEmpty()) {
            return null;
        }
        if (disks.isEmpty()) {
            throw Failure.usage(
                    "--user-data and --ssh-key are for cloud-init, which the demo guest does not have",
                    "name a cloud image: vmlan run --ssh-key FILE DISK");
        }
        try {
            List<String> keys = new ArrayList<>();
            for (Path file : sshKeys) {
                keys.addAll(SshKeys.read(file));
            }
            return new Seed(userData == null ? null : UserData.read(userData, note), keys);
        } catch (QemuException e) {
            throw Failure.of(e);
        }
    }

    private static <T extends Enum<T>> T word(String option, String text, T[] values) throws Failure {
        List<String> known = new ArrayList<>();
        for (T value : values) {
            String word = value.name().toLowerCase(Locale.ROOT);
            if (word.equals(text)) {
                return value;
            }
            known.add(word);
        }
        throw unknown(option, text, String.join(", ", known));
    }

    private static Failure unknown(String option, String text, String known) {
        return Failure.usage(option + " '" + text + "' is not known", "take " + known);
    }
}
