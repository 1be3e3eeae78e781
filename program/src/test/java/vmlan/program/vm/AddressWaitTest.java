package vmlan.program.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.program.serve.Networks;
import vmlan.qemu.ProcessMark;

/// Of VMs on QEMU's own vmnet; in the place of QEMU is a process that waits for its end.
@Timeout(60)
class AddressWaitTest {
    private static final String MAC = "52:54:00:12:34:56";
    private static final Duration LONG = Duration.ofSeconds(50);

    @TempDir
    private Path home;

    private Process qemu;

    @BeforeEach
    void start() throws Exception {
        qemu = new ProcessBuilder("sh", "-c", "read line").start();
    }

    @AfterEach
    void end() {
        qemu.destroyForcibly();
    }

    /// @param caches what the host knows at each look; the last one stays
    private AddressWait wait(String... caches) throws Failure {
        Places places = Places.in(home);
        Iterator<String> looks = List.of(caches).iterator();
        String[] known = {""};
        return new AddressWait(new Networks(places), new VmStore(places, line -> {}), () -> {
            known[0] = looks.hasNext() ? looks.next() : known[0];
            return Neighbors.of("", known[0], 0);
        });
    }

    private Vm vm() {
        return new Vm(
                "web",
                new VmSpec("x86_64", List.of(), List.of(), 1, 1 << 30, List.of(), List.of(), List.of()),
                List.of(),
                List.of(new Vm.VmNic("vmnet-shared", "web-0", MAC)),
                List.of(),
                "qemu",
                "tcg",
                Path.of("/"),
                false,
                0,
                0,
                qemu.pid(),
                ProcessMark.of(qemu.pid()).orElseThrow(),
                false);
    }

    @Test
    void aGuestThatBootsIsWaitedFor() throws Exception {
        AddressWait wait = wait("", "? (192.168.64.7) at 52:54:0:12:34:56 on bridge100 ifscope [bridge]");
        assertThat(wait.awaitAny(vm(), null, LONG).getFirst().ipv4()).isEqualTo("192.168.64.7");
    }

    @Test
    void anIpv6AddressAloneIsOneToo() throws Exception {
        AddressWait wait = wait("fd12::5054:ff:fe12:3456  52:54:0:12:34:56  bridge100  23h59m50s S");
        assertThat(wait.awaitAny(vm(), null, LONG))
                .containsExactly(new AddressWait.Addresses("vmnet-shared", null, List.of("fd12::5054:ff:fe12:3456")));
    }

    @Test
    void oneThatShowsNoneIsNotWaitedForForEver() {
        assertThatThrownBy(() -> wait("").awaitAny(vm(), null, Duration.ofMillis(1)))
                .hasMessage("this host knows no address of web after 0 s");
    }

    @Test
    void whereQemuEndsNobodyWaits() {
        Vm vm = vm();
        qemu.destroyForcibly().onExit().join();
        assertThatThrownBy(() -> wait("").awaitAny(vm, null, LONG)).hasMessageStartingWith("web does not run");
    }
}
