package vmlan.host.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vmlan.host.EventLoop;
import vmlan.packet.IpAddress;

class HostsFileTest {
    @TempDir
    Path folder;

    @Test
    void eachNameOfALineHasItsAddress() {
        assertThat(HostsFile.parse("""
                127.0.0.1  localhost
                127.0.1.1\tlaptop.home.example laptop   # ours
                ::1        localhost ip6-localhost ip6-loopback
                # 10.9.9.9 no
                10.0.0.1   Server.lan server
                2001:db8::1 server.lan
                fe80::1%lo0 localhost elsewhere
                10.0.0.2
                not-an-address name
                255.255.255.255 broadcasthost
                """))
                .containsOnlyKeys("laptop.home.example", "laptop", "server.lan", "server")
                .containsEntry(
                        "server.lan", java.util.List.of(IpAddress.parse("10.0.0.1"), IpAddress.parse("2001:db8::1")));
    }

    @Test
    void namesAndAddressesAreThoseOfTheFileNow() throws Exception {
        Path file = folder.resolve("hosts");
        try (EventLoop loop = new EventLoop(Throwable::printStackTrace)) {
            HostsFile hosts = new HostsFile(file, loop);
            assertThat(hosts.addressesOf("server.lan")).isNull();
            assertThat(hosts.namesOf(IpAddress.parse("10.0.0.1"))).isEmpty();

            Files.writeString(file, "10.0.0.1 server.lan server\n");
            long begin = loop.now();
            while (hosts.addressesOf("server.lan") == null) {
                assertThat(loop.now() - begin).isLessThan(TimeUnit.SECONDS.toNanos(60));
                Thread.onSpinWait();
            }
            assertThat(hosts.namesOf(IpAddress.parse("10.0.0.1"))).containsExactly("server.lan", "server");
        }
    }

    @Test
    void aLongFileIsReadBesidesTheLoop() throws IOException {
        Path file = folder.resolve("hosts");
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 100_000; i++) {
            text.append(String.format(Locale.ROOT, "0.0.0.0 ad%d.example%n", i));
        }
        Files.writeString(file, text);
        try (EventLoop loop = new EventLoop(Throwable::printStackTrace)) {
            HostsFile hosts = new HostsFile(file, loop);
            assertThat(hosts.addressesOf("ad7.example")).isNull();
            long begin = loop.now();
            loop.run(now -> {
                if (hosts.addressesOf("ad99999.example") != null || now - begin > TimeUnit.SECONDS.toNanos(60)) {
                    loop.stop();
                }
                return Long.MAX_VALUE;
            });
            assertThat(hosts.addressesOf("ad99999.example")).containsExactly(IpAddress.parse("0.0.0.0"));
        }
    }
}
