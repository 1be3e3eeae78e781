package vmlan.qemu;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Writes a [Machine] down as the command line of one QEMU. Pure: the same in, the same out.
///
/// Nothing depends on a default of QEMU that changes with its version or build: `-nodefaults` takes the default NIC,
/// VGA, serial port and monitor away, and what a VM shall have is then named. NICs are `-netdev` and `-device`, with
/// the
/// MAC address given, because `-nic` cannot take a socket's address and QEMU numbers default addresses from the same
/// one in each process (reference: QEMU net/net.c, qemu_macaddr_default_if_unset).
public final class QemuCommandLine {
    private static final long MIB = 1 << 20;

    private final Qemu qemu;
    private final Accelerator accelerator;
    private final Machine machine;
    private final Map<String, Integer> bootOrder;
    private final List<String> line = new ArrayList<>();

    private QemuCommandLine(Qemu qemu, Accelerator accelerator, Machine machine) {
        this.qemu = qemu;
        this.accelerator = accelerator;
        this.machine = machine;
        bootOrder = bootOrder();
    }

    public static List<String> of(Qemu qemu, Accelerator accelerator, Machine machine) {
        return new QemuCommandLine(qemu, accelerator, machine).write();
    }

    /// A value within an option's list of values: a comma is doubled (QEMU util/keyval.c, util/qemu-option.c).
    static String escaped(String value) {
        return value.replace(",", ",,");
    }

    static String escaped(Path path) {
        return escaped(path.toAbsolutePath().toString());
    }

    private List<String> write() {
        line.add(qemu.binary().toString());
        add("-name", "guest=" + escaped(machine.name()));
        add("-nodefaults");
        add("-no-user-config");
        add("-display", "none");
        writeComputer();
        writeBoot();
        writeDisks();
        writeNics();
        writeSockets();
        add("-pidfile", machine.pidFile().toAbsolutePath().toString());
        line.addAll(machine.extraArguments());
        return List.copyOf(line);
    }

    /// q35 and not pc: PCI Express as in today's hardware, the power button in both. From QEMU's start to the demo
    /// guest's lease (TCG, 2 cores, QEMU 7.2.22, kernel 6.1, median of three): q35 2.2 s, pc 2.3 s; -smp 2:
    /// q35 2.2 s, pc 2.5 s; -cpu qemu64 in place of max 2.15 s; the kernel unpacked beforehand (PVH) 1.95 s,
    /// for 40 MB more in the cache.
    /// graphics=off lets the PC's firmware and boot loader speak on the serial console, as `-nographic` does.
    private void writeComputer() {
        add("-machine", isArm() ? "virt" : machine.boot().isByFirmware() ? "q35,graphics=off" : "q35");
        add("-accel", accelerator.qemuName());
        add("-cpu", cpu());
        add("-smp", Integer.toString(machine.cpus()));
        add("-m", (machine.memoryBytes() + MIB - 1) / MIB + "M");
        add("-device", "virtio-rng-pci");
    }

    private String cpu() {
        if (accelerator != Accelerator.TCG) {
            return "host";
        }
        // pointer authentication by a cheap hash (QEMU docs/system/arm/cpu-features.rst, pauth-impdef)
        return isArm() ? "max,pauth-impdef=on" : "max";
    }

    private void writeBoot() {
        Boot.Uefi uefi = machine.boot().uefi();
        if (uefi != null) {
            writeFlash(0, uefi.code(), uefi.codeFormat(), ",readonly=on");
            if (uefi.variables() != null) {
                writeFlash(1, uefi.variables(), uefi.variablesFormat(), "");
            }
        }
        Boot.Kernel kernel = machine.boot().kernel();
        if (kernel != null) {
            add("-kernel", kernel.file().toAbsolutePath().toString());
            if (kernel.initrd() != null) {
                add("-initrd", kernel.initrd().toAbsolutePath().toString());
            }
            add("-append", kernel.append());
        } else if (!isArm()) {
            // nobody looks at it, but boot loaders and installers ask for one
            add("-device", "VGA");
        }
    }

    private void writeFlash(int unit, Path file, String format, String more) {
        add("-drive", "if=pflash,unit=" + unit + ",format=" + escaped(format) + more + ",file=" + escaped(file));
    }

