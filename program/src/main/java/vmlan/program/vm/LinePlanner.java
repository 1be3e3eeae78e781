package vmlan.program.vm;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.program.message.Progress;
import vmlan.program.publish.PublishRule;
import vmlan.qemu.AcceleratorProbe;
import vmlan.qemu.Dialects;
import vmlan.qemu.Disk;
import vmlan.qemu.Machines;
import vmlan.qemu.Qemu;
import vmlan.qemu.QemuException;
import vmlan.qemu.language.Dialect;
import vmlan.qemu.language.Finding;
import vmlan.qemu.language.QemuLine;
import vmlan.qemu.language.Reading;
import vmlan.qemu.language.Surroundings;
import vmlan.qemu.language.reading.FileSections;
import vmlan.qemu.language.reading.NetworkLanguage;
import vmlan.qemu.tool.Nearest;
import vmlan.qemu.tool.Printable;
import vmlan.qemu.translation.LineFacts;
import vmlan.qemu.translation.PastedLine;
import vmlan.qemu.translation.Target;
import vmlan.qemu.translation.Translation;

/// Reads a QEMU command line as the QEMU of this host would, and makes it one that works here.
public final class LinePlanner {
    private final Places places;
    private final Progress progress;

    public LinePlanner(Places places, Progress progress) {
        this.places = places;
        this.progress = progress;
    }

    /// What QEMU refuses, before anything is started: its words, and what to do.
    public static final class Refusal extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Finding finding;

        Refusal(String line, Finding finding) {
            super(line);
            this.finding = finding;
        }

