package vmlan.program.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import vmlan.program.message.Failure;
import vmlan.program.message.ShellWords;
import vmlan.program.publish.PublishRule;
import vmlan.program.vm.LinePlanner;
import vmlan.program.vm.LineStart;
import vmlan.qemu.tool.Printable;

@Command(
        name = QemuCommand.NAME,
        description = {
            "Runs a QEMU command line as it stands: vmnet-bridged, vmnet-shared and vmnet-host work on Linux, too, and"
                    + " without root as far as networks of vmlan's do; acceleration of another host becomes this one's."
                    + " Everything else is QEMU's own, in this terminal.",
            "What follows vmlan's own options is QEMU's. See also: vmlan explain."
        },
        footer = {
            "",
            "Examples:",
            "  sudo vmlan qemu qemu-system-x86_64 disk -M accel=hvf -cpu host -smp cpus=8 -m 256 \\",
            "       -nic vmnet-bridged,ifname=en0",
            "  vmlan qemu qemu-system-x86_64 disk.qcow2 -m 1G -nic vmnet-shared",
            "  vmlan qemu -p 8080:80 qemu-system-x86_64 disk.qcow2 -nic vmnet-shared",
            "  vmlan qemu --engine qemu-system-x86_64 disk.qcow2 -nic user,hostfwd=tcp::2222-:22",
            "  vmlan qemu --dry-run qemu-system-x86_64 disk.qcow2 -nic vmnet-shared     what would be run"
        })
final class QemuCommand implements Callable<Integer> {
    static final String NAME = "qemu";

    static final ForeignWords WORDS = new ForeignWords(
            Set.of("--engine", "--sudo", "--dry-run", "--json", "-h", "--help"), Set.of("--name", "-p", "--publish"));

    @Mixin
    HelpOption help;

    @Option(names = "--name", description = "The VM's name (default: that of -name, or the disk's, or qemu).")
    private String name;

    @Option(
            names = {"-p", "--publish"},
            paramLabel = "[ADDRESS:]HOST:GUEST[/udp]",
            description = "A port of the host that leads to one of the guest, as with vmlan run; repeatable.")
    private List<String> published = new ArrayList<>();

    @Option(
            names = "--engine",
            description =
                    "Networks of the kind user are vmlan's, too: the same addresses and options, and ping, IPv6 and"
                            + " speed of vmlan's NAT.")
    private boolean engine;

    @Option(names = "--sudo", description = "Start a network that needs rights by sudo; QEMU and all files stay yours.")
    private boolean sudo;

    @Option(
            names = "--dry-run",
            description = "Print the command that would be run, and its networks on standard error; start nothing.")
    private boolean dryRun;

    @Option(names = "--json", description = "With --dry-run: print a JSON object. Errors of vmlan's own as JSON.")
    private boolean json;

    @Parameters(arity = "0..*", paramLabel = "QEMU COMMAND", description = "A QEMU and its arguments.")
    private List<String> words = new ArrayList<>();

    private final Session session;

    QemuCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Failure, IOException {
        if (!words.isEmpty() && words.getFirst().startsWith("-")) {
            throw Failure.usage(
                    "there is no option '" + Printable.line(words.getFirst()) + "'", "see: vmlan qemu --help");
        }
        try {
            LineStart start = start();
            return dryRun ? print(start.dryRun()) : start.run();
        } catch (LinePlanner.Refusal e) {
            return refused(e);
        }
    }

    /// QEMU's own words, as it would have said them.
    private int refused(LinePlanner.Refusal refusal) {
        String what = Printable.line(String.valueOf(refusal.getMessage()));
        String remedy = Printable.line(refusal.remedy());
        if (json) {
            Root.say(what, remedy, Failure.USAGE, session.err(), true);
        } else {
            session.err().println(what);
            session.err().println("  → " + remedy);
        }
        return Failure.USAGE;
    }

    /// What was typed, read.
    LineStart start() throws Failure {
        return new LineStart(
                session.places(),
                session.store(),
                session.networks(sudo),
                session.progress(),
                new LineStart.Typed(name, words, engine, PublishRule.parseAll(published)));
    }

    private int print(LineStart.Dry dry) {
        if (json) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("name", dry.name());
            object.put("command", dry.command());
            object.put("networks", dry.networks());
            object.put("notes", dry.notes());
            session.json(object);
            return 0;
        }
        dry.notes().forEach(session.progress()::note);
        if (dry.command().contains("-readconfig")) {
            session.progress().note("the file behind -readconfig is written when it starts");
        }
        for (String network : dry.networks()) {
            session.progress().note("it would be on the network " + network);
        }
        session.out().println(ShellWords.join(dry.command()));
        return 0;
    }
}
