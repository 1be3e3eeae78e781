package vmlan.tests.nat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import vmlan.qemu.demo.DemoGuest;
import vmlan.qemu.demo.DemoImage;
import vmlan.tests.lan.Evidence;
import vmlan.tests.lan.GuestStation;
import vmlan.tests.real.Await;
import vmlan.tests.real.Installation;
import vmlan.tests.real.Qemus;

/// `vmlan qemu --engine` with `user` and `passt` as people write them: a guest that boots with these words
/// has what they say. That QEMU's own `user` gives the same is [UserNetworkTest]'s to see.
@EnabledOnOs(OS.LINUX)
@ExtendWith(Evidence.class)
class UserLineTest {
    private static final int WEB = 12222;
    private static final int RESTRICTED_WEB = 12223;
    private static final int PASST_WEB = 12224;
    private static final String USER = "user,model=virtio-net-pci,net=10.9.8.0/24,host=10.9.8.9,dns=10.9.8.10,"
            + "dhcpstart=10.9.8.40,hostname=box,domainname=corp.test,dnssearch=one.test,dnssearch=two.test,"
            + "ipv6-prefix=fd77:1::,ipv6-host=fd77:1::9,ipv6-dns=fd77:1::10,hostfwd=tcp::" + WEB + "-:80,"
            + "guestfwd=tcp:10.9.8.100:1234-cmd:cat";
    private static final String RESTRICTED =
            "user,id=alone,net=10.77.0.0/24,restrict=on,ipv6=off,hostfwd=tcp:127.0.0.1:" + RESTRICTED_WEB + "-:80";
    private static final String PASST = "passt,model=virtio-net-pci,address=10.5.0.7,netmask=255.255.255.0,"
            + "gateway=10.5.0.1,tcp-ports=127.0.0.1/" + PASST_WEB + ":80";
    private static final List<String> NETWORKS = List.of("user-web-0", "user-web-1", "user-web-2");

    /// A console where [Installation#inGuest] types, so that the line can be started again without a terminal.
    private static String[] line(Installation vmlan, DemoImage demo) {
        String console = "socket,id=c,path=" + vmlan.home().resolve("run/vm.web/console.sock")
                + ",server=on,wait=off,logfile=" + vmlan.home().resolve("state/vms/web/console.log");
        List<String> words = new ArrayList<>(List.of("qemu", "--engine", "--name", "web", "qemu-system-x86_64"));
        words.addAll(List.of("-daemonize", "-display", "none", "-m", "256", "-chardev", console));
        words.addAll(List.of("-serial", "chardev:c", "-kernel", demo.kernel().toString()));
        words.addAll(List.of("-initrd", demo.initrd().toString(), "-append", "console=ttyS0 quiet mitigations=off"));
        words.addAll(List.of("-nic", USER, "-netdev", RESTRICTED, "-device", "virtio-net-pci,netdev=alone"));
        words.addAll(List.of("-nic", PASST));
        return words.toArray(String[]::new);
    }

    @Test
    void aGuestOfALineAsItStandsHasWhatTheLineSaysAndItsNetworksGoWithIt() throws Exception {
        DemoImage demo = DemoGuest.prepare("x86_64", Installation.testCache(), step -> {});
        try (TestInternet internet = TestInternet.create();
                Installation vmlan =
                        Installation.create(Qemus.QEMU_10, SharedNetwork.powerless(internet.words(Place.HOST)))) {
            String said = start(vmlan, line(vmlan, demo));
            assertThat(said).contains("this QEMU has no passt: the NIC is on a network of vmlan's");
            vmlan.awaitConsole("web", "vmlan-demo: ready");
            GuestStation guest = new GuestStation(vmlan, "web");

            assertTold(guest);
            assertReaches(internet, guest);
            assertReached(internet);
            for (String network : NETWORKS) {
                assertThat(vmlan.vmlan("network", "show", network, "--json").good())
                        .contains("\"mode\" : \"user\"");
            }

            start(vmlan, "restart", "--force", "web");
            assertReached(internet);
            vmlan.vmlan("rm", "--force", "web").good();
            assertThat(vmlan.vmlan("network", "ls").good()).doesNotContain("user-");
            for (String network : NETWORKS) {
                assertThat(vmlan.home().resolve("state/networks/" + network + "/network.json"))
                        .doesNotExist();
                assertThat(vmlan.home().resolve("run/" + network)).doesNotExist();
            }
            assertThat(vmlan.vmlan("network", "show", NETWORKS.getFirst()).bad(2))
                    .contains("there is no network 'user-web-0'");
        }
    }

    private static String start(Installation vmlan, String... words) throws IOException, InterruptedException {
        Installation.Result result = vmlan.vmlan(words);
        result.good();
        return result.err();
    }

    /// Of three NICs the one with that address.
    private static String nic(GuestStation guest, String address) {
        Pattern line = Pattern.compile("(eth[0-9]) +inet " + Pattern.quote(address) + "/24 ");
        return shown(guest, "ip -o -4 addr", line).group(1);
    }

    /// A guest is ready after some seconds also without its addresses, which may come later then.
    private static Matcher shown(GuestStation guest, String command, Pattern pattern) {
        return Await.until(
                pattern + " of " + command,
                Installation.LIMIT,
                () -> Optional.of(pattern.matcher(guest.type(command))).filter(Matcher::find),
                () -> guest.type(command));
    }

