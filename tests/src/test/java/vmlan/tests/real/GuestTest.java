package vmlan.tests.real;

import static org.assertj.core.api.Assertions.assertThat;
import static vmlan.tests.real.GuestConsole.onConsole;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv4Prefix;
import vmlan.packet.Ipv6Address;
import vmlan.packet.Ipv6Prefix;
import vmlan.program.files.Fields;

/// Real guests on the shared network.
class GuestTest {
    private static final Duration PING = Duration.ofSeconds(60);

    @ParameterizedTest
    @EnumSource(Qemus.class)
    void aGuestTakesItsAddressesAnswersPingAndPowersDown(Qemus qemu) throws Exception {
        try (Installation vmlan = Installation.create(qemu)) {
            assertThat(vmlan.vmlan("run", "-d", "--name", "web").good()).isEqualTo("web");
            String ipv4 = vmlan.vmlan("ip", "--timeout", "180", "web").good();
            String ipv6 = vmlan.vmlan("ip", "-6", "--timeout", "180", "web").good();
            Fields network = Installation.object(
                    vmlan.vmlan("network", "show", "shared", "--json").good());
            assertThat(Ipv4Prefix.parse(network.text("ipv4")).contains(Ipv4Address.parse(ipv4)))
                    .isTrue();
            assertThat(Ipv6Prefix.parse(network.text("ipv6")).contains(Ipv6Address.parse(ipv6)))
                    .isTrue();

            assertThat(vmlan.ping("shared", ipv4, PING)).as("ping " + ipv4).isTrue();
            assertThat(vmlan.ping("shared", ipv6, PING)).as("ping " + ipv6).isTrue();
            String nobody = ipv4.substring(0, ipv4.lastIndexOf('.')) + ".250";
            assertThat(nobody).as("leases begin at the low end of the /24").isNotEqualTo(ipv4);
            assertThat(vmlan.ping("shared", nobody, Duration.ofSeconds(1)))
                    .as("nobody's address")
                    .isFalse();

            List<Fields> leases =
                    Installation.list(vmlan.vmlan("leases", "--json").good());
            assertThat(leases).singleElement().satisfies(lease -> {
                assertThat(lease.text("ipv4")).isEqualTo(ipv4);
                assertThat(lease.text("name")).isEqualTo("web");
                assertThat(lease.texts("ipv6")).contains(ipv6);
            });
            String gateway4 = network.object("gateway").text("ipv4");
            String gateway6 = network.object("gateway").text("ipv6");
            vmlan.awaitConsole("web", "vmlan-demo: gateway " + gateway4 + " answers");
            vmlan.awaitConsole("web", "vmlan-demo: gateway fe80:");
            assertThat(vmlan.inGuest("web", "ping -6 -c 2 -W 10 " + gateway6))
                    .containsPattern(onConsole(" 0% packet loss"));
            assertThat(vmlan.consoleLog("web"))
                    .containsPattern(onConsole("ipv4 " + ipv4 + "/24"))
                    .containsPattern(onConsole("ipv6 " + ipv6 + "/64"));
            assertThat(vmlan.vmlan("logs", "web").good()).containsPattern(onConsole("vmlan-demo: "));

            Fields vm = vmlan.vm("web");
            assertThat(vm.text("state")).isEqualTo("running");
            Fields nic = vm.objects("networks").getFirst();
            assertThat(nic.text("network")).isEqualTo("shared");
            assertThat(nic.text("mac"))
                    .startsWith("52:54:00:")
                    .isEqualTo(leases.getFirst().text("mac"));
            assertThat(nic.text("ipv4")).isEqualTo(ipv4);
            assertThat(nic.texts("ipv6").getFirst()).isEqualTo(ipv6);
            Fields port = network.objects("ports").getFirst();
            assertThat(port.text("vm")).isEqualTo("web");
            assertThat(port.object("rx").number("frames")).isPositive();
            assertThat(port.object("tx").number("frames")).isPositive();

            assertThat(vmlan.vmlan("stop", "--timeout", "180", "web").err()).contains("web has powered down");
            assertThat(vmlan.vm("web").text("state")).isEqualTo("stopped");
            assertThat(vmlan.vm("web").values()).containsEntry("pid", null);

            vmlan.vmlan("run", "-d", "--name", "web").good();
            assertThat(vmlan.vmlan("ip", "--timeout", "180", "web").good())
                    .as("the address after a restart")
                    .isEqualTo(ipv4);
            assertThat(vmlan.vm("web").objects("networks").getFirst().text("mac"))
                    .isEqualTo(nic.text("mac"));
        }
    }

