package vmlan.qemu;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Writes a [Machine] down as the command line of one QEMU. Pure: the same in, the same out.
///
/// Nothing depends on a default of QEMU that changes with its version or build: `-nodefaults` takes the default NIC,
/// VGA, serial port and monitor away, and what a VM shall have is then named. NICs are `-netdev stream` and `-device`,
/// with the MAC address given, because `-nic` cannot take a socket's address and QEMU numbers default addresses from
/// the same one in each process (reference: QEMU net/net.c, qemu_macaddr_default_if_unset).
public final class QemuCommandLine {
    private static final long MIB = 1 << 20;

    private final Qemu qemu;
    private final Accelerator accelerator;
    private final Machine machine;
    private final List<String> line = new ArrayList<>();

    private QemuCommandLine(Qemu qemu, Accelerator accelerator, Machine machine) {
        this.qemu = qemu;
        this.accelerator = accelerator;
        this.machine = machine;
    }

    public static List<String> of(Qemu qemu, Accelerator accelerator, Machine machine) {
        return new QemuCommandLine(qemu, accelerator, machine).write();
    }

    /// A value within an option's list of values: a comma is doubled (QEMU util/keyval.c, util/qemu-option.c).
    static String escaped(String value) {
        return value.replace(",", ",,");
    }

    private static String escaped(Path path) {
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
        boolean arm = machine.architecture().equals("aarch64");
        add("-machine", arm ? "virt" : machine.boot() == null ? "q35,graphics=off" : "q35");
        add("-accel", accelerator.qemuName());
        add("-cpu", cpu(arm));
        add("-smp", Integer.toString(machine.cpus()));
        add("-m", (machine.memoryBytes() + MIB - 1) / MIB + "M");
        add("-device", "virtio-rng-pci");
    }

    private String cpu(boolean arm) {
        if (accelerator != Accelerator.TCG) {
            return "host";
        }
        // pointer authentication by a cheap hash (QEMU docs/system/arm/cpu-features.rst, pauth-impdef)
        return arm ? "max,pauth-impdef=on" : "max";
    }

    private void writeBoot() {
        Boot boot = machine.boot();
        if (boot != null) {
            add("-kernel", boot.kernel().toAbsolutePath().toString());
            if (boot.initrd() != null) {
                add("-initrd", boot.initrd().toAbsolutePath().toString());
            }
            add("-append", boot.append());
        } else if (machine.architecture().equals("aarch64")) {
            // by name, looked for in QEMU's own data folders: `virt` has no firmware of its own
            add("-bios", "edk2-aarch64-code.fd");
        } else {
            // nobody looks at it, but boot loaders and installers ask for one
            add("-device", "VGA");
        }
    }

    private void writeDisks() {
        int number = 0;
        for (Disk disk : machine.disks()) {
            String id = "disk" + number++;
            add(
                    "-drive",
                    "if=none,id=" + id + ",format=" + escaped(disk.format()) + ",discard=unmap,file="
                            + escaped(disk.file()));
            add("-device", "virtio-blk-pci,drive=" + id + (machine.boot() == null ? ",bootindex=" + number : ""));
        }
    }

    private void writeNics() {
        for (Nic nic : machine.nics()) {
            String attachment = switch (qemu.attachment()) {
                case RECONNECT_MS -> ",server=off,reconnect-ms=250";
                case RECONNECT_SECONDS -> ",server=off,reconnect=1";
                case QEMU_LISTENS -> ",server=on";
            };
            add("-netdev", "stream,id=" + nic.id() + attachment + ",addr.type=unix,addr.path=" + escaped(nic.socket()));
            // without its boot ROM where a kernel is given: a file less to read, and one of another package
            add(
                    "-device",
                    "virtio-net-pci,id=" + Nic.device(nic.id()) + ",netdev=" + nic.id() + ",mac=" + nic.macAddress()
                            + (nic.mtu() == Nic.ETHERNET_MTU ? "" : ",host_mtu=" + nic.mtu())
                            + (machine.boot() == null ? "" : ",romfile="));
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
    }

    private static String listening(String id, Path socket) {
        return "socket,id=" + id + ",path=" + escaped(socket) + ",server=on,wait=off";
    }

    private void add(String... words) {
        line.addAll(List.of(words));
    }
}
