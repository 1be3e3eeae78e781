package vmlan.program.serve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import vmlan.program.config.NamedAddresses;
import vmlan.program.config.NetworkBlock;
import vmlan.program.config.NetworkName;
import vmlan.program.config.NetworksFile;
import vmlan.program.config.UplinkChoice;
import vmlan.program.config.Via;
import vmlan.program.config.Vmnet;
import vmlan.program.control.ControlClient;
import vmlan.program.files.Fields;
import vmlan.program.files.FileLock;
import vmlan.program.files.Places;
import vmlan.program.files.StateFile;
import vmlan.program.message.Failure;
import vmlan.qemu.ProcessMark;

/// The networks as commands see them: which there are, and how to get one running.
public final class Networks {
    /// A file that says: ended by command, so not to be revived.
    static final String STOPPED = "stopped";

    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);
    static final List<String> BUILT_IN = List.of("shared", "host", "private");

    private final Places places;
    private final boolean bySudo;
    private final NetworkNames networkNames;
    private final NetworksFile file;

    public Networks(Places places) {
        this(places, false);
    }

    /// @param bySudo whether a network that needs rights is to be started by sudo, which may ask for a password
    public Networks(Places places, boolean bySudo) {
        this.places = places;
        this.bySudo = bySudo;
        this.networkNames = new NetworkNames(places);
        this.file = new NetworksFile(places);
    }

    /// The networks that have a folder: those that ran at least once.
    static List<String> known(Places places) throws IOException {
        Path folder = places.stateIfAny("networks");
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(Files::isDirectory)
                    .map(entry -> entry.getFileName().toString())
                    .filter(name -> NetworkName.isName(name)
                            && Files.exists(folder.resolve(name).resolve("network.json")))
                    .sorted()
                    .toList();
        }
    }

    /// What a network that runs or ran is; mistakes in networks.yaml are in nobody's way.
    ///
    /// @throws Failure there is none of this name
    public NetworkName known(String name) throws Failure {
        return networkNames.known(name);
    }

    /// What a network is that shall be used by something new. With mistakes in networks.yaml nothing new begins on a
    /// network that is described there.
    ///
    /// @throws Failure there is none of this name, or the file has mistakes
    public NetworkName wanted(String name) throws Failure {
        return networkNames.wanted(name);
    }

    /// Keeps what a QEMU command line says of a network, which has one of the names of
    /// [vmlan.program.config.DefinedName]: from now on it is started and shown by its name alone. The same again
    /// changes nothing; another definition takes the place of one that no VM uses.
    ///
    /// @throws Failure VMs run on it as it was, or networks.yaml or another network has its name or addresses
    public void define(NetworkBlock block) throws Failure {
        new NetworkDefinition(places, this, block).keep();
    }

    /// What is wrong with networks.yaml, in a line, for commands that go on without it.
    public Optional<String> mistakes() throws Failure {
        NetworksFile.Content content = file.read();
        return content.problems().isEmpty() ? Optional.empty() : Optional.of(file.warning(content));
    }

    /// All names: those that are built in, those that ran, those of networks.yaml.
    public List<String> names() throws Failure {
        TreeSet<String> names = new TreeSet<>(ranOrBuiltIn());
        names.addAll(file.read().blocks().keySet());
        return new ArrayList<>(names);
    }

    /// Those that may run: without a look into networks.yaml.
    public List<String> ranOrBuiltIn() throws Failure {
        TreeSet<String> names = new TreeSet<>(BUILT_IN);
        try {
            names.addAll(known(places));
        } catch (IOException e) {
            throw Failure.world("cannot list the networks: " + Places.reason(e), "check the state folder", e);
        }
        return new ArrayList<>(names);
    }

    /// Those whose process runs.
    public List<String> served() throws Failure {
        try {
            List<String> served = new ArrayList<>();
            for (String name : known(places)) {
                if (client(name).isServed()) {
                    served.add(name);
                }
            }
            return served;
        } catch (IOException e) {
            throw Failure.world("cannot list the networks: " + Places.reason(e), "check the state folder", e);
        }
    }

    public ControlClient client(String name) throws Failure {
        return new ControlClient(places.socket(name, "control.sock"), name);
    }

    /// The process of a network, started now if there is none.
    ///
    /// @return what to ask it with
    public ControlClient running(String name) throws Failure {
        return running(name, UplinkChoice.NONE);
    }

    /// @param choice what its uplink shall have
    public ControlClient running(String name, UplinkChoice choice) throws Failure {
        NetworkName network = known(name);
        refuseWay(network, choice.via());
        ControlClient client = client(name);
        if (!client.isServed() && isForSudo(network, via(network, choice))) {
            // Without the lock below: the command that sudo runs takes it.
            if (!bySudo) {
                throw Privileges.missing(name, choice);
            }
            Privileges.startBySudo(name, choice);
            return client;
        }
        if (!client.isServed()) {
            // One command starts it, the others wait here and find it running.
            try (FileLock lock = FileLock.take(places.state("networks", name).resolve("start.lock"))) {
                if (!client.isServed()) {
                    new NetworkStart(places, this).start(name, choice);
                    return client;
                }
            } catch (IOException e) {
                throw Failure.world(
                        "the network '" + name + "' cannot be started: " + Places.reason(e), "check the disk", e);
            }
        }
        checkRunsWith(name, choice);
        return client;
    }

    /// Whether there is nothing to be had without rights that are not here; with `--sudo`, on a Mac, where there may be
    /// nothing.
    private boolean isForSudo(NetworkName network, Via via) throws Failure {
        boolean areOfUse = (bySudo && Vmnet.isHere())
                ? NetworkRights.areWanted(network, via)
                : NetworkRights.areNeeded(network, via);
        return areOfUse && !NetworkRights.areHere();
    }

    private void checkRunsWith(String name, UplinkChoice choice) throws Failure {
        NetworkSettings settings =
                choice.isNone() ? null : NetworkSettings.peek(places, name).orElse(null);
        if (settings == null) {
            return;
        }
        if (choice.translation() != null && choice.translation() != settings.translation()) {
            throw runsWith(name, "mac-nat", settings.translation().key());
        }
        if (choice.via() != null && choice.via() != Via.AUTO) {
            String via = client(name)
                    .send("GET", "/v1/network", Map.of(), ANSWER_LIMIT)
                    .object("uplink")
                    .optionalText("via")
                    .orElse(choice.via().key());
            if (!via.equals(choice.via().key())) {
                throw runsWith(name, "via", via);
            }
        }
    }

    private static void refuseWay(NetworkName network, Via via) throws Failure {
        if (via == null || !via.isApples()) {
            return;
        }
        if (!Vmnet.isHere()) {
            throw Failure.usage(
                    "the network " + network.text() + " cannot go by " + via.key() + ": this host has no vmnet",
                    "leave via away");
        }
        if (!network.mode().hasUplink()) {
            throw Failure.usage(
                    "the network " + network.text() + " is vmlan's own, and does not go by " + via.key(),
                    "leave via away, or take --net shared, host or bridged:NIC");
        }
    }

    private static Failure runsWith(String name, String setting, String value) {
        return Failure.usage(
                "the network " + name + " runs with " + setting + "=" + value + ", and all its VMs share that",
                "leave " + setting + " away, or stop the network first: vmlan network stop " + name);
    }

    /// How a network would reach its segment, were it started now.
    Via via(NetworkName network, UplinkChoice choice) throws Failure {
        if (!Vmnet.isHere() || !network.mode().hasUplink()) {
            return choice.via() == null ? Via.AUTO : choice.via();
        }
        NetworkSettings kept = NetworkSettings.peek(places, network.text()).orElse(null);
        NetworkBlock block = SettingsChoice.block(file.read(), network.text(), kept);
        Via said = SettingsChoice.uplink(choice, block, kept).via();
        return NetworkRights.said(said == null ? Via.AUTO : said, block);
    }

    /// Whether the process of a network should be started, or started anew, by somebody who has rights.
    public boolean wantsRights(String name) throws Failure {
        return wantsRights(name, UplinkChoice.NONE);
    }

    /// @param choice what its uplink shall have
    public boolean wantsRights(String name, UplinkChoice choice) throws Failure {
        NetworkName network = wanted(name);
        ControlClient client = client(name);
        if (!client.isServed()) {
            return NetworkRights.areWanted(network, via(network, choice));
        }
        return network.mode().hasUplink() && isDegraded(client);
    }

    /// A NIC that came back lost its way to the host, or an interface of vmnet is over: only a new start gives it one.
    private static boolean isDegraded(ControlClient client) throws Failure {
        Fields uplink =
                client.send("GET", "/v1/network", Map.of(), ANSWER_LIMIT).object("uplink");
        return uplink.flag("needsRights") || uplink.flag("over");
    }

    /// As [#running] for a command that was told to start the network: one whose way to the host is lost is started
    /// anew.
    public void startOrMend(String name, UplinkChoice choice) throws Failure {
        ControlClient client = client(name);
        if (client.isServed() && known(name).mode().hasUplink() && isDegraded(client)) {
            NetworkName network = known(name);
            if (NetworkRights.areNeeded(network, via(network, choice)) && !NetworkRights.areHere() && !bySudo) {
                throw Privileges.missing(name, choice);
            }
            stop(name, false);
        }
        running(name, choice);
    }

    /// Starts those networks whose process died under running VMs.
    ///
    /// @param note told of those that need rights that are not here
    public void revive(Consumer<String> note) throws Failure {
        for (String name : ranOrBuiltIn()) {
            Path ports = places.stateIfAny("networks", name, "ports.json");
            boolean stopped = Files.exists(places.stateIfAny("networks", name, STOPPED));
            if (!stopped && Files.exists(ports) && !client(name).isServed() && hasLivingVm(ports)) {
                revive(name, note);
            }
        }
    }

    private void revive(String name, Consumer<String> note) throws Failure {
        NetworkName network = known(name);
        try {
            running(name);
        } catch (Failure e) {
            if (!needsRights(network) && network.isBuiltIn() && !network.mode().hasUplink()) {
                throw e;
            }
            // One of networks.yaml may be there no more, or be wrong: that is in the way of this network only.
            note.accept(e.what() + "; its VMs are cut off; " + e.remedy());
        }
    }

    /// Whether the network cannot be started without rights.
    public boolean needsRights(NetworkName network) throws Failure {
        return NetworkRights.areNeeded(network, via(network, UplinkChoice.NONE));
    }

    private static boolean hasLivingVm(Path ports) throws Failure {
        try {
            return new Fields(new StateFile(ports).read(line -> {}).orElse(Map.of()))
                    .objects("ports").stream()
                            .anyMatch(port -> ProcessMark.isAlive(
                                    port.optionalNumber("pid").orElse(0L),
                                    port.optionalNumber("pidMark").orElse(0L)));
        } catch (IOException e) {
            throw Failure.world("cannot read " + ports + ": " + Places.reason(e), "check the file's permissions", e);
        }
    }

    /// `./vmlan`, as this process was started by it.
    public static String launcher() throws Failure {
        return Privileges.launcher();
    }

    /// Ends a network's process; its VMs run on without a network until it is started again by `network start` or a
    /// new VM.
    ///
    /// @param force do not ask it: for a process that does not answer
    /// @return whether one ran
    public boolean stop(String name, boolean force) throws Failure {
        known(name);
        return new NetworkEnd(places, client(name)).stop(name, force);
    }

    /// As [#running], but a network that was stopped by command stays so.
    public ControlClient reachable(String name) throws Failure {
        ControlClient client = client(name);
        if (!client.isServed() && Files.exists(places.stateIfAny("networks", name, STOPPED))) {
            throw Failure.world("the network '" + name + "' is stopped", "start it: vmlan network start " + name);
        }
        return running(name);
    }

    /// What a network is and does; of one that does not run, what is known.
    public Fields show(String name) throws Failure {
        ControlClient client = client(name);
        if (client.isServed()) {
            known(name);
            return client.send("GET", "/v1/network", Map.of(), ANSWER_LIMIT);
        }
        NetworkBlock block = file.read().block(name).orElse(null);
        NetworkName networkName = block == null ? known(name) : block.name();
        NetworkSettings settings = NetworkSettings.peek(places, name).orElse(null);
        return new Fields(NetworkReport.describe(
                networkName,
                settings == null || block == null ? settings : settings.withBlock(block),
                block,
                places.socket(name, "qemu.sock"),
                places.socket(name, "control.sock")));
    }

    /// Changes a network's settings, at once and for good.
    ///
    /// @return `{allowedHostPorts: [], names: {}}`
    public Fields change(String name, SettingsChange change) throws Failure {
        known(name);
        ControlClient client = client(name);
        // Nobody starts it meanwhile and reads what is about to be changed.
        try (FileLock lock = FileLock.take(places.state("networks", name).resolve("start.lock"))) {
            if (client.isServed()) {
                return client.send("PATCH", "/v1/network", change.toJson(), ANSWER_LIMIT);
            }
            NetworkSettings settings =
                    new SettingsChoice(places, name, line -> {}).make(UplinkChoice.NONE, new SecureRandom());
            NetworkSettings changed = change.applied(settings).written(places);
            return new Fields(Map.of(
                    "allowedHostPorts",
                    SettingsChange.texts(changed.allowedHostPorts()),
                    "names",
                    NamedAddresses.toJson(changed.names())));
        } catch (IllegalArgumentException e) {
            throw Failure.usage(e.getMessage(), "see what it has: vmlan network show " + name);
        } catch (IOException e) {
            throw Failure.world(
                    "the network '" + name + "' cannot be changed: " + Places.reason(e), "check the disk", e);
        }
    }

    /// Where a network's process writes down what happens.
    public Path log(String name) throws Failure {
        known(name);
        return places.stateIfAny("networks", name, "network.log");
    }

    /// The leases of a network that runs; none of one that does not.
    public List<Fields> leases(String name, Duration limit) throws Failure {
        ControlClient client = client(name);
        return client.isServed()
                ? client.send("GET", "/v1/leases", Map.of(), limit).objects("leases")
                : List.of();
    }
}
