package vmlan.host.macos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What a Mac's tools print, as people have recorded it.
class MacNicsTest {
    /// A notebook with an adapter for cable, a VM of Apple's and a VPN.
    private static final String PORTS = """

            Hardware Port: USB 10/100/1000 LAN
            Device: en5
            Ethernet Address: 00:e0:4c:68:01:02

            Hardware Port: Thunderbolt Bridge
            Device: bridge0
            Ethernet Address: 36:a1:0b:22:33:40

            Hardware Port: Wi-Fi
            Device: en0
            Ethernet Address: 3c:22:fb:12:34:56

            Hardware Port: iPhone USB
            Device: en7
            Ethernet Address: N/A

            Hardware Port: Thunderbolt 1
            Device: en1
            Ethernet Address: 36:a1:0b:22:33:40

            VLAN Configurations
            ===================

            VLAN User Defined Name: lab
            Parent Device: en5
            Device ("Hardware" Port): vlan0
            Tag: 5
            Ethernet Address: 00:e0:4c:68:01:02
            """;

    private static final String IFCONFIG = """
            lo0: flags=8049<UP,LOOPBACK,RUNNING,MULTICAST> mtu 16384
            \toptions=1203<RXCSUM,TXCSUM,TXSTATUS,SW_TIMESTAMP>
            \tinet 127.0.0.1 netmask 0xff000000
            \tinet6 ::1 prefixlen 128
            \tinet6 fe80::1%lo0 prefixlen 64 scopeid 0x1
            \tnd6 options=201<PERFORMNUD,DAD>
            gif0: flags=8010<POINTOPOINT,MULTICAST> mtu 1280
            stf0: flags=0<> mtu 1280
            anpi0: flags=8863<UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST> mtu 1500
            \toptions=400<CHANNEL_IO>
            \tether 36:a1:0b:22:33:20
            \tmedia: none
            \tstatus: inactive
            en5: flags=8863<UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST> mtu 9000
            \toptions=6464<VLAN_MTU,TSO4,TSO6,CHANNEL_IO,PARTIAL_CSUM,ZEROINVERT_CSUM>
            \tether 00:e0:4c:68:01:02
            \tmedia: autoselect (none)
            \tstatus: inactive
            en0: flags=8863<UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST> mtu 1500
            \toptions=6460<TSO4,TSO6,CHANNEL_IO,PARTIAL_CSUM,ZEROINVERT_CSUM>
            \tether 3c:22:fb:12:34:56
            \tinet6 fe80::1c2f:5ff:fe00:1%en0 prefixlen 64 secured scopeid 0xb
            \tinet 192.168.1.20 netmask 0xffffff00 broadcast 192.168.1.255
            \tinet6 2001:db8:1:2:0:0:0:20 prefixlen 64 autoconf secured
            \tnd6 options=201<PERFORMNUD,DAD>
            \tmedia: autoselect
            \tstatus: active
            en1: flags=8963<UP,BROADCAST,SMART,RUNNING,PROMISC,SIMPLEX,MULTICAST> mtu 1500
            \tether 36:a1:0b:22:33:40
            \tmedia: autoselect <full-duplex>
            \tstatus: inactive
            bridge0: flags=8863<UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST> mtu 1500
            \tether 36:a1:0b:22:33:40
            \tConfiguration:
            \t\tid 0:0:0:0:0:0 priority 0 hellotime 0 fwddelay 0
            \tmember: en1 flags=3<LEARNING,DISCOVER>
            \tstatus: inactive
            utun4: flags=8051<UP,POINTOPOINT,RUNNING,MULTICAST> mtu 1380
            \tinet 10.8.0.2 --> 10.8.0.1 netmask 0xffffffff
            bridge100: flags=8a63<UP,BROADCAST,SMART,RUNNING,ALLMULTI,SIMPLEX,MULTICAST> mtu 1500
            \tether be:d0:74:61:f6:64
            \tinet 192.168.64.1 netmask 0xffffff00 broadcast 192.168.64.255
            \tstatus: active
            """;

