package vmlan.tests.real;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// VMs with disks of the user's own, whose boot sector says a word.
class DiskTest {
    private static final String WORD = "the disk boots";

    @TempDir
    private Path folder;

    private Path rawDisk(String name, boolean writes) throws Exception {
        return Files.write(folder.resolve(name), Arrays.copyOf(BootSector.of(WORD, writes), 1 << 20));
    }

    private static boolean secondSectorIsEmpty(Path disk) throws Exception {
        byte[] content = Files.readAllBytes(disk);
        return Arrays.equals(
                content, BootSector.SIZE, 2 * BootSector.SIZE, new byte[BootSector.SIZE], 0, BootSector.SIZE);
    }

    @ParameterizedTest
    @EnumSource(Qemus.class)
    void aVmIsCalledAfterItsDiskAndBootsFromIt(Qemus qemu) throws Exception {
        Path disk = rawDisk("My Disk, the first: raw.raw", true);
        try (Installation vmlan = Installation.create(qemu)) {
            String name = vmlan.vmlan("run", "-d", "--net", "private", "--net", "user", disk.toString())
                    .good();
            assertThat(name).isEqualTo("my-disk-the-first-raw");
            vmlan.awaitConsole(name, WORD);
            assertThat(secondSectorIsEmpty(disk))
                    .as("what the guest writes is on the disk")
                    .isFalse();
            assertThat(vmlan.vm(name).objects("networks"))
                    .singleElement()
                    .satisfies(nic -> assertThat(nic.text("network")).isEqualTo("private"));
            vmlan.vmlan("stop", "--force", name).good();
            assertThat(vmlan.vmlan("run", "-d", "--name", name).bad(2))
                    .as("without its disk it would be another VM")
                    .contains("is another")
                    .contains("vmlan start " + name);
            assertThat(vmlan.vmlan("run", "-d", disk.toString()).good())
                    .as("the same VM again")
                    .isEqualTo(name);
        }
        assertThat(disk).as("rm leaves the disk").exists();
    }

