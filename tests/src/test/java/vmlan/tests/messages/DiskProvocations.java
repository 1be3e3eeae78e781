package vmlan.tests.messages;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import vmlan.tests.real.Installation;
import vmlan.tests.real.Qemus;

/// Disks, firmware and seeds that cannot be it: nothing is started, nothing is left behind.
final class DiskProvocations {
    private static final String FILE = "FILE";

    private final Bench bench;
    private final List<Provocation> all = new ArrayList<>();

    DiskProvocations(Bench bench) {
        this.bench = bench;
    }

    List<Provocation> all() {
        options();
        disks();
        seeds();
        return all;
    }

    private void typed(String what, String... arguments) {
        all.add(new Provocation(what, () -> bench.alone(arguments)));
    }

    /// A command about a file of this content, called FILE in the arguments.
    private void typed(String what, byte[] content, String... arguments) {
        all.add(new Provocation(what, () -> about(content, arguments)));
    }

    private static Installation.Result about(byte[] content, String... arguments) throws Exception {
        try (Installation vmlan = Installation.create(Qemus.QEMU_10)) {
            Path file = Files.write(vmlan.home().resolve("a file"), content);
            return vmlan.vmlan(Stream.of(arguments)
                    .map(word -> word.equals(FILE) ? file.toString() : word)
                    .toArray(String[]::new));
        }
    }

    private void options() {
        typed("--boot cdrom, and there is no CD-ROM", "run", "--boot", "cdrom");
        typed("--boot disk, and there is no disk", "run", "--boot", "disk");
        typed("--snapshot, and there is no disk", "run", "--snapshot");
        typed("--demo is for a VM that has nothing to boot from", "run", "--demo", "firmware", "/etc/hostname");
        typed("an aarch64 VM has no BIOS", "run", "--arch", "aarch64", "--firmware", "bios");
        typed("… '…' is not known", "run", "--arch", "vax");
        typed("… '…' is not known", "run", "--firmware", "coreboot");
        typed("--memory … is more than this host has, …", "run", "--memory", "900000G");
        typed("QEMU's … does not go with vmlan run: …", "run", "--", "-daemonize");
        typed("there is room for … CD-ROMs", cdroms(7));
    }

    private static String[] cdroms(int number) {
        List<String> words = new ArrayList<>(List.of("run"));
        for (int i = 0; i < number; i++) {
            words.addAll(List.of("--cdrom", "/etc/hostname"));
        }
        return words.toArray(String[]::new);
    }

    private void disks() {
        typed("the disk … does not exist", "run", "/nowhere/disk.qcow2");
        typed("the disk … is a folder", "run", "/tmp");
        typed("the disk … is neither a file nor a block device", "run", "/dev/null");
        typed("the disk … has a line break or another control character in its name", "run", "/nowhere/a\nb");
        typed("the disk … is empty", new byte[0], "run", FILE);
        typed("the disk … is shorter than a sector", new byte[10], "run", FILE);
        typed("the disk … is given twice", new byte[1 << 20], "run", FILE, "--disk", FILE);
    }

    private void seeds() {
        typed(
                "--user-data and --ssh-key are for cloud-init, which the demo guest does not have",
                "run",
                "--ssh-key",
                "/etc/hostname");
        typed("there is no file …", new byte[1 << 20], "run", FILE, "--ssh-key", "/nowhere/id.pub");
        typed("… is a folder, and no …", new byte[1 << 20], "run", FILE, "--user-data", "/tmp");
        typed("… has no SSH key", text("# none\n"), "run", "/etc/hostname", "--ssh-key", FILE);
        typed("… has a line that is no public SSH key: …", text("hello\n"), "run", "/etc/hostname", "--ssh-key", FILE);
        typed(
                "… is a private key, which must not leave this host",
                text("-----BEGIN OPENSSH PRIVATE KEY-----\n"),
                "run",
                "/etc/hostname",
                "--ssh-key",
                FILE);
        typed("… is no text", new byte[] {(byte) 0xff, 0}, "run", "/etc/hostname", "--user-data", FILE);
        typed("… is too big for …: … KiB", new byte[8 << 20], "run", "/etc/hostname", "--user-data", FILE);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
