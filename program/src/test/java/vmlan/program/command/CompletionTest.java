package vmlan.program.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/// The scripts of `vmlan completion` in the shells they are for.
class CompletionTest {
    @TempDir
    Path home;

    @BeforeEach
    void twoVmsAndSomeNetworks() throws IOException {
        vm("web", "{\n  \"published\" : [ \"8080:80\", \"127.0.0.1:5353:53/udp\" ]\n}\n");
        Files.writeString(
                home.resolve("state/vms/web/qemu.pid"), ProcessHandle.current().pid() + "\n");
        vm("db", "{ }\n");
        Files.createDirectories(home.resolve("state/vms/no-vm"));
        Files.createDirectories(home.resolve("state/networks/lab"));
        Files.writeString(home.resolve("state/networks/lab/network.json"), "{ }");
        Files.createDirectories(home.resolve("config"));
        Files.writeString(
                home.resolve("config/networks.yaml"),
                "# mine\nnetworks:\n    lab:\n        mode: shared\n    described: {mode: host}\nother:\n    no: 1\n");
        Files.writeString(home.resolve("disk.qcow2"), "");
    }

    private void vm(String name, String json) throws IOException {
        Files.createDirectories(home.resolve("state/vms").resolve(name));
        Files.writeString(home.resolve("state/vms").resolve(name).resolve("vm.json"), json);
    }

    /// A line that is typed, and what is offered for its end.
    static Stream<List<String>> lines() {
        String net = "lab,isolated,mac";
        return Stream.of(
                List.of("vmlan sto", "stop"),
                List.of("vmlan --vers", "--version"),
                List.of("vmlan stop ", "web"),
                List.of("vmlan stop --force w", "web"),
                List.of("vmlan logs ", "db", "web"),
                List.of("vmlan rm ", "db"),
                List.of("vmlan stop --ti", "--timeout"),
                List.of("vmlan stop --timeout "),
                List.of("vmlan stop --timeout 5 ", "web"),
                List.of("vmlan network show ", "described", "host", "lab", "private", "shared"),
                List.of("vmlan network sh", "show"),
                List.of("vmlan network start --mac-nat ", "auto", "off", "on"),
                List.of("vmlan network start --mac-nat=o", "--mac-nat=off", "--mac-nat=on"),
                List.of("vmlan run --net p", "private"),
                List.of("vmlan run --net l", "lab"),
                List.of("vmlan run --net b", "bridged", "bridged:"),
                List.of("vmlan run --net=lab,i", "--net=lab,ip=", "--net=lab,isolated"),
                List.of("vmlan run --net " + net, net + "-nat=auto", net + "-nat=off", net + "-nat=on", net + "="),
                List.of("vmlan unpublish web ", "127.0.0.1:5353:53/udp", "8080:80"),
                List.of("vmlan unpublish web 8", "8080:80"),
                List.of("vmlan unpublish web 127.0.0.1:5", "127.0.0.1:5353:53/udp"),
                List.of("vmlan connect ", "web:"),
                List.of("vmlan ssh root@", "root@web"),
                List.of("vmlan completion ", "bash", "fish", "zsh"),
                List.of("vmlan man netw", "network"),
                List.of("vmlan nonsense "),
                List.of("vmlan unpublish ../../vms/web "),
                List.of("vmlan unpublish nobody "));
    }

    @ParameterizedTest
    @MethodSource("lines")
    void allShellsOfferTheSame(List<String> lineAndCandidates) throws Exception {
        String line = lineAndCandidates.getFirst();
        List<String> expected = lineAndCandidates.subList(1, lineAndCandidates.size());
        assertThat(sorted(bash(line))).as("bash").isEqualTo(expected);
        assertThat(sorted(zsh(line))).as("zsh").isEqualTo(expected);
        assertThat(sorted(fish(line))).as("fish").isEqualTo(expected);
    }

    private static List<String> sorted(List<String> lines) {
        return new ArrayList<>(new TreeSet<>(lines));
    }

    /// Each command and option that `--help` shows is offered, also those that come later.
    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh", "fish"})
    void everyCommandAndOptionIsThere(String shell) {
        List<String> missing = new ArrayList<>();
        look(Root.model().getCommandSpec(), "vmlan", script(shell), missing);
        assertThat(missing).isEmpty();
    }

    private static void look(CommandSpec command, String name, String script, List<String> missing) {
        command.options().stream()
                .filter(option -> !option.hidden())
                .flatMap(option -> Stream.of(option.names()))
                .filter(option -> !script.contains("\"" + option + "\t"))
                .forEach(option -> missing.add(name + " " + option));
        for (CommandLine below : command.subcommands().values()) {
            CommandSpec spec = below.getCommandSpec();
            if (!spec.usageMessage().hidden()) {
                if (!script.contains("\"" + spec.name() + "\t")) {
                    missing.add(name + " " + spec.name());
                }
                look(spec, name + " " + spec.name(), script, missing);
            }
        }
    }

