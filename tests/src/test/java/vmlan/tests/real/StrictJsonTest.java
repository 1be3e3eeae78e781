package vmlan.tests.real;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import vmlan.program.command.Root;
import vmlan.program.files.Fields;

/// With `--json`, programs read: standard output has one JSON value or nothing, and of a failure standard error has one
/// object and nothing else. Every command that takes the option is tried, those too that come later.
class StrictJsonTest {
    private static final JsonFactory STRICT = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /// What succeeds, in this order. `network serve` is the network's process: it ends with the network.
    private static final List<List<String>> GOOD = List.of(
            List.of("network", "start", "private"),
            List.of("network", "ls"),
            List.of("network", "show", "private"),
            List.of("network", "show", "shared"),
            List.of("network", "set", "private", "--allow-host", "5432"),
            List.of("ps"),
            List.of("leases"),
            List.of("run", "-d", "--name", "web", "--net", "private", "-p", "0:80"),
            List.of("qemu", "--dry-run", "qemu-system-x86_64", "-nic", "vmnet-shared"),
            List.of("ip", "--timeout", "300", "web"),
            List.of("publish", "web", "0:81"),
            List.of("ps"),
            List.of("leases"),
            List.of("pause", "web"),
            List.of("resume", "web"),
            List.of("restart", "--force", "web"),
            List.of("stop", "--force", "web"),
            List.of("start", "web"),
            List.of("rm", "--force", "web"),
            List.of("network", "create", "lab"),
            List.of("network", "check"),
            List.of("network", "rm", "lab"),
            List.of("autostart"),
            List.of("network", "autostart"),
            List.of("dns", "status"),
            List.of("interfaces"),
            List.of("doctor"),
            List.of("explain", "-nic", "user"),
            List.of("network", "logs", "private"),
            List.of("network", "stop", "private"),
            List.of("network", "logs", "host"));

    /// What the world or the user does wrong, with the exit code; beside an option that no command has.
    private static final List<Failing> BAD = List.of(
            new Failing(2, "run", "/no/such/disk.qcow2"),
            new Failing(2, "run", "--net", "no such network"),
            new Failing(2, "ip", "nobody"),
            new Failing(2, "publish", "web", "99999:80"),
            new Failing(2, "network", "show", "no such network"),
            new Failing(2, "network", "set", "private"),
            new Failing(2, "explain"),
            new Failing(1, "network", "serve", "private"));

    /// What follows their own options is another program's.
    private static final Set<String> WITH_FOREIGN_WORDS = Set.of("explain", "qemu");

    private record Failing(int exitCode, List<String> command) {
        Failing(int exitCode, String... command) {
            this(exitCode, List.of(command));
        }
    }

    @Test
    void standardOutputIsOneValueAndStandardErrorOneObject() throws Exception {
        Set<String> withJson = new LinkedHashSet<>();
        Set<String> forErrors = new LinkedHashSet<>();
        collect(Root.model(), "", withJson, forErrors);
        assertThat(withJson).contains("ps", "run", "network show", "doctor", "start");
        assertThat(forErrors).contains("exec", "completion");
        Set<String> succeeded = new LinkedHashSet<>(forErrors);
        try (Installation vmlan = Installation.create(Qemus.QEMU_10)) {
            for (List<String> command : GOOD) {
                Installation.Result result = vmlan.vmlan(withOption(command));
                result.good();
                assertStrict(command + " on standard output", result.out(), true);
                withJson.stream()
                        .filter(name -> String.join(" ", command).startsWith(name))
                        .forEach(succeeded::add);
                if (command.equals(List.of("network", "start", "private"))) {
                    fail(vmlan, BAD);
                }
            }
            assertThat(succeeded)
                    .as("a command with --json that this test does not know: add a line to GOOD")
                    .containsAll(withJson);
        }
        withJson.forEach(StrictJsonTest::failOfUsage);
    }

    /// In this process: nothing is looked at but the words.
    private static void failOfUsage(String name) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        String wrong = WITH_FOREIGN_WORDS.contains(name) ? " --json" : " --no-such-option --json";
        int exitCode = Root.run(
                (name + wrong).split(" "),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        // 2 may be the guest's there
        assertThat(exitCode).as(name).isEqualTo(name.equals("exec") ? 125 : 2);
        assertThat(out.size()).as(name + " on standard output").isZero();
        assertError(name, err.toString(StandardCharsets.UTF_8));
    }

    private static void fail(Installation vmlan, List<Failing> failing) throws Exception {
        for (Failing each : failing) {
            Installation.Result result = vmlan.vmlan(withOption(each.command()));
            result.bad(each.exitCode());
            assertThat(result.out()).as(each + " on standard output").isEmpty();
            assertError(each.toString(), result.err());
        }
    }

    private static void assertError(String what, String text) {
        assertStrict(what + " on standard error", text, false);
        try {
            Fields error = Installation.object(text).object("error");
            assertThat(error.text("what")).as(what).isNotBlank();
            assertThat(error.text("do")).as(what).isNotBlank();
        } catch (IOException e) {
            throw new AssertionError(what + ": " + text, e);
        }
    }

    private static String[] withOption(List<String> command) {
        List<String> words = new ArrayList<>(command);
        words.add(WITH_FOREIGN_WORDS.contains(command.getFirst()) ? 1 : command.size(), "--json");
        return words.toArray(String[]::new);
    }

    /// @param forErrors takes those whose result is something else, such as a script or what a guest prints
    private static void collect(CommandLine line, String above, Set<String> withJson, Set<String> forErrors) {
        line.getSubcommands().forEach((name, command) -> {
            String whole = (above + " " + name).strip();
            OptionSpec option = command.getCommandSpec().findOption("--json");
            if (option != null) {
                withJson.add(whole);
                if (String.join("", option.description()).startsWith("Errors ")) {
                    forErrors.add(whole);
                }
            }
            collect(command, whole, withJson, forErrors);
        });
    }

    /// RFC 8259 to the letter: no comments, no names without quotes, no NaN, no name twice, nothing behind the value.
    private static void assertStrict(String what, String text, boolean mayBeEmpty) {
        if (mayBeEmpty && text.isEmpty()) {
            return;
        }
        try (JsonParser parser = STRICT.createParser(text)) {
            JsonToken first = parser.nextToken();
            assertThat(first).as(what).isIn(JsonToken.START_OBJECT, JsonToken.START_ARRAY);
            parser.skipChildren();
            assertThat(parser.nextToken()).as(what + ": behind the value").isNull();
        } catch (IOException e) {
            throw new AssertionError(what + " is no JSON: " + text, e);
        }
    }
}
