package vmlan.program.explain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vmlan.qemu.language.Backend;
import vmlan.qemu.language.BackendOption;
import vmlan.qemu.language.NetworkOption;
import vmlan.qemu.language.QemuLine;
import vmlan.qemu.language.Settings;
import vmlan.qemu.tool.Nearest;

class WordsTest {
    private static List<String> notes(String line, HostSystem system) {
        return new RestWords(QemuLine.parse(Arrays.asList(line.split(" "))), system).notes();
    }

    @Test
    void anAcceleratorOfAnotherSystemIsSaid() {
        assertThat(notes("-M q35,accel=hvf -cpu host", HostSystem.LINUX))
                .singleElement()
                .asString()
                .startsWith("accel=hvf is of macOS: QEMU on Linux does not have it.");
        assertThat(notes("-enable-kvm -accel whpx", HostSystem.MACOS)).hasSize(2);
        assertThat(notes("-machine accel=kvm:tcg -cpu host", HostSystem.LINUX)).isEmpty();
        assertThat(notes("-accel hvf", HostSystem.MACOS)).isEmpty();
    }

    @Test
    void theHostsCpuUnderEmulationIsSaid() {
        assertThat(notes("-cpu host,-avx", HostSystem.LINUX))
                .singleElement()
                .asString()
                .contains("add -accel kvm");
        assertThat(notes("-cpu max -accel tcg", HostSystem.LINUX)).isEmpty();
    }

    @Test
    void everyOptionOfEveryBackendHasAMeaning() {
        for (Backend backend : Backend.all()) {
            for (BackendOption option : backend.options()) {
                assertThat(SettingWords.meaning(backend.type(), option.name(), "x"))
                        .as(backend.type() + "." + option.name())
                        .isPresent();
            }
        }
        assertThat(SettingWords.meaning("user", "dnssearch.1.str", "x")).isPresent();
        assertThat(SettingWords.meaning("stream", "addr.path", "/a")).isPresent();
        assertThat(SettingWords.meaning("user", "bogus", "x")).isEmpty();
    }

    @Test
    void everyBackendSaysWhoReachesWhom() {
        for (Backend backend : Backend.all()) {
            NetworkOption option = new NetworkOption(
                    NetworkOption.Kind.NETDEV,
                    backend.type(),
                    new Settings(Settings.Syntax.OPTS, List.of(), false),
                    OptionEdit.argument("-netdev", backend.type()));
            assertThat(QemuReaches.of(new BackendFacts(option)).of(Relation.GUEST_TO_HOST))
                    .as(backend.type())
                    .isNotEqualTo(Answer.NEVER);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "tcp::8080-:80,             TCP port 8080 at all IPv4 addresses of the host%c for everybody who reaches it%c leads to port 80 of the guest.",
        "udp:127.0.0.1:53-10.0.2.9:5353, UDP port 53 at 127.0.0.1 of the host leads to port 5353 of 10.0.2.9.",
        ":127.0.0.1:2222-:22,       TCP port 2222 at 127.0.0.1 of the host leads to port 22 of the guest."
    })
    void aForwardedPortIsReadOut(String rule, String words) {
        assertThat(SettingWords.meaning("user", "hostfwd", rule)).contains(words.replace("%c", ","));
    }

    @Test
    void aSlipOfTheKeyboardIsFoundAndNothingElse() {
        Set<String> types = Set.of("user", "tap", "vmnet-bridged", "vmnet-shared", "stream");
        assertThat(Nearest.of("vmnet-brigded", types)).contains("vmnet-bridged");
        assertThat(Nearest.of("usr", types)).contains("user");
        assertThat(Nearest.of("wifi", types)).isEmpty();
        assertThat(Nearest.of("", types)).isEmpty();
    }
}
