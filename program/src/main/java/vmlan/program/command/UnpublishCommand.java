package vmlan.program.command;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import vmlan.program.message.Failure;
import vmlan.program.publish.PublishRule;
import vmlan.program.vm.PublishedPorts;

@Command(
        name = "unpublish",
        description = "Closes published ports of a VM that runs; connections that were made go on.",
        footer = {"", "Examples:", "  vmlan unpublish web 8080:80", "  vmlan unpublish web --all"})
final class UnpublishCommand implements Callable<Integer> {
    @Mixin
    HelpOption help;

    @Option(names = "--all", description = "All that it has.")
    private boolean all;

    @Parameters(index = "0", paramLabel = "NAME", description = "The VM.")
    private String name;

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "RULE",
            description = "Which, as vmlan ps --json shows them.")
    private List<String> rules = List.of();

    private final Session session;

    UnpublishCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Failure {
        if (all != rules.isEmpty()) {
            throw Failure.usage(
                    all ? "--all and rules were given" : "which ports are to be closed was not said",
                    "take rules, such as 8080:80, or --all");
        }
        List<PublishRule> parsed = PublishRule.parseAll(rules);
        new PublishedPorts(session.store(), session.networks()).unpublish(name, all ? null : parsed);
        return 0;
    }
}
