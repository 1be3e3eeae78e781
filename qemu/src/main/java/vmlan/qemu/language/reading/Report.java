package vmlan.qemu.language.reading;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import vmlan.qemu.language.Dialect;
import vmlan.qemu.language.Finding;
import vmlan.qemu.language.NetworkOption;
import vmlan.qemu.language.QemuLine;
import vmlan.qemu.language.Surroundings;
import vmlan.qemu.language.backend.Remedies;

/// What QEMU says, as it is found out, in its order, with what to do about it.
final class Report {
    private final Dialect dialect;
    private final Surroundings surroundings;
    private final IdentityHashMap<QemuLine.Argument, NetworkOption> options = new IdentityHashMap<>();
    private final List<Finding> findings = new ArrayList<>();
    private boolean ended;
    private boolean refused;
    private int lastSaid;

    Report(Dialect dialect, Surroundings surroundings) {
        this.dialect = dialect;
        this.surroundings = surroundings;
    }

    /// That this option is what its argument says, that very one: a line may have the same words twice.
    void about(NetworkOption option) {
        options.put(option.at(), option);
    }

    /// @param at null: the command line as a whole
    void error(String text, QemuLine.Argument at) {
        add(List.of(new Finding(Finding.Severity.ERROR, text, remedy(text, at), at)));
    }

    void warning(String text, QemuLine.Argument at) {
        add(List.of(new Finding(Finding.Severity.WARNING, text, remedy(text, at), at)));
    }

    void silent(String text, String remedy, QemuLine.Argument at) {
        add(List.of(new Finding(Finding.Severity.SILENT, text, remedy, at)));
    }

    /// @param together said in one go: an error and what QEMU says of it on its way out
    void add(List<Finding> together) {
        if (ended) {
            return;
        }
        findings.addAll(together);
        if (!refused) {
            lastSaid = findings.size();
            refused = together.stream().anyMatch(finding -> finding.severity() == Finding.Severity.ERROR);
        }
    }

    /// QEMU prints a help or its version and ends.
    void end() {
        ended = true;
    }

    List<Finding> findings() {
        return List.copyOf(findings);
    }

    /// How many of the findings QEMU comes to.
    int lastSaid() {
        return lastSaid;
    }

    /// The first line of a text says it all.
    private String remedy(String text, QemuLine.Argument at) {
        return Remedies.of(text.lines().findFirst().orElse(""), options.get(at), dialect, surroundings);
    }
}
