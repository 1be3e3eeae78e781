package vmlan.qemu.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import vmlan.qemu.QemuException;
import vmlan.qemu.tool.Install;
import vmlan.qemu.tool.Programs;

/// What the demo guest is made of. Each of the two is taken from this machine when it is here, else from packages.
final class Ingredients {
    /// Beside the packages: apt's lists and its cache of them, and the guest itself.
    private static final long MORE_BYTES = 250L << 20;

    private final KernelSource kernel;
    private final byte[] busybox;

    private Ingredients(KernelSource kernel, byte[] busybox) {
        this.kernel = kernel;
        this.busybox = busybox;
    }

    KernelSource kernel() {
        return kernel;
    }

    byte[] busybox() {
        return busybox.clone();
    }

    /// @param root of the system that is looked at: `/`
    /// @param work an empty folder for what is fetched
    static Ingredients find(String architecture, Path root, Path work, Consumer<String> progress)
            throws IOException, QemuException {
        Optional<KernelSource> kernel = installedKernel(root, architecture);
        Optional<byte[]> busybox =
                DemoGuest.isHost(architecture) ? Busybox.installed(root, architecture) : Optional.empty();
        if (kernel.isPresent() && busybox.isPresent()) {
            return new Ingredients(kernel.get(), busybox.get());
        }
        if (Programs.find("apt-get").isEmpty()) {
            throw missing(kernel.isPresent());
        }
        List<DebPackage> debs = fetch(architecture, work, kernel.isEmpty(), busybox.isEmpty(), progress);
        List<DebPackage> kernels = new ArrayList<>();
        Optional<DebPackage> busyboxDeb = Optional.empty();
        for (DebPackage deb : debs) {
            if (deb.file().getFileName().toString().startsWith("busybox")) {
                busyboxDeb = Optional.of(deb);
            } else {
                kernels.add(deb);
            }
        }
        return new Ingredients(
                kernel.isPresent() ? kernel.get() : new PackagedKernel(kernels),
                busybox.isPresent() ? busybox.get() : Busybox.in(busyboxDeb.orElseThrow(), architecture));
    }

    static boolean areWithinReach(String architecture, Path root) {
        boolean packages = Programs.find("apt-get").isPresent();
        return packages || (installedKernel(root, architecture).isPresent() && hasBusybox(root, architecture));
    }

    private static boolean hasBusybox(Path root, String architecture) {
        return Busybox.installed(root, architecture).isPresent();
    }

    private static Optional<KernelSource> installedKernel(Path root, String architecture) {
        if (!DemoGuest.isHost(architecture)) {
            return Optional.empty();
        }
        for (InstalledKernel kernel : InstalledKernel.all(root)) {
            try {
                KernelModules.choose(kernel);
                return Optional.of(kernel);
            } catch (IOException e) {
                // a kernel without what QEMU's network card needs: the next one
            }
        }
        return Optional.empty();
    }

    private static List<DebPackage> fetch(
            String architecture, Path work, boolean wantsKernel, boolean wantsBusybox, Consumer<String> progress)
            throws IOException, QemuException {
        IOException first = null;
        if (AptPackages.isNative(architecture)) {
            try {
                Path folder = Files.createDirectory(work.resolve("system"));
                return fetch(
                        AptPackages.withLists(false, folder, architecture), work, wantsKernel, wantsBusybox, progress);
            } catch (IOException e) {
                first = e;
            }
        }
        try {
            progress.accept("getting apt's lists of packages"
                    + (first == null ? "" : ", because with this system's own: " + first.getMessage()));
            Path folder = Files.createDirectory(work.resolve("own"));
            AptPackages apt = AptPackages.withLists(true, folder, architecture);
            apt.update();
            return fetch(apt, work, wantsKernel, wantsBusybox, progress);
        } catch (IOException e) {
            throw new QemuException(
                    "the demo guest's packages cannot be fetched: " + e.getMessage(), byHand(architecture), e);
        }
    }

    private static List<DebPackage> fetch(
            AptPackages apt, Path work, boolean wantsKernel, boolean wantsBusybox, Consumer<String> progress)
            throws IOException, QemuException {
        List<String> names = new ArrayList<>(wantsKernel ? apt.kernel() : List.of());
        if (wantsBusybox) {
            names.add("busybox-static");
        }
        AptPackages.Selection selection = apt.select(names);
        // Not Files.getFileStore: that looks the folder's mount up, and in a chroot there is none to be found.
        long free = work.toFile().getUsableSpace();
        if (free < selection.bytes() + MORE_BYTES) {
            throw new QemuException(
                    "the demo guest needs %s in %s, and %s are free"
                            .formatted(megabytes(selection.bytes() + MORE_BYTES), work, megabytes(free)),
                    "free some space, or set XDG_CACHE_HOME to a folder that has it");
        }
        progress.accept("downloading " + String.join(", ", names) + " (" + megabytes(selection.bytes()) + ")");
        return apt.download(selection);
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }

    private static String byHand(String architecture) {
        String image = architecture.equals("aarch64") ? "linux-image-arm64" : "linux-image-amd64";
        boolean root = "root".equals(System.getProperty("user.name"));
        return "check the network and try again, or install them: " + (root ? "" : "sudo ")
                + "apt-get install --no-install-recommends " + image + " busybox-static";
    }

    private static QemuException missing(boolean hasKernel) {
        String line = Install.DEMO_GUEST.line();
        return new QemuException(
                "the demo guest needs " + (hasKernel ? "" : "a readable kernel and ")
                        + "a static busybox, and this system has none",
                line.isEmpty()
                        ? "give a disk to boot from: vmlan run DISK"
                        : "install them: " + line + "; or give a disk to boot from: vmlan run DISK");
    }
}
