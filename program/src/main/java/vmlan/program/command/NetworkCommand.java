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
import vmlan.program.autostart.NetworkDaemons;
import vmlan.program.config.HostPort;
import vmlan.program.config.NamedAddresses;
import vmlan.program.config.NetworkBlock;
import vmlan.program.config.NetworksFile;
import vmlan.program.config.NetworksFileChange;
import vmlan.program.files.Fields;
import vmlan.program.message.Failure;
import vmlan.program.serve.HostNics;
import vmlan.program.serve.NetworkOpener;
import vmlan.program.serve.NetworkRemoval;
import vmlan.program.serve.NetworkServer;
import vmlan.program.serve.Networks;
import vmlan.program.serve.SettingsChange;

/// `vmlan network …`
@Command(
        name = "network",
        description = {
            "Shows, makes, changes, starts and stops networks.",
            "Those that you describe are in networks.yaml (docs/networks.md)."
        },
        footer = {
            "",
            "Examples:",
            "  vmlan network ls",
            "  vmlan network show shared",
            "  vmlan network create lab --ipv4 10.20.0.0/24 --reserve web=10.20.0.10",
            "  vmlan network start shared",
            "  vmlan network set shared --allow-host 5432",
            "  vmlan network check                       what is wrong in networks.yaml"
        })
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
        session.networks().mistakes().ifPresent(session.progress()::note);
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
        new NetworkText(network).print(session.out());
        return 0;
    }

    @Command(
            name = "create",
            description = {
                "Describes a network in networks.yaml; every other line of that file stays as it is.",
                "It is started by the first VM on it (vmlan run --net NAME), or by vmlan network start NAME."
            },
            footer = {
                "",
                "Examples:",
                "  vmlan network create lab",
                "  vmlan network create lab --ipv4 10.20.0.0/24 --reserve web=10.20.0.10 --allow-host 5432",
                "  vmlan network create office --mode bridged --interface en0",
                "  vmlan network create shared --isolated       settings for a network that is built in"
            })
    Integer create(
            @Mixin HelpOption help,
            @Mixin NetworkCreation creation,
            @Option(names = "--json", description = "Print its settings as a JSON object.") boolean json,
            @Parameters(paramLabel = "NAME", description = "What it shall be called.") String name)
            throws Failure {
        NetworkBlock block = new NetworksFileChange(session.places()).create(name, creation.settings(name));
        if (json) {
            Map<String, Object> shown = new LinkedHashMap<>();
            shown.put("name", name);
            shown.put("file", new NetworksFile(session.places()).path().toString());
            shown.put("line", block.line());
            shown.put("settings", block.toJson());
            session.json(shown);
        } else {
            session.progress()
                    .note("the network " + name + " is in " + new NetworksFile(session.places()).path()
                            + "; a VM on it: vmlan run --net " + name);
        }
        return 0;
    }

    @Command(
            name = "rm",
            description = {
                "Ends a network's process, takes the network out of networks.yaml, and forgets its leases and addresses.",
                "One that is built in begins anew at its next start. Not while VMs run on it."
            },
            footer = {"", "Examples:", "  vmlan network rm lab"})
    Integer rm(
            @Mixin HelpOption help,
            @Option(names = "--json", description = "Errors as JSON.") boolean json,
            @Parameters(paramLabel = "NAME", description = "The network.") String name)
            throws Failure {
        NetworkDaemons.refuseRemoval(name);
        if (!new NetworkRemoval(session.places(), session.networks()).remove(name)) {
            session.progress().note("the network " + name + " had nothing that could be forgotten");
        }
        return 0;
    }

    @Command(
            name = "check",
            description = "Says everything that is wrong in networks.yaml.",
            footer = {"", "Examples:", "  vmlan network check"})
    Integer check(@Mixin HelpOption help, @Option(names = "--json", description = "Errors as JSON.") boolean json)
            throws Failure {
        NetworksFile file = new NetworksFile(session.places());
        NetworksFile.Content content = file.read();
        if (!content.problems().isEmpty()) {
            throw file.failure(content);
        }
        session.progress()
                .note(
                        content.exists()
                                ? file.path() + " is in order: "
                                        + content.blocks().size() + " networks"
                                : "there is no " + file.path() + "; vmlan network create begins one");
        return 0;
    }

    @Command(
            name = "schema",
            description = "Prints the JSON Schema of networks.yaml, for editors.",
            footer = {"", "Examples:", "  vmlan network schema > networks.schema.json"})
    Integer schema(@Mixin HelpOption help) {
        session.out().print(NetworksFileChange.schema());
        session.out().flush();
        return 0;
    }

    @Command(
            name = "set",
            description = {
                "Changes a network, at once and for good: which ports of the host its guests reach, which names its DNS"
                        + " knows besides theirs."
            },
            footer = {
                "",
                "Examples:",
                "  vmlan network set shared --allow-host 5432       a guest connects to host.vmlan.internal:5432",
                "  vmlan network set shared --forbid-host 5432",
                "  vmlan network set shared --name db=10.0.0.5 --name db=2001:db8::5",
                "  vmlan network set shared --no-name db"
            })
    Integer set(
            @Mixin HelpOption help,
            @Option(
                            names = "--allow-host",
                            paramLabel = "PORT[/udp][,…]",
                            description = "Ports of the host's loopback that guests may reach (default: none).")
                    List<String> allow,
            @Option(
                            names = "--forbid-host",
                            paramLabel = "PORT[/udp][,…]",
                            description = "Those that they no longer may.")
                    List<String> forbid,
            @Option(
                            names = "--name",
                            paramLabel = "NAME=ADDRESS",
                            description = "A name and what it stands for, in place of what it had; repeatable.")
                    List<String> names,
            @Option(names = "--no-name", paramLabel = "NAME", description = "A name that shall be gone.")
                    List<String> forget,
            @Option(names = "--json", description = "Print what it has now as a JSON object.") boolean json,
            @Parameters(paramLabel = "NAME", description = "The network.") String name)
            throws Failure {
        SettingsChange change = new SettingsChange(
                HostPort.parseAll(orNone(allow)),
                HostPort.parseAll(orNone(forbid)),
                NamedAddresses.parseAll(orNone(names)),
                orNone(forget));
        if (change.isNone()) {
            throw Failure.usage("nothing was said that is to be set", "see: vmlan network set --help");
        }
        Fields now = session.networks().change(name, change);
        if (json) {
            Map<String, Object> shown = new LinkedHashMap<>();
            shown.put("allowedHostPorts", now.texts("allowedHostPorts"));
            shown.put("names", now.object("names").values());
            session.json(shown);
        }
        return 0;
    }

    private static List<String> orNone(List<String> options) {
        return options == null ? List.of() : options;
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
            @Mixin UplinkOptions uplink,
            @Parameters(paramLabel = "NAME", description = "The network.") String name)
            throws Failure {
        Networks networks = session.networks(sudo);
        HostNics.check(networks.wanted(name));
        session.progress().step("starting the network " + name);
        try {
            networks.startOrMend(name, uplink.choice());
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
            @Option(names = "--json", description = "Print the lines as a JSON array.") boolean json,
            @Parameters(paramLabel = "NAME", description = "The network.") String name)
            throws Failure, IOException {
        Path log = session.networks().log(name);
        if (json) {
            session.json(Files.exists(log) ? Files.readAllLines(log) : List.of());
        } else if (Files.exists(log)) {
            Files.copy(log, session.out());
            session.out().flush();
        }
        return 0;
    }

    @Command(
            name = "autostart",
            description = {
                "Has a network start with the machine, as it takes root where vmnet does: by a daemon of launchd.",
                "On macOS only. Without a name: which do."
            },
            footer = {
                "",
                "Examples:",
                "  vmlan network autostart --sudo bridged-en0",
                "  vmlan network autostart --off --sudo bridged-en0"
            })
    Integer autostart(
            @Mixin HelpOption help,
            @Mixin NetworkAutostart wish,
            @Parameters(arity = "0..1", paramLabel = "NAME", description = "The network.") String name)
            throws Failure {
        return wish.apply(session, name);
    }

    @Command(
            name = "serve",
            description = "Is the network's process, in the foreground. Other commands start it when it is needed.",
            footer = {"", "Examples:", "  vmlan network serve shared"})
    Integer serve(
            @Mixin HelpOption help,
            @Option(names = "--json", description = "Errors as JSON.") boolean json,
            @Mixin UplinkOptions uplink,
            @Parameters(paramLabel = "NAME", description = "The network.") String name)
            throws Failure {
        return new NetworkServer(session.places(), name, uplink.choice()).serve(session.out());
    }

    @Command(
            name = "open",
            hidden = true,
            description = "Opens a network's devices with rights, gives these up and becomes the network's process.")
    Integer open(
            @Mixin HelpOption help,
            @Mixin UplinkOptions uplink,
            @Option(names = "--again", description = "After a NIC was replugged: wait for it.") boolean again,
            @Parameters(paramLabel = "NAME", description = "The network.") String name)
            throws Failure {
        new NetworkOpener(session.places(), session.networks().known(name)).open(uplink.choice(), again);
        return 0;
    }

    @Command(name = "close", hidden = true, description = "Takes back what a network's process that is gone could not.")
    Integer close(@Mixin HelpOption help, @Parameters(paramLabel = "NAME", description = "The network.") String name)
            throws Failure {
        new NetworkOpener(session.places(), session.networks().known(name)).close();
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
