package vmlan.qemu.translation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import vmlan.qemu.QemuException;
import vmlan.qemu.language.Finding;
import vmlan.qemu.language.QemuLine;
import vmlan.qemu.language.Reading;
import vmlan.qemu.language.reading.FileSections;
import vmlan.qemu.language.reading.NetworkLanguage;

/// What becomes of command lines, on several hosts: `lines.txt` in the resources has them, and a file for each host
/// what is made of them; `*.cfg` are files for `-readconfig`. `-Dvmlan.golden=write` writes the files anew; read the
/// difference then.
class TranslationGoldenTest {
    static final Path RESOURCES = Path.of("src/test/resources/vmlan/qemu/translation");

    @ParameterizedTest
    @EnumSource(Hosts.class)
    void linesBecomeWhatTheGoldenFileSays(Hosts host) throws Exception {
        StringBuilder made = new StringBuilder();
        for (String line : Files.readAllLines(RESOURCES.resolve("lines.txt"))) {
            if (!line.isBlank() && !line.startsWith("#")) {
                made.append(of(line, host)).append('\n');
            }
        }
        Path golden = RESOURCES.resolve(host.file());
        if ("write".equals(System.getProperty("vmlan.golden"))) {
            Files.writeString(golden, made);
        }
        assertThat(made.toString()).isEqualTo(Files.readString(golden));
    }

    private static String of(String line, Hosts host) throws IOException {
        StringBuilder text = new StringBuilder("$ ").append(line).append('\n');
        boolean engine = line.startsWith("--engine ");
        try {
            PastedLine pasted = PastedLine.toRun(words(engine ? line.substring("--engine ".length()) : line));
            List<String> arguments = new ArrayList<>(pasted.arguments());
            if (pasted.kvm()) {
                arguments.addFirst("-enable-kvm");
            }
            QemuLine typed = QemuLine.parse(arguments);
            FileSections files = FileSections.of(typed, new AnyMachine());
            Reading reading = NetworkLanguage.read(typed, host.understood(), new AnyMachine());
            for (Finding finding : reading.findings()) {
                if (finding.severity() == Finding.Severity.ERROR) {
                    return text.append("  says ").append(said(finding)).toString();
                }
            }
            Translation translation = Translation.of(reading, files, host.dialect(), host.target(engine));
            translation.findings().forEach(finding -> text.append("  says ").append(said(finding)));
            List<Plug> plugs = new ArrayList<>();
            for (ServedNic nic : translation.nics()) {
                int number = plugs.size();
                String mac = nic.mac() == null ? "52:54:00:00:00:0" + number : nic.mac();
                plugs.add(new Plug(mac, Path.of("/run/vmlan/n/vm-" + number + ".sock"), 1500));
            }
            text.append("  runs ").append(quoted(translation.words(plugs))).append('\n');
            for (ServedNic nic : translation.nics()) {
                text.append("  on   ").append(describe(nic)).append('\n');
            }
            translation
                    .notes()
                    .forEach(note -> text.append("  note ").append(note).append('\n'));
        } catch (QemuException e) {
            text.append("  no   ")
                    .append(e.what())
                    .append(" → ")
                    .append(e.remedy())
                    .append('\n');
        }
        return text.toString();
    }

    private static String said(Finding finding) {
        return finding.line("qemu-system-x86_64") + '\n';
    }

    private static String describe(ServedNic nic) {
        String network = switch (nic.network()) {
            case WantedNetwork.User user -> "User" + user.settings().entries().size();
            case WantedNetwork.Passt passt ->
                "Passt" + passt.settings().entries().size();
            default -> nic.network().toString();
        };
        return network + ", device " + nic.device() + (nic.isolated() ? ", isolated" : "")
                + (nic.published().isEmpty() ? "" : ", published " + nic.published());
    }

    /// Blanks part words; quotes as a shell has them.
    static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean quoted = false;
        for (int at = 0; at < line.length(); at++) {
            char character = line.charAt(at);
            if (character == '\'') {
                quoted = !quoted;
            } else if (character == ' ' && !quoted) {
                words.add(word.toString());
                word.setLength(0);
            } else {
                word.append(character);
            }
        }
        words.add(word.toString());
        return words;
    }

    private static String quoted(List<String> words) {
        return words.stream()
                .map(word -> word.matches("[A-Za-z0-9_@%+=:,./#-]+") ? word : "'" + word + "'")
                .collect(Collectors.joining(" "));
    }
}
