package vmlan.program.command;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import vmlan.program.control.ControlClient;
import vmlan.program.files.Fields;
import vmlan.program.message.Failure;
import vmlan.program.vm.Neighbors;
import vmlan.program.vm.UnwatchedLogs;
import vmlan.program.vm.Vm;
import vmlan.program.vm.VmStatus;
import vmlan.program.vm.VmStore;

@Command(
        name = "ps",
        description = "Lists the VMs, their states and addresses.",
        footer = {"", "Examples:", "  vmlan ps", "  vmlan ps --json | jq -r '.[].name'"})
final class PsCommand implements Callable<Integer> {
    private static final Duration NETWORK_LIMIT = Duration.ofSeconds(15);

    @Mixin
    HelpOption help;

    @Option(names = "--json", description = "Print a JSON array.")
    private boolean json;

    private final Session session;

    PsCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Failure {
        Listing listing = list();
        if (json) {
            session.json(listing.rows());
        } else if (listing.rows().isEmpty()) {
            session.err().println("no VMs yet; start one: vmlan run");
        } else {
            print(listing);
        }
        return 0;
    }

    /// @param rows as `--json` has them
    record Listing(List<Map<String, Object>> rows, Map<String, VmStatus> states) {}

    Listing list() throws Failure {
        VmStore store = session.store();
        List<Vm> vms = store.all();
        if (vms.stream().anyMatch(Vm::isAlive)) {
            session.networks().revive(session.progress()::note);
        }
        UnwatchedLogs logs = new UnwatchedLogs(store);
        vms.stream().filter(Vm::isAlive).forEach(logs::bound);
        Map<String, VmStatus> states = states(vms, store);
        Map<String, Fields> ports = ports(vms);
        List<Map<String, Object>> rows = new ArrayList<>();
        Neighbors neighbors =
                vms.stream().anyMatch(vm -> vm.isAlive() && !vm.vmnetNics().isEmpty())
                        ? Neighbors.now()
                        : Neighbors.NONE;
        for (Vm vm : vms) {
            rows.add(row(vm, states.get(vm.name()), ports, neighbors));
        }
        return new Listing(rows, states);
    }

    /// Asks all monitors at once: one that is busy costs its limit, not its limit each.
    private static Map<String, VmStatus> states(List<Vm> vms, VmStore store) throws Failure {
        Map<String, Future<VmStatus>> asked = new LinkedHashMap<>();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Vm vm : vms) {
                asked.put(vm.name(), executor.submit(() -> VmStatus.of(vm, store)));
            }
        }
        Map<String, VmStatus> states = new HashMap<>();
        for (Map.Entry<String, Future<VmStatus>> entry : asked.entrySet()) {
            try {
                states.put(entry.getKey(), entry.getValue().get());
            } catch (ExecutionException e) {
                if (e.getCause() instanceof Failure failure) {
                    throw failure;
                }
                throw new IllegalStateException(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw Failure.world("interrupted", "try again");
            }
        }
        return states;
    }

    /// Every port of the networks that run, by its id.
    private Map<String, Fields> ports(List<Vm> vms) throws Failure {
        Map<String, Fields> ports = new HashMap<>();
        List<String> networks = vms.stream()
                .filter(Vm::isAlive)
                .flatMap(vm -> vm.nics().stream())
                .map(Vm.VmNic::network)
                .distinct()
                .toList();
        for (String network : networks) {
            ControlClient client = session.networks().client(network);
            if (!client.isServed()) {
                continue;
            }
            try {
                for (Fields port : client.send("GET", "/v1/network", Map.of(), NETWORK_LIMIT)
                        .objects("ports")) {
                    ports.put(network + "/" + port.optionalText("id").orElse(""), port);
                }
            } catch (Failure e) {
                // The VMs are still worth listing, without their addresses.
                session.progress().note(e.what() + "; " + e.remedy());
            }
        }
        return ports;
    }

    private static Map<String, Object> row(Vm vm, VmStatus status, Map<String, Fields> ports, Neighbors neighbors) {
        boolean alive = status.state() == VmStatus.State.RUNNING || status.state() == VmStatus.State.PAUSED;
        List<Map<String, Object>> networks = new ArrayList<>();
        for (Vm.VmNic nic : vm.nics()) {
            Fields port = alive
                    ? ports.getOrDefault(nic.network() + "/" + nic.port(), new Fields(Map.of()))
                    : new Fields(Map.of());
            Map<String, Object> network = new LinkedHashMap<>();
            network.put("network", nic.network());
            network.put("mac", nic.mac());
            network.put("ipv4", port.optionalText("ipv4").orElse(null));
            network.put("ipv6", port.texts("ipv6"));
            network.put("published", port.texts("published"));
            networks.add(network);
        }
        for (Vm.VmNic nic : vm.vmnetNics()) {
            Map<String, Object> network = new LinkedHashMap<>();
            network.put("network", nic.network());
            network.put("mac", nic.mac());
            network.put("ipv4", alive ? neighbors.ipv4(nic).orElse(null) : null);
            network.put("ipv6", alive ? neighbors.ipv6(nic.mac()) : List.of());
            network.put("published", List.of());
            networks.add(network);
        }
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("name", vm.name());
        row.put("state", status.state().name().toLowerCase(Locale.ROOT));
        row.put("pid", alive ? vm.pid() : null);
        row.put("networks", networks);
        row.put("lastWords", status.lastWords().isEmpty() ? null : status.lastWords());
        return row;
    }

    void print(Listing listing) {
        Table table = new Table("NAME", "STATE", "NETWORK", "IPV4", "IPV6", "PUBLISHED");
        for (Map<String, Object> row : listing.rows()) {
            Fields fields = new Fields(row);
            String name = fields.text("name");
            String state = fields.text("state");
            List<Fields> networks = fields.objects("networks");
            if (networks.isEmpty()) {
                table.row(name, state, "-", "-", "-", "-");
            }
            for (int i = 0; i < networks.size(); i++) {
                Fields network = networks.get(i);
                table.row(
                        i == 0 ? name : "",
                        i == 0 ? state : "",
                        network.text("network"),
                        network.optionalText("ipv4").orElse("-"),
                        network.texts("ipv6").stream().findFirst().orElse("-"),
                        Table.orDash(String.join(" ", network.texts("published"))));
            }
        }
        table.print(session.out());
        listing.states().forEach((name, status) -> {
            if (!status.lastWords().isEmpty()) {
                session.err()
                        .println("vmlan: " + name + " is "
                                + status.state().name().toLowerCase(Locale.ROOT) + ": " + status.lastWords());
            }
        });
    }
}
