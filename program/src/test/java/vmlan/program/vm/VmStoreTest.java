package vmlan.program.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.qemu.ProcessMark;

class VmStoreTest {
    private static final Path DISK = Path.of("/disks/web.qcow2");

    @TempDir
    private Path home;

    private VmStore store;
    private final List<String> said = new ArrayList<>();

    @BeforeEach
    void open() throws Failure {
        store = new VmStore(Places.in(home), said::add);
    }

    private static Vm vm(String name, Path disk, long pid, long mark) {
        return new Vm(name, disk, disk == null ? null : "raw", List.of(), "qemu", "tcg", 0, 0, pid, mark, false);
    }

    private static Vm running(String name, Path disk) {
        long self = ProcessHandle.current().pid();
        return vm(name, disk, self, ProcessMark.of(self).orElseThrow());
    }

    @Test
    void whatIsWrittenIsFoundAgain() throws Failure {
        Vm vm = new Vm(
                "web",
                DISK,
                "qcow2",
                List.of(new Vm.VmNic("shared", "web-0", "52:54:00:00:00:01")),
                "/usr/bin/qemu-system-x86_64",
                "tcg",
                7,
                8,
                9,
                10,
                true);
        store.write(vm);
        assertThat(store.find("web")).contains(vm);
        assertThat(store.all()).containsExactly(vm);
        assertThat(store.macsBut("db")).containsExactly("52:54:00:00:00:01");
        assertThat(store.macsBut("web")).isEmpty();
        store.remove("web");
        assertThat(store.find("web")).isEmpty();
        assertThat(store.folder("web")).doesNotExist();
    }

    @Test
    void withoutANameTheDisksIsTakenAndAStoppedVmOfThatDiskIsStartedAgain() throws Failure {
        assertThat(store.chooseName(null, null)).isEqualTo("demo");
        assertThat(store.chooseName(null, DISK)).isEqualTo("web");
        store.write(vm("web", DISK, 0, 0));
        assertThat(store.chooseName(null, DISK)).as("stopped").isEqualTo("web");
        store.write(running("web", DISK));
        assertThat(store.chooseName(null, DISK)).as("running").isEqualTo("web-2");
        store.write(vm("web-2", Path.of("/other/web.qcow2"), 0, 0));
        assertThat(store.chooseName(null, DISK)).as("another disk's").isEqualTo("web-3");
    }

    @Test
    void aNameThatRunsOrIsAnotherDisksIsRefusedWithTheLineToType() throws Failure {
        store.write(running("web", DISK));
        assertThatThrownBy(() -> store.chooseName("web", DISK)).hasMessageContaining("is running already");
        store.write(vm("web", DISK, 0, 0));
        assertThat(store.chooseName("web", DISK)).isEqualTo("web");
        assertThatThrownBy(() -> store.chooseName("web", null)).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.what()).contains("it has " + DISK);
            assertThat(failure.remedy()).contains("vmlan run --name web " + DISK);
            assertThat(failure.exitCode()).isEqualTo(Failure.USAGE);
        });
    }

    @Test
    void aVmThatALauncherIsStartingIsTaken() throws Failure {
        long self = ProcessHandle.current().pid();
        long mark = ProcessMark.of(self).orElseThrow();
        store.write(new Vm("demo", null, null, List.of(), null, null, self, mark, 0, 0, false));
        assertThat(store.chooseName(null, null)).isEqualTo("demo-2");
        store.write(new Vm("demo", null, null, List.of(), null, null, self, mark + 1, 0, 0, false));
        assertThat(store.chooseName(null, null)).as("its launcher died").isEqualTo("demo");
    }

    @Test
    void aQemuWhoseStartWasCutShortIsFoundByItsPidFile() throws Exception {
        store.write(vm("web", DISK, 0, 0));
        Path pidFile = store.pidFile("web");
        // a process that has the pid file among its arguments, as QEMU has
        Process process = new ProcessBuilder("sh", "-c", "read line", "qemu", pidFile.toString()).start();
        try {
            Files.writeString(pidFile, process.pid() + "\n");
            assertThat(store.known("web").pid()).isEqualTo(process.pid());
            assertThat(store.known("web").isAlive()).isTrue();
            assertThat(said).containsExactly("found web running, whose start was cut short");
        } finally {
            process.destroy();
        }
    }

    @Test
    void aPidFileThatNamesAStrangerIsNotBelieved() throws Exception {
        store.write(vm("web", DISK, 0, 0));
        Files.writeString(store.pidFile("web"), ProcessHandle.current().pid() + "\n");
        assertThat(store.known("web").pid()).isZero();
        Files.writeString(store.pidFile("web"), "nonsense");
        assertThat(store.known("web").pid()).isZero();
    }

    @Test
    void aDamagedVmIsSetAsideAndSaidAndTheOthersAreListed() throws Exception {
        store.write(vm("web", DISK, 0, 0));
        Files.createDirectories(store.folder("broken"));
        Files.writeString(store.folder("broken").resolve("vm.json"), "{\"nics\":[{}]}");
        assertThat(store.all()).extracting(Vm::name).containsExactly("web");
        assertThat(said).singleElement().asString().contains("vm.json is damaged");
    }
}
