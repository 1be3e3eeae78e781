package vmlan.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vmlan.qemu.AcceleratorProbe.Chosen;
import vmlan.qemu.AcceleratorProbe.Host;
import vmlan.qemu.language.QemuVersion;
import vmlan.qemu.tool.Tool;

@Timeout(180)
class AcceleratorProbeTest {
    /// For a guest that ends; how soon is the machine's affair.
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    Path folder;

    @Test
    void theTestGuestEndsUnderEmulationSoItIsAGoodGuest() throws Exception {
        Qemu qemu = Qemu.find("x86_64", System.getenv(), folder);
        Tool run = AcceleratorProbe.runGuest(qemu, Accelerator.TCG, folder, Duration.ofSeconds(60));
        assertThat(run.status()).as(run.errors()).isEqualTo(33);
    }

    @Test
    void firmwareThatAKilledCommandHasLeftGoesAndThatOfOneWhichRunsStays() throws Exception {
        Path left = Files.createFile(folder.resolve("probe1.rom"));
        Path young = Files.createFile(folder.resolve("probe2.rom"));
        Files.setLastModifiedTime(left, FileTime.from(Instant.now().minus(Duration.ofHours(1))));
        Qemu qemu = new Qemu(Path.of("/bin/true"), new QemuVersion(7, 2, 0), "x86_64", Set.of());
        AcceleratorProbe.runGuest(qemu, Accelerator.TCG, folder, Duration.ofSeconds(60));
        assertThat(folder).isDirectoryContaining(file -> file.equals(young));
        assertThat(left).doesNotExist();
    }

    @Test
    void theArmGuestAsksPsciForTheEnd() {
        ProbeRom rom = ProbeRom.forArchitecture("aarch64");
        // as objdump reads it: mov w0, #0x84000000; movk w0, #0x8; hvc #0; b .
        assertThat(rom.image()).asHexString().isEqualTo("0080B05200018072020000D400000014");
        assertThat(rom.machine()).containsExactly("-M", "virt");
    }

    @Test
    void whateverThisHostsKvmDoesTheAnswerComesInTimeAndIsRemembered() throws Exception {
        Qemu qemu = Qemu.find("x86_64", System.getenv(), folder);
        Chosen first = AcceleratorProbe.choose(qemu, folder);
        assertThat(first.why()).isNotBlank();

        Object remembered = cacheFile();
        assertThat(AcceleratorProbe.choose(qemu, folder)).isEqualTo(first);
        assertThat(cacheFile()).as("the same file: nothing was asked").isEqualTo(remembered);
    }

    @Test
    void aGuestThatHangsIsKilledThoughItIgnoresSigterm() throws Exception {
        Path pids = folder.resolve("pids");
        Qemu hanging = qemu(
                "trap '' TERM\necho $$ >>'%s'\nsleep 1000 &\necho $! >>'%s'\nwait\nwait\nwait\n".formatted(pids, pids));

        // enough for it to have begun, also on a busy machine
        Chosen chosen = AcceleratorProbe.choose(hanging, folder, host(Duration.ofSeconds(5), NOW));

        assertThat(chosen.accelerator()).isEqualTo(Accelerator.TCG);
        assertThat(chosen.why()).isEqualTo("KVM does not work here: a test guest did not end within 5 s");
        List<String> killed = Files.readAllLines(pids);
        assertThat(killed).hasSize(2);
        for (String pid : killed) {
            // The signal is sent; a busy machine may not have come to its end yet.
            while (runs(pid)) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
        }
        assertThat(folder).isDirectoryNotContaining("glob:**.rom");
    }

    @Test
    void anAnswerIsKeptUntilSomethingChanged() throws Exception {
        Qemu working = qemu("echo run >>'" + folder + "/runs'\nexit 33\n");
        Host host = host(LONG, NOW);

        assertThat(AcceleratorProbe.choose(working, folder, host).accelerator()).isEqualTo(Accelerator.KVM);
        assertThat(AcceleratorProbe.choose(working, folder, host).accelerator()).isEqualTo(Accelerator.KVM);
        assertThat(runs()).isEqualTo(1);

        Files.setPosixFilePermissions(host.kvmDevice(), PosixFilePermissions.fromString("rw-rw-rw-"));
        AcceleratorProbe.choose(working, folder, host);
        assertThat(runs()).as("other rights on the device").isEqualTo(2);

        Files.writeString(working.binary(), "#!/bin/sh\necho run >>'" + folder + "/runs'\necho no KVM >&2\nexit 1\n");
        Chosen failed = AcceleratorProbe.choose(working, folder, host);
        assertThat(failed).isEqualTo(new Chosen(Accelerator.TCG, "KVM does not work here: no KVM"));
    }

