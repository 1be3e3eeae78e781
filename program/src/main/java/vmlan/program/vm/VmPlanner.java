package vmlan.program.vm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import vmlan.program.explain.ThisMachine;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.program.message.Progress;
import vmlan.qemu.AcceleratorProbe;
import vmlan.qemu.Boot;
import vmlan.qemu.DiskImage;
import vmlan.qemu.Qemu;
import vmlan.qemu.QemuException;
import vmlan.qemu.UefiFirmware;
import vmlan.qemu.demo.DemoGuest;
import vmlan.qemu.demo.DemoImage;
import vmlan.qemu.demo.FirmwareDemo;

/// Finds what a VM needs of this machine before anything is started: QEMU and how fast it can run here, firmware,
/// the demo guest, and what its disks are.
final class VmPlanner {
    private final Places places;
    private final VmStore store;
    private final Progress progress;

    VmPlanner(Places places, VmStore store, Progress progress) {
        this.places = places;
        this.store = store;
        this.progress = progress;
    }

    /// One that is there. Where it runs, what it has now is free when it is started anew.
    StartPlan plan(Vm vm) throws QemuException, Failure {
        return vm.spec().isLine() && vm.isAlive()
                ? new LinePlanner(places, progress).plan(vm.spec(), ThisMachine.withoutOneVm())
                : plan(vm.spec());
    }

    StartPlan plan(VmSpec spec) throws QemuException, Failure {
        if (spec.isLine()) {
            return new LinePlanner(places, progress).plan(spec, new ThisMachine());
        }
        for (VmDisk disk : spec.disks()) {
            checkDisk(spec, disk);
        }
        Path cache = places.cache();
        progress.step("looking for QEMU");
        Map<String, String> environment = System.getenv();
        Qemu qemu = Qemu.find(spec.architecture(), environment, cache);
        checkVmnet(spec, qemu);
        progress.step("looking which acceleration works");
        AcceleratorProbe.Chosen accelerator = AcceleratorProbe.choose(qemu, cache);
        if (spec.disks().isEmpty() && spec.boot().from() != Boot.From.NETWORK) {
            return demo(spec, qemu, accelerator, cache);
        }
        List<VmDisk> disks = new ArrayList<>();
        for (VmDisk disk : spec.disks()) {
            disks.add(disk.withFormat(format(disk, qemu)));
        }
        if (spec.snapshot()) {
            sayWhereWritesGo();
        }
        return new VmPlan(qemu, accelerator, null, firmware(spec, qemu), null, spec.withDisks(disks));
    }

    /// In the words of a QEMU that is asked for what it was built without.
    private static void checkVmnet(VmSpec spec, Qemu qemu) throws Failure {
        for (NicSpec nic : spec.nics()) {
            String type = nic.isOfQemu() ? nic.vmnet().kind().type() : null;
            if (type != null && !qemu.netdevTypes().contains(type)) {
                throw Failure.usage(
                        "-netdev " + type + ": Parameter 'type' does not accept value '" + type + "'",
                        qemu.binary() + " was built without vmnet: take --via vmnet, or set VMLAN_QEMU to one that has"
                                + " it, as Homebrew's");
            }
        }
    }

    /// Named by the user, so a mistake of theirs, and nothing has been started.
    private static void checkDisk(VmSpec spec, VmDisk disk) throws QemuException, Failure {
        DiskImage.check(disk.file());
        if (spec.writes(disk) && !Files.isWritable(disk.file())) {
            throw Failure.usage(
                    "the disk " + disk.file() + " cannot be written by this user",
                    "take --snapshot, which throws away what the guest writes, or a disk of your own on top of it:"
                            + " qemu-img create -f qcow2 -b " + disk.file() + " -F FORMAT mine.qcow2");
        }
    }

    private VmPlan demo(VmSpec spec, Qemu qemu, AcceleratorProbe.Chosen accelerator, Path cache) throws QemuException {
        String architecture = spec.architecture();
        boolean firmwares = spec.boot().demo() == VmBoot.Demo.FIRMWARE;
        if (!firmwares && !DemoGuest.canBeMade(architecture, cache) && FirmwareDemo.isFor(architecture)) {
            progress.note("this system has no Linux kernel for the demo guest, and no packages of one: "
                    + FirmwareDemo.inWords(architecture) + " is run in its place");
            firmwares = true;
        }
        if (firmwares) {
            Path folder = FirmwareDemo.prepare(architecture, cache);
            VmSpec booting = spec.booting(
                    new VmBoot(spec.boot().firmware(), FirmwareDemo.from(architecture), VmBoot.Demo.FIRMWARE));
            return new VmPlan(qemu, accelerator, null, firmware(spec, qemu), folder, booting);
        }
        DemoImage image = DemoGuest.prepare(architecture, cache, progress::step);
        Boot.Kernel kernel = new Boot.Kernel(image.kernel(), image.initrd(), image.append());
        boolean asked = spec.boot().firmware() == VmBoot.Firmware.UEFI;
        return new VmPlan(qemu, accelerator, kernel, asked ? firmware(spec, qemu) : null, null, spec);
    }

