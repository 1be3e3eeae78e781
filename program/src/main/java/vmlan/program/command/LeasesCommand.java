package vmlan.program.command;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import vmlan.program.files.Fields;
import vmlan.program.message.Failure;
import vmlan.program.serve.Networks;

@Command(
        name = "leases",
        description = "Lists the addresses that the running networks have given out.",
        footer = {"", "Examples:", "  vmlan leases", "  vmlan leases --json"})
final class LeasesCommand implements Callable<Integer> {
    private static final Duration LIMIT = Duration.ofSeconds(15);

    @Mixin
    HelpOption help;

    @Option(names = "--json", description = "Print a JSON array.")
    private boolean json;

    private final Session session;

    LeasesCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Failure {
        Networks networks = session.networks();
        List<Fields> leases = new ArrayList<>();
        for (String name : networks.ranOrBuiltIn()) {
            leases.addAll(networks.leases(name, LIMIT));
        }
        if (json) {
            session.json(leases.stream().map(Fields::values).toList());
            return 0;
        }
        if (leases.isEmpty()) {
            session.err().println("no leases yet");
            return 0;
        }
        Table table = new Table("NETWORK", "NAME", "MAC", "IPV4", "EXPIRES");
        for (Fields lease : leases) {
            table.row(
                    lease.text("network"),
                    Table.orDash(lease.optionalText("name").orElse(null)),
                    lease.text("mac"),
                    lease.text("ipv4"),
                    lease.text("expires"));
        }
        table.print(session.out());
        return 0;
    }
}
