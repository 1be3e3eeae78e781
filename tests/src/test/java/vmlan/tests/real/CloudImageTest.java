package vmlan.tests.real;

import static org.assertj.core.api.Assertions.assertThat;
import static vmlan.tests.real.GuestConsole.onConsole;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Debian's own cloud-init reads the seed, in a guest that boots from a disk as a distribution's cloud image does.
class CloudImageTest {
    @TempDir
    private Path folder;

    @Test
    void cloudInitFindsItsSeedAndDoesWhatItSays() throws Exception {
        Path disk = TestDisks.overlay(TestDisks.cloud(), "raw", folder.resolve("cloud.qcow2"));
        Path second = Files.write(folder.resolve("second, disk.raw"), new byte[8 << 20]);
        Path key = folder.resolve("id");
        assertThat(new ProcessBuilder(
                                "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "me@here", "-f", key.toString())
                        .start()
                        .waitFor())
                .isZero();
        Path userData = Files.writeString(folder.resolve("user data.yaml"), """
                #cloud-config
                users:
                  - default
                write_files:
                  - path: /etc/vmlan-written
                    content: "grüße"
                runcmd:
                  - [sh, -c, "echo vmlan-test: runcmd says $(cat /etc/vmlan-written) > /dev/ttyS0"]
                """);
        try (Installation vmlan = Installation.create(Qemus.QEMU_7)) {
            vmlan.vmlan(
                            "run",
                            "-d",
                            "--name",
                            "web",
                            "--memory",
                            "512M",
                            "--net",
                            "shared",
                            "--net",
                            "private",
                            "--ssh-key",
                            key + ".pub",
                            "--user-data",
                            userData.toString(),
                            "--disk",
                            second.toString(),
                            disk.toString())
                    .good();
            String said = vmlan.awaitConsole("web", "vmlan-test: finished");
            String publicKey = Files.readString(Path.of(key + ".pub")).strip();
            assertThat(said)
                    .containsPattern(onConsole("vmlan-test: ds-identify datasource_list: [ NoCloud, None ]"))
                    .containsPattern(
                            onConsole("vmlan-test: source DataSourceNoCloud: DataSourceNoCloud [seed=/dev/vdc]"))
                    .containsPattern(onConsole("vmlan-test: name web"))
                    .containsPattern(onConsole("vmlan-test: runcmd says gr"))
                    .containsPattern(onConsole("vmlan-test: keys debian/.ssh/authorized_keys " + publicKey));
            assertThat(line(said, "disks")).matches("vda 0 \\S+ vdb 0 8M vdc 1 \\S+ ?");
            assertThat(line(said, "configuration"))
                    .as("both NICs, which cloud-init by itself would not bring up")
                    .contains("iface eth0 inet dhcp")
                    .contains("iface eth1 inet dhcp");
            assertThat(vmlan.vm("web").objects("networks"))
                    .allSatisfy(nic -> assertThat(nic.text("ipv4")).isNotBlank());
            assertThat(line(said, "instance")).matches("web-[0-9a-f]{12}");
            String qemu = Files.readString(Path.of("/proc/" + vmlan.qemus().getFirst() + "/cmdline"));
            assertThat(qemu).as("no secret on a command line").doesNotContain("vmlan-written", "ssh-ed25519");
        }
    }

    private static String line(String said, String about) {
        Matcher match = Pattern.compile("vmlan-test: " + about + " ([^\r\n]*)").matcher(said);
        assertThat(match.find()).as(about + " in\n" + said).isTrue();
        return match.group(1);
    }
}
