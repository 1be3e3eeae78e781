package vmlan.qemu.language.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import vmlan.qemu.language.Dialect;
import vmlan.qemu.language.NetworkOption;
import vmlan.qemu.language.QemuLine;
import vmlan.qemu.language.Surroundings;
import vmlan.qemu.language.reading.NetworkLanguage;

/// No text of QEMU's stands alone: each has a line that says what to do.
class RemediesTest {
    private static final Path SOURCES = Path.of("src/main/java/vmlan/qemu/language/backend");

    /// `new Refused("…")`, over several lines too; `%s` and `%d` are filled in.
    private static final Pattern REFUSED = Pattern.compile(
            "(?:new Refused|Refused\\.because|making\\.warn)\\(\\(?\\s*((?:\"(?:[^\"\\\\]|\\\\.)*\"\\s*\\+?\\s*)+)");

    private static final Pattern PART = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");

    @Test
    void everyTextOfTheTablesHasOne() {
        for (String name : List.of(
                "user",
                "user-forwarding",
                "stream",
                "dgram",
                "socket",
                "tap",
                "vhost",
                "others",
                "vmnet",
                "vmnet-without-nics",
                "unbuilt")) {
            for (TriedLines.Row row : TriedLines.read(name).rows()) {
                for (String version : List.of("7.2", "10.0")) {
                    for (String text : row.expected(version)) {
                        if (!text.startsWith("silent: ")) {
                            hasRemedy(text.replaceFirst("^warning: ", ""));
                        }
                    }
                }
            }
        }
    }

    @Test
    void everyTextOfTheRulesHasOne() throws IOException {
        List<String> texts = new ArrayList<>();
        try (Stream<Path> files = Files.list(SOURCES)) {
            for (Path file : files.filter(file -> file.toString().endsWith("Rules.java")
                            || file.getFileName().toString().matches("User.*|Multicast.*|HostPort.*|Crash.*|Guest.*"))
                    .toList()) {
                texts.addAll(texts(Files.readString(file)));
            }
        }
        assertThat(texts).hasSizeGreaterThan(80);
        texts.forEach(RemediesTest::hasRemedy);
    }

    @Test
    void everyTextOfParsingHasOne() throws IOException {
        try (InputStream in = RemediesTest.class.getResourceAsStream("parsing-texts.txt")) {
            List<String> texts = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
            assertThat(texts).hasSizeGreaterThan(50);
            texts.forEach(RemediesTest::hasRemedy);
        }
    }

    private static List<String> texts(String source) {
        List<String> texts = new ArrayList<>();
        Matcher refused = REFUSED.matcher(source);
        while (refused.find()) {
            StringBuilder text = new StringBuilder();
            Matcher part = PART.matcher(refused.group(1));
            while (part.find()) {
                text.append(part.group(1));
            }
            String said = text.toString().replace("\\\"", "\"").replace("\\\\", "\\");
            if (!said.equals("%s")) {
                texts.add(said.replace("%d", "5").replace("%08x", "01020304").replace("%s", "x"));
            }
        }
        return texts;
    }

    private static void hasRemedy(String text) {
        Optional<String> remedy = Remedies.find(text, null, TriedLines.dialect("10.0"), BareHost.plain());
        assertThat(remedy).as("what to do about: " + text).isPresent();
        assertThat(remedy.get())
                .as("what to do about: " + text)
                .isNotBlank()
                .doesNotContain("null")
                .doesNotContainPattern("\\{\\d\\}");
        assertThat(remedy.get().lines()).as("what to do about: " + text).hasSize(1);
    }

    @Test
    void aMissingInterfaceIsNamedWithThoseThatThereAre() {
        Surroundings host = new BareHost(Set.of(), List.of("en0", "en1"));

        assertThat(remedy("-nic vmnet-bridged", "Parameter 'ifname' is missing", host))
                .isEqualTo("add ifname=en0; bridgeable here: en0, en1 (`vmlan interfaces`)");
        assertThat(remedy("-nic vmnet-bridged,ifname=en11", "unsupported ifname 'en11', expected one of [ en0 ]", host))
                .startsWith("write ifname=en1 ");
    }

