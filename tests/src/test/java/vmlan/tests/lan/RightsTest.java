package vmlan.tests.lan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import vmlan.program.files.Fields;
import vmlan.tests.real.Installation;
import vmlan.tests.real.Qemus;
import vmlan.tests.real.UnprivilegedUser;

/// Who may bridge, and what runs with rights.
@EnabledOnOs(OS.LINUX)
@ExtendWith(Evidence.class)
class RightsTest {
    @Test
    void whoHasNoRightsIsToldTheLineToType() throws Exception {
        Path home = Files.createTempDirectory(Path.of("/tmp"), "vmlan-user");
        try (TestLan lan = TestLan.create(TestLan.Link.CABLE);
                UnprivilegedUser nobody = UnprivilegedUser.in(home, lan.words(Machine.HOST))) {
            Installation.Result run = nobody.vmlan("run", "-d", "--net", "bridged:en0");
            String said = run.bad(1);
            assertThat(said.lines().filter(line -> line.contains("sudo")))
                    .as("one line to type in:%n%s", said)
                    .singleElement()
                    .satisfies(line -> assertThat(line).contains("network start bridged-en0"));
            assertThat(said).doesNotContain("Exception").doesNotContain("\tat ");
            assertThat(Installation.list(nobody.vmlan("ps", "--json").good()))
                    .as("nothing is left of the VM")
                    .isEmpty();
        }
    }

    @Test
    void theNetworkKeepsNoRightsAfterItHasOpenedItsDevices() throws Exception {
        try (TestLan lan = TestLan.create(TestLan.Link.CABLE);
                Installation vmlan = Installation.create(Qemus.QEMU_10, lan.words(Machine.HOST))) {
            vmlan.vmlan("network", "start", LanGuests.NETWORK).good();
            assertWithoutRights(vmlan.networkPid(LanGuests.NETWORK));
            vmlan.vmlan("network", "start", "host").good();
            assertWithoutRights(vmlan.networkPid("host"));
            vmlan.vmlan("network", "stop", "host").good();
        }
    }

    @Test
    void sudoIsTypedForWhoSaysSo(@TempDir Path programs) throws Exception {
        // A sudo that has what it takes, and does what the real one does to the environment that matters here.
        Path sudo = programs.resolve("sudo");
        Files.writeString(sudo, "#!/bin/sh\nunset VMLAN_RIGHTS\necho \"sudo $*\" >&2\nexec \"$@\"\n");
        Files.setPosixFilePermissions(sudo, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (TestLan lan = TestLan.create(TestLan.Link.CABLE);
                Installation vmlan = Installation.create(Qemus.QEMU_10, lan.words(Machine.HOST))
                        .with("VMLAN_RIGHTS", "no")
                        .with("PATH", programs + ":" + System.getenv("PATH"))) {
            assertThat(vmlan.vmlan("network", "start", LanGuests.NETWORK).bad(1))
                    .contains("takes rights that you do not have");
            Installation.Result started = vmlan.vmlan("network", "start", "--sudo", LanGuests.NETWORK);
            started.good();
            assertThat(started.err()).contains("network start " + LanGuests.NETWORK);
            assertWithoutRights(vmlan.networkPid(LanGuests.NETWORK));
        }
    }

    @Test
    void underSudoQemuBelongsToTheCallerAndHasNoRights() throws Exception {
        Path home = Files.createTempDirectory(Path.of("/tmp"), "vmlan-user");
        try (TestLan lan = TestLan.create(TestLan.Link.CABLE);
                UnprivilegedUser nobody = UnprivilegedUser.in(home, lan.words(Machine.HOST))) {
            nobody.underSudo("run", "-d", "--net", "bridged:en0").good();
            assertThat(nobody.vmlan("ip", "--timeout", "180", "demo").good()).startsWith(TestLan.PREFIX4);
            nobody.underSudo(
                            "qemu",
                            "sudo",
                            "qemu-system-x86_64",
                            "-name",
                            "line",
                            "-S",
                            "-display",
                            "none",
                            "-daemonize",
                            "-nic",
                            "vmnet-bridged,ifname=en0")
                    .good();
            List<Fields> vms = Installation.list(nobody.vmlan("ps", "--json").good());
            assertThat(vms).extracting(vm -> vm.text("name")).containsExactly("demo", "line");
            for (Fields vm : vms) {
                long qemu = vm.number("pid");
                assertThat(nobody.owner(qemu)).as("QEMU's user").isEqualTo(UnprivilegedUser.UID);
                for (String status : statuses(qemu)) {
                    assertThat(status).contains("CapEff:\t0000000000000000\n");
                }
            }
            nobody.vmlan("rm", "--force", "line").good();
            long network = Installation.object(nobody.vmlan("network", "show", LanGuests.NETWORK, "--json")
                            .good())
                    .number("pid");
            assertWithoutRights(network);
            assertThat(nobody.owners())
                    .allSatisfy((file, owner) ->
                            assertThat(owner).as(file.toString()).isEqualTo(UnprivilegedUser.UID));
        }
    }

    private static void assertWithoutRights(long pid) throws IOException {
        List<String> statuses = statuses(pid);
        assertThat(statuses).as("threads of " + pid).isNotEmpty();
        for (String status : statuses) {
            assertThat(status)
                    .contains("CapEff:\t0000000000000000\n")
                    .contains("CapPrm:\t0000000000000000\n")
                    .contains("NoNewPrivs:\t1\n");
        }
    }

    /// Of every thread: capabilities are a thread's own (capabilities(7)). A JVM's compilers and QEMU's workers
    /// end when they have nothing to do, also between being listed and being read; the first thread stays.
    static List<String> statuses(long pid) throws IOException {
        List<String> statuses = new java.util.ArrayList<>();
        statuses.add(Files.readString(Path.of("/proc/" + pid + "/task/" + pid + "/status")));
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
            for (Path thread : threads.toList()) {
                try {
                    statuses.add(Files.readString(thread.resolve("status")));
                } catch (IOException e) {
                    // ENOENT before it is opened, ESRCH after that (proc_single_show in fs/proc/base.c)
                    if (Files.exists(thread)) {
                        throw e;
                    }
                }
            }
        }
        return statuses;
    }
}
