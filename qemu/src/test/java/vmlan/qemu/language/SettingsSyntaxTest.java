package vmlan.qemu.language;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsSyntaxTest {
    /// What has a meaning somewhere, often enough side by side.
    private static final List<String> PIECES = List.of(
            ",", ",", "=", "=", ".", "0", "1", "00", "a", "b", "type", "id", "no", "help", "?", "stream", "addr", "on",
            "{", "}", "[", "]", "\"", "'", ":", "\\", "\\u00e4", " ", "true", "null", "-", "1.5", "e", "_", "__x_", "ä",
            "{\"a\":", "\"b\"", "[1,", "}}");

    @Test
    void whatIsPrintedIsReadAsTheSame() {
        long seed = Long.getLong("vmlan.test.seed", 20261129L);
        Random random = new Random(seed);
        int read = 0;
        for (int i = 0; i < 50_000; i++) {
            StringBuilder text = new StringBuilder(i % 3 == 0 ? "{" : "");
            for (int pieces = random.nextInt(12); pieces > 0; pieces--) {
                text.append(PIECES.get(random.nextInt(PIECES.size())));
            }
            for (Settings settings : readings(text.toString())) {
                read++;
                assertThat(again(settings))
                        .as("vmlan.test.seed=%d, %s of %s", seed, settings.syntax(), text)
                        .isEqualTo(settings);
            }
        }
        assertThat(read).isGreaterThan(50_000);
    }

    private static List<Settings> readings(String text) {
        Parsed keyval = KeyvalSyntax.parse(text, "type");
        Parsed json = JsonSyntax.parse(text);
        return Stream.of(
                        OptsSyntax.parse(text, "type"),
                        OptsSyntax.parse(text, null),
                        keyval.error() == null ? keyval.settings() : null,
                        json.error() == null && json.tree() instanceof Tree.Dict ? json.settings() : null)
                .filter(settings -> settings != null)
                .toList();
    }

    private static Settings again(Settings settings) {
        String text = settings.print();
        boolean implied =
                !settings.entries().isEmpty() && settings.entries().getFirst().implied();
        return switch (settings.syntax()) {
            case OPTS -> OptsSyntax.parse(text, implied ? "type" : null);
            case KEYVAL -> KeyvalSyntax.parse(text, "type").settings();
            case JSON -> JsonSyntax.parse(text).settings();
        };
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "stream,addr.type=unix,addr=x | Parameters 'addr.*' used inconsistently",
                "stream,addr=x,addr.type=unix | Parameters 'addr.*' used inconsistently",
                "stream,a.0=x,a.b=y | Parameters 'a.*' used inconsistently",
                "stream,a.1=x | Parameter 'a.0' missing",
                "stream,a.0=x,a.2=y | Parameter 'a.1' missing",
                "stream,a.0=x,a.99999999999=y | Parameter 'a.1' missing",
                "stream,server | Expected '=' after parameter 'server'",
                "stream,=x | Invalid parameter ''",
                "stream,9=x | Invalid parameter '9'",
                "stream,a..b=x | Invalid parameter 'a..b'",
                "stream,a.=x | Invalid parameter 'a.'",
                "stream,a+b=x | Invalid parameter 'a+b'",
                "help | Help is not available for this option",
                "stream,?,id=a | Help is not available for this option"
            })
    void keyvalSaysWhatIsWrongAsQemuDoes(String text, String error) {
        assertThat(KeyvalSyntax.parse(text, "type").error()).isEqualTo(error);
    }

    @Test
    void keyvalMakesListsOfNumberedKeys() {
        Parsed parsed = KeyvalSyntax.parse("user,dnssearch.1.str=b,dnssearch.0.str=a,,c,0x", "type");
        assertThat(parsed.error()).isEqualTo("Invalid parameter '0x'");
        parsed = KeyvalSyntax.parse("user,dnssearch.1.str=b,dnssearch.0.str=a,,c", "type");
        assertThat(parsed.error()).isNull();
        assertThat(((Tree.Dict) parsed.tree()).members().get("dnssearch"))
                .isEqualTo(new Tree.Items(List.of(
                        new Tree.Dict(java.util.Map.of("str", new Tree.Text("a,c"))),
                        new Tree.Dict(java.util.Map.of("str", new Tree.Text("b"))))));
        assertThat(parsed.settings().list("dnssearch")).containsExactly("b", "a,c");
    }

    /// Seen with QEMU 7.2.22 and 10.0.13, which say the same.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{ | premature EOI",
                "{\"type\" | premature EOI",
                "{\"type\":} | expecting value",
                "{\"type\":\"user\",} | expecting value",
                "{\"type\":\"user\",\"type\":\"user\"} | duplicate key",
                "{type:\"user\"} | invalid keyword 'type'",
                "{1:2} | key is not a string in object",
                "{\"a\" 1} | missing : in object pair",
                "{\"a\":1 \"b\":2} | expected separator in dict",
                "{\"a\":[1 2]} | expected separator in list",
                "{\"a\":[1,]} | expecting value",
                "{\"a\":\"\\x\"} | invalid escape sequence in string",
                "{\"a\":\"\\u12\"} | \\u12\" is not a valid Unicode character",
                "{\"a\":\"\\ud800\"} | \\ud800 is not a valid Unicode character",
                "{\"a\":01} | stray '01'",
                "{\"a\":-} | stray '-}'",
                "{\"a\":1.} | stray '1.}'",
                "{\"a\":$} | stray '$'",
                "{\"a\":\"abc | stray '\"abc'",
                "{\"a\":TRUE} | stray 'T'"
            })
    void jsonSaysWhatIsWrongAsQemuDoes(String text, String error) {
        assertThat(JsonSyntax.parse(text).error()).isEqualTo("JSON parse error, " + error);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{} x", "{}}", "{}{}", "{} $"})
    void jsonIsOneValue(String text) {
        assertThat(JsonSyntax.parse(text).error()).isEqualTo("Expecting at most one JSON value");
    }

    @Test
    void jsonIsDeepOnlySoFar() {
        assertThat(JsonSyntax.parse("{\"a\":" + "[".repeat(100_000)).error())
                .isEqualTo("JSON nesting depth limit exceeded");
    }

    @Test
    void jsonTakesSingleQuotesAndKeepsNumbersAsTheyAre() {
        Settings settings = JsonSyntax.parse(
                        "{'type': 'stream', \"addr\": {\"port\": 1.50e3}, 'server': true, 'x': [{}, []],"
                                + " 'a.b': null, '0': '\\ud83d\\ude00'}")
                .settings();
        assertThat(settings.value("addr.port")).contains("1.50e3");
        assertThat(settings.value("a\\.b")).contains("null");
        assertThat(settings.print())
                .isEqualTo("{\"type\": \"stream\", \"addr\": {\"port\": 1.50e3}, \"server\": true, \"x\": [{}, []],"
                        + " \"a.b\": null, \"0\": \"\ud83d\ude00\"}");
    }

    @Test
    void aSettingIsTakenOutAndPutInAndTheRestStays() {
        Settings settings = OptsSyntax.parse("vmnet-bridged,ifname=a,,b,isolated", "type");
        assertThat(settings.without("ifname").with("id", "x,y").print()).isEqualTo("vmnet-bridged,isolated,id=x,,y");
    }
}