    @Test
    void aKeyInBashDoesTheRest() throws Exception {
        String bash = "bash --norc --noprofile -i";
        assertThat(typed(bash, "bash", "vmlan stop w")).isEqualTo("<stop><web><x>");
        assertThat(typed(bash, "bash", "vmlan unpublish web 127.0.0.1:5"))
                .isEqualTo("<unpublish><web><127.0.0.1:5353:53/udp><x>");
        assertThat(typed(bash, "bash", "vmlan run di")).isEqualTo("<run><disk.qcow2><x>");
        assertThat(typed(bash, "bash", "vmlan connect we")).isEqualTo("<connect><web:x>");
        assertThat(typed(bash, "bash", "vmlan run --net=pri")).isEqualTo("<run><--net=private><x>");
    }

    @Test
    void aKeyInZshDoesTheRest() throws Exception {
        assertThat(typed("zsh -f -i", "zsh", "vmlan stop w")).isEqualTo("<stop><web><x>");
        assertThat(typed("zsh -f -i", "zsh", "vmlan run di")).isEqualTo("<run><disk.qcow2><x>");
        assertThat(typed("zsh -f -i", "zsh", "vmlan connect we")).isEqualTo("<connect><web:x>");
    }

    @Test
    void aFileIsOfferedInFish() throws Exception {
        assertThat(fish("vmlan run di")).containsExactly("disk.qcow2");
    }

    private static String script(String shell) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Root.run(
                new String[] {"completion", shell},
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        assertThat(code).as(err.toString(StandardCharsets.UTF_8)).isZero();
        return out.toString(StandardCharsets.UTF_8);
    }

    private Path scriptFile(String shell) throws IOException {
        Path file = home.resolve("script." + shell);
        Files.writeString(file, script(shell));
        return file;
    }

    /// As readline sets the variables: `:` and `=` are words of their own (bash(1), COMP_WORDBREAKS).
    private List<String> bash(String line) throws Exception {
        StringBuilder array = new StringBuilder();
        int words = 0;
        for (String word : line.split(" ", -1)) {
            for (String part : word.split("(?=[:=])|(?<=[:=])", -1)) {
                array.append(" '").append(part).append("'");
                words++;
            }
        }
        String word = line.substring(line.lastIndexOf(' ') + 1);
        String kept = word.substring(0, Math.max(word.lastIndexOf(':'), word.lastIndexOf('=')) + 1);
        String commands =
                ". '%s'; COMP_LINE='%s' COMP_POINT=${#COMP_LINE} COMP_WORDS=(%s) COMP_CWORD=%d; _vmlan 2>/dev/null; for word in \"${COMPREPLY[@]}\"; do echo \"$word\"; done"
                        .formatted(scriptFile("bash"), line, array, words - 1);
        return output(List.of("bash", "--norc", "-c", commands)).stream()
                .map(candidate -> kept + candidate)
                .toList();
    }

    /// By the script's own function, with a `compadd` that says what it is given.
    private List<String> zsh(String line) throws Exception {
        String commands = """
                compdef() { }
                compadd() { while [[ $1 != -a ]]; do shift; done; print -rl -- ${(P)2} }
                _files() { }
                source '%s'
                words=("${(@s: :):-%s}") CURRENT=${#words} PREFIX='%s'
                _vmlan
                """.formatted(scriptFile("zsh"), line, line.substring(line.lastIndexOf(' ') + 1));
        return output(List.of("zsh", "-f", "-c", commands));
    }

    private List<String> fish(String line) throws Exception {
        String commands = "source '%s'; complete -C '%s'".formatted(scriptFile("fish"), line);
        return output(List.of("fish", "--no-config", "-c", commands)).stream()
                .map(candidate -> candidate.replaceFirst("\t.*", ""))
                .toList();
    }

    /// The words that a line became on a terminal after the tabulator, an x and return; zsh has
    /// pseudo-terminals. The shell ends before this does: an interactive one leaves its history in the
    /// home folder, as late as at its end.
    private String typed(String shell, String script, String line) throws Exception {
        String ready = script.equals("zsh") ? "autoload -U compinit; compinit -u -d '" + home + "/dump';" : "";
        Path driver = home.resolve("driver.zsh");
        Files.writeString(driver, """
                zmodload zsh/zpty
                zpty shell "stty cols 200; exec %s"
                zpty -w shell "PS1='> '; vmlan() { printf '<%%s>' \\"\\$@\\"; echo; }; %s source '%s'; echo rea''dy"
                until [[ $text == *ready* ]]; do zpty -r shell text || exit 1; done
                zpty -n -w shell $'%s\\tx\\n'
                until [[ $text == *'<'*'>'* ]]; do zpty -r shell text || exit 1; done
                print -r -- "$text"
                zpty -n -w shell $'exit\n'
                while zpty -r shell rest; do done
                """.formatted(shell, ready, scriptFile(script), line));
        String text = String.join("", output(List.of("timeout", "60", "zsh", "-f", driver.toString())));
        return text.substring(text.indexOf('<'), text.lastIndexOf('>') + 1);
    }

    private List<String> output(List<String> command) throws Exception {
        Path errors = home.resolve("errors");
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(home.toFile()).redirectError(errors.toFile());
        builder.environment().put("VMLAN_HOME", home.toString());
        builder.environment().put("HOME", home.toString());
        builder.environment().put("TERM", "dumb");
        Process process = builder.start();
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(errors)).as(text).isEmpty();
        return text.lines().filter(candidate -> !candidate.isEmpty()).toList();
    }
}
