package vmlan.tests.real;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import vmlan.program.files.Fields;

/// All files in folders whose names have what QEMU, shells and sockets stumble over, all at once: a comma, blanks,
/// quotes, a dollar sign, a letter beyond ASCII, and more bytes than a socket's path may have.
class OddPlacesTest {
    /// Without VMLAN_HOME, so that the folder for sockets is one of TMPDIR; its value stays, under another name, to
    /// find what was started. The shell writes the letter, since this JVM may not know how to.
    private static final List<String> ODD = List.of("sh", "-c", """
            odd=$VMLAN_HOME/"$(printf 'it'\\''s, a "n\\303\\244me" of $5 %080d' 0)"
            [ -d "$odd" ] || { mkdir -p "$odd/tmp" "$odd/cache" && ln -s "$VMLAN_HOME/cache" "$odd/cache/vmlan"; } || exit
            export XDG_STATE_HOME="$odd/state" XDG_CONFIG_HOME="$odd/config" XDG_CACHE_HOME="$odd/cache" TMPDIR="$odd/tmp"
            export KEPT_VMLAN_HOME="$VMLAN_HOME"
            unset VMLAN_HOME XDG_RUNTIME_DIR
            exec "$@"
            """, "sh");

    @ParameterizedTest
    @EnumSource(Qemus.class)
    void aGuestRunsAndIsReachedWhereverItsFilesAre(Qemus qemu) throws Exception {
        try (Installation vmlan = Installation.create(qemu, ODD).with("VMLAN_RIGHTS", "no")) {
            assertThat(vmlan.vmlan("run", "-d", "--name", "odd", "-p", "0:80").good())
                    .isEqualTo("odd");
            Fields ip = Installation.object(
                    vmlan.vmlan("ip", "--timeout", "300", "odd", "--json").good());
            assertThat(ip.text("ipv4")).startsWith("192.168.");
            assertThat(shortSockets()).as("the long paths' stand-ins").isNotEmpty();
            talkOnTheConsole(vmlan);

            String report = vmlan.vmlan("doctor").good();
            assertThat(report).contains("sockets are in /tmp/vmlan-").contains("shared runs");

            vmlan.vmlan("rm", "--force", "odd").good();
            vmlan.vmlan("network", "stop", "shared").good();
            assertThat(vmlan.vmlan("ps").good()).isEmpty();
        }
    }

    private static void talkOnTheConsole(Installation vmlan) throws Exception {
        Installation.Running console = vmlan.start(Installation.Redirect.PIPE, List.of(), "console", "odd");
        try {
            Await.until(
                    "the guest's prompt",
                    Installation.LIMIT,
                    () -> GuestConsole.onConsole(":~#")
                                    .matcher(console.output())
                                    .find()
                            ? Optional.of(true)
                            : Optional.empty(),
                    () -> console.output() + console.errors());
            // in two parts, so that the echo of the line is not taken for its output
            console.process().getOutputStream().write("echo it''works\n".getBytes(StandardCharsets.US_ASCII));
            console.process().getOutputStream().flush();
            Await.until(
                    "the guest's answer",
                    Installation.LIMIT,
                    () -> GuestConsole.onConsole("itworks")
                                    .matcher(console.output())
                                    .find()
                            ? Optional.of(true)
                            : Optional.empty(),
                    () -> console.output() + console.errors());
        } finally {
            console.process().destroy();
            console.process().waitFor();
            Files.deleteIfExists(console.out());
            Files.deleteIfExists(console.err());
        }
    }

    private static List<String> shortSockets() throws IOException {
        Path folder = Path.of("/tmp/vmlan-" + Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        try (var entries = Files.list(folder)) {
            return entries.map(Path::toString)
                    .filter(name -> name.endsWith(".sock"))
                    .toList();
        }
    }
}