    @Test
    void twoGuestsSeeEachOtherAndIsolatedOnesDoNot() throws Exception {
        try (Installation vmlan = Installation.create(Qemus.QEMU_10)) {
            vmlan.vmlan("run", "-d", "--name", "a").good();
            vmlan.vmlan("run", "-d", "--name", "b").good();
            vmlan.vmlan("run", "-d", "--name", "c", "--net", "shared,isolated").good();
            vmlan.vmlan("run", "-d", "--name", "d", "--net", "shared,isolated").good();
            String b4 = vmlan.vmlan("ip", "--timeout", "180", "b").good();
            String b6 = vmlan.vmlan("ip", "-6", "--timeout", "180", "b").good();
            String d4 = vmlan.vmlan("ip", "--timeout", "180", "d").good();
            // The network knows an address before the guest uses it: duplicates are looked for (RFC 4862 §5.4).
            vmlan.awaitConsole("b", ":~#");
            vmlan.awaitConsole("d", ":~#");
            assertThat(vmlan.inGuest("a", "ping -c 3 -W 5 " + b4)).containsPattern(onConsole(" 0% packet loss"));
            assertThat(vmlan.inGuest("a", "ping -6 -c 3 -W 5 " + b6)).containsPattern(onConsole(" 0% packet loss"));
            assertThat(vmlan.inGuest("a", "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc " + b4 + " 80"))
                    .as("the status page")
                    .containsPattern(onConsole("200 OK"))
                    .containsPattern(onConsole(b4));
            assertThat(vmlan.inGuest("c", "ping -c 2 -W 2 " + d4)).containsPattern(onConsole(" 100% packet loss"));
            assertThat(vmlan.ping("shared", d4, PING))
                    .as("the gateway still reaches an isolated guest")
                    .isTrue();
        }
    }

    @Test
    void tenAtOnceGetTenNamesAndTenAddresses() throws Exception {
        try (Installation vmlan = Installation.create(Qemus.QEMU_7)) {
            List<Installation.Running> starts = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                starts.add(vmlan.start("run", "-d"));
            }
            Set<String> names = new HashSet<>();
            for (Installation.Running start : starts) {
                names.add(start.await().good());
            }
            assertThat(names)
                    .containsExactlyInAnyOrder(
                            "demo", "demo-2", "demo-3", "demo-4", "demo-5", "demo-6", "demo-7", "demo-8", "demo-9",
                            "demo-10");
            Set<String> addresses = new HashSet<>();
            for (String name : names) {
                String address = vmlan.vmlan("ip", "--timeout", "300", name).good();
                assertThat(vmlan.ping("shared", address, PING))
                        .as("ping " + name)
                        .isTrue();
                addresses.add(address);
            }
            assertThat(addresses).hasSize(10);
            assertThat(vmlan.ps())
                    .hasSize(10)
                    .allSatisfy(vm -> assertThat(vm.text("state")).isEqualTo("running"));
        }
    }

    @Test
    void aPrivateNetworkHasAddressesAndNoWayOut() throws Exception {
        try (Installation vmlan = Installation.create(Qemus.QEMU_10)) {
            vmlan.vmlan("run", "-d", "--name", "p", "--net", "private").good();
            String address = vmlan.vmlan("ip", "--timeout", "180", "p").good();
            assertThat(vmlan.ping("private", address, PING)).isTrue();
            vmlan.awaitConsole("p", "vmlan-demo: eth0 ipv4 " + address);
            assertThat(vmlan.inGuest("p", "ip route")).doesNotContain("default via");
            assertThat(vmlan.inGuest("p", "ip -6 route")).doesNotContain("default via");
        }
    }

    @Test
    void aProcessThatHasNoVmEnds() throws Exception {
        try (Installation vmlan = Installation.create(Qemus.QEMU_10).with("VMLAN_IDLE_SECONDS", "2")) {
            vmlan.vmlan("run", "-d").good();
            long pid = vmlan.networkPid("shared");
            vmlan.vmlan("stop", "--force", "demo").good();
            ProcessHandle.of(pid)
                    .ifPresent(process -> process.onExit()
                            .orTimeout(60, java.util.concurrent.TimeUnit.SECONDS)
                            .join());
            assertThat(Installation.object(vmlan.vmlan("network", "show", "shared", "--json")
                                    .good())
                            .text("state"))
                    .isEqualTo("stopped");
            assertThat(vmlan.home().resolve("run/shared")).isEmptyDirectory();
        }
    }
}
