package vmlan.program.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import vmlan.program.files.Fields;
import vmlan.program.message.Failure;
import vmlan.program.serve.HostNics;
import vmlan.program.serve.NetworkName;
import vmlan.program.serve.NetworkOpener;
import vmlan.program.serve.NetworkServer;
import vmlan.program.serve.Networks;

/// `vmlan network …`
@Command(
        name = "network",
        description = "Shows, starts and stops networks.",
        footer = {"", "Examples:", "  vmlan network ls", "  vmlan network show shared", "  vmlan network start shared"})
final class NetworkCommand implements Callable<Integer> {
    @Mixin
    HelpOption help;

    @Spec
    private CommandSpec spec;

    private final Session session;

    NetworkCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Failure {
        CommandLine.Help shown = spec.commandLine().getHelp();
        throw Failure.usage(
                "network needs a command: "
                        + String.join(", ", shown.subcommands().keySet()),
                "see: vmlan network --help");
    }

    @Command(
            name = "ls",
            description = "Lists the networks.",
            footer = {"", "Examples:", "  vmlan network ls --json"})
    Integer ls(@Mixin HelpOption help, @Option(names = "--json", description = "Print a JSON array.") boolean json)
            throws Failure {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (String name : session.networks().names()) {
            rows.add(session.networks().show(name).values());
        }
        if (json) {
            session.json(rows);
            return 0;
        }
        Table table = new Table("NAME", "MODE", "STATE", "IPV4", "IPV6", "PORTS");
        for (Map<String, Object> row : rows) {
            Fields network = new Fields(row);
            table.row(
                    network.text("name"),
                    network.text("mode"),
                    network.text("state"),
                    Table.orDash(network.optionalText("ipv4").orElse(null)),
                    Table.orDash(network.optionalText("ipv6").orElse(null)),
                    Integer.toString(network.objects("ports").size()));
        }
        table.print(session.out());
        return 0;
    }

    @Command(
            name = "show",
            description = "Shows a network: addresses, sockets, ports and their counters.",
            footer = {"", "Examples:", "  vmlan network show shared", "  vmlan network show shared --json"})
    Integer show(
            @Mixin HelpOption help,
            @Option(names = "--json", description = "Print a JSON object.") boolean json,
            @Parameters(paramLabel = "NAME", description = "The network.") String name)
            throws Failure {
        Fields network = session.networks().show(name);
        if (json) {
            session.json(network.values());
            return 0;
        }
        Table facts = new Table("NETWORK", name);
        facts.row("mode", network.text("mode"));
        facts.row("state", network.text("state"));
        facts.row("pid", network.optionalNumber("pid").map(String::valueOf).orElse("-"));
        facts.row("ipv4", Table.orDash(network.optionalText("ipv4").orElse(null)));
        facts.row("ipv6", Table.orDash(network.optionalText("ipv6").orElse(null)));
        facts.row("control", network.object("sockets").optionalText("control").orElse("-"));
        facts.row("stream", network.object("sockets").optionalText("stream").orElse("-"));
        facts.print(session.out());
        if (!network.objects("ports").isEmpty()) {
            session.out().println();
            ports(network).print(session.out());
        }
        return 0;
    }

    private static Table ports(Fields network) {
        Table ports = new Table("PORT", "VM", "MAC", "IPV4", "RX FRAMES", "TX FRAMES", "DROPS");
        for (Fields port : network.objects("ports")) {
            Map<String, Object> drops = new LinkedHashMap<>(port.object("drops").values());
            ports.row(
                    port.text("id"),
                    Table.orDash(port.optionalText("vm").orElse(null)),
                    Table.orDash(port.optionalText("mac").orElse(null)),
                    Table.orDash(port.optionalText("ipv4").orElse(null)),
                    port.object("rx").optionalNumber("frames").orElse(0L).toString(),
                    port.object("tx").optionalNumber("frames").orElse(0L).toString(),
                    drops.isEmpty() ? "-" : drops.toString());
        }
        return ports;
    }

