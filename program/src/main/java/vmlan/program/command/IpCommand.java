package vmlan.program.command;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import vmlan.program.message.Failure;
import vmlan.program.vm.AddressWait;
import vmlan.program.vm.Vm;
import vmlan.program.vm.VmStore;

@Command(
        name = "ip",
        description = "Prints a VM's address; waits until it has one.",
        footer = {
            "",
            "Examples:",
            "  vmlan ip web              the IPv4 address, alone on a line",
            "  vmlan ip -6 web           the IPv6 address",
            "  ping \"$(vmlan ip --timeout 120 web)\""
        })
final class IpCommand implements Callable<Integer> {
    @Mixin
    HelpOption help;

    @Option(names = "-6", description = "The IPv6 address instead.")
    private boolean ipv6;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "How long to wait for it (default: ${DEFAULT-VALUE}; 0: not at all).")
    private int timeout;

    @Option(names = "--json", description = "Print all addresses as a JSON object.")
    private boolean json;

    @Parameters(paramLabel = "NAME", description = "The VM.")
    private String name;

    private final Session session;

    IpCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Failure {
        if (timeout < 0 || timeout > AddressWait.LONGEST.toSeconds()) {
            throw Failure.usage(
                    "--timeout " + timeout + " is not possible", "take 0 to " + AddressWait.LONGEST.toSeconds());
        }
        VmStore store = session.store();
        Vm vm = store.known(name);
        session.networks().revive(session.progress()::note);
        session.progress().step("waiting for " + name + "'s address");
        AddressWait.Addresses addresses;
        try {
            addresses = new AddressWait(session.networks(), store).await(vm, ipv6, Duration.ofSeconds(timeout));
        } finally {
            session.progress().done();
        }
        if (json) {
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("name", name);
            body.put("ipv4", addresses.ipv4());
            body.put("ipv6", addresses.ipv6());
            session.json(body);
        } else {
            session.out().println(ipv6 ? first(addresses.ipv6()) : addresses.ipv4());
        }
        return 0;
    }

    private static String first(List<String> addresses) {
        return addresses.getFirst();
    }
}
