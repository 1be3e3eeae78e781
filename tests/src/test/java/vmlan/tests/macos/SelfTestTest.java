package vmlan.tests.macos;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import vmlan.program.files.Fields;
import vmlan.tests.real.Await;
import vmlan.tests.real.Installation;
import vmlan.tests.real.Qemus;

/// `vmlan doctor --selftest`, whole: the simulator in place of Apple's vmnet, a tap in a namespace in place of its
/// bridge, and dnsmasq in place of bootpd and of the LAN's DHCP server.
@EnabledOnOs(OS.LINUX)
@Timeout(value = 900, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SelfTestTest {
    /// A namespace with a tap, which the simulator's interfaces have as their LAN one after the other. The namespace
    /// and the server go with the command; `--no-ping`, since the server would wait for a tap without anybody. It
    /// listens before anybody asks: for DHCP at UDP port 67, and for router solicitations (ICMPv6, number 58).
    private static final String WITH_DHCP = """
            ip link set lo up
            ip tuntap add mode tap name vmenet0
            echo 0 >/proc/sys/net/ipv6/conf/vmenet0/accept_dad
            ip addr add 192.168.105.1/24 dev vmenet0
            ip addr add fd77::1/64 dev vmenet0
            ip link set vmenet0 up
            dnsmasq -C /dev/null -k --port=0 --interface=vmenet0 --bind-interfaces --dhcp-authoritative --no-ping \\
                --dhcp-range=192.168.105.100,192.168.105.199,1h --dhcp-range=fd77::,ra-only,64,1h --enable-ra \\
                --no-resolv --no-hosts --leasefile-ro --pid-file= --user=root >/dev/null 2>&1 &
            dhcp=$!
            trap 'kill $dhcp' EXIT
            until grep -q ':0043 ' /proc/net/udp && grep -q ':003A ' /proc/net/raw6; do
                kill -0 $dhcp || exit 9
                sleep 0.1
            done
            "$@"
            """;

    @TempDir
    private Path folder;

    private Installation installation(String script) throws Exception {
        Installation vmlan = Installation.create(Qemus.QEMU_10, List.of("unshare", "--net", "sh", "-c", script, "sh"));
        return vmlan.with("VMLAN_VMNET_LIBRARY", Simulator.library().toString());
    }

    private String[] selfTest(String... more) {
        return java.util.stream.Stream.concat(
                        java.util.stream.Stream.of("doctor", "--selftest", "-o", report().toString()),
                        java.util.stream.Stream.of(more))
                .toArray(String[]::new);
    }

    private Path report() {
        return folder.resolve("report.txt");
    }

    private static Map<String, Fields> steps(String json) throws Exception {
        return Installation.list(json).stream().collect(Collectors.toMap(step -> step.text("name"), step -> step));
    }

    @Test
    void allOfItRunsThroughTheSimulator() throws Exception {
        try (Installation vmlan = installation(WITH_DHCP).with("VMNET_SIMULATOR_TAP", "vmenet0")) {
            Map<String, Fields> steps =
                    steps(vmlan.vmlan(selfTest("--interface", "en0", "--json")).good());

            assertThat(steps.values())
                    .as("what is only noted is what Linux has not, or an event that was on its way at a stop")
                    .allSatisfy(step -> assertThat(step.text("state"))
                            .as(step.toString())
                            .isIn("ok", step.text("name").matches("QEMU|socket_vmnet|calls") ? "note" : "ok"));
            for (String mode : List.of("host", "shared", "bridged")) {
                assertThat(steps).containsKeys(mode + ": start", mode + ": stop", mode + ": stop again");
                assertThat(steps.get(mode + ": DHCP").text("found"))
                        .startsWith("DHCPOFFER of 192.168.105.1")
                        .contains("from 192.168.105.1, router 192.168.105.1, for 3600 s");
                assertThat(steps.get(mode + ": IPv6").text("found"))
                        .isEqualTo("a router advertisement, prefix fd77::/64");
            }
            assertThat(steps.get("shared: start").text("found")).contains("192.168.105.1 to 192.168.105.254, mask");
            assertThat(steps.get("NICs").text("found")).isEqualTo("en0, en1");
            assertThat(steps.get("symbols").text("found")).matches("[0-9]+ found");
            assertThat(steps.get("calls").text("found")).startsWith("none failed");
            String text = Files.readString(report());
            assertThat(text)
                    .startsWith("vmlan self test\n")
                    .contains("has    vmnet_start_interface\n")
                    .contains("bridged: stop again")
                    .contains("rights   root's")
                    .contains("prefix fd77:x/64")
                    .doesNotContainPattern("[0-9a-f]{2}(:[0-9a-f]{2}){5}")
                    .doesNotContain(vmlan.home().toString());
        }
    }

    @Test
    void whatDoesNotStartHasItsCauseAndItsCure() throws Exception {
        try (Installation vmlan =
                installation("exec \"$@\"").with("VMNET_SIMULATOR_FAULTS", Simulator.START_STATUS + "=1009")) {
            Installation.Result result = vmlan.vmlan(selfTest("--interface", "en1"));

            result.bad(1);
            assertThat(result.out())
                    .contains("failed   shared: start")
                    .contains(
                            "vmnet_start_interface: VMNET_SHARING_SERVICE_BUSY, another sharing service is in the way")
                    .contains("→ Internet Sharing or another program uses en1: end it")
                    .doesNotContain("shared: stop");
            assertThat(result.err()).contains("the report is in " + report());
            assertThat(Files.readString(report())).contains("VMNET_SHARING_SERVICE_BUSY");
        }
    }

    @Test
    void aNetworkWithoutDhcpOrAStopThatFailsIsSaid() throws Exception {
        // no tap: what is sent is heard by nobody
        try (Installation vmlan =
                installation("exec \"$@\"").with("VMNET_SIMULATOR_FAULTS", Simulator.STOP_STATUS + "=1005")) {
            Installation.Result result = vmlan.vmlan(selfTest("--json"));

            result.bad(1);
            Map<String, Fields> steps = steps(result.out());
            assertThat(steps.get("host: DHCP").text("found"))
                    .startsWith("no DHCPOFFER to ")
                    .endsWith("; 0 frames were heard");
            assertThat(steps.get("host: DHCP").text("do")).contains("socketfilterfw $step /usr/libexec/bootpd");
            assertThat(steps.get("host: IPv6").text("state")).isEqualTo("note");
            assertThat(steps.get("host: stop").text("found")).contains("VMNET_INVALID_ACCESS");
            assertThat(steps.get("bridged: NIC").text("found")).contains("the host has no default route");
            assertThat(steps).doesNotContainKey("bridged: start");
        }
    }

    /// The daemons of socket_vmnet are two who listen, and say nothing.
    @Test
    void behindAVpnItBridgesANicThatIsUpAndAsksTheDaemonsThatNetworksWould() throws Exception {
        String vpn = """
                ip link add utun4 type veth peer name tunnel
                ip link set tunnel up
                ip addr add 192.0.2.1/24 dev utun4
                ip link set utun4 up
                ip route add default via 192.0.2.254
                ip link add en1 type veth peer name cable
                ip link set cable up
                ip link set en1 up
                exec "$@"
                """;
        Path sockets = Files.createTempDirectory(Path.of("/tmp"), "vmlan-sv");
        Path shared = sockets.resolve("socket_vmnet");
        Path bridged = sockets.resolve("socket_vmnet.bridged.en1");
        try (Installation vmlan = installation(vpn).with("VMLAN_SOCKET_VMNET", sockets.toString());
                ServerSocketChannel first = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                ServerSocketChannel second = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            first.bind(UnixDomainSocketAddress.of(shared));
            second.bind(UnixDomainSocketAddress.of(bridged));

            Map<String, Fields> steps = steps(vmlan.vmlan(selfTest("--json")).out());

            assertThat(steps.get("bridged: NIC").text("found"))
                    .isEqualTo("en1, the first that is up of those that vmnet bridges: the default route is by utun4,"
                            + " which vmnet does not bridge");
            assertThat(steps).containsKey("bridged: start");
            assertThat(steps.get("socket_vmnet").text("found")).isEqualTo("connected to " + shared);
            assertThat(steps.get("socket_vmnet bridged").text("found")).isEqualTo("connected to " + bridged);
            assertThat(steps.get("socket_vmnet bridged: DHCP").text("do")).contains("the LAN of en1");
        } finally {
            Files.deleteIfExists(shared);
            Files.deleteIfExists(bridged);
            Files.delete(sockets);
        }
    }

    @Test
    void interruptedItStopsWhatItStartedAndSaysSo() throws Exception {
        try (Installation vmlan = installation("exec \"$@\"")) {
            Installation.Running run =
                    vmlan.start(Installation.Redirect.NOTHING, List.of("env", "--default-signal=INT"), selfTest());
            Await.until(
                    "the first interface",
                    Installation.LIMIT,
                    () -> run.output().contains("host: start") ? Optional.of(true) : Optional.empty(),
                    run::errors);
            new ProcessBuilder("kill", "-INT", Long.toString(run.process().pid()))
                    .start()
                    .waitFor();

            assertThat(run.await().exitCode()).isEqualTo(130);
            assertThat(Files.readString(report()))
                    .containsPattern("failed +host: DHCP +interrupted")
                    .containsPattern("ok +host: stop +stopped")
                    .doesNotContain("shared: start");
        }
    }

    @Test
    void aReportThatCannotBeWrittenIsSaidBeforeAnythingStarts() throws Exception {
        try (Installation vmlan = installation("exec \"$@\"")) {
            Path target = Files.createFile(folder.resolve("target"));
            Files.createSymbolicLink(report(), target);

            Installation.Result result = vmlan.vmlan(selfTest());

            assertThat(result.bad(1)).contains("the report cannot be written to " + report());
            assertThat(result.out()).isEmpty();
            assertThat(target).as("behind a link").isEmptyFile();
        }
    }
}
