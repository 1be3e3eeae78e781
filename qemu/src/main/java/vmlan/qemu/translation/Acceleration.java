package vmlan.qemu.translation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import vmlan.qemu.language.QemuLine;
import vmlan.qemu.language.QemuLine.Argument;
import vmlan.qemu.language.reading.FileSections;

/// What runs the guest's instructions, as a command line says it, and as it works here.
///
/// QEMU takes a list from `-machine accel=a:b`, or one from several `-accel`, and runs on the first that begins
/// (accel/accel-system.c, system/vl.c: configure_accelerators); it does not see that KVM begins and then runs no guest,
/// as
/// in a machine without nested virtualisation. `-enable-kvm` is `-machine accel=kvm`; of several the last one counts. A
/// list whose first one to begin works is left as it is, unless that is emulation, and what was to come before it is
/// another system's: what accelerates here takes its place then.
final class Acceleration {
    private static final Set<String> MACHINE = Set.of("M", "machine");

    /// Those that concern a person who asks for speed. qtest runs no instructions, and is asked for by who knows why.
    private static final Map<String, String> OF = Map.of(
            "hvf", "macOS",
            "kvm", "Linux",
            "whpx", "Windows",
            "nvmm", "NetBSD",
            "hax", "another system",
            "xen", "Xen");

    private static final String TCG = "tcg";

    private final Target target;
    private final FileSections files;
    private final List<Argument> arguments;
    /// By the argument's place in the line.
    private final Map<Integer, List<String>> changes = new TreeMap<>();
    private final List<String> notes = new ArrayList<>();
    private final List<String> added = new ArrayList<>();

    private Acceleration(QemuLine line, FileSections files, Target target) {
        this.target = target;
        this.files = files;
        arguments = line.arguments();
    }

    static Acceleration of(QemuLine line, FileSections files, Target target) {
        Acceleration acceleration = new Acceleration(line, files, target);
        acceleration.change();
        return acceleration;
    }

    /// What is to stand in place of some arguments, by their places.
    Map<Integer, List<String>> changes() {
        return changes;
    }

    /// What is to stand at the end.
    List<String> added() {
        return added;
    }

    List<String> notes() {
        return notes;
    }

    private void change() {
        List<String> choices = choices();
        String runsOn;
        if (choices.isEmpty()) {
            runsOn = withoutAWish();
        } else {
            Optional<String> first = choices.stream().filter(target::begins).findFirst();
            if (first.filter(TCG::equals).isPresent() && isForAnother(choices)) {
                runsOn = promote(choices);
            } else {
                runsOn = first.filter(target::works).orElseGet(() -> replace(choices));
            }
        }
        if (runsOn.equals(TCG)) {
            emulateHostCpu();
        }
    }

    /// In QEMU's order; empty where nothing is said.
    private List<String> choices() {
        List<String> choices = new ArrayList<>();
        for (Argument argument : arguments) {
            if (argument.is("accel") && argument.value() != null) {
                choices.add(accelerator(argument.value()));
            }
            files.in(argument, "accel")
                    .forEach(settings -> settings.value("accel").ifPresent(choices::add));
        }
        if (!choices.isEmpty()) {
            return choices;
        }
        List<String> last = List.of();
        for (Argument argument : arguments) {
            if (argument.is("enable-kvm")) {
                last = List.of("kvm");
            } else if (isMachine(argument) && machineAccel(argument.value()).isPresent()) {
                last = List.of(machineAccel(argument.value()).get().split(":", -1));
            }
            Optional<String> ofFile = machineAccel(argument);
            if (ofFile.isPresent()) {
                last = List.of(ofFile.get().split(":", -1));
            }
        }
        return last;
    }

    /// What the machine of a file is to run on.
    private Optional<String> machineAccel(Argument argument) {
        return files.in(argument, "machine").stream()
                .flatMap(settings -> settings.value("accel").stream())
                .reduce((one, later) -> later);
    }

    /// Whether something of another system's is to be tried before the emulation, and there is better here.
    private boolean isForAnother(List<String> choices) {
        return !best().equals(TCG)
                && choices.subList(0, choices.indexOf(TCG)).stream().anyMatch(this::isAnothers);
    }

    private boolean isAnothers(String accelerator) {
        return OF.containsKey(accelerator)
                && !accelerator.equals("xen")
                && !OF.get(accelerator).equals(system());
    }

    /// The best in the place of the first that is another system's.
    ///
    /// @return what it will run on
    private String promote(List<String> choices) {
        boolean placed = false;
        for (int at = 0; at < arguments.size(); at++) {
            Argument argument = arguments.get(at);
            if (argument.is("accel") && argument.value() != null && isAnothers(accelerator(argument.value()))) {
                changes.put(at, placed ? List.of() : List.of(argument.words().getFirst(), best()));
                placed = true;
            } else if (isMachine(argument) && machineAccel(argument.value()).isPresent()) {
                String list = promoted(machineAccel(argument.value()).get());
                changes.put(
                        at,
                        List.of(argument.words().getFirst(), OptionText.replacing(argument.value(), "accel", list)));
                placed = true;
            }
            machineAccel(argument).ifPresent(list -> added.addAll(List.of("-machine", "accel=" + promoted(list))));
        }
        if (!placed && added.isEmpty()) {
            // a list of a file's -accel, before which nothing can be put
            return TCG;
        }
        notes.add(why(choices, best()));
        return best();
    }

