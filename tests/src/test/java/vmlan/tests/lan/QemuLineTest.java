package vmlan.tests.lan;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import vmlan.program.files.Fields;
import vmlan.tests.real.Await;
import vmlan.tests.real.Installation;
import vmlan.tests.real.Qemus;
import vmlan.tests.real.TestDisks;

/// QEMU command lines as they are written for a Mac, on a host whose NIC is `en0`.
@EnabledOnOs(OS.LINUX)
@ExtendWith(Evidence.class)
class QemuLineTest {
    private static final String[] MISSION = {
        "-M", "accel=hvf", "-cpu", "host", "-smp", "cpus=8", "-m", "256", "-nic", "vmnet-bridged,ifname=en0"
    };

    /// A disk that nothing boots from, so that the firmware boots by the NIC, whatever its model.
    @ParameterizedTest
    @EnumSource(Qemus.class)
    void theMissionsCommandLineAsItStandsGetsALeaseOfTheLan(Qemus qemu) throws Exception {
        try (LanGuests lan = LanGuests.create(TestLan.Link.CABLE, qemu)) {
            Path disk = lan.vmlan().home().resolve("path/to/disk");
            Files.createDirectories(disk.getParent());
            Files.write(disk, new byte[1 << 20]);
            Installation.Running line = lan.vmlan().start(line(disk.toString(), MISSION));
            awaitRunning(lan, line, "disk");
            Fields nic = lan.vmlan().vm("disk").objects("networks").getFirst();
            assertThat(nic.text("network")).isEqualTo("bridged-en0");
            lan.lan().awaitLease(nic.text("mac") + " " + TestLan.PREFIX4);
            assertThat(lan.vmlan().vmlan("ip", "--timeout", "180", "disk").good())
                    .startsWith(TestLan.PREFIX4);

            List<String> words = words(line.process().pid());
            // which may be started by a loader of its own
            assertThat(words).as("the command has become QEMU").anyMatch(word -> word.endsWith("/qemu-system-x86_64"));
            assertThat(words)
                    .as("what is no matter of ours stays as it was typed")
                    .containsSubsequence(disk.toString(), "-M", "-cpu", "-smp", "cpus=8", "-m", "256", "-netdev");
            assertThat(line.errors()).contains("hvf is macOS's");

            Installation.signal("INT", line.process().pid());
            Installation.Result result = line.await();
            assertThat(result.exitCode()).as("as QEMU has it").isZero();
            assertThat(result.err()).contains("terminating on signal 2");
            assertThat(lan.vmlan().vm("disk").text("state")).isEqualTo("stopped");
        }
    }

    /// One guest on all three, without a change but its model: the demo guest drives no other.
    @ParameterizedTest
    @EnumSource(Qemus.class)
    void bridgedSharedAndHostReachWhatTheyReachOnAMacAndANetworkThatDiedTakesTheGuestBack(Qemus qemu) throws Exception {
        try (LanGuests lan = LanGuests.create(TestLan.Link.CABLE, qemu)) {
            Path disk = TestDisks.overlay(
                    TestDisks.boot("x86_64"), "raw", lan.vmlan().home().resolve("mac.qcow2"));
            Installation.Running line = lan.vmlan()
                    .start(line(
                            disk.toString(),
                            "-accel",
                            "hvf",
                            "-cpu",
                            "host",
                            "-m",
                            "256",
                            "-nographic",
                            "-nic",
                            "vmnet-bridged,ifname=en0,model=virtio",
                            "-netdev",
                            "vmnet-shared,id=s,start-address=192.168.105.1,end-address=192.168.105.50,"
                                    + "subnet-mask=255.255.255.0",
                            "-device",
                            "virtio-net-pci,netdev=s,mac=52:54:00:77:00:05",
                            "-netdev",
                            "vmnet-host,id=h",
                            "-device",
                            "virtio-net-pci,netdev=h"));
            awaitRunning(lan, line, "mac");
            List<Fields> nics = lan.vmlan().vm("mac").objects("networks");
            assertThat(nics)
                    .extracting(nic -> nic.text("network"))
                    .containsExactly("bridged-en0", "shared-192.168.105.1", "host");
            assertThat(nics.get(1).text("mac")).isEqualTo("52:54:00:77:00:05");

            MachineStation host = lan.station(Machine.HOST);
            String onLan = address(lan, line, 0);
            assertThat(onLan).startsWith(TestLan.PREFIX4);
            lan.awaitPing(lan.station(Machine.OTHER), onLan);
            lan.awaitPing(host, onLan);
            String shared = address(lan, line, 1);
            assertThat(shared).startsWith("192.168.105.");
            lan.awaitPing(host, shared);
            lan.awaitPing(host, address(lan, line, 2));

            for (String network : List.of("bridged-en0", "shared-192.168.105.1")) {
                lan.kill(network);
                lan.vmlan().vmlan("network", "start", network).good();
            }
            lan.awaitPing(host, shared);
            lan.awaitPing(lan.station(Machine.OTHER), onLan);

            lan.vmlan().vmlan("pause", "mac").good();
            assertThat(lan.vmlan().vm("mac").text("state")).isEqualTo("paused");
            lan.vmlan().vmlan("resume", "mac").good();
            lan.vmlan().vmlan("stop", "mac").good();
            assertThat(line.await().exitCode()).isZero();
        }
    }

    private static String[] line(String disk, String... more) {
        List<String> words = new ArrayList<>(List.of("qemu", "qemu-system-x86_64", disk));
        words.addAll(List.of(more));
        return words.toArray(String[]::new);
    }

    private static void awaitRunning(LanGuests lan, Installation.Running line, String name) {
        Await.until(
                name + " to run",
                Installation.LIMIT,
                () -> lan.vmlan().ps().stream()
                        .filter(vm -> vm.text("name").equals(name)
                                && vm.text("state").equals("running")
                                && vm.optionalNumber("pid")
                                        .equals(Optional.of(line.process().pid())))
                        .findFirst(),
                line::errors);
    }

    /// The IPv4 address of a NIC, as vmlan knows it.
    private static String address(LanGuests lan, Installation.Running line, int nic) {
        return Await.until(
                "an address of NIC " + nic,
                Installation.LIMIT,
                () -> lan.vmlan().vm("mac").objects("networks").get(nic).optionalText("ipv4"),
                () -> line.output() + line.errors());
    }

    private static List<String> words(long pid) throws Exception {
        return Arrays.asList(
                Files.readString(Path.of("/proc/" + pid + "/cmdline")).split("\0", -1));
    }
}
