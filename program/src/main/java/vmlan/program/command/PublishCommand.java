package vmlan.program.command;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import vmlan.program.files.Fields;
import vmlan.program.message.Failure;
import vmlan.program.publish.PublishRule;
import vmlan.program.vm.PublishedPorts;

@Command(
        name = "publish",
        description = {
            "Leads ports of the host to ports of a VM that runs: all that are named, or none.",
            "A rule is [ADDRESS:]HOST[-HOST]:GUEST[-GUEST][/tcp|/udp]. Without an address only this host reaches it"
                    + " (127.0.0.1 and ::1); * is everybody. HOST 0 is one that is free; it is printed."
        },
        footer = {
            "",
            "Examples:",
            "  vmlan publish web 8080:80",
            "  vmlan publish web *:8443:443 127.0.0.1:5353:53/udp",
            "  vmlan publish web [::1]:8000-8009:80-89",
            "  vmlan publish web 0:22            prints which port it is"
        })
final class PublishCommand implements Callable<Integer> {
    @Mixin
    HelpOption help;

    @Option(names = "--json", description = "Print a JSON array.")
    private boolean json;

    @Parameters(index = "0", paramLabel = "NAME", description = "The VM.")
    private String name;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "RULE", description = "Which ports.")
    private List<String> rules;

    private final Session session;

    PublishCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Failure {
        List<PublishRule> parsed = PublishRule.parseAll(rules);
        List<Fields> opened = new PublishedPorts(session.store(), session.networks()).publish(name, parsed);
        if (json) {
            session.json(opened.stream().map(Fields::values).toList());
        } else {
            opened.forEach(rule -> session.out().println(PublishedPorts.line(rule)));
        }
        return 0;
    }
}
