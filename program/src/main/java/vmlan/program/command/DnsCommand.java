package vmlan.program.command;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import vmlan.program.control.ControlClient;
import vmlan.program.hostdns.HostDns;
import vmlan.program.hostdns.HostDnsSettings;
import vmlan.program.hostdns.HostResolver;
import vmlan.program.message.Failure;
import vmlan.program.serve.NetworkSettings;
import vmlan.program.serve.Networks;

/// `vmlan dns …`
@Command(
        name = "dns",
        description = "Makes this host resolve the names of its VMs, *.vmlan.internal, and takes that back.",
        footer = {
            "",
            "Whoever resolves names here (systemd-resolved, NetworkManager's dnsmasq, macOS) is told to ask a port of"
                    + " 127.0.0.1 for these names and no others; a network's process answers there for all of them.",
            "",
            "Examples:",
            "  vmlan dns install --sudo      then: ping web.vmlan.internal",
            "  vmlan dns status",
            "  vmlan dns remove --sudo"
        })
final class DnsCommand implements Callable<Integer> {
    private static final Duration LIMIT = Duration.ofSeconds(15);
    private static final String NO_WAY = "A guest on shared without a tap has an address that this host cannot reach:"
            + " use published ports, vmlan ssh, or start the network by sudo.";

    @Mixin
    HelpOption help;

    @Spec
    private CommandSpec spec;

    private final Session session;

    DnsCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Failure {
        throw Failure.usage(
                "dns needs a command: "
                        + String.join(", ", spec.commandLine().getSubcommands().keySet()),
                "see: vmlan dns --help");
    }

    private HostDns dns(boolean sudo) throws Failure {
        boolean mac = System.getProperty("os.name").startsWith("Mac");
        return new HostDns(session.places(), Networks.launcher(), mac, sudo);
    }

    @Command(
            name = "install",
            description = {"Tells the host's resolver; for good, also after the host was restarted.", NO_WAY},
            footer = {"", "Examples:", "  vmlan dns install --sudo"})
    Integer install(
            @Mixin HelpOption help,
            @Option(names = "--sudo", description = "Do by sudo what takes rights: one file, and telling of it.")
                    boolean sudo,
            @Option(names = "--json", description = "Errors as JSON.") boolean json)
            throws Failure {
        HostDnsSettings settings = dns(sudo).install();
        lookAgain();
        session.progress()
                .note("*." + NetworkSettings.DOMAIN + " is known to "
                        + settings.resolver().title() + ", which asks 127.0.0.1:" + settings.port());
        session.progress().note(NO_WAY);
        return 0;
    }

    @Command(
            name = "remove",
            description = "Takes back what dns install has done, and nothing else.",
            footer = {"", "Examples:", "  vmlan dns remove --sudo"})
    Integer remove(
            @Mixin HelpOption help,
            @Option(names = "--sudo", description = "Do by sudo what takes rights.") boolean sudo,
            @Option(names = "--json", description = "Errors as JSON.") boolean json)
            throws Failure {
        boolean removed = dns(sudo).remove();
        lookAgain();
        session.progress()
                .note(removed ? "the host no longer knows *." + NetworkSettings.DOMAIN : "there was nothing to remove");
        return 0;
    }

    @Command(
            name = "status",
            description = {"Says who resolves names on this host, and whether it knows the VMs.", NO_WAY},
            footer = {"", "Examples:", "  vmlan dns status", "  vmlan dns status --json"})
    Integer status(@Mixin HelpOption help, @Option(names = "--json", description = "Print a JSON object.") boolean json)
            throws Failure {
        HostDns.Status status = dns(false).status();
        Integer port = status.installed().map(HostDnsSettings::port).orElse(null);
        if (json) {
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("domain", NetworkSettings.DOMAIN);
            body.put("resolver", status.resolver().map(HostResolver::word).orElse(null));
            body.put("installed", status.isThere());
            body.put("port", port);
            body.put("answers", status.answers());
            session.json(body);
            return 0;
        }
        Table table = new Table("WHAT", "IS");
        table.row("resolver", status.resolver().map(HostResolver::title).orElse("none that knows domains"));
        table.row("installed", status.isThere() ? "yes" : port == null ? "no" : "no longer: vmlan dns install");
        table.row("asks", port == null ? "-" : "127.0.0.1:" + port);
        table.row("answers", status.answers() ? "yes" : "no, until a network runs");
        table.print(session.out());
        return 0;
    }

    /// Tells the networks that run.
    private void lookAgain() throws Failure {
        Networks networks = session.networks();
        for (String name : networks.names()) {
            ControlClient client = networks.client(name);
            if (client.isServed()) {
                try {
                    client.send("POST", "/v1/host-names", Map.of(), LIMIT);
                } catch (Failure e) {
                    session.progress().note(e.what() + "; it will know when it is started anew");
                }
            }
        }
    }
}