    /// Disks are virtio-blk, which every guest of a cloud's kind can drive, the seed's too: kernels for clouds come
    /// without AHCI. CD-ROMs are what installers know: AHCI on a PC, SCSI on Arm, which has no other.
    private void writeDisks() {
        int number = 0;
        int cdroms = 0;
        for (Disk disk : machine.disks()) {
            String id = "disk" + number++;
            boolean folder = disk.kind() == Disk.Kind.FOLDER;
            boolean cdrom = disk.kind() == Disk.Kind.CDROM;
            boolean fixed = disk.kind() != Disk.Kind.DISK;
            add(
                    "-drive",
                    "if=none,id=" + id + ",format=" + escaped(disk.format())
                            + (cdrom ? ",media=cdrom" : "")
                            + (fixed ? ",readonly=on" : ",discard=unmap")
                            + (disk.throwAway() && !fixed ? ",snapshot=on" : "")
                            + (folder ? ",dir=" : ",file=") + escaped(disk.file()));
            String device = cdrom ? cdromDevice(cdroms++) : "virtio-blk-pci";
            add("-device", device + ",drive=" + id + bootIndex(id));
        }
    }

    private String cdromDevice(int number) {
        if (!isArm()) {
            return "ide-cd,bus=ide." + number;
        }
        if (number == 0) {
            add("-device", "virtio-scsi-pci,id=scsi");
        }
        return "scsi-cd,bus=scsi.0";
    }

    /// Disks, then CD-ROMs, unless another kind is to be first; by their ids. A seed is never booted from, and NICs
    /// come when all else has failed unless they are to be first.
    private Map<String, Integer> bootOrder() {
        Map<String, Integer> order = new HashMap<>();
        if (!machine.boot().isByFirmware()) {
            return order;
        }
        Boot.From first = machine.boot().from();
        if (first == Boot.From.NETWORK) {
            machine.nics().forEach(nic -> order.put(nic.id(), order.size() + 1));
        }
        for (boolean cdroms : first == Boot.From.CDROM ? new boolean[] {true, false} : new boolean[] {false, true}) {
            for (int number = 0; number < machine.disks().size(); number++) {
                Disk.Kind kind = machine.disks().get(number).kind();
                if (kind != Disk.Kind.READ_ONLY && cdroms == (kind == Disk.Kind.CDROM)) {
                    order.put("disk" + number, order.size() + 1);
                }
            }
        }
        return order;
    }

    private String bootIndex(String id) {
        Integer index = bootOrder.get(id);
        return index == null ? "" : ",bootindex=" + index;
    }

    private boolean isArm() {
        return machine.architecture().equals("aarch64");
    }

    private void writeNics() {
        for (Nic nic : machine.nics()) {
            add("-netdev", nic.backend().words(nic.id(), qemu.attachment()));
            // without its boot ROM where a kernel is given, and on Arm, whose UEFI has a driver of its own: a file less
            // to read, and one of another package
            add(
                    "-device",
                    "virtio-net-pci,id=" + Nic.device(nic.id()) + ",netdev=" + nic.id() + ",mac=" + nic.macAddress()
                            + (nic.mtu() == Nic.ETHERNET_MTU ? "" : ",host_mtu=" + nic.mtu())
                            + bootIndex(nic.id())
                            + (machine.boot().isByFirmware() && !isArm() ? "" : ",romfile="));
        }
    }

    private void writeSockets() {
        add(
                "-chardev",
                listening("console", machine.consoleSocket()) + ",logfile=" + escaped(machine.consoleLog())
                        + ",logappend=on");
        add("-serial", "chardev:console");
        add("-chardev", listening("qmp", machine.qmpSocket()));
        add("-mon", "chardev=qmp,mode=control");
        if (machine.networkQmpSocket() != null) {
            add("-chardev", listening("network-qmp", machine.networkQmpSocket()));
            add("-mon", "chardev=network-qmp,mode=control");
        }
        if (machine.agentSocket() != null) {
            // the name by which a guest's qemu-ga looks for its port (QEMU qga/main.c, QGA_VIRTIO_PATH_DEFAULT)
            add("-chardev", listening("agent", machine.agentSocket()));
            add("-device", "virtio-serial-pci,id=agent-bus");
            add("-device", "virtserialport,bus=agent-bus.0,chardev=agent,id=agent-port,name=org.qemu.guest_agent.0");
        }
    }

    private static String listening(String id, Path socket) {
        return "socket,id=" + id + ",path=" + escaped(socket) + ",server=on,wait=off";
    }

    private void add(String... words) {
        line.addAll(List.of(words));
    }
}
