package vmlan.tests.real;

import static org.assertj.core.api.Assertions.assertThat;
import static vmlan.tests.real.GuestConsole.onConsole;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Disks with a boot loader and a kernel, by BIOS and UEFI, and guests that need neither.
class BootTest {
    private static final Duration PING = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(Qemus.class)
    void aDiskBootsByBiosAndByUefiAndGetsItsAddress(Qemus qemu) throws Exception {
        Path disk = TestDisks.boot("x86_64");
        Path raw = Files.copy(disk, folder.resolve("raw.img"));
        Path qcow2 = TestDisks.overlay(disk, "raw", folder.resolve("cow.qcow2"));
        boolean first = qemu == Qemus.QEMU_7;
        try (Installation vmlan = Installation.create(qemu)) {
            vmlan.vmlan("run", "-d", "--memory", "256M", "--name", "bios", (first ? raw : qcow2).toString())
                    .good();
            vmlan.vmlan(
                            "run",
                            "-d",
                            "--memory",
                            "256M",
                            "--name",
                            "uefi",
                            "--firmware",
                            "uefi",
                            (first ? qcow2 : raw).toString())
                    .good();
            // iPXE's turn comes at once: a VM that boots from the network
            vmlan.vmlan("run", "-d", "--demo", "firmware", "--name", "ipxe").good();
            for (String name : new String[] {"bios", "uefi", "ipxe"}) {
                String address = vmlan.vmlan("ip", "--timeout", "360", name).good();
                if (name.equals("ipxe")) {
                    vmlan.awaitConsole(name, "net0: " + address);
                } else {
                    vmlan.awaitConsole(name, "vmlan-demo: eth0 ipv4 " + address);
                    assertThat(vmlan.ping("shared", address, PING)).as(name).isTrue();
                }
            }
            Path variables = vmlan.home().resolve("state/vms/uefi/uefi-vars.fd");
            assertThat(Files.mismatch(variables, Path.of("/usr/share/OVMF/OVMF_VARS_4M.fd")))
                    .as("the firmware has written its settings")
                    .isNotNegative();
            assertThat(vmlan.inGuest("uefi", "ls /sys/firmware")).containsPattern(onConsole("efi"));
            assertThat(vmlan.inGuest("bios", "ls /sys/firmware")).doesNotContain("efi ");
            byte[] kept = Files.readAllBytes(variables);
            vmlan.vmlan("stop", "--force", "uefi").good();
            vmlan.vmlan(
                            "run",
                            "-d",
                            "--memory",
                            "256M",
                            "--firmware",
                            "uefi",
                            "--name",
                            "uefi",
                            (first ? qcow2 : raw).toString())
                    .good();
            assertThat(Files.size(variables)).isEqualTo(kept.length);
            assertThat(Files.mismatch(variables, Path.of("/usr/share/OVMF/OVMF_VARS_4M.fd")))
                    .as("which it finds again")
                    .isNotNegative();
        }
    }

    /// Under emulation, on whichever host.
    @ParameterizedTest
    @EnumSource(Qemus.class)
    void guestsOfAnotherArchitectureBootByKernelByDiskAndByFirmwareAlone(Qemus qemu) throws Exception {
        Path disk = TestDisks.boot("aarch64");
        Path own = qemu == Qemus.QEMU_7
                ? TestDisks.overlay(disk, "raw", folder.resolve("cow.qcow2"))
                : Files.copy(disk, folder.resolve("raw.img"));
        try (Installation vmlan = Installation.foreign(qemu)) {
            vmlan.vmlan("run", "-d", "--arch", "aarch64", "--name", "kernel").good();
            vmlan.vmlan("run", "-d", "--arch", "arm64", "--memory", "512M", "--name", "disk", own.toString())
                    .good();
            vmlan.vmlan("run", "-d", "--arch", "aarch64", "--demo", "firmware", "--name", "firmware")
                    .good();
            for (String name : new String[] {"kernel", "disk", "firmware"}) {
                String address = vmlan.vmlan("ip", "--timeout", "360", name).good();
                vmlan.awaitConsole(name, address);
                assertThat(vmlan.ping("shared", address, PING)).as(name).isTrue();
            }
            assertThat(vmlan.inGuest("kernel", "uname -m")).containsPattern(onConsole("aarch64"));
            assertThat(vmlan.vmlan("stop", "--timeout", "180", "kernel").err()).contains("kernel has powered down");
        }
    }
}
