package vmlan.tests.real;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vmlan.program.files.Fields;

/// `vmlan doctor` on this machine, whole and with half of everything missing.
class DoctorCommandTest {
    @TempDir
    private Path temporary;

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.map(file -> file + " " + file.toFile().length())
                    .sorted()
                    .toList();
        }
    }

    private static Fields check(Fields report, String name) {
        return report.objects("checks").stream()
                .filter(check -> check.text("name").equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no check " + name + " in " + report));
    }

    @Test
    void thisHostIsWellAndNothingStaysOfTheLooking() throws Exception {
        try (Installation vmlan = Installation.create(Qemus.QEMU_7).with("TMPDIR", temporary.toString())) {
            vmlan.vmlan("network", "start", "private").good();
            vmlan.vmlan("network", "stop", "private").good();
            List<String> before = files(vmlan.home());

            Fields report = Installation.object(vmlan.vmlan("doctor", "--json").good());

            assertThat(check(report, "qemu").text("found")).startsWith("7.2.");
            assertThat(check(report, "vmlan").text("state")).isEqualTo("ok");
            assertThat(check(report, "networks").text("found")).contains("private does not run");
            assertThat(report.number("problems")).isZero();
            assertThat(files(vmlan.home())).isEqualTo(before);
            assertThat(files(temporary)).as("temporary files").hasSize(1);
        }
    }

    @Test
    void withHalfOfEverythingMissingEachThingIsALine() throws Exception {
        // no network, a full disk for temporary files and state, no QEMU, no program on PATH but those of a shell
        List<String> bare = List.of("unshare", "--mount", "--net", "sh", "-c", """
                mkdir -p "$VMLAN_HOME/state" && mount -t tmpfs -o size=4k none "$VMLAN_HOME/state" || exit 99
                head -c 4096 /dev/zero >"$VMLAN_HOME/state/full" || exit 99
                export TMPDIR="$VMLAN_HOME/state"
                exec "$@"
                """, "sh");
        try (Installation vmlan = Installation.withoutQemu(bare).with("VMLAN_QEMU", "/nonexistent")) {
            Installation.Result result = vmlan.vmlan("doctor", "--json");
            assertThat(result.bad(1)).as("standard error").isEmpty();
            Fields report = Installation.object(result.out());

            assertThat(check(report, "qemu").text("found")).contains("VMLAN_QEMU leads to /nonexistent");
            assertThat(check(report, "state folder").text("found")).contains("No space left on device");
            assertThat(check(report, "disk space").text("state")).isEqualTo("problem");
            assertThat(check(report, "IPv6").text("state")).isEqualTo("note");
            assertThat(report.objects("checks")).allSatisfy(check -> {
                assertThat(check.text("found")).doesNotContain("Exception");
                assertThat(check.text("why")).isNotBlank();
                if (!check.text("state").matches("ok|note")) {
                    assertThat(check.text("do")).as(check.text("name")).isNotBlank();
                }
            });
        }
    }

    @Test
    void aWrongVmlanQemuIsWrongConfiguration() throws Exception {
        try (Installation vmlan = Installation.withoutQemu(List.of()).with("VMLAN_QEMU", "/nonexistent")) {
            assertThat(vmlan.vmlan("run", "-d").bad(2)).contains("VMLAN_QEMU leads to /nonexistent");
        }
    }
}
