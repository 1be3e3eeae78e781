package vmlan.program.command;

import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import vmlan.program.explain.Explainer;
import vmlan.program.explain.Explanation;
import vmlan.program.explain.ExplanationJson;
import vmlan.program.explain.ExplanationText;
import vmlan.program.explain.SpokenQemu;
import vmlan.program.message.Failure;
import vmlan.qemu.translation.PastedLine;

@Command(
        name = ExplainCommand.NAME,
        description = {
            "Says what the network options of a QEMU command line do: what the guest will have, who will reach whom, what"
                    + " needs rights, what is wrong, and which line is better. It starts nothing.",
            "The line is pasted as it is, with or without sudo and the program's name. Options of vmlan come before it;"
                    + " the first word that is none of them begins it. The exit code is 2 when there is a mistake."
        },
        footer = {
            "",
            "Examples:",
            "  vmlan explain sudo qemu-system-x86_64 disk -M accel=hvf -nic vmnet-bridged,ifname=en0",
            "  vmlan explain -nic user,hostfwd=tcp::8080-:80",
            "  vmlan explain --json -nic vmnet-shared",
            "  vmlan explain --as 7.2 --on macos -nic vmnet-host     another QEMU than the one here",
            "  vmlan explain --json -- --nic user                    -- ends vmlan's own options, too"
        })
final class ExplainCommand implements Callable<Integer> {
    static final String NAME = "explain";

    /// Ours; what comes behind is QEMU's.
    static final ForeignWords WORDS = new ForeignWords(Set.of("--json", "--help", "-h"), Set.of("--as", "--on"));

    @Mixin
    HelpOption help;

    @Option(names = "--json", description = "Print a JSON object.")
    private boolean json;

    @Option(
            names = "--as",
            paramLabel = "VERSION",
            description = "Speak of that version of QEMU, such as 7.2 or 10.0 (default: the one that is installed).")
    private String as;

    @Option(
            names = "--on",
            paramLabel = "linux|macos",
            description = "Speak of a QEMU on that system (default: this one).")
    private String on;

    @Parameters(paramLabel = "QEMU ARGUMENTS", arity = "0..*", description = "The command line.")
    private List<String> words = List.of();

    private final Session session;

    ExplainCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Failure {
        if (words.isEmpty()) {
            throw Failure.usage("there is no command line to explain", "see: vmlan explain --help");
        }
        if (words.size() == 1 && words.getFirst().matches(".*\\s-.*")) {
            throw Failure.usage("the command line is one word", "leave the quotes around it away");
        }
        PastedLine command = PastedLine.of(words);
        SpokenQemu qemu = SpokenQemu.choose(
                command, as, on, System.getenv(), session.places().cache());
        Explanation explanation = new Explainer(command, qemu, qemu.machine(command)).explain();
        if (json) {
            session.json(ExplanationJson.of(explanation));
        } else {
            session.out().print(ExplanationText.of(explanation));
        }
        return explanation.hasMistake() ? Failure.USAGE : 0;
    }
}
