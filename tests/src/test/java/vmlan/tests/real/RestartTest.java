package vmlan.tests.real;

import static org.assertj.core.api.Assertions.assertThat;
import static vmlan.tests.real.GuestConsole.onConsole;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import vmlan.program.files.Fields;
import vmlan.qemu.QmpClient;

/// The network process is killed, and the guests are back when the next one runs.
class RestartTest {
    /// The promise, on a quiet machine.
    private static final Duration BACK = Duration.ofSeconds(3);

    /// What a machine that others use, too, may make of it. Less than a lease or a guest's own patience would bring it
    /// back in.
    private static final Duration BACK_ON_A_SHARED_MACHINE = Duration.ofSeconds(20);

    private static final Duration PING = Duration.ofSeconds(60);

    private static void killAndStart(Installation vmlan) throws Exception {
        killAndStart(vmlan, vmlan.networkPid("shared"));
    }

    private static void killAndStart(Installation vmlan, long pid) throws Exception {
        Installation.signal("KILL", pid);
        ProcessHandle.of(pid).ifPresent(process -> process.onExit().join());
        vmlan.vmlan("network", "start", "shared").good();
    }

    private static void assertBack(Installation vmlan, String address) throws Exception {
        long start = System.nanoTime();
        Await.until(
                "an answer from " + address,
                PING,
                () -> vmlan.ping("shared", address, BACK) ? Optional.of(true) : Optional.empty(),
                () -> vmlan.vmlan("network", "show", "shared").out()
                        + java.nio.file.Files.readString(vmlan.home().resolve("state/networks/shared/network.log")));
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        System.out.printf("back after %.2f s%n", took.toMillis() / 1e3);
        assertThat(took).as("until " + address + " was back").isLessThanOrEqualTo(BACK_ON_A_SHARED_MACHINE);
    }

    @ParameterizedTest
    @EnumSource(Qemus.class)
    void afterKillTheGuestIsBackWithItsAddresses(Qemus qemu) throws Exception {
        try (Installation vmlan = Installation.create(qemu)) {
            vmlan.vmlan("run", "-d", "--name", "web", "--net", "shared", "--net", "shared")
                    .good();
            vmlan.vmlan("ip", "--timeout", "180", "web").good();
            vmlan.vmlan("ip", "-6", "--timeout", "180", "web").good();
            List<Fields> before = Await.until(
                    "both NICs' addresses",
                    Installation.LIMIT,
                    () -> {
                        List<Fields> nics = vmlan.vm("web").objects("networks");
                        boolean all = nics.stream()
                                .allMatch(nic -> nic.optionalText("ipv4").isPresent()
                                        && nic.texts("ipv6").stream().anyMatch(a -> a.startsWith("fd")));
                        return all ? Optional.of(nics) : Optional.empty();
                    },
                    () -> vmlan.vmlan("ps", "--json").out());
            assertThat(before).hasSize(2);
            // Only now: until the first NIC has an address, it is the second one's.
            String ipv4 = vmlan.vmlan("ip", "web").good();
            killAndStart(vmlan);
            for (Fields nic : before) {
                assertBack(vmlan, nic.text("ipv4"));
                assertBack(vmlan, nic.texts("ipv6").getFirst());
            }
            List<Fields> after = vmlan.vm("web").objects("networks");
            assertThat(after.stream().map(nic -> nic.text("ipv4")).toList())
                    .isEqualTo(before.stream().map(nic -> nic.text("ipv4")).toList());
            assertThat(after.stream().map(nic -> nic.texts("ipv6").getFirst()).toList())
                    .isEqualTo(before.stream()
                            .map(nic -> nic.texts("ipv6").getFirst())
                            .toList());
            assertThat(vmlan.vmlan("ip", "web").good()).isEqualTo(ipv4);
        }
    }

    @ParameterizedTest
    @EnumSource(Qemus.class)
    void stoppedUnderAFullUploadAndThenKilledItStillGetsTheGuestBack(Qemus qemu) throws Exception {
        try (Installation vmlan = Installation.create(qemu)) {
            vmlan.vmlan("run", "-d", "--name", "sink").good();
            vmlan.vmlan("run", "-d", "--name", "source").good();
            String sink = vmlan.vmlan("ip", "--timeout", "180", "sink").good();
            String source = vmlan.vmlan("ip", "--timeout", "180", "source").good();
            vmlan.inGuest("sink", "for p in 1001 1002 1003 1004; do nc -l -p $p >/dev/null & done");
            vmlan.inGuest("source", "for p in 1001 1002 1003 1004; do nc " + sink + " $p </dev/zero & done");
            long pid = vmlan.networkPid("shared");
            long quiet = received(vmlan, "source-0");
            Await.until(
                    "the upload",
                    Installation.LIMIT,
                    () -> received(vmlan, "source-0") > quiet + 5_000_000 ? Optional.of(true) : Optional.empty(),
                    () -> vmlan.vmlan("network", "show", "shared").out());
            Installation.signal("STOP", pid);
            // The fault needs these seconds: QEMU must fill the socket and stop in the middle of a frame.
            Thread.sleep(Duration.ofSeconds(5));
            killAndStart(vmlan, pid);
            assertBack(vmlan, source);
            assertBack(vmlan, sink);
            long after = received(vmlan, "source-0");
            Await.until(
                    "the upload to go on",
                    Installation.LIMIT,
                    () -> received(vmlan, "source-0") > after + 5_000_000 ? Optional.of(true) : Optional.empty(),
                    () -> vmlan.vmlan("network", "show", "shared").out());
        }
    }

