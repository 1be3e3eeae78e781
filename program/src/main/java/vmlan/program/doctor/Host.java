package vmlan.program.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import vmlan.host.macos.VmnetException;
import vmlan.network.change.HostRoute;
import vmlan.program.config.NetworksFile;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.program.serve.HostNics;
import vmlan.qemu.AcceleratorProbe;
import vmlan.qemu.Qemu;
import vmlan.qemu.QemuException;
import vmlan.qemu.UefiFirmware;
import vmlan.qemu.tool.Install;
import vmlan.qemu.tool.Tool;

/// This machine as the checks see it. All that they read comes by here, so that a test can be another machine.
interface Host {
    boolean isMac();

    /// In QEMU's words, as [Qemu#hostArchitecture].
    String architecture();

    /// A property of Java; the empty string where there is none.
    String property(String name);

    Map<String, String> environment();

    Instant now();

    int uid() throws Failure;

    Places places() throws Failure;

    /// What networks.yaml says.
    NetworksFile.Content networksFile(Places places);

    /// Empty where there is no such file, as far as this user can see. The last link of a path is not followed.
    Optional<FileFacts> facts(Path file) throws IOException;

    /// Where links lead.
    Path realPath(Path file) throws IOException;

    /// The beginning of a file, as much as anybody needs here.
    String text(Path file) throws IOException;

    /// What is in a folder, in order; nothing where there is none that this user may list.
    List<Path> children(Path folder) throws IOException;

    /// Where a folder is, or would be.
    Space space(Path folder) throws IOException;

    /// @param type of the file system, in the system's words
    record Space(long freeBytes, String type) {}

    /// Writes a file there, locks it, renames it and takes it away again.
    void tryOut(Path folder) throws IOException;

    /// Whether a network's process listens there.
    boolean isServed(Path controlSocket);

    Optional<Path> program(String name);

    /// The line that installs something here; empty where no package manager is known.
    String installLine(Install what);

    Tool run(String... command) throws IOException;

    List<HostRoute> routes() throws IOException;

    /// The command lines of all processes that can be seen.
    Map<Long, List<String>> processes();

    /// See [vmlan.qemu.ProcessMark].
    boolean isAlive(long pid, long mark);

    /// How many descriptors a network's process may have.
    int descriptors();

    List<HostNics.HostNic> nics() throws Failure;

    /// What Apple's vmnet.framework has; it is opened, and no interface started.
    VmnetFacts vmnet() throws VmnetException;

    /// Asked now, not remembered from earlier.
    Qemu qemu(String architecture) throws QemuException;

    /// What a start would boot such guests' disks with.
    UefiFirmware uefi(Qemu qemu) throws QemuException;

    boolean isDemoMade(String architecture, Path cache);

    /// As a start would see it.
    boolean canDemoBeMade(String architecture, Path cache);

    /// Tried now, by running a guest.
    AcceleratorProbe.Chosen accelerator(Qemu qemu);
}
