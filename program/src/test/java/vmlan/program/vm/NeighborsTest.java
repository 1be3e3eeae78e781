package vmlan.program.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The lines are of the forms that were published of Macs (tart's FAQ, minikube, and others); none was recorded here.
class NeighborsTest {
    private static final String WEB = "52:54:00:12:34:56";
    private static final String DUID = "52:54:00:99:01:02";

    /// A minute before the end of the earliest lease in the file.
    private static final long THEN = 0x687a1000L - 60;

    private static Neighbors mac() throws IOException {
        return at(THEN);
    }

    private static Neighbors at(long now) throws IOException {
        String caches = resource("arp-macos.txt") + "\n" + resource("ndp-macos.txt");
        return Neighbors.of(resource("dhcpd_leases.txt"), caches, now);
    }

    private static Vm.VmNic shared(String mac) {
        return new Vm.VmNic("vmnet-shared", "web-0", mac);
    }

    private static String resource(String name) throws IOException {
        try (var in = NeighborsTest.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void theLeaseThatEndsLastCountsAndGoesBeforeTheCache() throws IOException {
        assertThat(mac().ipv4(shared(WEB))).contains("192.168.64.5");
    }

    @Test
    void aLeaseThatHasEndedLeavesTheCache() throws IOException {
        assertThat(at(0x687a2000L - 1).ipv4(shared(WEB))).contains("192.168.64.5");
        assertThat(at(0x687a2000L).ipv4(shared(WEB))).contains("192.168.64.7");
        String ended = "{\nip_address=192.168.64.5\nhw_address=1,52:54:0:12:34:56\nlease=0x687a2000\n}";
        assertThat(Neighbors.of(ended, "", 0x687a2000L).ipv4(shared(WEB))).isEmpty();
    }

    @Test
    void onABridgedNetworkTheAddressIsNotOfMacOsToGive() throws IOException {
        assertThat(mac().ipv4(new Vm.VmNic("vmnet-host", "web-0", WEB))).contains("192.168.64.5");
        assertThat(mac().ipv4(new Vm.VmNic("bridged-en0", "web-0", WEB))).contains("192.168.64.7");
    }

    @Test
    void withoutALeaseWhomTheHostHasSpokenToCounts() throws IOException {
        Neighbors cache = Neighbors.of("", resource("arp-macos.txt"), THEN);
        assertThat(cache.ipv4(shared(WEB))).contains("192.168.64.7");
        assertThat(cache.ipv4(shared("52:54:00:00:00:01"))).isEmpty();
        assertThat(cache.ipv6(WEB)).isEmpty();
    }

    @Test
    void anIdentifierThatIsMadeOfTheMacAddressLeadsToIt() throws IOException {
        assertThat(mac().ipv4(shared("52:54:00:00:ab:01"))).contains("192.168.64.6");
        assertThat(Neighbors.of("{\nip_address=192.168.64.8\nhw_address=ff,0:0:0:2:0:3:0:1:52:54:0:0:0:2\n}", "", THEN)
                        .ipv4(shared("52:54:00:00:00:02")))
                .contains("192.168.64.8");
    }

    @Test
    void anIdentifierThatIsNotLeavesTheCache() throws IOException {
        assertThat(mac().ipv4(shared(DUID))).contains("192.168.64.3");
        // the end of that identifier is random, and no MAC address
        assertThat(mac().ipv4(shared("30:b0:97:b6:3a:67"))).isEmpty();
    }

    @Test
    void linkLocalAddressesAreLeftOut() throws IOException {
        assertThat(mac().ipv6(DUID)).containsExactly("fd12:3456:789a:1:5054:ff:fe99:102");
    }

    @Test
    void whatAGuestCallsItselfIsNotRead() throws IOException {
        assertThat(mac().ipv4(shared("52:54:00:66:66:66"))).isEmpty();
    }

    @Test
    void linuxWritesWholeMacAddresses() throws IOException {
        Neighbors linux = Neighbors.of("", resource("arp-linux.txt"), THEN);
        assertThat(linux.ipv4(shared("02:fc:00:00:00:05"))).contains("192.0.2.1");
    }

    @Test
    void noBytesDoHarm() throws IOException {
        byte[] good = (resource("dhcpd_leases.txt") + resource("arp-macos.txt") + resource("ndp-macos.txt"))
                .getBytes(StandardCharsets.ISO_8859_1);
        for (int seed = 0; seed < 2000; seed++) {
            Random random = new Random(seed);
            byte[] bytes = good.clone();
            for (int change = 0; change < 1 + random.nextInt(20); change++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            String found = Neighbors.of(text, text, THEN).ipv4(shared(WEB)).orElse("1.2.3.4");
            assertThat(found).as("seed " + seed).matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
        }
    }
}
