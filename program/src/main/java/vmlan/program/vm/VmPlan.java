package vmlan.program.vm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.qemu.AcceleratorProbe;
import vmlan.qemu.Boot;
import vmlan.qemu.Disk;
import vmlan.qemu.Machine;
import vmlan.qemu.Nic;
import vmlan.qemu.NicBackend;
import vmlan.qemu.Qemu;
import vmlan.qemu.QemuCommandLine;
import vmlan.qemu.UefiFirmware;

/// What is known of a VM before anything is started.
///
/// @param kernel null where the firmware boots
/// @param firmware null for the machine's own
/// @param folder of the host that the guest sees as a disk; null: none
/// @param spec whose disks' formats are known
record VmPlan(
        Qemu qemu,
        AcceleratorProbe.Chosen accelerator,
        Boot.Kernel kernel,
        UefiFirmware firmware,
        Path folder,
        VmSpec spec)
        implements StartPlan {

    @Override
    public VmSpec spec(String name) {
        return spec;
    }

    /// The settings of its UEFI firmware, which it keeps, and its seed.
    @Override
    public void writeFiles(String name, List<NicPlan> nics, VmStore store) throws IOException {
        Path vm = store.folder(name);
        Path variables = vm.resolve(VmStore.UEFI_VARIABLES);
        if (firmware != null && firmware.template() != null && !fits(variables)) {
            Path unfinished = variables.resolveSibling(variables.getFileName() + ".new");
            Files.copy(firmware.template(), unfinished, StandardCopyOption.REPLACE_EXISTING);
            // a distribution's template is everybody's to read, and may be nobody's to write
            Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rw-------"));
            Files.move(unfinished, variables, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        Path seed = vm.resolve(VmStore.SEED);
        if (spec.seed() == null) {
            Files.deleteIfExists(seed);
        } else {
            List<String> macs = nics.stream().map(nic -> nic.mac().toString()).toList();
            spec.seed().write(seed, name, macs);
        }
    }

    /// Other firmware has flash of another size, and its variables mean nothing to this one.
    private boolean fits(Path variables) throws IOException {
        return Files.exists(variables) && Files.size(variables) == Files.size(firmware.template());
    }

    @Override
    public List<String> commandLine(String name, List<NicPlan> nics, Places places, VmStore store) throws Failure {
        List<Nic> attached = new ArrayList<>();
        for (NicPlan nic : nics) {
            attached.add(new Nic(nic.id(), nic.mac().toString(), backend(nic, places), nic.mtu()));
        }
        Machine machine = new Machine(
                name,
                spec.architecture(),
                spec.cpus(),
                spec.memoryBytes(),
                attached,
                disks(name, store),
                boot(name, store),
                store.consoleSocket(name),
                store.consoleLog(name),
                store.qmpSocket(name),
                store.networkQmpSocket(name),
                store.agentSocket(name),
                store.pidFile(name),
                spec.qemuArguments());
        return QemuCommandLine.of(qemu, accelerator.accelerator(), machine);
    }

    private static NicBackend backend(NicPlan nic, Places places) throws Failure {
        if (nic.spec().isUser()) {
            return new NicBackend.User();
        }
        return nic.spec().isOfQemu()
                ? nic.spec().vmnet()
                : new NicBackend.Stream(places.socket(nic.spec().kind(), nic.port() + ".sock"));
    }

    private List<Disk> disks(String name, VmStore store) {
        List<Disk> disks = new ArrayList<>();
        for (VmDisk disk : spec.disks()) {
            disks.add(new Disk(disk.file(), disk.format(), disk.kind(), spec.snapshot()));
        }
        if (spec.seed() != null) {
            disks.add(new Disk(store.folder(name).resolve(VmStore.SEED), "raw", Disk.Kind.READ_ONLY, false));
        }
        if (folder != null) {
            disks.add(new Disk(folder, "vvfat", Disk.Kind.FOLDER, false));
        }
        return disks;
    }

    private Boot boot(String name, VmStore store) {
        Boot.Uefi uefi = null;
        if (firmware != null) {
            Path variables =
                    firmware.template() == null ? null : store.folder(name).resolve(VmStore.UEFI_VARIABLES);
            uefi = new Boot.Uefi(firmware.code(), firmware.codeFormat(), variables, firmware.templateFormat());
        }
        Boot.Kernel named = kernel == null
                ? null
                : new Boot.Kernel(kernel.file(), kernel.initrd(), kernel.append() + " vmlan.name=" + name);
        return new Boot(named, uefi, spec.boot().from());
    }
}
