package vmlan.tests.real;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the documents say is what there is.
class DocumentsTest {
    /// The words in docs/files.md that stand for any.
    private static final Pattern ANY = Pattern.compile("\\b(NAME|NETWORK|VM|N|TIME|HASH|RANDOM)\\b|\\*");

    @TempDir
    private Path folder;

    @Test
    void everyFileThatIsWrittenStandsInTheListOfFiles() throws Exception {
        List<Pattern> listed = listedFiles();
        try (Installation vmlan = Installation.create(Qemus.QEMU_10)) {
            TreeSet<String> seen = new TreeSet<>();
            vmlan.vmlan("run", "-d", "--name", "web").good();
            vmlan.vmlan("network", "start", "private").good();
            seen.addAll(files(vmlan));
            vmlan.vmlan("stop", "--force", "web").good();
            vmlan.vmlan("run", "-d", "--name", "web").good();
            vmlan.vmlan("ip", "--timeout", "180", "web").good();
            vmlan.vmlan("stop", "web").good();
            vmlan.vmlan("network", "stop", "private").good();
            seen.addAll(files(vmlan));
            assertThat(seen)
                    .contains("state/vms/web/vm.json", "run/vm.web/qmp.sock", "state/vms/web/console.log.1")
                    .allSatisfy(file -> assertThat(listed)
                            .as("docs/files.md lists " + file)
                            .anySatisfy(pattern -> assertThat(file).matches(pattern)));
        }
    }

    @Test
    void theControlApisExamplesWork() throws Exception {
        List<String> commands = Document.of("control-api.md").commands();
        List<String> settings =
                commands.stream().filter(line -> !line.startsWith("curl ")).toList();
        try (Installation vmlan = Installation.create(Qemus.QEMU_10)) {
            vmlan.vmlan("run", "-d", "--name", "web").good();
            vmlan.vmlan("ip", "--timeout", "180", "web").good();
            // one of the examples is a ping, with the limit that it has where none is said
            vmlan.awaitConsole("web", ":~#");
            int requests = 0;
            for (String command : commands) {
                if (command.startsWith("curl ")) {
                    requests++;
                    String script = (String.join("\n", settings) + "\n" + command)
                            .replace("./vmlan", Installation.launcher().toString())
                            .replace("curl ", "curl --silent --show-error --fail-with-body ");
                    String answer = vmlan.launch(Installation.Redirect.NOTHING, List.of("sh", "-e", "-c", script))
                            .await()
                            .good();
                    assertThat(Installation.object(answer).values())
                            .as(command)
                            .isNotEmpty()
                            .doesNotContainKey("error")
                            .doesNotContainEntry("answered", false);
                }
            }
            assertThat(requests).as("examples").isEqualTo(10);
        }
    }

    @Test
    void theExamplesOfDisksAndGuestsAreTakenByTheCommand() throws Exception {
        Path disk = Files.write(folder.resolve("disk.raw"), new byte[1 << 20]);
        for (String name : List.of("data.raw", "install.iso", "setup.yaml")) {
            Files.writeString(folder.resolve(name), "#cloud-config\n".repeat(100));
        }
        for (String name : List.of("disk.qcow2", "new.qcow2", "cloud.qcow2")) {
            TestDisks.overlay(disk, "raw", folder.resolve(name));
        }
        Process key = new ProcessBuilder(
                        "ssh-keygen",
                        "-q",
                        "-t",
                        "ed25519",
                        "-N",
                        "",
                        "-f",
                        folder.resolve("id_ed25519").toString())
                .start();
        assertThat(key.waitFor()).isZero();
        List<String> commands = Document.of("guests.md").commands();
        assertThat(commands).hasSizeGreaterThan(10);
        for (boolean foreign : new boolean[] {false, true}) {
            try (Installation vmlan =
                    foreign ? Installation.foreign(Qemus.QEMU_10) : Installation.create(Qemus.QEMU_10)) {
                for (String command : commands) {
                    if (command.contains("aarch64") == foreign) {
                        String script = "cd " + folder + " && "
                                + command.replace("./vmlan run", Installation.launcher() + " run --dry-run");
                        assertThat(vmlan.launch(Installation.Redirect.NOTHING, List.of("sh", "-e", "-c", script))
                                        .await()
                                        .good())
                                .as(command)
                                .contains("qemu-system-" + (foreign ? "aarch64" : "x86_64"));
                    }
                }
            }
        }
    }

    /// Every path of the table as a pattern below `$VMLAN_HOME`. One that does not begin with a folder of it lies
    /// beside the one before in its row; one that begins with `*` lies anywhere.
    private static List<Pattern> listedFiles() throws Exception {
        List<Pattern> patterns = new ArrayList<>();
        for (List<String> row : Document.of("files.md").firstCells()) {
            String folder = "";
            for (String code : row) {
                String path = code;
                if (code.matches("(state|run|cache)/.*")) {
                    folder = code.substring(0, code.lastIndexOf('/') + 1);
                } else if (!code.startsWith("*")) {
                    path = folder + code;
                }
                patterns.add(pattern(path));
            }
        }
        assertThat(patterns).as("paths in docs/files.md").hasSizeGreaterThan(20);
        return patterns;
    }

    private static Pattern pattern(String path) {
        StringBuilder regex = new StringBuilder(path.startsWith("*") ? "(.*/)?" : "");
        int end = 0;
        for (var any = ANY.matcher(path); any.find(); end = any.end()) {
            regex.append(Pattern.quote(path.substring(end, any.start()))).append("[^/]+");
        }
        return Pattern.compile(regex.append(Pattern.quote(path.substring(end))).toString());
    }

    /// Without the cache, which other tests share: it is a link.
    private static List<String> files(Installation vmlan) throws Exception {
        return FilesBelow.of(vmlan.home()).stream()
                .map(file -> vmlan.home().relativize(file).toString())
                .filter(file -> !file.equals("cache"))
                .toList();
    }
}