    private static UefiFirmware firmware(VmSpec spec, Qemu qemu) throws QemuException {
        return spec.boot().firmware(spec.architecture()) == VmBoot.Firmware.UEFI
                ? UefiFirmware.find(qemu, System.getenv())
                : null;
    }

    /// Asked once: the answer of the VM that used the disk before counts, whatever the guest has written since. A VM
    /// that
    /// is started as it was has it in its own spec.
    private String format(VmDisk disk, Qemu qemu) throws QemuException, Failure {
        if (disk.format() != null) {
            return disk.format();
        }
        for (Vm vm : store.all()) {
            for (VmDisk used : vm.spec().disks()) {
                if (disk.file().equals(used.file()) && used.format() != null) {
                    checkUnchanged(used, vm.name(), qemu);
                    return used.format();
                }
            }
        }
        return DiskImage.format(disk.file(), qemu, System.getenv(), progress::note);
    }

    /// Whether the user replaced the file or a guest wrote another format's header into it cannot be told here. The one
    /// would not boot as what it was, the other must not be opened as what it looks like: so the user says.
    private static void checkUnchanged(VmDisk used, String vm, Qemu qemu) throws Failure {
        try {
            checkUnchanged(used, vm, DiskImage.looks(used.file(), qemu, System.getenv()));
        } catch (QemuException e) {
            throw changed(used, vm, "qemu-img cannot read it now: " + e.what());
        }
    }

    /// @param used with the format that is kept
    /// @param now what the file looks like; empty: nobody can say
    static void checkUnchanged(VmDisk used, String vm, Optional<String> now) throws Failure {
        // A raw disk that the guest encrypts as a whole looks like that, and is a raw disk.
        boolean encrypted = used.format().equals("raw") && now.equals(Optional.of("luks"));
        if (now.isPresent() && !now.get().equals(used.format()) && !encrypted) {
            throw changed(used, vm, "looks like " + now.get() + " now");
        }
    }

    private static Failure changed(VmDisk used, String vm, String now) {
        return Failure.usage(
                "the disk " + used.file() + " was " + used.format() + " when " + vm + " first used it, and " + now,
                "if you replaced the file: vmlan rm " + vm + "; if not, it runs as before by: vmlan start " + vm);
    }

    /// QEMU block.c, create_tmp_file.
    private void sayWhereWritesGo() {
        String named = System.getenv("TMPDIR");
        Path folder = Path.of(named == null || named.isEmpty() ? "/var/tmp" : named);
        long free = folder.toFile().getUsableSpace();
        progress.note(String.format(
                Locale.ROOT,
                "nothing is written to the disks: what the guest writes goes to %s, where %.1f GB are free, and is"
                        + " thrown away when the VM stops",
                folder,
                free / 1e9));
    }

    /// Two guests that write one disk, or one that writes what another reads, destroy it. QEMU's own locks see to that
    /// too; here it is said with the VM's name. The caller holds the store's lock.
    void checkDisksAreFree(String name, VmSpec spec) throws Failure, IOException {
        List<VmDisk> disks = spec.disks();
        for (int i = 0; i < disks.size(); i++) {
            VmDisk disk = disks.get(i);
            for (VmDisk earlier : disks.subList(0, i)) {
                boolean written = spec.writes(disk) || spec.writes(earlier);
                if (written && Files.isSameFile(disk.file(), earlier.file())) {
                    throw Failure.usage("the disk " + disk.file() + " is given twice", "name each disk once");
                }
            }
            Optional<Vm> user = userOf(disk, spec.writes(disk), name);
            if (user.isPresent()) {
                throw Failure.usage(
                        "the disk " + disk.file() + " is in use by the VM '"
                                + user.get().name() + "'",
                        "stop that one: vmlan stop " + user.get().name()
                                + "; two VMs share a disk only when both have it with --snapshot or as --cdrom");
            }
        }
    }

    private Optional<Vm> userOf(VmDisk disk, boolean writes, String name) throws Failure, IOException {
        for (Vm vm : store.all()) {
            if (vm.name().equals(name) || !(vm.isAlive() || vm.isBeingStarted())) {
                continue;
            }
            for (VmDisk used : vm.spec().disks()) {
                if ((writes || vm.spec().writes(used))
                        && Files.exists(used.file())
                        && Files.isSameFile(disk.file(), used.file())) {
                    return Optional.of(vm);
                }
            }
        }
        return Optional.empty();
    }
}
