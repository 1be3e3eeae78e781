package vmlan.program.vm;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import vmlan.program.control.ControlClient;
import vmlan.program.files.Fields;
import vmlan.program.message.Failure;
import vmlan.program.message.Progress;
import vmlan.program.publish.PublishRule;
import vmlan.program.serve.Networks;
import vmlan.program.serve.SettingsChange;
import vmlan.qemu.Nic;
import vmlan.qemu.StreamAttachment;

/// Tells the networks of a VM that is about to start of its NICs, and what is to lead to it.
final class NicRegistration {
    private static final Duration REQUEST_LIMIT = Duration.ofSeconds(15);

    private final Networks networks;
    private final VmStore store;
    private final Progress progress;
    private final List<String> opened = new ArrayList<>();

    NicRegistration(Networks networks, VmStore store, Progress progress) {
        this.networks = networks;
        this.store = store;
        this.progress = progress;
    }

    /// The rules that were opened, with the ports that were chosen.
    List<String> published() {
        return opened;
    }

    /// Starts networks that do not run.
    ///
    /// @return the NICs as they are to be, now that their networks have answered
    ///
    /// @param published for the first NIC on a network with a gateway; null for what plan and spec say
    List<NicPlan> register(String name, StartPlan plan, List<NicPlan> nics, List<PublishRule> published)
            throws Failure {
        VmSpec spec = plan.spec(name);
        List<NicPlan> registered = new ArrayList<>();
        List<List<PublishRule>> toPublish = toPublish(plan, spec, nics.size(), published);
        List<PublishRule> toFirst = toPublish.removeLast();
        networks.mistakes().ifPresent(progress::note);
        for (NicPlan nic : nics) {
            if (!nic.spec().isOnNetwork()) {
                registered.add(nic);
                continue;
            }
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("vm", name);
            body.put("mac", nic.mac().toString());
            body.put("qemuListens", plan.qemu().attachment() == StreamAttachment.QEMU_LISTENS);
            body.put("qmp", store.networkQmpSocket(name).toString());
            body.put("device", plan.device(registered.size(), nic));
            body.put("isolated", nic.spec().isolation().flag());
            body.put(
                    "address",
                    nic.spec().address() == null ? null : nic.spec().address().toString());
            boolean hasGateway = networks.wanted(nic.spec().kind()).mode().hasGateway();
            ControlClient network =
                    networks.running(nic.spec().kind(), nic.spec().uplink());
            if (hasGateway) {
                List<PublishRule> rules = new ArrayList<>(toFirst);
                rules.addAll(toPublish.get(registered.size()));
                body.put("published", rules.stream().map(PublishRule::toString).toList());
                toFirst = List.of();
            }
            Fields answer = network.send("PUT", "/v1/ports/" + nic.port(), body, REQUEST_LIMIT);
            answer.texts("notes").forEach(progress::note);
            for (Fields rule : answer.objects("published")) {
                progress.note(PublishedPorts.line(rule));
                opened.add(rule.text("rule"));
            }
            if (hasGateway && !spec.allowedHostPorts().isEmpty()) {
                networks.change(nic.spec().kind(), SettingsChange.allowing(spec.allowedHostPorts()));
            }
            int mtu =
                    answer.optionalNumber("mtu").orElse((long) Nic.ETHERNET_MTU).intValue();
            registered.add(new NicPlan(nic.spec(), nic.mac(), nic.id(), nic.port(), mtu));
        }
        return registered;
    }

    /// Rules that a NIC has by its own description stay with it, as far as they are to be at all.
    ///
    /// @return for each NIC, and last what is for the first one that has a gateway
    private static List<List<PublishRule>> toPublish(StartPlan plan, VmSpec spec, int nics, List<PublishRule> published)
            throws Failure {
        List<List<PublishRule>> rules = new ArrayList<>();
        List<PublishRule> others = new ArrayList<>(published == null ? List.of() : published);
        for (int number = 0; number < nics; number++) {
            List<PublishRule> own = new ArrayList<>(plan.published(number));
            if (published != null) {
                own.retainAll(published);
                others.removeAll(own);
            }
            rules.add(own);
        }
        rules.add(published == null ? spec.published() : others);
        return rules;
    }
}