    private static MacNics.Nic nic(String name) {
        return MacNics.parse(PORTS, IFCONFIG).stream()
                .filter(nic -> nic.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aWiFiPortHasItsAddressesWithoutZones() {
        MacNics.Nic wifi = nic("en0");
        assertThat(wifi.kind()).isEqualTo(MacNics.Kind.WIFI);
        assertThat(wifi.up()).isTrue();
        assertThat(wifi.mac()).hasToString("3c:22:fb:12:34:56");
        assertThat(wifi.mtu()).isEqualTo(1500);
        assertThat(wifi.ipv4()).containsExactly("192.168.1.20/24");
        assertThat(wifi.ipv6()).containsExactly("fe80::1c2f:5ff:fe00:1/64", "2001:db8:1:2::20/64");
        assertThat(wifi.hardware()).isTrue();
    }

    @Test
    void aPortWithoutCarrierIsDown() {
        assertThat(nic("en5").kind()).isEqualTo(MacNics.Kind.CABLE);
        assertThat(nic("en5").up()).isFalse();
        assertThat(nic("en5").mtu()).isEqualTo(9000);
        assertThat(nic("en5").hardware()).isTrue();
    }

    @Test
    void bridgesTunnelsAndTheLoopbackAreVirtual() {
        for (String name : List.of("lo0", "bridge0", "bridge100", "utun4", "anpi0")) {
            assertThat(nic(name).kind()).as(name).isEqualTo(MacNics.Kind.VIRTUAL);
            assertThat(nic(name).hardware()).as(name).isFalse();
        }
        assertThat(nic("utun4").ipv4()).containsExactly("10.8.0.2/32");
        assertThat(nic("utun4").mac()).isNull();
        assertThat(nic("bridge100").up()).isTrue();
    }

    @Test
    void theDefaultRoutesInterface() {
        assertThat(MacNics.defaultRoute("""
                   route to: default
                destination: default
                       mask: default
                    gateway: 192.168.1.1
                  interface: en0
                      flags: <UP,GATEWAY,DONE,STATIC,PRCLONING,GLOBAL>
                """)).contains("en0");
        assertThat(MacNics.defaultRoute("route: writing to routing socket: not in table\n"))
                .isEmpty();
        assertThat(MacNics.defaultRoute("  interface: $(reboot)\n")).isEmpty();
    }

    @Test
    void theToolsAreAskedByTheirPaths() throws Exception {
        MacNics.Runner tools = words -> switch (String.join(" ", words)) {
            case "/usr/sbin/networksetup -listallhardwareports" -> PORTS;
            case "/sbin/ifconfig -a" -> IFCONFIG;
            case "/sbin/route -n get default" -> "  interface: en5\n";
            default -> throw new AssertionError(String.join(" ", words));
        };
        assertThat(MacNics.read(tools))
                .isEqualTo(MacNics.parse(PORTS, IFCONFIG))
                .hasSize(10);
        assertThat(MacNics.ofDefaultRoute(tools)).isEqualTo(Optional.of("en5"));
    }

    /// Any output whatever: bytes changed, lines cut, everything a thousand times.
    @Test
    void noOutputMakesItFailOrGrow() {
        long seed = 20_261_129;
        Random random = new Random(seed);
        for (int round = 0; round < 5000; round++) {
            StringBuilder broken = new StringBuilder(round % 2 == 0 ? IFCONFIG : PORTS);
            for (int i = random.nextInt(8); i >= 0; i--) {
                int at = random.nextInt(broken.length());
                switch (random.nextInt(3)) {
                    case 0 -> broken.setCharAt(at, (char) random.nextInt(256));
                    case 1 -> broken.delete(at, Math.min(broken.length(), at + random.nextInt(40)));
                    default -> broken.insert(at, IFCONFIG, 0, random.nextInt(IFCONFIG.length()));
                }
            }
            String text = broken.toString();
            assertThat(MacNics.parse(round % 2 == 0 ? PORTS : text, round % 2 == 0 ? text : IFCONFIG))
                    .as("seed " + seed + ", round " + round)
                    .allSatisfy(nic -> assertThat(nic.name()).matches("[A-Za-z0-9._-]{1,15}"));
        }
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            many.append("utun").append(i).append(": flags=8051<UP> mtu 1380\n");
        }
        assertThat(MacNics.parse("", many.toString())).hasSize(1000);
    }
}
