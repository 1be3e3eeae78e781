package vmlan.program.vm;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import vmlan.program.config.NetworkMode;
import vmlan.program.config.NetworkName;
import vmlan.program.explain.ThisMachine;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.program.message.Progress;
import vmlan.program.publish.PublishRule;
import vmlan.program.serve.Networks;
import vmlan.qemu.QemuException;
import vmlan.qemu.translation.LineFacts;

/// `vmlan qemu`: a QEMU command line that becomes a VM in this terminal.
public final class LineStart {
    private final Places places;
    private final VmStore store;
    private final Networks networks;
    private final Progress progress;
    private final Typed typed;
    private final LinePlanner planner;

    public LineStart(Places places, VmStore store, Networks networks, Progress progress, Typed typed) {
        this.places = places;
        this.store = store;
        this.networks = networks;
        this.progress = progress;
        this.typed = typed;
        planner = new LinePlanner(places, progress);
    }

    /// What was typed.
    ///
    /// @param name of the VM; null for a default
    /// @param words QEMU's command line, the program first
    /// @param engine whether networks of the kind `user` are vmlan's
    public record Typed(String name, List<String> words, boolean engine, List<PublishRule> published) {}

    /// What would be run.
    ///
    /// @param networks by their names
    public record Dry(String name, List<String> command, List<String> networks, List<String> notes) {}

    /// Starts nothing, and defines no network.
    public Dry dryRun() throws Failure, LinePlanner.Refusal {
        LinePlanner.Asked asked = planner.ask(typed.words());
        if (asked.facts().asksOnly()) {
            return new Dry(null, asked.asTyped(), List.of(), List.of());
        }
        LinePlan plan = plan(asked);
        VmStarter starter = new VmStarter(places, store, networks, progress);
        VmStarter.Written written = starter.dryRun(plan, wish(plan));
        return new Dry(
                written.name(),
                written.line(),
                plan.spec(written.name()).nics().stream().map(NicSpec::kind).toList(),
                plan.notes());
    }

    /// Starts the networks, and then QEMU in this terminal. On Linux this process becomes QEMU, and nothing returns.
    ///
    /// @return QEMU's exit status
    public int run() throws Failure, LinePlanner.Refusal {
        LinePlanner.Asked asked = planner.ask(typed.words());
        LineFacts facts = asked.facts();
        if (facts.asksOnly()) {
            return TerminalQemu.pass(asked.asTyped(), facts.descriptors());
        }
        LinePlan plan = plan(asked);
        plan.notes().forEach(progress::note);
        sayWhoHasTheSameMacs(facts, plan);
        VmStarter starter = new VmStarter(places, store, networks, progress);
        TerminalQemu terminal = new TerminalQemu(facts.has("daemonize"), facts.descriptors());
        Thread abort = new Thread(starter::abort, "abort");
        Runtime.getRuntime().addShutdownHook(abort);
        starter.startHere(plan, wish(plan), terminal);
        if (!starter.release()) {
            throw Failure.world("interrupted", "start it again");
        }
        return terminal.finish();
    }

    /// On networks of vmlan's a MAC address that somebody has is refused; on others nobody sees it.
    private void sayWhoHasTheSameMacs(LineFacts facts, LinePlan plan) throws Failure {
        Set<String> macs = new HashSet<>(facts.macs());
        plan.translation().nics().stream()
                .filter(nic -> nic.mac() != null)
                .forEach(nic -> macs.remove(nic.mac().toLowerCase(Locale.ROOT)));
        for (Vm other : macs.isEmpty() ? List.<Vm>of() : store.all()) {
            if (other.spec().isLine() && other.isAlive()) {
                Set<String> same = new TreeSet<>(planner.macs(other.spec()));
                same.retainAll(macs);
                for (String mac : same) {
                    progress.note(
                            "the MAC address " + mac + " is that of the VM '" + other.name()
                                    + "', too: where both are on one network, each takes the other's frames; take another mac=");
                }
            }
        }
    }

    /// The networks of the line that have to be started with rights. Those of them that it describes are known from
    /// now on: they are started by their names. All others are the start's own to make known.
    public List<String> networksThatWantRights() throws Failure, LinePlanner.Refusal {
        LinePlanner.Asked asked = planner.ask(typed.words());
        if (asked.facts().asksOnly()) {
            return List.of();
        }
        LinePlan plan = plan(asked);
        String name = typed.name() != null ? typed.name() : plan.usualName();
        plan.defineNetworks(name, networks, LineStart::mayWantRights);
        Set<String> names = new LinkedHashSet<>();
        for (NetworkName network : plan.networks(name, networks)) {
            if (mayWantRights(network.mode()) && networks.wantsRights(network.text())) {
                names.add(network.text());
            }
        }
        return List.copyOf(names);
    }

    private static boolean mayWantRights(NetworkMode mode) {
        return mode.needsRights() || mode.hasTap() || mode.hasUplink();
    }

    private LinePlan plan(LinePlanner.Asked asked) throws Failure, LinePlanner.Refusal {
        try {
            if (typed.name() != null) {
                VmNaming.checkLabel(typed.name());
            }
            VmSpec spec = planner.spec(asked, new LineSpec(typed.words(), typed.engine(), here()), typed.published());
            LinePlan plan = planner.plan(asked, spec, new ThisMachine(), false);
            String name = typed.name() != null ? typed.name() : plan.usualName();
            LineChecks checks = new LineChecks(typed.published(), networks);
            checks.networks(plan.networks(name, networks));
            checks.ports(plan);
            LineChecks.disk(asked.facts(), here());
            return plan;
        } catch (QemuException e) {
            throw Failure.of(e);
        } finally {
            progress.done();
        }
    }

    private StartWish wish(LinePlan plan) {
        return new StartWish(typed.name(), plan.spec(), here(), null);
    }

    private static Path here() {
        return Path.of("").toAbsolutePath();
    }
}
