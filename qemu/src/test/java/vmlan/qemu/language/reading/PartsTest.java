package vmlan.qemu.language.reading;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vmlan.qemu.language.HashOrder;

/// The small parts, each against what QEMU 7.2.22 and 10.0.13 were seen to do.
class PartsTest {
    @ParameterizedTest
    @CsvSource({
        "52:54:00:12:34:56, 52:54:00:12:34:56",
        "52-54-00-12-34-56, 52:54:00:12:34:56",
        "52:54:0:1:2:3, 52:54:00:01:02:03",
        "152:54:0:1:2:3, 52:54:00:01:02:03",
        "1, 00:00:00:00:00:01",
        "0xffffff, 00:00:00:ff:ff:ff",
        "'', 00:00:00:00:00:00"
    })
    void aMacOfNicIsReadLoosely(String text, String mac) {
        assertThat(Mac.loose(text)).map(Mac::toString).contains(mac);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "52:54:00:12:34", "52:54:00:12:34:56:78", "5254.0012.3456", "0x1000000"})
    void whatIsNoMac(String text) {
        assertThat(Mac.loose(text)).isEmpty();
        assertThat(Mac.strict(text)).isEmpty();
    }

    @Test
    void macsAreCountedUpAndATakenOneIsLeftOut() {
        Mac.Table table = new Mac.Table();
        assertThat(table.take(null)).hasToString("52:54:00:12:34:56");
        table.take(Mac.strict("52:54:00:12:34:57").orElseThrow());
        assertThat(table.take(new Mac(0))).hasToString("52:54:00:12:34:58");
    }

    /// Which of several unknown options QEMU names, seen with real ones.
    @Test
    void theFirstOfAHashTableIsQemus() {
        assertThat(HashOrder.firstLeft(List.of("type", "bogus", "bogus2", "foo", "id"), List.of("id", "type")))
                .isEqualTo("bogus2");
        assertThat(HashOrder.firstLeft(List.of("a"), List.of("a"))).isNull();
    }

    @Test
    void aDictIsGoneThroughByBuckets() {
        Map<String, Integer> dict = new LinkedHashMap<>();
        dict.put("mac", 1);
        dict.put("netdev", 2);
        assertThat(HashOrder.ofDict(dict).stream().map(Map.Entry::getKey)).containsExactly("netdev", "mac");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1k", "1.5k", "1.M", ".5G", "0x10", "1b", "15E"})
    void aSizeHasAUnit(String text) {
        assertThat(Scalars.isSize(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "-1", "1.5", "1Q", "1kk", "99999999999999999999", "0x1k"})
    void whatIsNoSize(String text) {
        assertThat(Scalars.isSize(text)).isFalse();
    }

    @Test
    void numbersAreReadAsCReadsThem() {
        assertThat(Scalars.signed("0x10")).map(Number::intValue).contains(16);
        assertThat(Scalars.signed("010")).map(Number::intValue).contains(8);
        assertThat(Scalars.signed("08")).isEmpty();
        assertThat(Scalars.signed("")).isEmpty();
        assertThat(Scalars.signed("9223372036854775808")).isEmpty();
        assertThat(Scalars.unsigned("-1")).isEmpty();
        assertThat(Scalars.unsigned("18446744073709551615")).isPresent();
        assertThat(Scalars.unsigned("18446744073709551616")).isEmpty();
        assertThat(Scalars.wrapped("-1")).map(Object::toString).contains("18446744073709551615");
    }

    @Test
    void aConfigurationFileIsReadAsLooselyAsQemuDoes() {
        ConfigFile file = ConfigFile.parse("f", "[nic]\n  type = \"user\"\nfoo\n[netdev \"n0\"]\ntype=\"tap\"\n");
        assertThat(file.error()).isNull();
        assertThat(file.sections().getFirst().values()).isEqualTo(Map.of("type", "user", "foo", ""));
        assertThat(file.sections().getFirst().last()).isEqualTo("f:3");
        assertThat(file.sections().getLast().values()).isEqualTo(Map.of("id", "n0", "type=\"tap\"", ""));
        assertThat(ConfigFile.parse("f", "a = \"b\"\n").error()).isEqualTo("no group defined");
        assertThat(ConfigFile.parse("f", "[nic]\n  \n").error()).isEqualTo("parse error");
    }

    @ParameterizedTest
    @CsvSource({"5, true", "0:5, true", "0:0:1f, true", "20, false", "xx, false", "0:0:0:0, false", "100:1, false"})
    void aPlaceOnThePciBus(String text, boolean good) {
        assertThat(PciAddress.isGood(text)).isEqualTo(good);
    }
}
