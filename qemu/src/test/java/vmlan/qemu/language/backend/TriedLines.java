package vmlan.qemu.language.backend;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import vmlan.qemu.language.Dialect;
import vmlan.qemu.language.Finding;
import vmlan.qemu.language.NetworkOption;
import vmlan.qemu.language.QemuLine;
import vmlan.qemu.language.QemuVersion;
import vmlan.qemu.language.Surroundings;
import vmlan.qemu.language.reading.NetworkLanguage;

/// Tables of what QEMU says, in files beside this class:
///
/// ```
/// # net/slirp.c                                 where the texts are from
/// -netdev user,id=n,net=x                       a command line
///     Failed to parse netmask                   what both versions say; `7.2` or `10.0` before it: only that one
///     warning: …                                QEMU goes on
///     silent: …                                 how our words begin where QEMU has none
/// ```
///
/// A line with nothing under it is taken without a word. One with `10.0` before it is for that version alone.
record TriedLines(String name, List<Row> rows) {
    /// @param expected `7.2` and `10.0` at their beginning where only that version says it
    record Row(String source, int number, String line, List<String> expected) {
        @Override
        public String toString() {
            return number + ": " + line;
        }

        boolean isFor(String version) {
            return line.startsWith("-") || line.startsWith(version + " ");
        }

        List<String> words() {
            List<String> words = List.of(line.split(" "));
            return line.startsWith("-") ? words : words.subList(1, words.size());
        }

        List<String> expected(String version) {
            return expected.stream()
                    .filter(text -> !text.startsWith(version.equals("7.2") ? "10.0 " : "7.2 "))
                    .map(text -> text.startsWith(version + " ") ? text.substring(version.length() + 1) : text)
                    .toList();
        }
    }

    static TriedLines read(String name) {
        try (InputStream in = TriedLines.class.getResourceAsStream("backends/" + name + ".txt")) {
            return new TriedLines(name, rows(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
        } catch (IOException problem) {
            throw new AssertionError(problem);
        }
    }

    private static List<Row> rows(String text) {
        List<Row> rows = new ArrayList<>();
        String source = null;
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            if (line.startsWith("# ")) {
                source = line.substring(2);
            } else if (line.startsWith("    ")) {
                rows.getLast().expected().add(line.strip());
            } else if (!line.isBlank()) {
                rows.add(new Row(source, number, line, new ArrayList<>()));
            }
        }
        return rows;
    }

    static Dialect dialect(String version) {
        return new Dialect(
                "qemu-system-x86_64",
                new QemuVersion(version.equals("7.2") ? 7 : 10, version.equals("7.2") ? 2 : 0, 0),
                "x86_64",
                Set.of(
                        "user",
                        "tap",
                        "socket",
                        "stream",
                        "dgram",
                        "bridge",
                        "vde",
                        "l2tpv3",
                        "hubport",
                        "vhost-user",
                        "vhost-vdpa"),
                List.of("e1000", "virtio-net-pci"),
                "e1000");
    }

    /// What is said of the whole line, of which this does not ask whether somebody uses the backends.
    static List<Finding> read(List<String> line, String version, Surroundings surroundings) {
        return NetworkLanguage.read(QemuLine.parse(line), dialect(version), surroundings).findings().stream()
                .filter(finding -> !finding.text().matches(".* has no peer|hub \\d+ .*|requested NIC .*"))
                .toList();
    }

    /// What is said when the backends of the line are made, one after the other, up to the first error.
    static List<Finding> said(List<String> line, String version, Surroundings surroundings) {
        QemuLine words = QemuLine.parse(line);
        Dialect dialect = dialect(version);
        List<NetworkOption> made = new ArrayList<>();
        Moment moment = new Moment(words, made, new Taken(), dialect, surroundings);
        List<Finding> said = new ArrayList<>();
        for (NetworkOption option :
                NetworkLanguage.read(words, dialect, surroundings).options()) {
            List<Finding> findings = BackendChecks.of(option.type()).check(option, moment);
            said.addAll(findings);
            if (findings.stream().anyMatch(finding -> finding.severity() == Finding.Severity.ERROR)) {
                break;
            }
            made.add(option);
        }
        return said;
    }
}
