package vmlan.tests.language;

import java.util.List;
import vmlan.qemu.language.Dialect;
import vmlan.qemu.language.Finding;
import vmlan.qemu.language.QemuLine;
import vmlan.qemu.language.Reading;
import vmlan.qemu.language.Surroundings;
import vmlan.qemu.language.reading.NetworkLanguage;

/// What QEMU did with a line, and what we said that it would.
///
/// @param line the words behind the program
/// @param refused by QEMU
/// @param said by QEMU, line by line
/// @param foretold the same of ours
record Comparison(
        List<String> line, boolean refused, List<String> said, boolean foretoldRefused, List<String> foretold) {
    /// What is not QEMU's own, or not meant for a user: a line of its source before it aborts, its bridge helper.
    /// libslirp ends what it says with an empty line.
    private static final List<String> OTHERS =
            List.of("Unexpected error in ", "failed to parse default acl file `/etc/qemu/bridge.conf'");

    static Comparison of(List<String> line, CheckedQemu.Outcome outcome, Dialect dialect, Surroundings surroundings) {
        Reading reading = NetworkLanguage.read(QemuLine.parse(line), dialect, surroundings);
        List<String> foretold = reading.printed().stream()
                .map((Finding finding) -> finding.line(dialect.program()))
                .flatMap(String::lines)
                .toList();
        List<String> said = plain(outcome.errors());
        return new Comparison(line, outcome.status() != 0, said, reading.isRefused(), plain(foretold));
    }

    /// Names that QEMU makes up end in two digits of chance; an assertion that fails names a line of the source, and no
    /// option.
    static List<String> plain(List<String> lines) {
        return lines.stream()
                .filter(line -> OTHERS.stream().noneMatch(line::startsWith) && !line.isEmpty())
                .map(line -> line.replaceAll("#net\\d+", "#net").replaceFirst("^.*?(\\w+: Assertion `)", "$1"))
                .toList();
    }

    boolean isSame() {
        return refused == foretoldRefused && said.equals(foretold);
    }

    /// What is behind the words that every line begins with.
    String typed() {
        return line.get(1) + " " + String.join(" ", line.subList(2 + CheckedQemu.STANDING_STILL.size(), line.size()));
    }

    @Override
    public String toString() {
        return typed() + "\n  QEMU " + (refused ? "refuses " : "takes   ") + String.join("\n       ", said)
                + "\n  ours " + (foretoldRefused ? "refuses " : "takes   ") + String.join("\n       ", foretold);
    }
}
