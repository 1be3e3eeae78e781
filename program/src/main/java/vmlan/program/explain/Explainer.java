package vmlan.program.explain;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import vmlan.packet.MacAddress;
import vmlan.qemu.QemuException;
import vmlan.qemu.language.Backend;
import vmlan.qemu.language.BackendOption;
import vmlan.qemu.language.Dialect;
import vmlan.qemu.language.Finding;
import vmlan.qemu.language.NetworkOption;
import vmlan.qemu.language.QemuLine;
import vmlan.qemu.language.Reading;
import vmlan.qemu.language.Settings;
import vmlan.qemu.language.Surroundings;
import vmlan.qemu.language.reading.FileSections;
import vmlan.qemu.language.reading.NetworkLanguage;
import vmlan.qemu.translation.PastedLine;
import vmlan.qemu.translation.Target;
import vmlan.qemu.translation.Translation;

/// Makes an [Explanation] of a line. Pure: what it depends on comes in.
///
/// The line is read twice: as the QEMU at hand does, and as one does that has the backends which `vmlan qemu` serves,
/// too. What only the first complains of is no mistake of the line.
public final class Explainer {
    /// net/net.c, qemu_macaddr_default_if_unset: 0x56 and on.
    private static final long FIRST_MAC = 0x5254_0012_3456L;

    private final PastedLine command;
    private final SpokenQemu spoken;
    private QemuHere qemu;
    private final SpokenQemu.Machine machine;

    public Explainer(PastedLine command, SpokenQemu spoken, SpokenQemu.Machine machine) {
        this.command = command;
        this.spoken = spoken;
        qemu = new QemuHere(spoken.dialect(), spoken.system(), command.sudo());
        this.machine = machine;
    }

    public Explanation explain() {
        QemuLine line = QemuLine.parse(command.arguments());
        Reading reading = read(line, machine.typed());
        Optional<QemuException> refusal = refusal(reading);
        if (refusal.isPresent()) {
            qemu = qemu.ofRefused();
        }
        List<FoundMistake> findings =
                findings(NetworkLanguage.read(line, qemu.dialect(), machine.typed()), reading, refusal);
        boolean mistaken = findings.stream().anyMatch(FoundMistake::mistake);
        BetterLines better = new BetterLines(command, qemu, machine.asRoot(), other -> read(other, machine.asRoot()));
        Dialect dialect = qemu.dialect();
        return new Explanation(
                new Explanation.Target(dialect.program(), dialect.version().toString(), qemu.system(), spoken.path()),
                reading.options().stream().map(this::option).toList(),
                nics(reading),
                needs(reading),
                findings,
                better.of(line, mistaken),
                notes(line, reading),
                RestWords.count(line, reading.options()));
    }

    private List<String> notes(QemuLine line, Reading reading) {
        List<String> notes = new ArrayList<>();
        if (reading.options().stream().anyMatch(option -> option.type().equals("user"))) {
            notes.add(
                    "A user network stays QEMU's own with `vmlan qemu`; by `vmlan qemu --engine` vmlan's does the same.");
        }
        for (QemuLine.Argument unread : reading.unread()) {
            notes.add("What is in " + unread.value() + " can be read only once, and QEMU does that: what it says of"
                    + " networks is not in here.");
        }
        notes.addAll(new RestWords(line, qemu.system()).notes());
        return notes;
    }

    /// As a QEMU reads it that has all that `vmlan qemu` serves.
    private Reading read(QemuLine line, Surroundings surroundings) {
        Reading reading = NetworkLanguage.read(line, qemu.served(), surroundings);
        String[] types =
                reading.options().stream().map(NetworkOption::type).distinct().toArray(String[]::new);
        return qemu.served(types).equals(qemu.served())
                ? reading
                : NetworkLanguage.read(line, qemu.served(types), surroundings);
    }

    /// Why `vmlan qemu` does not start a line that is right, in its own words.
    private Optional<QemuException> refusal(Reading reading) {
        if (reading.isRefused()) {
            return Optional.empty();
        }
        boolean isMac = qemu.system() == HostSystem.MACOS;
        try {
            Target target = new Target(isMac, null, !isMac, isMac && qemu.sudo(), false);
            Translation.of(reading, FileSections.of(reading.line(), machine.typed()), qemu.dialect(), target);
            return Optional.empty();
        } catch (QemuException e) {
            return Optional.of(e);
        }
    }

    private List<FoundMistake> findings(Reading own, Reading served, Optional<QemuException> refusal) {
        String program = qemu.dialect().program();
        List<FoundMistake> findings = new ArrayList<>();
        Set<Finding> printed = new HashSet<>(own.printed());
        Map<QemuLine.Argument, NetworkOption> options = new HashMap<>();
        own.options().forEach(option -> options.put(option.at(), option));
        for (Finding finding : own.findings()) {
            boolean isServed = qemu.isServed(finding, options.get(finding.at()));
            Finding said = isServed && refusal.isPresent()
                    ? new Finding(
                            finding.severity(), finding.text(), refusal.get().remedy(), finding.at())
                    : finding;
            boolean wrong = FoundMistake.isMistake(finding) && (!isServed || refusal.isPresent());
            findings.add(FoundMistake.of(said, program, wrong, printed.contains(finding), false));
        }
        if (refusal.isPresent()) {
            Finding finding = new Finding(
                    Finding.Severity.SILENT,
                    "vmlan qemu: " + refusal.get().what(),
                    refusal.get().remedy(),
                    null);
            findings.add(FoundMistake.of(finding, program, own.isRefused(), false, false));
        }
        Set<Said> said = new HashSet<>();
        own.findings().forEach(finding -> said.add(Said.of(finding)));
        for (Finding finding : served.findings()) {
            if (!said.contains(Said.of(finding))) {
                findings.add(FoundMistake.of(finding, program, FoundMistake.isMistake(finding), false, true));
            }
        }
        return findings;
    }

