package vmlan.tests.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.schema.CoreSchema;
import vmlan.program.command.Root;
import vmlan.program.config.NetworksFile;
import vmlan.program.config.Refused;
import vmlan.program.files.Json;
import vmlan.program.files.Places;
import vmlan.tests.Checkout;

/// docs/networks.schema.json says of a file what we say of it.
class SchemaTest {
    private static final Schema SCHEMA = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(document("networks.schema.json"), InputFormat.JSON);

    private static String document(String name) {
        try {
            return Files.readString(Checkout.folder().resolve("docs").resolve(name));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// What the schema has against a file.
    private static List<?> errors(String yaml) {
        Object content =
                new Load(LoadSettings.builder().setSchema(new CoreSchema()).build()).loadFromString(yaml);
        // Our writer of JSON takes objects only, so the value is wrapped and taken out again.
        String wrapped = Json.compact(Collections.singletonMap("it", content));
        return SCHEMA.validate(wrapped.substring("{\"it\":".length(), wrapped.length() - 1), InputFormat.JSON);
    }

    private static NetworksFile.Content read(Path home, String yaml) throws Exception {
        Places places = Places.in(home);
        Files.createDirectories(places.config());
        Files.writeString(places.config().resolve(NetworksFile.NAME), yaml);
        return new NetworksFile(places).read();
    }

    @ParameterizedTest
    @MethodSource("vmlan.program.config.Refused#all")
    void theSchemaSeesTheMistakesThatItCanSee(Refused refused) {
        boolean seen;
        try {
            seen = !errors(refused.text()).isEmpty();
        } catch (YamlEngineException e) {
            // An editor's reader of YAML sees that one, before any schema.
            assertThat(refused.bySchema()).isFalse();
            return;
        }
        assertThat(seen).as(refused.text()).isEqualTo(refused.bySchema());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                Refused.EVERY_SETTING,
                "networks:\n",
                "networks: {}\n",
                "networks:\n  shared:\n  host: {}\n  private: {mode: private, isolated: true}\n",
                "networks:\n  lab:\n",
                "networks:\n  lab: {mode: bridged, interface: wlan0, mac-nat: off}\n",
                "networks:\n  lab: {mode: bridged, interface: en0, via: socket_vmnet}\n",
                "networks:\n  lab: {mode: vmnet-shared, ipv4: 192.168.105.0/24, ipv6: 'fd00:1::/64', mtu: 1500, via: vmnet}\n",
                "networks:\n  lab: {mode: vmnet-host, ipv4: 192.168.106.0/24, isolated: true}\n",
                "networks:\n  lab: {allow-host: 5432, dns: {servers: \"2001:db8::1\"}}\n",
                "networks:\n  lab: {allow-host: [\"80\", 81/tcp, 82/udp], names: {Db.Example.: \"::1\"}}\n",
                "networks:\n  lab: {ipv4: 10.0.0.0/8, dhcp: {lease: 90s}, ipv6: \"2001:db8::/64\"}\n"
            })
    void bothTakeWhatIsInOrder(String yaml, @TempDir Path home) throws Exception {
        assertThat(errors(yaml)).isEmpty();
        assertThat(read(home, yaml).problems()).isEmpty();
    }

    @Test
    void theExampleOfTheDocumentsIsInOrderAndHasEverySetting(@TempDir Path home) throws Exception {
        String page = document("networks.md");
        int begin = page.indexOf("```yaml\n") + "```yaml\n".length();
        String example = page.substring(begin, page.indexOf("```", begin));
        assertThat(errors(example)).isEmpty();
        NetworksFile.Content content = read(home, example);
        assertThat(content.problems()).isEmpty();
        assertThat(content.blocks()).containsOnlyKeys("lab", "office", "shared");
        for (Map<String, Object> settings : List.of(properties("shared"), properties("inner"), properties("bridged"))) {
            assertThat(settings.keySet())
                    .allSatisfy(setting -> assertThat(example).contains(setting + ":"))
                    .allSatisfy(setting -> assertThat(page).contains("| `" + setting));
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> properties(String kind) throws Exception {
        Map<String, Object> schema =
                Json.object(document("networks.schema.json").getBytes(StandardCharsets.UTF_8));
        Map<String, Object> kinds = (Map<String, Object>) schema.get("$defs");
        return (Map<String, Object>) ((Map<String, Object>) kinds.get(kind)).get("properties");
    }

    @Test
    void theCommandPrintsTheSchemaOfTheDocuments() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        assertThat(Root.run(new String[] {"network", "schema"}, stream, stream)).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(document("networks.schema.json"));
    }
}
