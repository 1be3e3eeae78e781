package vmlan.program.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import vmlan.host.Descriptors;
import vmlan.host.HostRoutes;
import vmlan.host.macos.VmnetException;
import vmlan.host.macos.VmnetFeature;
import vmlan.host.macos.VmnetFramework;
import vmlan.network.change.HostRoute;
import vmlan.program.config.NetworksFile;
import vmlan.program.control.ControlClient;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.program.serve.HostNics;
import vmlan.qemu.AcceleratorProbe;
import vmlan.qemu.ProcessMark;
import vmlan.qemu.Qemu;
import vmlan.qemu.QemuException;
import vmlan.qemu.UefiFirmware;
import vmlan.qemu.demo.DemoGuest;
import vmlan.qemu.tool.Install;
import vmlan.qemu.tool.Programs;
import vmlan.qemu.tool.Tool;

/// The machine that this runs on. QEMU's answers are kept in a folder that goes away on closing: those in the cache
/// may be of yesterday.
public final class RealHost implements Host, AutoCloseable {
    private static final int MOST_BYTES = 1 << 20;
    private static final int MOST_CHILDREN = 10_000;
    /// A block, so that a full disk says so.
    private static final int TRIAL_BYTES = 4096;

    private static final Duration COMMAND_LIMIT = Duration.ofSeconds(5);
    private static final List<Path> MORE_FOLDERS =
            List.of("/usr/bin", "/bin", "/usr/sbin", "/sbin", "/opt/homebrew/bin", "/usr/local/bin").stream()
                    .map(Path::of)
                    .toList();

    private final Map<String, FutureTask<Qemu>> asked = new ConcurrentHashMap<>();
    private final Path scratch = scratchFolder();

    /// The first place that takes a folder; where there is none, a path at which every write fails, and then what is
    /// asked is asked without being remembered.
    private static Path scratchFolder() {
        String temporary = System.getenv().getOrDefault("TMPDIR", "");
        for (String place : List.of(temporary, "/tmp", "/dev/shm", "/var/tmp")) {
            try {
                if (place.startsWith("/")) {
                    return Files.createTempDirectory(Path.of(place), "vmlan-doctor-");
                }
            } catch (IOException e) {
                // the next one
            }
        }
        return Path.of("/dev/null/vmlan-doctor");
    }

    @Override
    public boolean isMac() {
        return property("os.name").startsWith("Mac");
    }

    @Override
    public String architecture() {
        return Qemu.hostArchitecture();
    }

    @Override
    public String property(String name) {
        return System.getProperty(name, "");
    }

    @Override
    public Map<String, String> environment() {
        return System.getenv();
    }

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public int uid() throws Failure {
        return Places.uid();
    }

    @Override
    public Places places() throws Failure {
        return Places.ofThisUser();
    }

    @Override
    public NetworksFile.Content networksFile(Places places) {
        return new NetworksFile(places).read();
    }

    @Override
    public Optional<FileFacts> facts(Path file) throws IOException {
        try {
            Map<String, Object> unix =
                    Files.readAttributes(file, "unix:uid,mode,lastModifiedTime", LinkOption.NOFOLLOW_LINKS);
            FileFacts.Kind kind = Files.isSymbolicLink(file)
                    ? FileFacts.Kind.LINK
                    : Files.isDirectory(file)
                            ? FileFacts.Kind.FOLDER
                            : Files.isRegularFile(file) ? FileFacts.Kind.FILE : FileFacts.Kind.OTHER;
            return Optional.of(new FileFacts(
                    kind,
                    (Integer) unix.get("uid"),
                    (Integer) unix.get("mode") & 07777,
                    Files.isReadable(file),
                    Files.isWritable(file),
                    ((FileTime) unix.get("lastModifiedTime")).toInstant()));
        } catch (NoSuchFileException | AccessDeniedException e) {
            return Optional.empty();
        } catch (FileSystemException e) {
            if (!Files.exists(file)) {
                return Optional.empty(); // below something that is no folder
            }
            throw e;
        }
    }

    @Override
    public Path realPath(Path file) throws IOException {
        return file.toRealPath();
    }