    private String promoted(String list) {
        List<String> chosen = new ArrayList<>();
        for (String accelerator : list.split(":", -1)) {
            String better = isAnothers(accelerator) ? best() : accelerator;
            if (!chosen.contains(better)) {
                chosen.add(better);
            }
        }
        return String.join(":", chosen);
    }

    private static boolean isMachine(Argument argument) {
        return argument.name() != null && MACHINE.contains(argument.name()) && argument.value() != null;
    }

    private static Optional<String> machineAccel(String text) {
        return OptionText.parts(text).reversed().stream()
                .filter(part -> part.startsWith("accel="))
                .map(part -> part.substring("accel=".length()))
                .findFirst();
    }

    /// `-accel kvm,…` and `-accel accel=kvm,…`.
    private static String accelerator(String text) {
        List<String> parts = OptionText.parts(text);
        return parts.stream()
                .filter(part -> part.startsWith("accel="))
                .map(part -> part.substring("accel=".length()))
                .findFirst()
                .orElse(parts.getFirst());
    }

    /// QEMU emulates then; but who wants the host's processor wants it to run on that.
    private String withoutAWish() {
        String best = best();
        if (wantsHostCpu() && !best.equals(TCG)) {
            added.addAll(List.of("-accel", best));
            notes.add("-cpu host takes acceleration, and the line has none: -accel " + best + " was added");
            return best;
        }
        return TCG;
    }

    private String best() {
        return target.best() == null ? TCG : target.best().accelerator().qemuName();
    }

    /// @return what it will run on
    private String replace(List<String> choices) {
        Optional<String> theirs = choices.stream().filter(target::works).findFirst();
        if (theirs.isEmpty() && choices.stream().noneMatch(OF::containsKey)) {
            // nothing that is known here: QEMU's own words are the best answer
            return choices.getFirst();
        }
        String chosen = theirs.orElseGet(this::best);
        boolean first = true;
        for (int at = 0; at < arguments.size(); at++) {
            Argument argument = arguments.get(at);
            if (argument.is("accel") && argument.value() != null) {
                // the one of theirs with its own settings, or one in place of the first
                boolean isIt = theirs.isEmpty() || accelerator(argument.value()).equals(chosen);
                List<String> words = theirs.isPresent()
                        ? argument.words()
                        : List.of(argument.words().getFirst(), chosen);
                changes.put(at, first && isIt ? words : List.of());
                first = first && !isIt;
            } else if (argument.is("enable-kvm")) {
                changes.put(at, List.of("-machine", "accel=" + chosen));
            } else if (isMachine(argument) && machineAccel(argument.value()).isPresent()) {
                String text = OptionText.replacing(argument.value(), "accel", chosen);
                changes.put(at, List.of(argument.words().getFirst(), text));
            } else if (machineAccel(argument).isPresent()) {
                added.addAll(List.of("-machine", "accel=" + chosen));
            } else if (theirs.isEmpty() && !files.in(argument, "accel").isEmpty()) {
                added.addAll(List.of("-accel", chosen));
            }
        }
        notes.add(why(choices, chosen));
        return chosen;
    }

    private String why(List<String> choices, String chosen) {
        String named = choices.stream()
                .distinct()
                .filter(choice -> !choice.equals(chosen))
                .collect(Collectors.joining(" and "));
        String theirs = choices.stream()
                .distinct()
                .filter(choice -> !target.begins(choice)
                        && OF.containsKey(choice)
                        && !OF.get(choice).equals(system()))
                .map(choice -> choice + " is " + OF.get(choice) + "'s")
                .collect(Collectors.joining(", "));
        boolean isBest =
                target.best() != null && target.best().accelerator().qemuName().equals(chosen);
        if (theirs.isEmpty()) {
            return isBest
                    ? "the guest runs on " + chosen + " in place of " + named + ": "
                            + target.best().why()
                    : named + " does not work here: the guest runs on " + chosen;
        }
        return theirs + ": the guest runs on " + chosen
                + (isBest ? " (" + target.best().why() + ")" : "");
    }

    private String system() {
        return target.isMac() ? "macOS" : "Linux";
    }

    private boolean wantsHostCpu() {
        return arguments.stream().anyMatch(Acceleration::isHostCpu);
    }

    private static boolean isHostCpu(Argument argument) {
        return argument.is("cpu")
                && argument.value() != null
                && OptionText.parts(argument.value()).getFirst().equals("host");
    }

    /// "CPU model 'host' requires KVM or HVF" (target/i386/host-cpu.c); `max` is all that the emulation can.
    private void emulateHostCpu() {
        for (int at = 0; at < arguments.size(); at++) {
            Argument argument = arguments.get(at);
            if (isHostCpu(argument)) {
                changes.put(at, List.of(argument.words().getFirst(), OptionText.startingWith("max", argument.value())));
                notes.add("-cpu host takes acceleration, and the guest is emulated: its processor is max");
            }
        }
    }
}
