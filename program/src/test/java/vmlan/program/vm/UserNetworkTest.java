package vmlan.program.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vmlan.packet.IpAddress;
import vmlan.packet.Ipv4Address;
import vmlan.program.config.GatewayBlock;
import vmlan.program.config.GuestForward;
import vmlan.program.config.NetworkBlock;
import vmlan.program.config.Reservation;
import vmlan.program.files.Fields;
import vmlan.program.files.Json;
import vmlan.program.publish.PublishRule;
import vmlan.qemu.language.Settings;

class UserNetworkTest {
    private static final Path FOLDER = Path.of("/home/me");

    /// @param settings KEY=VALUE each
    private static UserNetwork of(String... settings) {
        List<Settings.Entry> entries = new ArrayList<>(List.of(new Settings.Entry("type", "user", true)));
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            entries.add(new Settings.Entry(setting.substring(0, equals), setting.substring(equals + 1), false));
        }
        return UserNetwork.of(new Settings(Settings.Syntax.OPTS, entries, false), "web", 0, FOLDER);
    }

    private static NetworkBlock block(String... settings) {
        return of(settings).block();
    }

    @Test
    void whatIsNotSaidIsAsSlirpHasIt() {
        NetworkBlock block = block();
        assertThat(block.name().text()).isEqualTo("user-web-0");
        assertThat(block.ipv4()).hasToString("10.0.2.0/24");
        assertThat(block.gateway()).hasToString("10.0.2.2");
        assertThat(block.dhcpFrom()).hasToString("10.0.2.15");
        assertThat(block.dhcpTo()).hasToString("10.0.2.30");
        assertThat(block.reservations()).containsExactly(new Reservation("web", null, block.dhcpFrom()));
        assertThat(block.ipv6()).hasToString("fec0::/64");
        GatewayBlock services = block.services();
        assertThat(services.dns()).hasToString("10.0.2.3");
        assertThat(services.gateway6()).hasToString("fec0::2");
        assertThat(services.dns6()).hasToString("fec0::3");
        assertThat(services.ipv4()).isTrue();
        assertThat(services.ipv6()).isTrue();
        assertThat(services.hostName()).isNull();
        assertThat(services.domain()).isNull();
        assertThat(services.search()).isEmpty();
        assertThat(services.restricted()).isFalse();
        assertThat(services.forwards()).isEmpty();
        assertThat(of().published()).isEmpty();
    }

    @Test
    void allOfItIsTaken() {
        UserNetwork user = of(
                "net=192.168.76.0/24",
                "host=192.168.76.9",
                "dns=192.168.76.10",
                "dhcpstart=192.168.76.250",
                "hostname=box",
                "domainname=corp.test",
                "dnssearch=one.test",
                "dnssearch=two.test",
                "ipv6-net=fd77:1::/64",
                "ipv6-host=fd77:1::9",
                "ipv6-dns=fd77:1::10",
                "restrict=on",
                "hostfwd=tcp::2222-:22",
                "hostfwd=udp:127.0.0.1:5353-192.168.76.20:53",
                "hostfwd=tcp::0-192.168.76.250:80",
                "guestfwd=tcp:192.168.76.100:1234-cmd:cat -u 'a b'",
                "guestfwd=:192.168.76.100:1235-tcp:127.0.0.1:80",
                "guestfwd=tcp::1236-unix:sockets/a",
                "guestfwd=tcp::1237-tcp:[::1]:80");
        NetworkBlock block = user.block();
        assertThat(block.ipv4()).hasToString("192.168.76.0/24");
        assertThat(block.gateway()).hasToString("192.168.76.9");
        assertThat(block.dhcpFrom()).hasToString("192.168.76.250");
        assertThat(block.dhcpTo()).as("up to the end of the network").hasToString("192.168.76.254");
        GatewayBlock services = block.services();
        assertThat(services.dns()).hasToString("192.168.76.10");
        assertThat(services.gateway6()).hasToString("fd77:1::9");
        assertThat(services.dns6()).hasToString("fd77:1::10");
        assertThat(services.hostName()).isEqualTo("box");
        assertThat(services.domain()).isEqualTo("corp.test");
        assertThat(services.search()).containsExactly("one.test", "two.test");
        assertThat(services.restricted()).isTrue();
        Ipv4Address server = Ipv4Address.parse("192.168.76.100");
        Ipv4Address usual = Ipv4Address.parse("192.168.76.4");
        assertThat(services.forwards())
                .containsExactly(
                        GuestForward.toCommand(server, 1234, List.of("cat", "-u", "a b"), "/home/me"),
                        GuestForward.toHost(server, 1235, IpAddress.parse("127.0.0.1"), 80),
                        GuestForward.toSocket(usual, 1236, "/home/me/sockets/a"),
                        GuestForward.toHost(usual, 1237, IpAddress.parse("::1"), 80));
        assertThat(services.forwards())
                .extracting(GuestForward::toString)
                .containsExactly(
                        "tcp:192.168.76.100:1234-cmd:cat -u 'a b'",
                        "tcp:192.168.76.100:1235-tcp:127.0.0.1:80",
                        "tcp:192.168.76.4:1236-unix:/home/me/sockets/a",
                        "tcp:192.168.76.4:1237-tcp:[::1]:80");
        assertThat(user.published())
                .extracting(PublishRule::toString)
                .containsExactly("0.0.0.0:2222:22", "127.0.0.1:5353:53@192.168.76.20/udp", "0.0.0.0:0:80");
        assertThat(user.published())
                .allSatisfy(
                        rule -> assertThat(PublishRule.parse(rule.toString())).isEqualTo(rule));
    }

    @Test
    void aBlockIsTheSameAfterAStateFile() throws Exception {
        NetworkBlock block = block(
                "restrict=on",
                "ipv6=off",
                "dnssearch=a.test",
                "hostname=x",
                "domainname=b.test",
                "guestfwd=tcp::1-cmd:true",
                "guestfwd=tcp::2-unix:/a",
                "guestfwd=tcp::3-tcp:1.2.3.4:5");
        Fields json = new Fields(Json.object(Json.compact(block.toJson()).getBytes(StandardCharsets.UTF_8)));
        assertThat(NetworkBlock.ofJson(block.name(), json)).isEqualTo(block);
    }

    /// net/slirp.c, net_init_slirp: the one that is named on leaves the other off.
    @ParameterizedTest
    @CsvSource({
        "ipv4=on,            true,  false",
        "ipv6=on,            false, true",
        "ipv4=off,           false, true",
        "ipv6=off,           true,  false",
        "ipv4=on ipv6=on,    true,  true",
        "ipv4=on ipv6=off,   true,  false"
    })
    void familiesAreOnAndOffAsQemuHasThem(String settings, boolean ipv4, boolean ipv6) {
        GatewayBlock services = block(settings.split(" ")).services();
        assertThat(services.ipv4()).isEqualTo(ipv4);
        assertThat(services.ipv6()).isEqualTo(ipv6);
    }

    @ParameterizedTest
    @CsvSource({
        "net=10.1.2.3,          10.0.0.0/8,      10.0.2.2,     10.0.2.15",
        "net=172.20.1.1,        172.16.0.0/12,   172.16.2.2,   172.16.2.15",
        "net=192.168.7.0,       192.168.0.0/16,  192.168.2.2,  192.168.2.15",
        "net=130.1.0.0,         130.1.0.0/16,    130.1.2.2,    130.1.2.15",
        "net=198.18.0.0,        198.18.0.0/15,   198.18.2.2,   198.18.2.15",
        "net=200.1.2.0,         200.1.2.0/24,    200.1.2.2,    200.1.2.15",
        "net=10.5.0.0/255.255.0.0, 10.5.0.0/16,  10.5.2.2,     10.5.2.15",
        "ip=10.7.7.0,           10.7.7.0/24,     10.7.7.2,     10.7.7.15",
        "net=16.0.0.0/4,        16.0.0.0/4,      16.0.2.2,     16.0.2.15"
    })
    void aNetworkIsReadAsQemuReadsIt(String net, String ipv4, String host, String guest) {
        NetworkBlock block = block(net);
        assertThat(block.ipv4()).hasToString(ipv4);
        assertThat(block.gateway()).hasToString(host);
        assertThat(block.dhcpFrom()).hasToString(guest);
    }

    @Test
    void aListOfJsonIsTheSame() {
        assertThat(block("dnssearch.0.str=one.test", "dnssearch.1.str=two.test")
                        .services()
                        .search())
                .containsExactly("one.test", "two.test");
    }

    @Test
    void aResolverElsewhereStaysThere() {
        assertThat(block("dns=9.9.9.9").services().dns()).hasToString("9.9.9.9");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "ipv6-prefixlen=72 | an IPv6 prefix of 72 bits",
                "ipv6-host=fd00::1 | ipv6-host fd00::1 is not in fec0::/64",
                "net=127.0.0.0/8 | net=127.0.0.0/8 is not for hosts",
                "net=10.0.0.0/255.0.255.0 | no mask of a network",
                "host=10.0.2.0 | host 10.0.2.0 is no address of a host in 10.0.2.0/24",
                "dns=10.0.2.255 | dns 10.0.2.255 is no address of a host",
                "net=10.0.0.0/31 | is no address of a host in 10.0.0.0/31",
                "dnssearch=a_b | dnssearch=a_b: ",
                "hostfwd=unix:/tmp/a-:22 | hostfwd=unix:/tmp/a-:22: vmlan's networks have",
                "hostfwd=tcp::99999-:22 | not a port from 0 to 65535",
                "guestfwd=tcp:10.0.2.2:80-cmd:cat | 10.0.2.2 is no free address of 10.0.2.0/24",
                "guestfwd=tcp:1.2.3.4:80-cmd:cat | 1.2.3.4 is no free address",
                "guestfwd=tcp::80-chardev:c0 | 'chardev:c0' is a character device of QEMU's",
                "guestfwd=tcp::80-tcp:host.example:80 | write an address",
                "guestfwd=tcp::80-tcp:127.0.0.1:80,server=on | is a character device of QEMU's",
                "guestfwd=tcp::80-cmd:echo 'a | a quote does not end",
                "guestfwd=udp::80-cmd:cat | the form is tcp:SERVER:PORT-TARGET"
            })
    void whatVmlansNetworksCannotBeIsSaid(String setting, String what) {
        assertThatThrownBy(() -> of(setting))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(what);
    }

    @Test
    void onePortIsForwardedOnce() {
        assertThatThrownBy(() -> of("guestfwd=tcp::80-cmd:cat", "guestfwd=tcp:10.0.2.4:80-cmd:cat"))
                .hasMessageContaining("10.0.2.4 port 80 is forwarded twice");
    }
}
