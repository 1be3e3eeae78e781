package vmlan.program.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import vmlan.program.message.ShellWords;
import vmlan.qemu.language.Backend;
import vmlan.qemu.language.NetworkOption;
import vmlan.qemu.language.QemuLine;
import vmlan.qemu.language.Reading;
import vmlan.qemu.language.Surroundings;
import vmlan.qemu.translation.PastedLine;

/// Lines to type in the place of one: without its mistakes, by `vmlan qemu` where QEMU here lacks something, and by
/// `vmlan run`.
final class BetterLines {
    private final PastedLine command;
    private final QemuHere qemu;
    private final Function<QemuLine, Reading> read;
    private final Corrections corrections;

    /// @param read as a QEMU that has all that `vmlan qemu` serves
    BetterLines(PastedLine command, QemuHere qemu, Surroundings surroundings, Function<QemuLine, Reading> read) {
        this.command = command;
        this.qemu = qemu;
        this.read = read;
        corrections = new Corrections(read, qemu.served(), surroundings);
    }

    List<Explanation.Better> of(QemuLine typed, boolean mistaken) {
        Optional<QemuLine> corrected = mistaken ? corrections.of(typed) : Optional.empty();
        if (mistaken && corrected.isEmpty() && isWrong(read.apply(typed))) {
            return List.of();
        }
        Reading reading = read.apply(corrected.orElse(typed));
        List<Explanation.Better> better = new ArrayList<>();
        List<NetworkOption> lacking = reading.options().stream()
                .filter(option -> option.kind() != NetworkOption.Kind.DEVICE)
                .filter(option -> Backend.of(option.type()).isPresent() && !qemu.has(option.type()))
                .toList();
        if (lacking.isEmpty()) {
            ofQemu(reading, corrected.isPresent()).ifPresent(better::add);
        }
        ofVmlanQemu(reading, corrected.isPresent(), !lacking.isEmpty()).ifPresent(better::add);
        RunLine.of(reading, qemu.system())
                .ifPresent(run -> better.add(new Explanation.Better(run.what(), ShellWords.join(run.words()))));
        return better;
    }

    /// Also with rights.
    private static boolean isWrong(Reading reading) {
        return reading.findings().stream().anyMatch(FoundMistake::isMistake);
    }

    private Optional<Explanation.Better> ofQemu(Reading reading, boolean corrected) {
        boolean root = needsRoot(reading, false);
        if (!corrected && (!root || command.sudo())) {
            return Optional.empty();
        }
        String what = corrected ? "corrected" : "with the rights that it needs";
        return Optional.of(new Explanation.Better(what, line(root, List.of(), reading.line())));
    }

    /// Where QEMU here cannot, or where it takes no rights that way.
    private Optional<Explanation.Better> ofVmlanQemu(Reading reading, boolean corrected, boolean needed) {
        boolean root = needsRoot(reading, true);
        if (qemu.alone() || (!needed && (root || !needsRoot(reading, false)))) {
            return Optional.empty();
        }
        String what = (corrected ? "corrected, " : "as it stands, ") + (needed ? "on this host" : "without root");
        return Optional.of(new Explanation.Better(
                what, line(root || (needed && command.sudo()), List.of("vmlan", "qemu"), reading.line())));
    }

    private boolean needsRoot(Reading reading, boolean byVmlan) {
        return reading.options().stream()
                .filter(option -> option.kind() != NetworkOption.Kind.DEVICE)
                .map(option -> qemu.needs(new BackendFacts(option)))
                .anyMatch(needs -> needs.needsRoot(byVmlan));
    }

    private String line(boolean root, List<String> before, QemuLine arguments) {
        List<String> words = new ArrayList<>();
        if (root) {
            words.add("sudo");
        }
        words.addAll(before);
        words.add(command.program() != null ? command.program() : qemu.dialect().program());
        words.addAll(arguments.words());
        return ShellWords.join(words);
    }
}
