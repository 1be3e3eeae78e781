package vmlan.program.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import vmlan.program.autostart.Autostart;
import vmlan.program.message.Failure;
import vmlan.program.vm.AutostartMark;
import vmlan.program.vm.LinePlanner;
import vmlan.program.vm.QemuRights;
import vmlan.program.vm.Vm;
import vmlan.program.vm.VmStore;

@Command(
        name = "autostart",
        description = {
            "Has VMs start with your session, or no longer: by systemd's user manager, on macOS by launchd.",
            "Without names: which do."
        },
        footer = {
            "",
            "Examples:",
            "  vmlan autostart web",
            "  vmlan autostart --off web",
            "  vmlan autostart --json",
            "  loginctl enable-linger     with the machine, not with your first login"
        })
final class AutostartCommand implements Callable<Integer> {
    @Mixin
    HelpOption help;

    @Option(names = "--off", description = "They no longer do.")
    private boolean off;

    @Option(names = "--json", description = "Print JSON; errors as JSON, too.")
    private boolean json;

    @Parameters(paramLabel = "NAME", arity = "0..*", description = "The VMs.")
    private List<String> names = new ArrayList<>();

    private final Session session;

    AutostartCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Failure {
        VmStore store = session.store();
        if (names.isEmpty()) {
            if (off) {
                throw Failure.usage("--off needs names", "see which start by themselves: vmlan autostart");
            }
            list(store.all());
            return 0;
        }
        Autostart autostart = Autostart.ofThisUser(session.places());
        AutostartMark mark = new AutostartMark(store);
        return new EachVm(session, json).inTurn(names, name -> {
            if (off) {
                autostart.disable(name);
                mark.set(name, false);
                session.progress().note(name + " does not start by itself");
                return "off";
            }
            Vm vm = store.known(name);
            new LinePlanner(session.places(), session.progress()).checkBackground(vm.spec());
            QemuRights.checkAlone(vm.spec());
            List<String> notes = autostart.enable(name, vm.isAlive());
            mark.set(name, true);
            notes.forEach(session.progress()::note);
            for (Vm.VmNic nic : vm.nics()) {
                if (session.networks().needsRights(session.networks().wanted(nic.network()))) {
                    session.progress()
                            .note("its network " + nic.network() + " needs rights, which a session has not:"
                                    + " have it started before, by: sudo vmlan network start " + nic.network());
                }
            }
            return "on";
        });
    }

    private void list(List<Vm> vms) {
        if (json) {
            List<Map<String, Object>> rows = new ArrayList<>();
            for (Vm vm : vms) {
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("name", vm.name());
                row.put("autostart", vm.autostart());
                rows.add(row);
            }
            session.json(rows);
            return;
        }
        List<String> marked = vms.stream().filter(Vm::autostart).map(Vm::name).toList();
        marked.forEach(session.out()::println);
        if (marked.isEmpty()) {
            session.err().println("no VM starts by itself; have one: vmlan autostart NAME");
        }
    }
}
