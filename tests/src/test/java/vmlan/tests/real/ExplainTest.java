package vmlan.tests.real;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import vmlan.program.files.Fields;

/// `vmlan explain` as it is typed.
class ExplainTest {
    private static final String MISSION = "sudo qemu-system-x86_64 path/to/disk -M accel=hvf -cpu host -smp cpus=8"
            + " -m 256 -nic vmnet-bridged,ifname=%s";

    private static String[] words(String line) {
        return line.split(" ");
    }

    @Test
    void theQemuThatIsInstalledIsAskedAndNothingIsStarted() throws Exception {
        for (Qemus qemu : Qemus.values()) {
            try (Installation vmlan = Installation.create(qemu)) {
                Fields json = Installation.object(vmlan.vmlan(words("explain --json -nic user,net=10.9.0.0/24"))
                        .good());

                assertThat(json.object("qemu").text("version")).startsWith(qemu == Qemus.QEMU_7 ? "7.2." : "10.0.");
                assertThat(json.objects("nics").getFirst().text("ipv4")).startsWith("10.9.0.15 ");
                assertThat(json.values().get("mistake")).isEqualTo(false);
                try (Stream<Path> files = Files.list(vmlan.home())) {
                    assertThat(files.map(file -> file.getFileName().toString())).containsExactly("cache");
                }
            }
        }
    }

    @Test
    void aMistakeIsExitCode2WithQemusOwnWordsAndALineThatIsBetter() throws Exception {
        try (Installation vmlan = Installation.create(Qemus.QEMU_10)) {
            Installation.Result result = vmlan.vmlan(words("explain qemu-system-x86_64 -netdev user,id=n0"));

            result.bad(2);
            assertThat(result.err()).isEmpty();
            assertThat(result.out())
                    .contains("\n  qemu-system-x86_64: warning: netdev n0 has no peer\n    → ")
                    .contains("\n    qemu-system-x86_64 -netdev user,id=n0 -device virtio-net-pci,netdev=n0\n");
        }
    }

    @Test
    void theMissionsLineIsNoMistakeHere() throws Exception {
        try (Installation vmlan = Installation.create(
                Qemus.QEMU_7,
                List.of("unshare", "--net", "sh", "-c", "ip link add en0 type veth && exec \"$@\"", "sh"))) {
            String line = MISSION.formatted("en0");

            String out = vmlan.vmlan(words("explain " + line)).good();

            assertThat(out)
                    .contains("Parameter 'type' does not accept value 'vmnet-bridged'")
                    .contains("    sudo vmlan qemu " + line.substring("sudo ".length()) + "\n")
                    .contains("    sudo vmlan run --cpus 8 --memory 256M --net bridged:en0 path/to/disk\n");
            vmlan.vmlan(words("explain " + MISSION.formatted("en9"))).bad(2);
        }
    }

    @Test
    void theDocumentsExampleIsWhatIsPrinted() throws Exception {
        List<String> example = new ArrayList<>(Document.of("explain.md").commands());
        String command = example.removeFirst();
        assertThat(command).startsWith("./vmlan explain --as ");
        try (Installation vmlan = Installation.withoutQemu(List.of())) {
            Installation.Result result =
                    vmlan.vmlan(Arrays.stream(words(command)).skip(1).toArray(String[]::new));

            result.bad(2);
            assertThat(result.out().lines()).containsExactlyElementsOf(example);
        }
    }
}
