package vmlan.program.explain;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// An explanation for people.
public final class ExplanationText {
    private final Explanation explanation;
    private final Lines lines = new Lines();

    private ExplanationText(Explanation explanation) {
        this.explanation = explanation;
    }

    public static String of(Explanation explanation) {
        return new ExplanationText(explanation).text();
    }

    private String text() {
        Explanation.Target target = explanation.target();
        lines.whole("QEMU " + target.version() + " on " + target.system().word()
                + (target.path() == null ? ", as its sources have it" : ", " + target.path()));
        explanation.options().forEach(this::option);
        guest();
        for (int i = 0; i < explanation.nics().size(); i++) {
            reaches(explanation.nics().get(i), i + 1);
        }
        needs();
        findings();
        better();
        rest();
        return lines.text();
    }

    private void heading(String heading) {
        lines.blank();
        lines.whole(heading);
    }

    private void option(Explanation.Option option) {
        heading(option.option());
        lines.wrapped("  ", option.role());
        if (option.what() != null) {
            lines.wrapped("  ", (option.type().isEmpty() ? "" : option.type() + ": ") + option.what());
        }
        List<List<String>> rows = new ArrayList<>();
        for (Explanation.Setting setting : option.settings()) {
            String meaning = setting.meaning() == null ? "" : setting.meaning();
            rows.add(List.of(setting.key(), setting.value(), meaning + (setting.usual() ? " (default)" : "")));
        }
        lines.table("    ", rows);
    }

    private void guest() {
        heading("What the guest has");
        if (explanation.nics().isEmpty()) {
            lines.wrapped("  ", "no NIC");
        }
        for (int i = 0; i < explanation.nics().size(); i++) {
            Explanation.Nic nic = explanation.nics().get(i);
            List<List<String>> rows = new ArrayList<>();
            rows.add(List.of("NIC " + (i + 1), model(nic)));
            rows.add(List.of("MAC", mac(nic)));
            Addresses addresses = nic.addresses();
            row(rows, "IPv4", addresses.ipv4());
            row(rows, "gateway", addresses.gateway());
            row(rows, "DNS", addresses.dns());
            row(rows, "IPv6", addresses.ipv6());
            lines.table("  ", rows);
        }
    }

    private static void row(List<List<String>> rows, String name, String value) {
        rows.add(List.of(name, value == null ? "none" : value));
    }

    private static String model(Explanation.Nic nic) {
        if (nic.option() == null) {
            return (nic.model() == null ? "the machine's own model" : nic.model())
                    + " on user: QEMU's own choice, since no option is about a network (-nic none for no NIC)";
        }
        String model = nic.model() == null ? "the machine's own model" : nic.model();
        String chosen = nic.modelTyped() || nic.model() == null ? "" : ", the machine's own";
        return model + chosen + (nic.backend() == null ? ", with nothing behind it" : ", on " + nic.backend());
    }

    private static String mac(Explanation.Nic nic) {
        if (nic.macTyped()) {
            return nic.mac();
        }
        return nic.isServed()
                ? "one of its own by vmlan qemu; " + nic.mac() + " by QEMU, which is the same in each QEMU process"
                : nic.mac() + ", QEMU's default, which is the same in each QEMU process: where two guests are on one"
                        + " network, give each a mac= of its own";
    }

    private void reaches(Explanation.Nic nic, int number) {
        heading("Who reaches whom" + (explanation.nics().size() > 1 ? " by NIC " + number : ""));
        boolean starts = nic.reaches().stream().anyMatch(reach -> reach.qemu().word() != Answer.Word.NEVER);
        if (!starts) {
            lines.wrapped(
                    "  ",
                    "QEMU here has no " + nic.backend() + " and does not start."
                            + (nic.isServed() ? " By vmlan qemu:" : ""));
        }
        Map<String, Integer> notes = new LinkedHashMap<>();
        List<List<String>> rows = new ArrayList<>();
        if (starts && nic.isServed()) {
            rows.add(List.of("", "QEMU", "vmlan qemu"));
        }
        for (Explanation.Reach reach : nic.reaches()) {
            List<String> row = new ArrayList<>(List.of(reach.relation().words()));
            if (starts) {
                row.add(cell(reach.qemu(), notes));
            }
            if (nic.isServed()) {
                row.add(cell(reach.vmlan(), notes));
            }
            if (row.size() > 1) {
                rows.add(row);
            }
        }
        lines.table("  ", rows);
        notes.forEach((note, mark) -> lines.wrapped("  [" + mark + "] ", note));
    }

    private static String cell(Answer answer, Map<String, Integer> notes) {
        if (answer.note() == null) {
            return answer.word().text();
        }
        return answer.word().text() + " [" + notes.computeIfAbsent(answer.note(), note -> notes.size() + 1) + "]";
    }

    private void needs() {
        if (explanation.needs().isEmpty()) {
            heading("It needs no rights");
            return;
        }
        heading("What it needs");
        for (Explanation.Need need : explanation.needs()) {
            if (explanation.needs().size() > 1) {
                lines.whole("  " + need.option());
            }
            List<List<String>> rows = new ArrayList<>();
            rows.add(List.of(
                    "QEMU",
                    need.needs().qemu() == null
                            ? "nothing"
                            : need.needs().qemu().words()));
            if (need.needs().vmlan() != null) {
                rows.add(List.of("vmlan qemu", need.needs().vmlan().words()));
            }
            lines.table("  ", rows);
        }
    }

    private void findings() {
        if (explanation.findings().isEmpty()) {
            heading("Nothing is wrong");
            return;
        }
        heading(explanation.hasMistake() ? "What is wrong" : "What QEMU says");
        for (FoundMistake finding : explanation.findings()) {
            if (finding.elsewhere()) {
                lines.wrapped("  ", "where QEMU has it, or by vmlan qemu:");
            }
            if (finding.qemu() == null) {
                lines.wrapped("  ", finding.text());
            } else {
                finding.qemu().lines().forEach(line -> lines.whole("  " + line));
            }
            if (finding.remedy() != null) {
                lines.wrapped("    → ", finding.remedy());
            }
        }
    }

    private void better() {
        if (explanation.better().isEmpty()) {
            return;
        }
        heading(explanation.hasMistake() ? "Better" : "To type");
        for (Explanation.Better better : explanation.better()) {
            lines.whole("  " + better.what() + ":");
            lines.whole("    " + better.line());
        }
    }

    private void rest() {
        if (explanation.others() == 0 && explanation.notes().isEmpty()) {
            return;
        }
        heading("The rest");
        explanation.notes().forEach(note -> lines.wrapped("  ", note));
        if (explanation.others() > 0) {
            lines.wrapped("  ", "Everything else is passed on untouched.");
        }
    }
}