    @Test
    void theNicToBridgeIsNoneForTests() {
        Surroundings host = new BareHost(Set.of(), List.of("ifb0", "veth1", "enp1s0"));

        assertThat(remedy("-nic vmnet-bridged,ifname=en0", "unsupported ifname 'en0', expected one of [ ifb0 ]", host))
                .startsWith("write ifname=enp1s0 ");
    }

    @Test
    void theUsersOwnValuesAreInIt() {
        Surroundings host = BareHost.plain();

        assertThat(remedy("-netdev user,id=bridge1", "netdev bridge1 has no peer", host))
                .isEqualTo(
                        "the guest has no NIC for it: add -device virtio-net-pci,netdev=bridge1, or write -nic user,…"
                                + " instead of -netdev");
        assertThat(remedy("-nic user,mac=53:54:00:12:34:56", "NIC cannot have multicast MAC address", host))
                .isEqualTo("make the first byte even: 52:54:00:12:34:56");
        assertThat(remedy("-nic user,model=e100", "Unsupported NIC model: e100", host))
                .isEqualTo("write model=e1000; this machine has e1000, virtio-net-pci");
        assertThat(remedy("-netdev user,id=n,dhcpstrat=10.0.2.9", "Invalid parameter 'dhcpstrat'", host))
                .isEqualTo("write dhcpstart=");
        assertThat(remedy("-netdev vde,id=n,bogus=1", "Invalid parameter 'bogus'", host))
                .isEqualTo("leave bogus out; vde has group, mode, port, sock");
        assertThat(remedy("-netdev usr,id=n", "Parameter 'type' does not accept value 'usr'", host))
                .startsWith("write user; this QEMU has bridge, dgram, hubport,");
        assertThat(remedy(
                        "-nic vmnet-host,start-address=10.0.0.1",
                        "'start-address', 'end-address', 'subnet-mask' should be provided together",
                        host))
                .contains("start-address=10.0.0.1,end-address=10.0.0.254,");
        assertThat(remedy("-nic vmnet-macos", "Parameter 'type' does not accept value 'vmnet-macos'", host))
                .contains("write vmnet-bridged,ifname=");
        assertThat(remedy("-nic vmnet-share", "Parameter 'type' does not accept value 'vmnet-share'", host))
                .startsWith("write vmnet-shared; ");
        assertThat(remedy("-device e1000,netdev=n0,,x", "Property 'e1000.netdev' can't find value 'n0,x'", host))
                .isEqualTo("write the id of a -netdev that is there");
    }

    @Test
    void aMisspeltBackendIsToldFromOneThatThisQemuLacks() {
        String refused = "Parameter 'type' does not accept value '%s'";

        for (String misspelt : List.of("vmnet-brigded", "vmnet-birdged", "vmnet_bridged", "vmnet-bridge")) {
            assertThat(remedy("-nic " + misspelt + ",ifname=en0", refused.formatted(misspelt), BareHost.plain()))
                    .isEqualTo("write vmnet-bridged; this QEMU has no vmnet, which needs macOS, and `vmlan qemu` before"
                            + " the line serves it");
        }
        assertThat(remedy("-nic vmnet-shared", refused.formatted("vmnet-shared"), BareHost.plain()))
                .isEqualTo("this QEMU has no vmnet, which needs macOS: put `vmlan qemu` before the line, and vmlan"
                        + " serves vmnet-shared");
        assertThat(remedy("-nic past", refused.formatted("past"), BareHost.plain()))
                .startsWith("write passt; passt needs QEMU 10.1");
        assertThat(remedy("-nic vmnet-nonsense", refused.formatted("vmnet-nonsense"), BareHost.plain()))
                .startsWith("write another one; this QEMU has ")
                .doesNotContain("serves");
    }

    private static String remedy(String line, String text, Surroundings host) {
        QemuLine words = QemuLine.parse(List.of(line.split(" ")));
        Dialect dialect = TriedLines.dialect("10.0");
        NetworkOption option =
                NetworkLanguage.read(words, dialect, host).options().getFirst();
        return Remedies.of(text, option, dialect, host);
    }
}
