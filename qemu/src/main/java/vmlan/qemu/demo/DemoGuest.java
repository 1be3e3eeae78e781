package vmlan.qemu.demo;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;
import vmlan.qemu.Qemu;
import vmlan.qemu.QemuException;
import vmlan.qemu.tool.SystemWords;

/// Makes the demo guest, once; after that it is two files in the cache.
public final class DemoGuest {
    private static final Set<String> ARCHITECTURES = Set.of("x86_64", "aarch64");

    /// File locks are for processes; this is for the threads of this one.
    private static final ReentrantLock THREADS = new ReentrantLock();

    private DemoGuest() {}

    /// The demo guest, from the cache or made now: from an installed kernel and busybox where there are such, else
    /// from packages (30 MB with Debian's). Blocks for seconds to minutes then. Whoever comes second waits for the
    /// first; one that is interrupted leaves nothing that looks finished.
    ///
    /// @param progress is told in words what happens, when it takes long
    public static DemoImage prepare(String architecture, Path cacheFolder, Consumer<String> progress)
            throws QemuException {
        if (!ARCHITECTURES.contains(architecture)) {
            throw new QemuException(
                    "there is no demo guest for " + architecture, "give a disk to boot from: vmlan run DISK");
        }
        try {
            Path folder = folder(architecture, cacheFolder);
            if (!isComplete(folder)) {
                Files.createDirectories(cacheFolder);
                make(architecture, folder, progress);
            }
            return image(folder, architecture);
        } catch (IOException e) {
            throw new QemuException(
                    "the demo guest cannot be made: " + SystemWords.withFile(e),
                    "check the space and the rights of " + cacheFolder,
                    e);
        }
    }

    /// Whether [#prepare] has something to make it from here: a kernel and busybox, or a manager of packages that it
    /// knows to fetch them with. Whether their server answers is not known before it is asked.
    public static boolean canBeMade(String architecture, Path cacheFolder) {
        return isMade(architecture, cacheFolder) || Ingredients.areWithinReach(architecture, Path.of("/"));
    }

    /// Whether [#prepare] finds it in the cache.
    public static boolean isMade(String architecture, Path cacheFolder) {
        try {
            return isComplete(folder(architecture, cacheFolder));
        } catch (IOException e) {
            return false;
        }
    }

    private static Path folder(String architecture, Path cacheFolder) throws IOException {
        return cacheFolder.resolve("demo-" + architecture + "-" + Initramfs.recipe());
    }

    private static DemoImage image(Path folder, String architecture) {
        // A guest that panics starts again after 10 s. Nobody attacks the demo guest from within, and the cures for
        // leaky processors cost an emulated one most. The console's name is the machine type's.
        String console = architecture.equals("aarch64") ? "ttyAMA0" : "ttyS0";
        return new DemoImage(
                folder.resolve("kernel"),
                folder.resolve("initrd"),
                "console=" + console + " quiet panic=10 mitigations=off nokaslr");
    }

    private static boolean isComplete(Path folder) throws IOException {
        for (String name : List.of("kernel", "initrd")) {
            Path file = folder.resolve(name);
            if (!Files.isRegularFile(file) || Files.size(file) == 0) {
                return false;
            }
        }
        return true;
    }

    private static void make(String architecture, Path folder, Consumer<String> progress)
            throws IOException, QemuException {
        THREADS.lock();
        try (FileChannel channel = FileChannel.open(
                        folder.resolveSibling("demo.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = lock(channel, progress)) {
            if (!lock.isValid() || isComplete(folder)) {
                return;
            }
            removeRemains(folder.getParent());
            Path unfinished = Files.createTempDirectory(folder.getParent(), "demo-unfinished-");
            try {
                Ingredients ingredients = Ingredients.find(
                        architecture, Path.of("/"), Files.createDirectory(unfinished.resolve("apt")), progress);
                progress.accept(
                        "making the demo guest of " + ingredients.kernel().release());
                fill(unfinished, architecture, ingredients);
                remove(unfinished.resolve("apt"));
                remove(folder);
                Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
                removeOthers(folder, architecture);
            } finally {
                remove(unfinished);
            }
        } finally {
            THREADS.unlock();
        }
    }

    private static FileLock lock(FileChannel channel, Consumer<String> progress) throws IOException {
        FileLock lock = channel.tryLock();
        if (lock != null) {
            return lock;
        }
        // The kernel gives the lock back when its holder dies, and the holder's own waits are all bounded.
        progress.accept("another vmlan is making the demo guest; waiting for it");
        return channel.lock();
    }

    private static void fill(Path folder, String architecture, Ingredients ingredients) throws IOException {
        Map<String, byte[]> modules = KernelModules.choose(ingredients.kernel());
        Files.write(
                folder.resolve("kernel"),
                KernelImage.bootable(ingredients.kernel().image(), architecture));
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(folder.resolve("initrd")), 1 << 16)) {
            Initramfs.write(out, ingredients.busybox(), modules);
        }
    }

    /// What an earlier one left that was killed; we hold the lock, so nobody works there.
    private static void removeRemains(Path cacheFolder) throws IOException {
        removeMatching(cacheFolder, "demo-unfinished-", cacheFolder);
    }

    /// Guests of older recipes. A running QEMU has read its kernel at the start and does not miss it.
    private static void removeOthers(Path folder, String architecture) throws IOException {
        removeMatching(folder.getParent(), "demo-" + architecture + "-", folder);
    }

    private static void removeMatching(Path parent, String prefix, Path except) throws IOException {
        List<Path> matching;
        try (Stream<Path> entries = Files.list(parent)) {
            matching = entries.filter(entry -> entry.getFileName().toString().startsWith(prefix))
                    .filter(entry -> !entry.equals(except))
                    .toList();
        }
        for (Path entry : matching) {
            remove(entry);
        }
    }

    private static void remove(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> files;
        try (Stream<Path> walk = Files.walk(folder)) {
            files = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
    }

    static boolean isHost(String architecture) {
        return architecture.equals(Qemu.hostArchitecture());
    }
}
