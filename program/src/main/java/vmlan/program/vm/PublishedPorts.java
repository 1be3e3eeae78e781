package vmlan.program.vm;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import vmlan.program.control.ControlClient;
import vmlan.program.files.Fields;
import vmlan.program.message.Failure;
import vmlan.program.publish.PublishRule;
import vmlan.program.serve.Networks;

/// The published ports of VMs that run, as commands change them.
public final class PublishedPorts {
    private static final Duration REQUEST_LIMIT = Duration.ofSeconds(15);

    private final VmStore store;
    private final Networks networks;

    public PublishedPorts(VmStore store, Networks networks) {
        this.store = store;
        this.networks = networks;
    }

    /// A rule needs a network whose gateway is ours.
    ///
    /// @param option that needs it
    public static void checkNetworks(String option, List<NicSpec> nics, Networks networks) throws Failure {
        for (NicSpec nic : nics) {
            if (isOurs(nic, networks)) {
                return;
            }
        }
        if (nics.stream().anyMatch(nic -> nic.isOnNetwork() || nic.isOfQemu())) {
            throw bridged(option, "--net shared");
        }
        throw Failure.usage(
                option + " needs a network of ours, and this VM is on none", "add --net shared, host or private");
    }

    /// @param other what asks for a network beside it
    static Failure bridged(String option, String other) {
        return Failure.usage(
                option
                        + " is of no use on a bridged network, or on one of Apple's: host and guest reach each other at"
                        + " their own addresses",
                "leave it away (vmlan ip NAME prints the guest's address), or add " + other);
    }

    private static boolean isOurs(NicSpec nic, Networks networks) throws Failure {
        return nic.isOnNetwork() && networks.wanted(nic.kind()).mode().hasGateway();
    }

    /// Opens all of the rules or none.
    ///
    /// @return what was opened, `{rule, bound: [], …}` each
    public List<Fields> publish(String name, List<PublishRule> rules) throws Failure {
        try (VmLocks.Held held = store.take(name, "publishing ports of")) {
            Vm vm = running(name);
            String network = network(vm);
            Map<String, Object> body = Map.of("rules", texts(rules));
            List<Fields> opened = client(network)
                    .send("PUT", "/v1/publications/" + name, body, REQUEST_LIMIT)
                    .objects("published");
            List<String> all = new ArrayList<>(vm.published());
            opened.forEach(rule -> all.add(rule.text("rule")));
            store.write(vm.withPublished(all));
            return opened;
        }
    }

    /// Ends all of the rules or none.
    ///
    /// @param rules null for whatever there is
    public void unpublish(String name, List<PublishRule> rules) throws Failure {
        try (VmLocks.Held held = store.take(name, "unpublishing ports of")) {
            Vm vm = running(name);
            Map<String, Object> body = new LinkedHashMap<>();
            if (rules != null) {
                body.put("rules", texts(rules));
            }
            List<Fields> left = client(network(vm))
                    .send("DELETE", "/v1/publications/" + name, body, REQUEST_LIMIT)
                    .objects("published");
            store.write(vm.withPublished(
                    left.stream().map(rule -> rule.text("rule")).toList()));
        }
    }

    private ControlClient client(String network) throws Failure {
        return networks.reachable(network);
    }

    private Vm running(String name) throws Failure {
        Vm vm = store.known(name);
        if (!vm.isAlive()) {
            throw Failure.world(name + " does not run", "start it: " + vm.startLine());
        }
        return vm;
    }

    /// The VM's first network with a gateway of ours.
    String network(Vm vm) throws Failure {
        for (Vm.VmNic nic : vm.nics()) {
            if (networks.known(nic.network()).mode().hasGateway()) {
                return nic.network();
            }
        }
        if (vm.nics().isEmpty()) {
            throw Failure.usage(
                    vm.name() + " is on no network of ours",
                    "start it with --net shared, host or private to publish its ports");
        }
        if (!networks.known(vm.nics().getFirst().network()).mode().hasUplink()) {
            throw Failure.usage(
                    vm.name() + " is on a network of guests only: nothing of it can be published",
                    "start it with another network beside it: shared, host or private");
        }
        throw Failure.usage(
                vm.name() + " is on a bridged network: it is on the LAN itself, and is reached at its own address",
                "vmlan ip " + vm.name() + " prints that address");
    }

    private static List<String> texts(List<PublishRule> rules) {
        return rules.stream().map(PublishRule::toString).toList();
    }

    /// What is told of a rule: where it is open, and what it leads to.
    ///
    /// @param published as the control API describes it
    public static String line(Fields published) {
        PublishRule rule = PublishRule.parse(published.text("rule"));
        String guest = published.text("vm") + ":" + rule.guestPorts() + (rule.udp() ? "/udp" : "");
        return published
                .optionalText("problem")
                .map(problem -> "not published now: " + rule + ": " + problem)
                .orElseGet(() -> String.join(", ", published.texts("bound")) + " → " + guest);
    }
}
