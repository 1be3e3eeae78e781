package vmlan.program.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import vmlan.program.config.HostPort;
import vmlan.program.config.NetworkName;
import vmlan.program.config.Via;
import vmlan.program.message.Failure;
import vmlan.program.message.ShellWords;
import vmlan.program.publish.PublishRule;
import vmlan.program.serve.HostNics;
import vmlan.program.serve.Networks;
import vmlan.program.vm.ForegroundVm;
import vmlan.program.vm.HostResources;
import vmlan.program.vm.MemorySize;
import vmlan.program.vm.NicSpec;
import vmlan.program.vm.PassedArguments;
import vmlan.program.vm.PublishedPorts;
import vmlan.program.vm.StartWish;
import vmlan.program.vm.Vm;
import vmlan.program.vm.VmDisk;
import vmlan.program.vm.VmNaming;
import vmlan.program.vm.VmSpec;
import vmlan.program.vm.VmStarter;
import vmlan.program.vm.VmStore;

@Command(
        name = "run",
        description = {
            "Starts a VM on a network, its console on this terminal; Ctrl-] leaves the console, the VM goes on.",
            "Without a disk: the demo guest, a little Linux that says which addresses it got."
        },
        footer = {
            "",
            "Examples:",
            "  vmlan run                              the demo guest",
            "  vmlan run -d --name web disk.qcow2     in the background",
            "  sudo vmlan run --net bridged:en0       on the LAN of the NIC en0; QEMU and files stay yours",
            "  vmlan run -d -p 8080:80 disk.qcow2     http://localhost:8080 is the guest's port 80",
            "  vmlan run --net private --net user     two NICs: a private network, and QEMU's own NAT",
            "  vmlan run --snapshot disk.qcow2        nothing is written to the disk",
            "  vmlan run --cdrom install.iso --disk new.qcow2 --firmware uefi",
            "  vmlan run --ssh-key ~/.ssh/id_ed25519.pub cloud.qcow2     a distribution's cloud image",
            "  vmlan run --arch aarch64               the demo guest of another architecture, emulated",
            "  vmlan run --dry-run disk.qcow2         what would be run",
            "  vmlan run disk.qcow2 -- -vga std       more arguments for QEMU"
        })
final class RunCommand implements Callable<Integer> {
    @Mixin
    HelpOption help;

    @Option(
            names = {"-d", "--detach"},
            description = "Start it in the background and print its name.")
    private boolean detach;

    @Option(names = "--name", description = "Its name, and its host name (default: the disk's, or demo).")
    private String name;

    @Option(
            names = "--net",
            paramLabel = "NETWORK[,mac=…][,ip=…][,isolated[=off]]",
            description = {
                "A NIC on a network: shared, host, private, bridged[:NIC] (see: vmlan interfaces), user (QEMU's own)"
                        + " or none, or one of networks.yaml (see: vmlan network ls). Repeatable (default: shared).",
                "bridged takes mac-nat=on|off|auto, too: whether guests share the NIC's MAC address, as on Wi-Fi."
            })
    private List<String> nets = new ArrayList<>();

    @Option(
            names = "--via",
            paramLabel = "vmnet|socket_vmnet|qemu|engine|auto",
            description = {
                "On a Mac: how its networks reach the host and the LAN, unless --net says it (via=…): Apple's vmnet in the"
                        + " network's process, an installed socket_vmnet, QEMU's own vmnet, or vmlan's engine (default:"
                        + " auto, the engine for shared and private, vmnet or socket_vmnet for the rest)."
            })
    private String via;

    @Option(
            names = {"-p", "--publish"},
            paramLabel = "[ADDRESS:]HOST:GUEST[/udp]",
            description = {
                "A port of the host that leads to one of the guest; repeatable. Ranges such as 8000-8009:80-89, HOST 0"
                        + " for one that is free. Without an address only this host reaches it (127.0.0.1 and ::1);"
                        + " * is everybody. See also: vmlan publish."
            })
    private List<String> published = new ArrayList<>();

    @Option(
            names = "--allow-host",
            paramLabel = "PORT[/udp][,…]",
            description = {
                "Ports of the host's loopback that guests reach at host.vmlan.internal. The same as vmlan network set"
                        + " --allow-host for the networks of this VM: it counts for all their guests, and stays."
            })
    private List<String> allowedHostPorts = new ArrayList<>();

    @Option(
            names = "--sudo",
            description =
                    "Start by sudo what needs rights: a network, or a QEMU with --via qemu; QEMU runs as you, and all files stay"
                            + " yours.")
    private boolean sudo;

