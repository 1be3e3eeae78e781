package vmlan.program.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vmlan.program.files.Places;
import vmlan.program.serve.Networks;
import vmlan.qemu.ProcessMark;

/// What is kept of VMs after the host was started anew: `run/` is empty, pids belong to others, and marks
/// are of an earlier boot.
class RebootTest {
    /// The upper half of a mark is of the boot (ProcessMark).
    private static final long ANOTHER_BOOT = 1L << 32;

    @TempDir
    private Path home;

    private VmStore store;
    private final long self = ProcessHandle.current().pid();
    private final long mark = ProcessMark.of(self).orElseThrow();

    @BeforeEach
    void open() throws Exception {
        store = new VmStore(Places.in(home), line -> {
            throw new AssertionError(line);
        });
    }

    private Vm vm(long launcher, long launcherMark, long pid, long pidMark) throws Exception {
        VmSpec spec = new VmSpec(
                "x86_64",
                List.of(new VmDisk(Path.of("/disks/web.qcow2"), "qcow2")),
                List.of(NicSpec.parse("shared")),
                1,
                1 << 30,
                List.of(),
                List.of(),
                List.of());
        Vm vm = new Vm(
                "web",
                spec,
                List.of(new Vm.VmNic("shared", "web-0", "52:54:00:00:00:01")),
                List.of("8080:80"),
                "qemu",
                "tcg",
                Path.of("/"),
                true,
                launcher,
                launcherMark,
                pid,
                pidMark,
                false);
        store.write(vm);
        return store.known("web");
    }

    @Test
    void aVmThatRanIsStoppedThoughItsPidIsSomebodyElses() throws Exception {
        Vm vm = vm(0, 0, self, mark + ANOTHER_BOOT);
        assertThat(vm.isAlive()).isFalse();
        assertThat(VmStatus.of(vm, store)).isEqualTo(new VmStatus(VmStatus.State.STOPPED, ""));
        assertThat(new VmStopper(store, new Networks(Places.in(home), false)).stop("web", java.time.Duration.ZERO))
                .isEqualTo(VmStopper.How.NOT_RUNNING);
        assertThat(vm.autostart()).isTrue();
        assertThat(vm.startLine()).isEqualTo("vmlan start web");
        assertThat(new VmNaming(store).isFree("web", Path.of("/disks/web.qcow2"), false))
                .isTrue();
    }

    @Test
    void aQemuThatDiedInThisBootFailed() throws Exception {
        Vm vm = vm(0, 0, self, mark + 1);
        assertThat(VmStatus.of(vm, store).state()).isEqualTo(VmStatus.State.FAILED);
        assertThat(VmStatus.of(vm, store).lastWords()).isEqualTo("QEMU ended without a word");
    }

    @Test
    void oneThatWasBeingStartedCanBeStarted() throws Exception {
        Files.createDirectories(store.folder("web"));
        Files.writeString(store.pidFile("web"), self + "\n");
        Vm vm = vm(self, mark + ANOTHER_BOOT, 0, 0);
        assertThat(vm.isBeingStarted()).isFalse();
        assertThat(vm.isAlive()).as("a pid file of the boot before").isFalse();
        assertThat(VmStatus.of(vm, store).state()).isEqualTo(VmStatus.State.STOPPED);
        assertThat(new VmNaming(store).isFree("web", Path.of("/disks/web.qcow2"), false))
                .isTrue();
    }
}
