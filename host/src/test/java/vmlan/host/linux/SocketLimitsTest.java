package vmlan.host.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Sockets where descriptors or rights are missing.
class SocketLimitsTest {
    private static final String AS_NOBODY = "setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all ";

    private static CopiedClasses classes;

    @BeforeAll
    static void copyTheClasses() throws Exception {
        classes = new CopiedClasses();
    }

    @AfterAll
    static void removeTheCopy() throws IOException {
        classes.close();
    }

    private static String java(String action) {
        return classes.java(SocketsProgram.class, action);
    }

    @Test
    void withoutDescriptorsThereAreNoSocketsAndTheListenerWaits() throws Exception {
        NetworkNamespace.run(() -> assertThat(NetworkNamespace.command("prlimit --nofile=200:200 " + java("exhausted"))
                        .lines())
                .containsExactly(
                        "before: REFUSED",
                        "before: 192.0.2.1:9: this host has no such address",
                        "files: /dev/null (Too many open files)",
                        "stream: EXHAUSTED",
                        "datagrams: null",
                        "echoes: null",
                        "taken without a descriptor: null",
                        "spins: false",
                        "taken with descriptors: true true",
                        "datagrams with descriptors: true"));
    }

    @Test
    void lowPortsAreNotEverybodys() throws Exception {
        NetworkNamespace.run(() -> assertThat(
                        NetworkNamespace.command(AS_NOBODY + java("bind")).lines())
                .containsExactly(
                        "TCP 127.0.0.1:80: not permitted",
                        "UDP 127.0.0.1:53: not permitted",
                        "portable UDP 127.0.0.1:53: not permitted"));
    }

    @Test
    void echoesWithoutRightsAreThePingGroupsAlone() throws Exception {
        NetworkNamespace.run(() -> {
            Path range = Path.of("/proc/sys/net/ipv4/ping_group_range");
            Files.writeString(range, "1 0");
            assertThat(NetworkNamespace.command(AS_NOBODY + java("echo")).lines())
                    .containsExactly("echoes: false");
            Files.writeString(range, "0 2147483647");
            assertThat(NetworkNamespace.command(AS_NOBODY + java("echo")).lines())
                    .containsExactly("echoes: true", "reply 5");
        });
    }
}