        public String remedy() {
            return finding.remedy();
        }
    }

    /// A line whose QEMU is known.
    public record Asked(PastedLine pasted, Qemu qemu, QemuLine line) {
        /// Its arguments as they are.
        public List<String> asTyped() {
            List<String> words = new ArrayList<>(List.of(qemu.binary().toString()));
            words.addAll(line.words());
            return words;
        }

        public LineFacts facts() {
            return new LineFacts(line);
        }
    }

    /// Finds the QEMU of a line.
    ///
    /// @param words with the program as the first, perhaps behind `sudo`
    public Asked ask(List<String> words) throws Failure {
        try {
            PastedLine pasted = PastedLine.toRun(words);
            String architecture = pasted.architecture() == null ? Qemu.hostArchitecture() : pasted.architecture();
            Map<String, String> environment = System.getenv();
            Qemu qemu;
            if (pasted.isName()) {
                qemu = find(architecture, environment);
            } else {
                qemu = Qemu.at(Path.of(pasted.program()), architecture, places.cache());
            }
            List<String> arguments = new ArrayList<>(pasted.arguments());
            if (pasted.kvm()) {
                arguments.addFirst("-enable-kvm");
            }
            QemuLine line = QemuLine.parse(arguments);
            requireOursInFront(line);
            return new Asked(pasted, qemu, line);
        } catch (QemuException e) {
            throw Failure.of(e);
        }
    }

    /// A QEMU of a name that none has is a slip of the pen, and not one to be installed.
    private Qemu find(String architecture, Map<String, String> environment) throws QemuException, Failure {
        try {
            return Qemu.find(architecture, environment, places.cache());
        } catch (QemuException e) {
            if (Machines.NAMES.contains(architecture)) {
                throw e;
            }
            throw Failure.usage(
                    "there is no qemu-system-" + Printable.line(architecture),
                    Nearest.of(architecture, Machines.NAMES)
                            .map(near -> "did you mean qemu-system-" + near + "?")
                            .orElse("take qemu-system- with one of " + String.join(", ", Machines.NAMES)));
        }
    }

    /// No QEMU has an option of these names, and what it says of them leads nowhere.
    private static void requireOursInFront(QemuLine line) throws Failure {
        for (QemuLine.Argument argument : line.arguments()) {
            if (!argument.isInFile()
                    && argument.name() != null
                    && argument.name().matches("(engine|sudo|dry-run|json|publish)(=.*)?|p|p[0-9].*")) {
                String word = Printable.line(argument.words().getFirst());
                throw Failure.usage(
                        "'" + word + "' stands behind QEMU's name, and is an option of vmlan's",
                        "put it in front: vmlan qemu " + word + " … qemu-system-x86_64 …");
            }
        }
    }

    /// MAC addresses that a line gives to NICs.
    List<String> macs(VmSpec line) {
        try {
            PastedLine pasted = PastedLine.toRun(line.line().words());
            return new LineFacts(QemuLine.parse(pasted.arguments())).macs();
        } catch (QemuException e) {
            // kept by another version of vmlan
            return List.of();
        }
    }

    /// Whether it can run without the terminal that it was typed in.
    ///
    /// @param spec of any VM
    public void checkBackground(VmSpec spec) throws Failure {
        if (!spec.isLine()) {
            return;
        }
        List<String> tied = ask(spec.line().words()).facts().tiedTo();
        if (!tied.isEmpty()) {
            throw Failure.usage(
                    "the QEMU command line of this VM cannot be started in the background: " + tied.getFirst(),
                    "type it again: vmlan qemu …");
        }
    }

    /// A VM that is there, in the background.
    StartPlan plan(VmSpec spec, Surroundings surroundings) throws QemuException, Failure {
        checkBackground(spec);
        Asked typed = ask(spec.line().words());
        // it is there already
        Asked asked = new Asked(typed.pasted(), typed.qemu(), without("daemonize", typed.line()));
        try {
            LinePlan plan = plan(asked, spec, surroundings, true);
            plan.notes().forEach(progress::note);
            return plan;
        } catch (Refusal e) {
            throw Failure.usage(e.getMessage(), e.remedy());
        }
    }

    /// Without an option; a value that reads like it stays.
    static QemuLine without(String option, QemuLine line) {
        return new QemuLine(line.arguments().stream()
                .filter(argument -> !argument.is(option))
                .toList());
    }

    /// @throws Refusal QEMU would not start
    LinePlan plan(Asked asked, VmSpec spec, Surroundings surroundings, boolean background)
            throws QemuException, Failure, Refusal {
        Qemu qemu = asked.qemu();
        String program = qemu.binary().getFileName().toString();
        FileSections files = FileSections.of(asked.line(), surroundings);
        Dialect dialect = Dialects.ofLine(qemu, asked.line(), files.machine().orElse(null), places.cache());
        Reading reading = NetworkLanguage.read(asked.line(), Translation.understood(dialect), surroundings);
        if (spec.line().engine()) {
            Translation.checkEngineHas(reading);
        }
        for (Finding finding : reading.findings()) {
            if (finding.severity() == Finding.Severity.ERROR) {
                throw new Refusal(finding.line(program), finding);
            }
        }
        progress.step("looking which acceleration works");
        AcceleratorProbe.Chosen accelerator = AcceleratorProbe.choose(qemu, places.cache());
        Translation translation = Translation.of(
                reading, files, dialect, target(qemu, accelerator, spec.line().engine()));
        List<String> notes = new ArrayList<>();
        translation.findings().forEach(finding -> notes.add(finding.line(program) + "; " + finding.remedy()));
        if (asked.pasted().sudo()) {
            notes.add("sudo in the command line is left out: QEMU runs as you");
        }
        notes.addAll(translation.notes());
        return new LinePlan(qemu, accelerator, spec, asked.facts(), translation, notes, background);
    }

    private static Target target(Qemu qemu, AcceleratorProbe.Chosen accelerator, boolean engine) {
        boolean isMac = System.getProperty("os.name").startsWith("Mac");
        Path kvm = Path.of("/dev/kvm");
        return new Target(
                isMac,
                isOfHost(qemu.architecture()) ? accelerator : null,
                Files.isReadable(kvm) && Files.isWritable(kvm),
                isMac && "root".equals(System.getProperty("user.name")),
                engine);
    }

    /// Whether the probe has an answer: an i386 guest may run on an x86_64 host's KVM, which it does not try.
    private static boolean isOfHost(String architecture) {
        return !(architecture.equals("i386") && Qemu.hostArchitecture().equals("x86_64"));
    }

    /// What is kept of a line.
    public VmSpec spec(Asked asked, LineSpec line, List<PublishRule> published) {
        LineFacts facts = asked.facts();
        VmDisk disk = facts.disk()
                .map(file -> new VmDisk(line.directory().resolve(file).normalize(), null, Disk.Kind.DISK))
                .orElse(null);
        return VmSpec.ofLine(line, asked.qemu().architecture(), disk, facts.isReadOnly(), published);
    }
}
