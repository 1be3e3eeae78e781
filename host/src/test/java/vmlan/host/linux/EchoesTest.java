package vmlan.host.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vmlan.network.outside.OutsideEcho;
import vmlan.network.outside.OutsideError;
import vmlan.packet.IpAddress;

/// Echoes against the kernel's own, by ping sockets and by raw ones.
class EchoesTest {
    private static final byte[] DATA = "abcdefghijk".getBytes(StandardCharsets.US_ASCII);

    private static OutsideError send(RunningLoop loop, OutsideEcho echo, String to, int sequence, int hops, int length)
            throws Exception {
        IpAddress address = IpAddress.parse(to);
        return loop.call(() -> echo.send(
                address.high(),
                address.low(),
                sequence,
                hops,
                ByteBuffer.wrap(new byte[length]).put(0, DATA, 0, Math.min(length, DATA.length)),
                0,
                length));
    }

    private static void allow(boolean pingSockets) throws Exception {
        // "1 0" is nobody (net/ipv4/ping.c, ping_init_sock); root's raw sockets then do.
        Files.writeString(Path.of("/proc/sys/net/ipv4/ping_group_range"), pingSockets ? "0 2147483647" : "1 0");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void echoesAreAnswered(boolean pingSockets) throws Exception {
        NetworkNamespace.run(() -> {
            allow(pingSockets);
            try (RunningLoop loop = new RunningLoop()) {
                LinuxOutside outside = loop.call(() -> new LinuxOutside(loop.loop));
                RecordingDatagrams events = new RecordingDatagrams();
                RecordingDatagrams others = new RecordingDatagrams();
                for (String address : new String[] {"127.0.0.1", "::1"}) {
                    boolean ipv4 = address.indexOf(':') < 0;
                    OutsideEcho echo = loop.call(() -> outside.echoes(ipv4, events));
                    loop.call(() -> outside.echoes(ipv4, others));
                    assertThat(send(loop, echo, address, 7, 64, DATA.length)).isNull();
                    assertThat(events.next()).isEqualTo("abcdefghijk from " + address + " number 7");
                    assertThat(send(loop, echo, address, 65_535, 1, 0)).isNull();
                    assertThat(events.next()).isEqualTo(" from " + address + " number 65535");
                    assertThat(send(loop, echo, address, 8, 64, 20_001)).isNull();
                    assertThat(events.next()).isEqualTo("20001 bytes from " + address + " number 8");
                    assertThat(send(loop, echo, address, 8, 64, 65_535)).isEqualTo(OutsideError.TOO_BIG);
                    assertThat(send(loop, echo, ipv4 ? "192.0.2.1" : "2001:db8::1", 7, 64, 9))
                            .isEqualTo(OutsideError.NET_UNREACHABLE);
                    loop.run(echo::close);
                    assertThat(send(loop, echo, address, 7, 64, 5)).isEqualTo(OutsideError.EXHAUSTED);
                }
                assertThat(events.events).isEmpty();
                assertThat(others.events).as("the replies are one's own").isEmpty();
                loop.run(outside::close);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatRoutersSayIsTold(boolean pingSockets) throws Exception {
        NetworkNamespace.runWithCable(() -> {
            allow(pingSockets);
            try (Router router = new Router();
                    RunningLoop loop = new RunningLoop()) {
                LinuxOutside outside = loop.call(() -> new LinuxOutside(loop.loop));
                RecordingDatagrams events = new RecordingDatagrams();
                OutsideEcho ipv4 = loop.call(() -> outside.echoes(true, events));
                OutsideEcho ipv6 = loop.call(() -> outside.echoes(false, events));
                send(loop, ipv4, "203.0.113.2", 3, 1, 9);
                assertThat(events.next()).isEqualTo("HOP_LIMIT to 203.0.113.2 number 3 says 192.0.2.254");
                send(loop, ipv6, "2001:db8:2::2", 4, 1, 9);
                assertThat(events.next()).isEqualTo("HOP_LIMIT to 2001:db8:2::2 number 4 says 2001:db8::254");
                assertThat(send(loop, ipv4, "198.51.100.1", 5, 64, 9))
                        .as("the news of another one")
                        .isNull();
                assertThat(events.next()).isEqualTo("HOST_UNREACHABLE to 198.51.100.1 number 5 says 192.0.2.254");
                send(loop, ipv4, "198.51.100.2", 6, 64, 9);
                assertThat(events.next()).isEqualTo("PROHIBITED to 198.51.100.2 number 6 says 192.0.2.254");
                send(loop, ipv6, "2001:db8:1::1", 7, 64, 9);
                assertThat(events.next()).isEqualTo("NET_UNREACHABLE to 2001:db8:1::1 number 7 says 2001:db8::254");
                send(loop, ipv6, "2001:db8:1::2", 8, 64, 9);
                assertThat(events.next()).isEqualTo("PROHIBITED to 2001:db8:1::2 number 8 says 2001:db8::254");
                send(loop, ipv4, "203.0.113.2", 9, 64, 1400);
                assertThat(events.next()).isEqualTo("TOO_BIG 1280 to 203.0.113.2 number 9 says 192.0.2.254");
                send(loop, ipv6, "2001:db8:2::2", 10, 64, 1400);
                assertThat(events.next()).isEqualTo("TOO_BIG 1280 to 2001:db8:2::2 number 10 says 2001:db8::254");
                loop.run(outside::close);
            }
        });
    }
}