    @Option(names = "--cpus", defaultValue = "1", description = "How many processors (default: ${DEFAULT-VALUE}).")
    private int cpus;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            description = "Memory, such as 512M or 4G (default: 1G; 256M for the demo guest).")
    private String memory;

    @Mixin
    private final DiskOptions disks = new DiskOptions();

    @Option(names = "--dry-run", description = "Print the QEMU command and start nothing.")
    private boolean dryRun;

    @Option(names = "--json", description = "With -d: print a JSON object; errors as JSON, too.")
    private boolean json;

    @Parameters(paramLabel = "DISK", arity = "0..1", description = "A disk image. None: the demo guest.")
    private Path disk;

    @Parameters(index = "1..*", paramLabel = "-- QEMU ARGUMENTS", description = "Further arguments for QEMU.")
    private List<String> qemuArguments = new ArrayList<>();

    private final Session session;

    RunCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Failure, IOException {
        StartWish wish = wish();
        VmStore store = session.store();
        Networks networks = session.networks(sudo);
        VmStarter starter = new VmStarter(session.places(), store, networks, session.progress(), sudo);
        if (dryRun) {
            session.out().println(ShellWords.join(starter.dryRun(wish)));
            return 0;
        }
        Thread abort = new Thread(starter::abort, "abort");
        Runtime.getRuntime().addShutdownHook(abort);
        Vm vm;
        vm = starter.start(wish);
        if (detach) {
            if (!starter.release()) {
                throw Failure.world("interrupted", "start it again");
            }
            session.progress()
                    .note(vm.name() + " runs; its address: vmlan ip " + vm.name() + "; its console: vmlan console "
                            + vm.name());
            if (json) {
                session.json(Map.of("name", vm.name(), "pid", vm.pid(), "published", vm.published()));
            } else {
                session.out().println(vm.name());
            }
            return 0;
        }
        ForegroundVm foreground = new ForegroundVm(vm, store, networks, session.progress());
        Runtime.getRuntime().addShutdownHook(new Thread(foreground::interrupted, "stop"));
        starter.release();
        return foreground.attend(session.isTerminal(), System.in, session.out());
    }

    private StartWish wish() throws Failure {
        // picocli takes what follows "--" as parameters, the first of them as the disk where none was given.
        Path image = disk;
        if (image != null && image.toString().startsWith("-")) {
            qemuArguments.addFirst(image.toString());
            image = null;
        }
        if (name != null) {
            VmNaming.checkLabel(name);
        }
        if (cpus < 1 || cpus > 255) {
            throw Failure.usage("--cpus " + cpus + " is not possible", "take 1 to 255");
        }
        List<NicSpec> nics = nics();
        List<PublishRule> rules = PublishRule.parseAll(published);
        List<HostPort> allowed = HostPort.parseAll(allowedHostPorts);
        if (!rules.isEmpty()) {
            PublishedPorts.checkNetworks("--publish", nics, session.networks());
        }
        if (!allowed.isEmpty()) {
            PublishedPorts.checkNetworks("--allow-host", nics, session.networks());
        }
        PassedArguments.check(qemuArguments);
        List<VmDisk> all = disks.disks(image);
        long bytes = MemorySize.parse(memory != null ? memory : disks.isLittle(all) ? "256M" : "1G");
        VmSpec spec = new VmSpec(
                disks.architecture(),
                all,
                nics,
                cpus,
                bytes,
                rules,
                allowed,
                qemuArguments,
                disks.boot(all),
                disks.snapshot(all),
                disks.seed(all, session.progress()::note));
        HostResources.current().check(spec, session.progress()::note);
        return new StartWish(name, spec);
    }

    private Via way() throws Failure {
        try {
            return via == null ? null : Via.ofKey(via);
        } catch (IllegalArgumentException e) {
            throw Failure.usage("--via " + via + ": " + e.getMessage(), "take one of " + Via.keys());
        }
    }

    /// What `--net` asks for, each network a real one and each NIC of the host one that can be bridged.
    List<NicSpec> nics() throws Failure {
        Via way = way();
        List<NicSpec> nics = new ArrayList<>();
        for (String net : nets.isEmpty() ? List.of("shared") : nets) {
            NicSpec nic = NicSpec.parse(net, way);
            if (nic.kind().equals(NicSpec.BRIDGED)) {
                nic = nic.on(NetworkName.bridgedTo(HostNics.ofDefaultRoute()));
            }
            if (nic.isOnNetwork() || nic.isOfQemu()) {
                HostNics.check(session.networks().wanted(nic.kind()));
            }
            nics.add(nic);
        }
        return nics;
    }
}