    /// What is said of what; what to do about it may differ by what that QEMU has.
    private record Said(String text, QemuLine.Argument at) {
        static Said of(Finding finding) {
            return new Said(finding.text(), finding.at());
        }
    }

    private Explanation.Option option(NetworkOption option) {
        boolean device = option.kind() == NetworkOption.Kind.DEVICE;
        List<Explanation.Setting> settings = new ArrayList<>();
        Set<String> typed = new LinkedHashSet<>();
        for (Settings.Entry entry : option.settings().entries()) {
            typed.add(entry.key());
            boolean saidAlready = entry.key().equals("type") || entry.key().equals("driver");
            if (!saidAlready) {
                settings.add(new Explanation.Setting(
                        entry.key(),
                        entry.value(),
                        SettingWords.meaning(option.type(), entry.key(), entry.value())
                                .orElse(null),
                        false));
            }
        }
        if (!device) {
            for (BackendOption usual : SettingWords.untyped(option.type(), typed)) {
                settings.add(new Explanation.Setting(usual.name(), usual.usual(), usual.meaning(), true));
            }
        }
        return new Explanation.Option(
                words(option),
                option.kind().name().toLowerCase(Locale.ROOT),
                role(option),
                option.type(),
                option.id().orElse(null),
                device ? null : sentence(option.type()),
                settings);
    }

    /// With what `-set` adds to it.
    private static String words(NetworkOption option) {
        return Stream.concat(Stream.of(option.at()), option.set().stream())
                .flatMap(argument -> argument.words().stream())
                .collect(Collectors.joining(" "));
    }

    private static String sentence(String type) {
        if (type.isEmpty()) {
            return "It names no backend.";
        }
        return type.equals("none")
                ? "No network: a guest without any other option for one has no NIC."
                : Backend.of(type).map(Backend::meaning).orElse("No backend that QEMU has.");
    }

    private static String role(NetworkOption option) {
        return switch (option.kind()) {
            case NIC -> option.type().equals("none") ? "no NIC" : "a NIC and its backend at once";
            case NETDEV -> "a backend, for a -device to be joined to by its id";
            case NET -> option.type().equals("nic") ? "a NIC on QEMU's hub 0" : "a backend on QEMU's hub 0";
            case DEVICE -> "a NIC";
        };
    }

    private List<Explanation.Nic> nics(Reading reading) {
        List<Explanation.Nic> nics = new ArrayList<>();
        List<String> macs = macs(reading);
        for (Reading.GuestNic nic : reading.nics()) {
            nics.add(nic(nic, macs.get(nics.size())));
        }
        if (reading.hasDefaultNetwork()) {
            NetworkOption user = new NetworkOption(
                    NetworkOption.Kind.NIC,
                    "user",
                    new Settings(Settings.Syntax.OPTS, List.of(), false),
                    OptionEdit.argument("-nic", "user"));
            nics.add(nic(new Reading.GuestNic(null, null, null, user), new MacAddress(FIRST_MAC).toString()));
        }
        return nics;
    }

    /// Those that are not typed are counted up, NICs of the board before devices (net/net.c).
    private static List<String> macs(Reading reading) {
        List<String> macs = new ArrayList<>();
        long ofBoard = FIRST_MAC;
        long ofDevices = FIRST_MAC
                + reading.nics().stream()
                        .filter(nic -> !isDevice(nic) && nic.mac() == null)
                        .count();
        for (Reading.GuestNic nic : reading.nics()) {
            if (nic.mac() != null) {
                macs.add(nic.mac());
            } else {
                macs.add(new MacAddress(isDevice(nic) ? ofDevices++ : ofBoard++).toString());
            }
        }
        return macs;
    }

    private static boolean isDevice(Reading.GuestNic nic) {
        return nic.nic().kind() == NetworkOption.Kind.DEVICE;
    }

    private Explanation.Nic nic(Reading.GuestNic nic, String mac) {
        BackendFacts backend = new BackendFacts(nic.backend());
        Reaches own = qemu.reaches(backend);
        Optional<Reaches> vmlan = qemu.reachesByVmlan(backend);
        List<Explanation.Reach> reaches = new ArrayList<>();
        for (Relation relation : Relation.values()) {
            reaches.add(new Explanation.Reach(
                    relation,
                    own.of(relation),
                    vmlan.map(served -> served.of(relation)).orElse(null)));
        }
        return new Explanation.Nic(
                nic.model() != null ? nic.model() : qemu.dialect().defaultNicModel(),
                nic.model() != null,
                mac,
                nic.mac() != null,
                nic.backend() == null ? null : backend.type(),
                nic.nic() == null ? null : String.join(" ", nic.nic().at().words()),
                Addresses.of(backend, vmlan.isPresent() && !qemu.has(backend.type())),
                reaches);
    }

    private List<Explanation.Need> needs(Reading reading) {
        List<Explanation.Need> needs = new ArrayList<>();
        for (NetworkOption option : reading.options()) {
            if (option.kind() != NetworkOption.Kind.DEVICE) {
                Needs each = qemu.needs(new BackendFacts(option));
                if (each.qemu() != null || each.vmlan() != null) {
                    needs.add(new Explanation.Need(String.join(" ", option.at().words()), each));
                }
            }
        }
        return needs;
    }
}