    @Test
    void aHangIsBelievedForADayBecauseTheMachineMayOnlyHaveBeenBusy() throws Exception {
        Path idle = folder.resolve("idle");
        Qemu hanging = qemu("[ ! -e '" + idle + "' ] || exit 33\nexec sleep 1000\n");
        Host busy = host(Duration.ofMillis(300), NOW);
        assertThat(AcceleratorProbe.choose(hanging, folder, busy).accelerator()).isEqualTo(Accelerator.TCG);

        Files.createFile(idle);
        Host soon = host(LONG, NOW.plus(Duration.ofHours(23)));
        assertThat(AcceleratorProbe.choose(hanging, folder, soon).accelerator()).isEqualTo(Accelerator.TCG);
        Host later = host(LONG, NOW.plus(Duration.ofHours(25)));
        assertThat(AcceleratorProbe.choose(hanging, folder, later).accelerator())
                .isEqualTo(Accelerator.KVM);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{\"key\":1}", "[]"})
    void aDamagedCacheIsAskedAgain(String damage) throws Exception {
        Files.writeString(folder.resolve("accelerator.json"), damage);
        Chosen chosen = AcceleratorProbe.choose(qemu("exit 33\n"), folder, host(LONG, NOW));
        assertThat(chosen.accelerator()).isEqualTo(Accelerator.KVM);
    }

    @Test
    void aHostWithoutTheDeviceOrWithAnotherArchitectureEmulates() throws Exception {
        Qemu qemu = qemu("exit 33\n");
        Host host = host(LONG, NOW);
        Files.delete(host.kvmDevice());
        assertThat(AcceleratorProbe.choose(qemu, folder, host).why()).startsWith("this host has no ");

        var arm = new Host(false, "aarch64", host.kvmDevice(), host.sysctl(), LONG, NOW);
        assertThat(AcceleratorProbe.choose(qemu, folder, arm).why())
                .isEqualTo("a guest of x86_64 on a host of aarch64 can only be emulated");
    }

    @Test
    void aMacIsAskedForItsHypervisor() throws Exception {
        Qemu qemu = qemu("echo Accelerators supported in QEMU binary:\necho hvf\necho tcg\n");
        Host base = host(LONG, NOW);
        Path yes = Scripts.write(folder.resolve("yes"), "echo 1");
        Path no = Scripts.write(folder.resolve("no"), "echo 0");
        var without = new Host(true, "x86_64", base.kvmDevice(), no, LONG, NOW);
        var with = new Host(true, "x86_64", base.kvmDevice(), yes, LONG, NOW);

        assertThat(AcceleratorProbe.choose(qemu, folder, without).accelerator()).isEqualTo(Accelerator.TCG);
        assertThat(AcceleratorProbe.choose(qemu, folder, with).accelerator()).isEqualTo(Accelerator.HVF);
    }

    private Qemu qemu(String script) throws IOException {
        Path binary = Scripts.write(folder.resolve("bin/qemu-system-x86_64"), script);
        return new Qemu(binary, new QemuVersion(8, 0, 0), "x86_64", Set.of("stream"));
    }

    private Host host(Duration limit, Instant now) throws IOException {
        Path device = folder.resolve("kvm");
        if (!Files.exists(device)) {
            Files.writeString(device, "");
        }
        return new Host(false, "x86_64", device, Path.of("/nonexistent"), limit, now);
    }

    /// What tells the file of answers from one that was written since.
    private Object cacheFile() throws IOException {
        Path file = folder.resolve("accelerator.json");
        return Files.exists(file)
                ? Files.readAttributes(file, BasicFileAttributes.class).fileKey()
                : "none";
    }

    private int runs() throws IOException {
        return Files.readAllLines(folder.resolve("runs")).size();
    }

    /// A killed orphan stays listed until init looks after it, so only one that can still run counts.
    private static boolean runs(String pid) {
        try {
            return Files.readAllLines(Path.of("/proc", pid, "status")).stream()
                    .anyMatch(line -> line.matches("State:\\s+[RSDT].*"));
        } catch (IOException e) {
            // gone, as late as between opening and reading
            return false;
        }
    }
}
