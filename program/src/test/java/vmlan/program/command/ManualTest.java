package vmlan.program.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/// The pages of `vmlan man`, read by mandoc.
class ManualTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int vmlan(String... arguments) {
        return Root.run(
                arguments,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @BeforeEach
    void allPages() {
        assertThat(vmlan("man", "--directory", folder.toString()))
                .as(err.toString(StandardCharsets.UTF_8))
                .isZero();
    }

    private List<Path> pages() throws Exception {
        try (Stream<Path> pages = Files.list(folder.resolve("man1"))) {
            return pages.sorted().toList();
        }
    }

    private static String output(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return said;
    }

    private String shown(String page) throws Exception {
        // overstruck letters are what a terminal shows as bold and underlined
        return output(List.of(
                        "mandoc",
                        "-T",
                        "utf8",
                        "-O",
                        "width=1000",
                        folder.resolve("man1/" + page + ".1").toString()))
                .replaceAll(".\b", "");
    }

    @Test
    void noPageHasAMistake() throws Exception {
        List<String> lint = new ArrayList<>(List.of("mandoc", "-T", "lint", "-W", "style"));
        pages().forEach(page -> lint.add(page.toString()));
        assertThat(output(lint).lines().filter(line -> !isOfNoWeight(line)).toList())
                .isEmpty();
    }

    /// Pages of commands that are not installed here are not found, and the lines of examples are as
    /// long as they are.
    private static boolean isOfNoWeight(String line) {
        return line.contains("referenced manual not found") || line.contains("input text line longer than 80 bytes");
    }

    @Test
    void everyCommandHasAPageWithAllItsOptions() throws Exception {
        look(Root.model().getCommandSpec(), "vmlan");
    }

    private void look(CommandSpec command, String name) throws Exception {
        String page = shown(name);
        command.options().stream()
                .filter(option -> !option.hidden())
                .flatMap(option -> Stream.of(option.names()))
                .forEach(option -> assertThat(page).as(name).contains(option));
        for (CommandLine below : command.subcommands().values()) {
            CommandSpec spec = below.getCommandSpec();
            if (!spec.usageMessage().hidden()) {
                assertThat(page).as(name).contains(name + "-" + spec.name() + "(1)");
                look(spec, name + "-" + spec.name());
            }
        }
    }

    @Test
    void aPageReadsAsTheHelpDoes() throws Exception {
        assertThat(shown("vmlan-run"))
                .contains("vmlan-run - Starts a VM on a network")
                .contains("vmlan run [OPTION]... [DISK] [-- QEMU ARGUMENTS]...")
                .contains("-p, --publish [ADDRESS:]HOST:GUEST[/udp]")
                .contains("How many processors (default: 1).")
                .contains("vmlan run disk.qcow2 -- -vga std       more arguments for QEMU");
        assertThat(shown("vmlan-connect")).contains("printf 'GET / HTTP/1.0\\r\\n\\r\\n' | vmlan connect web:80");
    }

    @Test
    void withoutATerminalThePageIsPrinted() {
        out.reset();
        assertThat(vmlan("man", "network", "set")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).startsWith(".TH VMLAN-NETWORK-SET 1 ");
        assertThat(vmlan("man", "nonsense")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("there is no command 'nonsense'");
    }
}
