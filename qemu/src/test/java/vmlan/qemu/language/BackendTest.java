package vmlan.qemu.language;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BackendTest {
    @Test
    void everyBackendOfQemuIsThereWithEveryOption() {
        assertThat(Backend.all().stream().map(Backend::type))
                .containsExactlyInAnyOrder(
                        "nic",
                        "user",
                        "tap",
                        "bridge",
                        "socket",
                        "stream",
                        "dgram",
                        "vde",
                        "vhost-user",
                        "vhost-vdpa",
                        "l2tpv3",
                        "hubport",
                        "netmap",
                        "af-xdp",
                        "passt",
                        "vmnet-host",
                        "vmnet-shared",
                        "vmnet-bridged");
        assertThat(names("user"))
                .containsExactly(
                        "hostname",
                        "restrict",
                        "ipv4",
                        "ipv6",
                        "ip",
                        "net",
                        "host",
                        "tftp",
                        "bootfile",
                        "dhcpstart",
                        "dns",
                        "dnssearch",
                        "domainname",
                        "ipv6-prefix",
                        "ipv6-prefixlen",
                        "ipv6-host",
                        "ipv6-dns",
                        "smb",
                        "smbserver",
                        "hostfwd",
                        "guestfwd",
                        "tftp-server-name");
        assertThat(names("vmnet-bridged")).containsExactly("ifname", "isolated");
        assertThat(Backend.addresses().keySet()).containsExactlyInAnyOrder("inet", "unix", "vsock", "fd");
    }

    private static List<String> names(String type) {
        return Backend.of(type).orElseThrow().options().stream()
                .map(BackendOption::name)
                .toList();
    }

    @Test
    void anOptionIsInSomeVersionsOnly() {
        Backend stream = Backend.of("stream").orElseThrow();
        assertThat(stream.option("reconnect").orElseThrow())
                .matches(option -> !option.isIn(new QemuVersion(7, 2, 22)))
                .matches(option -> option.isIn(new QemuVersion(8, 0, 0)))
                .matches(option -> option.isIn(new QemuVersion(10, 1, 5)))
                .matches(option -> !option.isIn(new QemuVersion(10, 2, 0)));
        assertThat(stream.option("addr.path").orElseThrow().mandatory()).isTrue();
        assertThat(stream.option("server.path")).isEmpty();
        assertThat(Backend.of("af-xdp")
                        .orElseThrow()
                        .option("mode")
                        .orElseThrow()
                        .words())
                .containsExactly("native", "skb");
    }

    @Test
    void everyMeaningIsASentence() {
        for (Backend backend : Backend.all()) {
            assertThat(backend.meaning()).as(backend.type()).matches("[A-Z].*\\.");
            for (BackendOption option : backend.options()) {
                assertThat(option.meaning())
                        .as(backend.type() + " " + option.name())
                        .matches("[A-Z/].*\\.");
                assertThat(option.mandatory() && !option.usual().isEmpty()).isFalse();
            }
        }
    }
}