    @Command(
            name = "start",
            description = "Starts a network's process; running VMs are back on it at once.",
            footer = {
                "",
                "Examples:",
                "  vmlan network start shared",
                "  sudo vmlan network start bridged-en0    a bridged one takes rights to open the NIC"
            })
    Integer start(
            @Mixin HelpOption help,
            @Option(names = "--json", description = "Errors as JSON.") boolean json,
            @Option(names = "--sudo", description = "Start it by sudo when it needs rights.") boolean sudo,
            @Mixin TranslationOption translation,
            @Parameters(paramLabel = "NAME", description = "The network.") String name)
            throws Failure {
        HostNics.check(NetworkName.of(name));
        Networks networks = session.networks(sudo);
        session.progress().step("starting the network " + name);
        try {
            networks.startOrMend(name, translation.value());
        } finally {
            session.progress().done();
        }
        return 0;
    }

    @Command(
            name = "stop",
            description = "Ends a network's process; its VMs run on without a network until it is started again.",
            footer = {"", "Examples:", "  vmlan network stop shared"})
    Integer stop(
            @Mixin HelpOption help,
            @Option(names = "--force", description = "Do not ask it: for a process that does not answer.")
                    boolean force,
            @Option(names = "--json", description = "Errors as JSON.") boolean json,
            @Parameters(paramLabel = "NAME", description = "The network.") String name)
            throws Failure {
        if (!session.networks().stop(name, force)) {
            session.progress().note("the network " + name + " does not run");
        }
        return 0;
    }

    @Command(
            name = "logs",
            description = "Prints what a network's process has written down.",
            footer = {"", "Examples:", "  vmlan network logs shared"})
    Integer logs(
            @Mixin HelpOption help,
            @Option(names = "--json", description = "Errors as JSON.") boolean json,
            @Parameters(paramLabel = "NAME", description = "The network.") String name)
            throws Failure, IOException {
        Path log = session.networks().log(name);
        if (Files.exists(log)) {
            Files.copy(log, session.out());
            session.out().flush();
        }
        return 0;
    }

    @Command(
            name = "serve",
            description = "Is the network's process, in the foreground. Other commands start it when it is needed.",
            footer = {"", "Examples:", "  vmlan network serve shared"})
    Integer serve(
            @Mixin HelpOption help,
            @Option(names = "--json", description = "Errors as JSON.") boolean json,
            @Parameters(paramLabel = "NAME", description = "The network.") String name)
            throws Failure {
        return new NetworkServer(session.places(), name).serve(session.out());
    }

    @Command(
            name = "open",
            hidden = true,
            description = "Opens a network's devices with rights, gives these up and becomes the network's process.")
    Integer open(
            @Mixin HelpOption help,
            @Mixin TranslationOption translation,
            @Option(names = "--again", description = "After a NIC was replugged: wait for it.") boolean again,
            @Parameters(paramLabel = "NAME", description = "The network.") String name)
            throws Failure {
        new NetworkOpener(session.places(), NetworkName.of(name)).open(translation.value(), again);
        return 0;
    }

    @Command(name = "close", hidden = true, description = "Takes back what a network's process that is gone could not.")
    Integer close(@Mixin HelpOption help, @Parameters(paramLabel = "NAME", description = "The network.") String name)
            throws Failure {
        new NetworkOpener(session.places(), NetworkName.of(name)).close();
        return 0;
    }

    @Command(
            name = "needed",
            hidden = true,
            description = "Prints the networks that the arguments of `vmlan` want started by somebody with rights.")
    Integer needed(
            @Mixin HelpOption help,
            @Parameters(arity = "0..*", paramLabel = "-- ARGUMENTS", description = "As those of vmlan.")
                    List<String> arguments) {
        NeededNetworks.of(arguments == null ? List.of() : arguments, session).forEach(session.out()::println);
        return 0;
    }
}