    @Override
    public String text(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            // Files of /proc have no size, and their first read should be a large one.
            byte[] bytes = new byte[MOST_BYTES];
            int length = 0;
            for (int n = in.read(bytes); n > 0; n = in.read(bytes, length, bytes.length - length)) {
                length += n;
            }
            return new String(bytes, 0, length, StandardCharsets.UTF_8);
        }
    }

    @Override
    public List<Path> children(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.limit(MOST_CHILDREN).sorted().toList();
        } catch (NoSuchFileException | NotDirectoryException | AccessDeniedException e) {
            return List.of();
        }
    }

    @Override
    public Space space(Path folder) throws IOException {
        Path there = folder;
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        FileStore store = Files.getFileStore(there);
        return new Space(store.getUsableSpace(), store.type());
    }

    @Override
    public void tryOut(Path folder) throws IOException {
        Path file = Files.createTempFile(
                folder,
                "doctor",
                ".new",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Path renamed = file.resolveSibling(file.getFileName() + ".renamed");
        try {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                if (channel.tryLock() == null) {
                    throw new IOException("a new file is locked already");
                }
                ByteBuffer block = ByteBuffer.allocate(TRIAL_BYTES);
                while (block.hasRemaining()) {
                    channel.write(block);
                }
                channel.force(true);
            }
            Files.move(file, renamed, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(renamed);
        }
    }

    @Override
    public boolean isServed(Path controlSocket) {
        return new ControlClient(controlSocket, "").isServed();
    }

    @Override
    public Optional<Path> program(String name) {
        return Programs.find(name, environment(), MORE_FOLDERS);
    }

    @Override
    public String installLine(Install what) {
        return what.line();
    }

    @Override
    public Tool run(String... command) throws IOException {
        return Tool.run(COMMAND_LIMIT, List.of(command));
    }

    @Override
    public List<HostRoute> routes() throws IOException {
        return HostRoutes.routes();
    }

    @Override
    public Map<Long, List<String>> processes() {
        Map<Long, List<String>> processes = new HashMap<>();
        ProcessHandle.allProcesses().forEach(process -> {
            ProcessHandle.Info info = process.info();
            List<String> words = new ArrayList<>();
            info.command().ifPresent(words::add);
            info.arguments().ifPresent(arguments -> words.addAll(List.of(arguments)));
            processes.put(process.pid(), words);
        });
        return processes;
    }

    @Override
    public boolean isAlive(long pid, long mark) {
        return ProcessMark.isAlive(pid, mark);
    }

    @Override
    public int descriptors() {
        return Descriptors.limit();
    }

    @Override
    public List<HostNics.HostNic> nics() throws Failure {
        return HostNics.bridgeable();
    }

    @Override
    public VmnetFacts vmnet() throws VmnetException {
        VmnetFramework framework = VmnetFramework.open(fault -> {});
        Set<VmnetFeature> features = EnumSet.noneOf(VmnetFeature.class);
        for (VmnetFeature feature : VmnetFeature.values()) {
            if (framework.has(feature)) {
                features.add(feature);
            }
        }
        return new VmnetFacts(features, framework.sharedInterfaces());
    }

    @Override
    public Qemu qemu(String architecture) throws QemuException {
        FutureTask<Qemu> task = asked.computeIfAbsent(
                architecture, name -> new FutureTask<>(() -> Qemu.find(name, environment(), scratch)));
        task.run();
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof QemuException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QemuException("interrupted while QEMU was asked", "try again", e);
        }
    }

    @Override
    public UefiFirmware uefi(Qemu qemu) throws QemuException {
        return UefiFirmware.find(qemu, environment());
    }

    @Override
    public boolean isDemoMade(String architecture, Path cache) {
        return DemoGuest.isMade(architecture, cache);
    }

    @Override
    public boolean canDemoBeMade(String architecture, Path cache) {
        return DemoGuest.canBeMade(architecture, cache);
    }

    @Override
    public AcceleratorProbe.Chosen accelerator(Qemu qemu) {
        return AcceleratorProbe.choose(qemu, scratch);
    }

    /// Any thread, any number of times.
    @Override
    public void close() {
        if (!Files.isDirectory(scratch)) {
            return;
        }
        try (Stream<Path> files = Files.list(scratch)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(scratch);
        } catch (IOException e) {
            // A probe that was given up may still write there; the folder is one of the temporary ones.
        }
    }
}