    private static Map<String, String> told(GuestStation guest, String nic) throws IOException, InterruptedException {
        Map<String, String> told = new TreeMap<>();
        guest.type("printf '#!/bin/sh\\n[ $1 = bound ] && env\\n' >/tmp/told; chmod +x /tmp/told; udhcpc -f -n -q -i "
                        + nic + " -O search -O hostname -O domain -s /tmp/told")
                .lines()
                .map(line -> line.split("=", 2))
                .filter(pair -> pair.length == 2)
                .forEach(pair -> told.put(pair[0], pair[1].strip()));
        return told;
    }

    private static void assertTold(GuestStation guest) throws IOException, InterruptedException {
        String user = nic(guest, "10.9.8.40");
        assertThat(told(guest, user))
                .containsEntry("ip", "10.9.8.40")
                .containsEntry("mask", "24")
                .containsEntry("router", "10.9.8.9")
                .containsEntry("dns", "10.9.8.10")
                .containsEntry("hostname", "box")
                .containsEntry("domain", "corp.test")
                .containsEntry("search", "one.test two.test");
        String addresses = "ip -6 addr show dev " + user;
        shown(guest, addresses, Pattern.compile("inet6 fd77:1::[0-9a-f:]*/64 scope global(?! tentative)"));
        shown(guest, "ip -6 route", Pattern.compile("default via fe80::[0-9a-f:]+ dev " + user));
        assertThat(guest.type("nslookup host.vmlan.internal 10.9.8.10")).contains("10.9.8.9");
        assertThat(guest.type("ping6 -c 1 -W 30 fd77:1::9")).contains(" 0% packet loss");

        String restricted = nic(guest, "10.77.0.15");
        assertThat(told(guest, restricted)).doesNotContainKeys("router", "dns").containsEntry("mask", "24");
        assertThat(guest.type("ip -6 addr show dev " + restricted)).doesNotContain("scope global");
        assertThat(told(guest, nic(guest, "10.5.0.7"))).containsEntry("router", "10.5.0.1");
    }

    private static void assertReaches(TestInternet internet, GuestStation guest) throws Exception {
        assertThat(guest.type("echo over there | timeout 60 nc 10.9.8.100 1234").strip())
                .isEqualTo("over there");
        try (ServerSocket outside = internet.call(
                Place.INTERNET,
                () -> new ServerSocket(7777, 8, new InetSocketAddress(TestInternet.SERVER4, 0).getAddress()))) {
            CompletableFuture<Void> greeter = internet.begin(Place.INTERNET, () -> {
                try (Socket socket = outside.accept()) {
                    socket.getOutputStream().write("hello from outside\n".getBytes(StandardCharsets.US_ASCII));
                }
                return null;
            });
            assertThat(guest.type("timeout 60 nc " + TestInternet.SERVER4 + " 7777 </dev/null"))
                    .contains("hello from outside");
            NamespaceThreads.await(greeter);
        }
        // by the restricted NIC: it has the same way in as the others, and none out
        guest.type("ip route add " + TestInternet.ROUTER4 + "/32 via 10.77.0.2");
        assertThat(guest.type("ping -c 1 -W 2 " + TestInternet.ROUTER4 + "; ping -c 1 -W 30 10.77.0.2"))
                .contains(" 100% packet loss", " 0% packet loss");
        guest.type("ip route del " + TestInternet.ROUTER4 + "/32");
    }

    /// The guest has a page that tells its addresses.
    private static void assertReached(TestInternet internet) {
        for (String at : List.of(
                "127.0.0.1:" + WEB,
                TestInternet.HOST4 + ":" + WEB,
                "127.0.0.1:" + RESTRICTED_WEB,
                "127.0.0.1:" + PASST_WEB)) {
            Await.until(
                    "the guest's page at " + at,
                    Installation.LIMIT,
                    () -> Optional.of(internet.tryIn(Place.HOST, "curl", "-sS", "--max-time", "60", "http://" + at))
                            .filter(page -> page.text().contains("10.9.8.40/24")),
                    () -> internet.in(Place.HOST, "ss", "-ltn"));
        }
    }

    @Test
    void whatTheEngineHasNotIsRefusedBeforeAnythingIsStarted() throws Exception {
        try (Installation vmlan = Installation.create(Qemus.QEMU_10)) {
            for (String setting : List.of("tftp=/tmp", "bootfile=pxe.0", "tftp-server-name=box", "smb=/tmp")) {
                String key = setting.substring(0, setting.indexOf('='));
                assertThat(vmlan.vmlan("qemu", "--engine", "qemu-system-x86_64", "-nic", "user," + setting)
                                .bad(2))
                        .contains(
                                "user's " + key + "= is not there with --engine",
                                "leave " + key + "= out, or leave --engine out");
            }
            assertThat(vmlan.vmlan("qemu", "--engine", "qemu-system-x86_64", "-nic", "user,guestfwd=tcp:10.0.2.9:1-pty")
                            .bad(2))
                    .contains("guestfwd=tcp:10.0.2.9:1-pty");
            assertThat(vmlan.ps()).isEmpty();
            for (String folder : List.of("state/networks", "state/vms")) {
                assertThat(empty(vmlan.home().resolve(folder))).as(folder).isTrue();
            }
        }
    }

    private static boolean empty(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return true;
        }
        try (var files = Files.list(folder)) {
            return files.allMatch(file -> file.getFileName().toString().startsWith("."));
        }
    }
}
