package vmlan.program.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForeignWordsTest {
    @ParameterizedTest
    @CsvSource({
        "explain -nic user,                       explain -- -nic user",
        "explain --json -nic user,                explain --json -- -nic user",
        "explain --json --as 7.2 --on=macos -hda disk --json, explain --json --as 7.2 --on=macos -- -hda disk --json",
        "explain --json -- --json,                explain --json -- --json",
        "explain -h,                              explain -h",
        "explain qemu-system-x86_64 --help,       explain -- qemu-system-x86_64 --help",
        "explain,                                 explain",
        "explain --as,                            explain --as"
    })
    void ourOptionsEndAtTheFirstOtherWord(String typed, String marked) {
        assertThat(ExplainCommand.WORDS.marked(typed.split(" "))).containsExactly(marked.split(" "));
    }

    @ParameterizedTest
    @CsvSource({
        "qemu -p8080:80 qemu-system-x86_64,       qemu -p8080:80 -- qemu-system-x86_64",
        "qemu -p 80:80 --publish=1:1 kvm -p 2:2,  qemu -p 80:80 --publish=1:1 -- kvm -p 2:2",
        "qemu --nmae web qemu-system-x86_64,      qemu -- --nmae web qemu-system-x86_64"
    })
    void aValueMayBeAttached(String typed, String marked) {
        assertThat(QemuCommand.WORDS.marked(typed.split(" "))).containsExactly(marked.split(" "));
    }

    @Test
    void theTablesAreThoseOfTheCommands() {
        Map.of(QemuCommand.NAME, QemuCommand.WORDS, "explain", ExplainCommand.WORDS)
                .forEach((name, words) -> {
                    Set<String> flags = new HashSet<>();
                    Set<String> withWord = new HashSet<>();
                    Root.model()
                            .getSubcommands()
                            .get(name)
                            .getCommandSpec()
                            .options()
                            .forEach(option ->
                                    (option.arity().max() == 0 ? flags : withWord).addAll(List.of(option.names())));
                    assertThat(words.flags()).isEqualTo(flags);
                    assertThat(words.withWord()).isEqualTo(withWord);
                });
    }

    @Test
    void vmlansOptionsStandInFront() {
        assertThat(run("qemu", "--nmae", "web", "qemu-system-x86_64").err()).contains("there is no option '--nmae'");
    }

    private record Said(int exitCode, String out, String err) {}

    private static Said run(String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exitCode = Root.run(
                words,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Said(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void qemusWordsReachTheCommandAsTheyAre() {
        Said said = run("explain", "--as", "10.0", "--on", "linux", "-hda", "@disk", "-nic", "user,mac=52:54:00:1:2:3");

        assertThat(said.out()).contains("-nic user,mac=52:54:00:1:2:3");
        assertThat(run("explain", "--json", "--as", "10.0", "-nic", "none").out())
                .startsWith("{")
                .contains("\"nics\" : [ ]");
        assertThat(run("explain", "--as", "10.0", "-nic", "none", "--json").out())
                .startsWith("QEMU 10.0.0");
    }

    @Test
    void mistakesOfUsageAreOnStandardErrorAndHelpOnStandardOutput() {
        assertThat(run("explain").exitCode()).isEqualTo(2);
        assertThat(run("explain").out()).isEmpty();
        assertThat(run("explain").err()).contains("there is no command line to explain");
        assertThat(run("explain", "--json").err()).startsWith("{\"error\":");
        assertThat(run("explain", "--help").exitCode()).isZero();
        assertThat(run("explain", "--help").out()).contains("Usage: vmlan explain");
        assertThat(run("explain", "--on", "mars", "-nic", "user").err()).contains("take linux or macos");
        assertThat(run("explain", "--as", "new", "-nic", "user").exitCode()).isEqualTo(2);
        assertThat(run("explain", "-nic user -m 1G").err()).contains("leave the quotes");
    }
}