    private static long received(Installation vmlan, String port) throws Exception {
        return Installation.object(
                        vmlan.vmlan("network", "show", "shared", "--json").good())
                .objects("ports")
                .stream()
                .filter(candidate -> candidate.text("id").equals(port))
                .findFirst()
                .orElseThrow()
                .object("rx")
                .number("bytes");
    }

    @ParameterizedTest
    @EnumSource(Qemus.class)
    void aPausedGuestStaysPausedAndIsBackWhenItGoesOn(Qemus qemu) throws Exception {
        try (Installation vmlan = Installation.create(qemu)) {
            vmlan.vmlan("run", "-d", "--name", "web").good();
            String address = vmlan.vmlan("ip", "--timeout", "180", "web").good();
            // A QEMU that has a frame for a paused guest reads no more before it goes on, and so does not see that the
            // network died. So the network sends nothing any more, and what it has sent is read: QEMU's loop has been
            // round once when the monitor has answered. Then as `vmlan pause` does, and as if the network had died
            // between stop and cont.
            long pid = vmlan.networkPid("shared");
            Installation.signal("STOP", pid);
            qmp(vmlan, "query-status");
            Files.writeString(vmlan.home().resolve("run/vm.web/qmp-network.sock.paused"), "");
            Files.writeString(vmlan.home().resolve("run/vm.web/qmp-network.sock.waking"), "");
            qmp(vmlan, "stop");
            killAndStart(vmlan, pid);
            Await.until(
                    "the link",
                    Installation.LIMIT,
                    () -> vmlan.control("shared")
                                    .send("GET", "/v1/vms/web", Map.of(), PING)
                                    .objects("networks")
                                    .getFirst()
                                    .flag("attached")
                            ? Optional.of(true)
                            : Optional.empty(),
                    () -> vmlan.vmlan("network", "show", "shared", "--json").out());
            vmlan.awaitState("web", "paused");
            assertThat(vmlan.vmlan("resume", "web").err()).contains("web is running");
            assertBack(vmlan, address);
            assertThat(vmlan.vm("web").text("state")).isEqualTo("running");

            assertThat(vmlan.vmlan("pause", "web").err()).contains("web is paused");
            killAndStart(vmlan);
            vmlan.awaitState("web", "paused");
            vmlan.vmlan("resume", "web").good();
            assertBack(vmlan, address);
        }
    }

    @Test
    void aGuestThatADyingNetworkLeftPausedGoesOn() throws Exception {
        try (Installation vmlan = Installation.create(Qemus.QEMU_7)) {
            vmlan.vmlan("run", "-d", "--name", "web").good();
            String address = vmlan.vmlan("ip", "--timeout", "180", "web").good();
            // as it is when the network's process dies between stop and cont
            Path mark = vmlan.home().resolve("run/vm.web/qmp-network.sock.waking");
            Files.writeString(mark, "");
            qmp(vmlan, "stop");
            killAndStart(vmlan);
            assertBack(vmlan, address);
            assertThat(vmlan.vm("web").text("state")).isEqualTo("running");
            assertThat(mark).doesNotExist();
        }
    }

    @ParameterizedTest
    @EnumSource(Qemus.class)
    void aGuestThatRebootsWhileTheNetworkIsGoneGetsItsAddressAgain(Qemus qemu) throws Exception {
        try (Installation vmlan = Installation.create(qemu)) {
            vmlan.vmlan("run", "-d", "--name", "web").good();
            String address = vmlan.vmlan("ip", "--timeout", "180", "web").good();
            vmlan.awaitConsole("web", ":~#");
            Installation.signal("KILL", vmlan.networkPid("shared"));
            qmp(vmlan, "system_reset");
            vmlan.vmlan("network", "start", "shared").good();
            Await.until(
                    "the second boot's address",
                    Installation.LIMIT,
                    () -> {
                        String log = vmlan.consoleLog("web");
                        long times = onConsole("ipv4 " + address + "/24")
                                .matcher(log)
                                .results()
                                .count();
                        return times > 1 ? Optional.of(true) : Optional.empty();
                    },
                    () -> vmlan.consoleLog("web"));
            assertBack(vmlan, address);
        }
    }

    private static void qmp(Installation vmlan, String command) throws Exception {
        try (QmpClient qmp = QmpClient.connect(vmlan.home().resolve("run/vm.web/qmp.sock"), PING)) {
            qmp.execute(command, Map.of(), PING);
        }
    }
}
