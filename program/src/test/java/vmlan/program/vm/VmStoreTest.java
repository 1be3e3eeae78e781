package vmlan.program.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vmlan.program.config.HostPort;
import vmlan.program.files.FileLock;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.program.publish.PublishRule;
import vmlan.qemu.Boot;
import vmlan.qemu.Disk;
import vmlan.qemu.ProcessMark;
import vmlan.qemu.seed.Seed;

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
        return SampleVm.of(name, spec(disk, "raw")).started(pid, mark);
    }

    private static VmSpec spec(Path disk, String format) {
        List<VmDisk> disks = disk == null ? List.of() : List.of(new VmDisk(disk, format));
        return SampleVm.spec(disks, List.of());
    }

    private static Vm running(String name, Path disk) {
        long self = ProcessHandle.current().pid();
        return vm(name, disk, self, ProcessMark.of(self).orElseThrow());
    }

    /// Within one process the system's lock is refused to whoever asks for it a second time.
    @Test
    void sshsConfigurationFollowsAVmThatGoesUnderTheStoresLock() throws Exception {
        store.write(vm("web", DISK, 0, 0));
        Path config = Files.writeString(Places.in(home).stateIfAny("ssh_config"), "as installed\n");
        try (FileLock lock = store.lock()) {
            assertThat(lock).isNotNull();
            assertThatThrownBy(() -> store.remove("web")).isInstanceOf(OverlappingFileLockException.class);
            assertThat(config).hasContent("as installed");
        }
    }

    @Test
    void whatIsWrittenIsFoundAgain() throws Failure {
        Vm vm = new Vm(
                "web",
                new VmSpec(
                        "aarch64",
                        List.of(
                                new VmDisk(DISK, "qcow2"),
                                new VmDisk(Path.of("/disks/a, b.raw"), null),
                                new VmDisk(Path.of("/disks/c.iso"), "raw", Disk.Kind.CDROM)),
                        List.of(
                                NicSpec.parse("shared,mac=52:54:00:00:00:01,ip=192.168.64.7,isolated"),
                                NicSpec.parse("bridged:en0,mac-nat=on"),
                                NicSpec.parse("user")),
                        2,
                        3 << 20,
                        List.of(PublishRule.parse("0:80"), PublishRule.parse("*:8000-8009:80-89/udp")),
                        List.of(new HostPort(true, 514)),
                        List.of("-vga", "std"),
                        new VmBoot(VmBoot.Firmware.UEFI, Boot.From.NETWORK, VmBoot.Demo.FIRMWARE),
                        true,
                        new Seed("#!/bin/sh\n", List.of("ssh-ed25519 AAAA me"))),
                List.of(new Vm.VmNic("shared", "web-0", "52:54:00:00:00:01")),
                List.of("8080:80"),
                "/usr/bin/qemu-system-x86_64",
                "tcg",
                Path.of("/home/me/a b"),
                true,
                7,
                8,
                9,
                10,
                true);
        store.write(vm);
        assertThat(store.find("web")).contains(vm);
        assertThat(store.all()).containsExactly(vm);
        assertThat(store.macsBut("db")).containsExactly(Map.entry("52:54:00:00:00:01", "web"));
        assertThat(store.macsBut("web")).isEmpty();
        store.remove("web");
        assertThat(store.find("web")).isEmpty();
        assertThat(store.folder("web")).doesNotExist();
    }

    @Test
    void withoutANameTheDisksIsTakenAndAStoppedVmOfThatDiskIsStartedAgain() throws Failure {
        assertThat(new VmNaming(store).choose(null, null)).isEqualTo("demo");
        assertThat(new VmNaming(store).choose(null, DISK)).isEqualTo("web");
        store.write(vm("web", DISK, 0, 0));
        assertThat(new VmNaming(store).choose(null, DISK)).as("stopped").isEqualTo("web");
        store.write(running("web", DISK));
        assertThat(new VmNaming(store).choose(null, DISK)).as("running").isEqualTo("web-2");
        store.write(vm("web-2", Path.of("/other/web.qcow2"), 0, 0));
        assertThat(new VmNaming(store).choose(null, DISK)).as("another disk's").isEqualTo("web-3");
    }

    @Test
    void aNameThatRunsOrIsAnotherDisksIsRefusedWithTheLineToType() throws Failure {
        store.write(running("web", DISK));
        assertThatThrownBy(() -> new VmNaming(store).choose("web", DISK)).hasMessageContaining("is running already");
        store.write(vm("web", DISK, 0, 0));
        assertThat(new VmNaming(store).choose("web", DISK)).isEqualTo("web");
        assertThatThrownBy(() -> new VmNaming(store).choose("web", null))
                .isInstanceOfSatisfying(Failure.class, failure -> {
                    assertThat(failure.what()).contains("it has " + DISK);
                    assertThat(failure.remedy()).contains("vmlan start web");
                    assertThat(failure.exitCode()).isEqualTo(Failure.USAGE);
                });
    }

    @Test
    void aVmThatALauncherIsStartingIsTaken() throws Failure {
        long self = ProcessHandle.current().pid();
        long mark = ProcessMark.of(self).orElseThrow();
        store.write(SampleVm.launchedBy(self, mark, "demo", spec(null, null)));
        assertThat(new VmNaming(store).choose(null, null)).isEqualTo("demo-2");
        store.write(SampleVm.launchedBy(self, mark + 1, "demo", spec(null, null)));
        assertThat(new VmNaming(store).choose(null, null))
                .as("its launcher died")
                .isEqualTo("demo");
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

    /// Whoever removes the VM at this moment would leave a QEMU that nobody knows.
    @Test
    void aQemuThatIsAboutToComeOfAStartThatWasCutShortIsWaitedFor() throws Exception {
        ProcessHandle self = ProcessHandle.current();
        long another = ProcessMark.of(self.pid()).orElseThrow() + 1;
        store.write(SampleVm.launchedBy(self.pid(), another, "web", spec(DISK, null)));
        // longer than a page, as QEMU's may be
        Process shell = new ProcessBuilder(
                        "sh",
                        "-c",
                        "read -r _; echo $$ >\"$2\"; read -r _",
                        "vmlan-qemu",
                        store.folder("web").resolve("exit").toString(),
                        store.pidFile("web").toString(),
                        "x".repeat(5000))
                .start();
        try (var keys = shell.outputWriter()) {
            CompletableFuture<Long> found = new CompletableFuture<>();
            Thread looking = Thread.ofPlatform().start(() -> {
                try {
                    found.complete(store.known("web").pid());
                } catch (Failure e) {
                    found.completeExceptionally(e);
                }
            });
            while (looking.getState() != Thread.State.TIMED_WAITING && !found.isDone()) {
                Thread.onSpinWait();
            }
            keys.write("\n");
            keys.flush();
            assertThat(found.get(60, TimeUnit.SECONDS)).isEqualTo(shell.pid());
        } finally {
            shell.destroy();
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

    private Path unborn(String... files) throws Exception {
        Path folder = Files.createDirectories(home.resolve("state/vms/web"));
        for (String file : files) {
            Files.createFile(folder.resolve(file));
        }
        return folder;
    }

    @Test
    void whatAKilledFirstWriteHasLeftIsNoVmAndGoes() throws Exception {
        Path folder = unborn("vm.json.14179095609353628745.new", "busy");
        assertThat(store.all()).isEmpty();
        assertThat(folder).doesNotExist();
    }

    @Test
    void aFolderWithAnythingElseStays() throws Exception {
        Path folder = unborn("vm.json.1.new", "vm.json.damaged-1", "uefi-vars.fd");
        assertThat(store.all()).isEmpty();
        assertThat(folder.resolve("vm.json.damaged-1")).exists();
    }

    @Test
    void aVmThatIsBeingMadeJustNowStays() throws Exception {
        Path folder = unborn("vm.json.1.new");
        try (VmLocks.Held held = store.take("web", "starting")) {
            assertThat(store.all()).isEmpty();
            assertThat(folder).exists();
        }
    }
}