    @Test
    void aGuestThatWritesAnotherFormatIntoItsRawDiskIsStillReadAsRaw() throws Exception {
        Path disk = rawDisk("sly.raw", false);
        try (Installation vmlan = Installation.create(Qemus.QEMU_10)) {
            vmlan.vmlan("run", "-d", disk.toString()).good();
            vmlan.vmlan("stop", "--force", "sly").good();
            try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
                file.write(new byte[] {'Q', 'F', 'I', (byte) 0xfb, 0, 0, 0, 3});
            }
            assertThat(vmlan.vmlan("run", "-d", disk.toString()).bad(2))
                    .as("it might be another disk by now, which the user has to say")
                    .contains("was raw when sly first used it")
                    .contains("vmlan rm sly")
                    .contains("vmlan start sly");
            vmlan.vmlan("start", "sly").good();
            String log = vmlan.vmlan("logs", "--qemu", "sly").good();
            assertThat(log.split("format=raw", -1)).as("both starts").hasSize(3);
            assertThat(log).doesNotContain("format=qcow2");
        }
    }

    @ParameterizedTest
    @EnumSource(Qemus.class)
    void withSnapshotNothingIsWrittenAndADiskMayBeShared(Qemus qemu) throws Exception {
        Path disk = rawDisk("shared.raw", true);
        byte[] before = Files.readAllBytes(disk);
        Path qcow2 = folder.resolve("more.qcow2");
        TestDisks.qemuImg("create", "-q", "-f", "qcow2", qcow2.toString(), "1G");
        byte[] emptyBefore = Files.readAllBytes(qcow2);
        try (Installation vmlan = Installation.create(qemu)) {
            for (String name : List.of("a", "b")) {
                Installation.Result run = vmlan.vmlan(
                        "run",
                        "-d",
                        "--snapshot",
                        "--net",
                        "none",
                        "--name",
                        name,
                        disk.toString(),
                        "--disk",
                        qcow2.toString());
                run.good();
                assertThat(run.err())
                        .contains("nothing is written to the disks")
                        .contains("GB are free");
            }
            vmlan.awaitConsole("a", WORD);
            vmlan.awaitConsole("b", WORD);
            assertThat(vmlan.vmlan("run", "-d", "--net", "none", "--name", "c", disk.toString())
                            .bad(2))
                    .as("one that would write")
                    .contains("is in use by the VM 'a'");
        }
        assertThat(Files.readAllBytes(disk)).isEqualTo(before);
        assertThat(Files.readAllBytes(qcow2)).isEqualTo(emptyBefore);
    }

    @Test
    void aDiskThatSomebodyUsesIsRefusedWithTheNameAndNothingIsLeft() throws Exception {
        Path disk = rawDisk("web.raw", false);
        Path alias = Files.createLink(folder.resolve("other, name.raw"), disk);
        try (Installation vmlan = Installation.create(Qemus.QEMU_7)) {
            vmlan.vmlan("run", "-d", "--net", "none", disk.toString()).good();
            assertThat(vmlan.vmlan("run", "-d", "--net", "none", alias.toString())
                            .bad(2))
                    .contains("is in use by the VM 'web'")
                    .contains("vmlan stop web");
            assertThat(vmlan.vmlan("run", "-d", "--net", "none", "--name", "x", "--cdrom", disk.toString())
                            .bad(2))
                    .as("read while it is written")
                    .contains("is in use by the VM 'web'");
            assertThat(vmlan.ps()).hasSize(1);
            vmlan.vmlan("rm", "--force", "web").good();
            assertThat(vmlan.vmlan("run", "-d", disk.toString(), "--disk", alias.toString())
                            .bad(2))
                    .contains("is given twice");

            Process stranger = new ProcessBuilder(
                            Qemus.QEMU_7.folder().resolve("qemu-system-x86_64").toString(),
                            "-S",
                            "-nodefaults",
                            "-display",
                            "none",
                            "-qmp",
                            "stdio",
                            "-drive",
                            "if=virtio,format=raw,file=" + disk)
                    .redirectError(new File("/dev/null"))
                    .start();
            try {
                assertThat(stranger.inputReader().readLine()).as("it runs").contains("QMP");
                assertThat(vmlan.vmlan("run", "-d", "--net", "none", disk.toString())
                                .bad(1))
                        .as("QEMU's own words")
                        .contains("Failed to get \"write\" lock");
            } finally {
                stranger.destroy();
                stranger.waitFor();
            }
            assertThat(vmlan.ps()).isEmpty();
            assertThat(vmlan.home().resolve("state/vms/web")).doesNotExist();
        }
    }

    @Test
    void aCdromIsBootedFromWhenAskedForOrWhenNoDiskCanBe() throws Exception {
        Path disk = rawDisk("system.raw", false);
        Path empty = Files.write(folder.resolve("empty.raw"), new byte[1 << 20]);
        Path cd = bootableCd("the cdrom boots");
        try (Installation vmlan = Installation.create(Qemus.QEMU_10)) {
            List<String> line = List.of("run", "-d", "--snapshot", "--net", "none", "--cdrom", cd.toString());
            vmlan.vmlan(with(line, "--name", "disk", disk.toString())).good();
            vmlan.vmlan(with(line, "--name", "cd", "--boot", "cdrom", disk.toString()))
                    .good();
            vmlan.vmlan(with(line, "--name", "installs", empty.toString())).good();
            vmlan.vmlan("run", "-d", "--net", "none", "--cdrom", cd.toString()).good();
            vmlan.awaitConsole("disk", WORD);
            vmlan.awaitConsole("cd", "the cdrom boots");
            vmlan.awaitConsole("installs", "the cdrom boots");
            vmlan.awaitConsole("boot-cd", "the cdrom boots");
        }
    }

    private static String[] with(List<String> line, String... more) {
        String[] all = Arrays.copyOf(line.toArray(String[]::new), line.size() + more.length);
        System.arraycopy(more, 0, all, line.size(), more.length);
        return all;
    }

    private Path bootableCd(String word) throws Exception {
        Path content = Files.createDirectories(folder.resolve("cd"));
        Files.write(content.resolve("boot.img"), Arrays.copyOf(BootSector.of(word, false), 2048));
        Path cd = folder.resolve("boot-cd.iso");
        Process process = new ProcessBuilder(
                        "xorriso",
                        "-as",
                        "mkisofs",
                        "-quiet",
                        "-b",
                        "boot.img",
                        "-no-emul-boot",
                        "-boot-load-size",
                        "4",
                        "-o",
                        cd.toString(),
                        content.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("xorriso.log").toFile())
                .start();
        assertThat(process.waitFor())
                .as(() -> folder.resolve("xorriso.log").toString())
                .isZero();
        return cd;
    }
}
