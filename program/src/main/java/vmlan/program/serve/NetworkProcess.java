package vmlan.program.serve;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import vmlan.host.EventLoop;
import vmlan.host.ReadBuffer;
import vmlan.network.Switch;
import vmlan.packet.MacAddress;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.qemu.ProcessMark;

/// One running network: switch, gateway and ports, wired to the event loop. Everything here happens on the
/// loop's thread.
public final class NetworkProcess implements GuestPort.Owner, UplinkService.Owner {
    /// Ports of one network; each costs a descriptor or two of the 20,000 that a process may have at least.
    private static final int MOST_PORTS = 1024;
    /// MACs that the switch remembers: several for each port.
    private static final int MAC_TABLE = 8192;
    /// How long an unheard MAC stays known (IEEE 802.1D-2004, table 7-5: 300 s).
    private static final long MAC_AGE_NANOS = TimeUnit.SECONDS.toNanos(300);
    /// Changes within this time are written once.
    private static final long SAVE_AFTER_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final NetworkSettings settings;
    private final NetworkState state;
    private final NetworkLog log;
    private final EventLoop loop;
    private final long idleNanos;
    private final ReadBuffer readBuffer = new ReadBuffer();
    private final Switch network = new Switch(MAC_TABLE, MAC_AGE_NANOS);
    private final GatewayService gateway;
    private final UplinkService uplink;
    private final List<NetworkService> services;
    private final Reattachment reattachment;
    private final Map<String, GuestPort> ports = new LinkedHashMap<>();
    /// Known ports that could not be taken back now; kept on disk while their VM runs.
    private final List<PortRecord> lost = new ArrayList<>();
    private final List<Runnable> watchers = new ArrayList<>();
    private final HandPorts handPorts;
    private final GuestLinks links;

    private boolean wantsReopening;
    private long savedChanges;
    private boolean savePlanned;
    private long emptySince;

    /// @param devices what was opened with rights
    /// @param idleNanos how long the process stays after its last VM
    NetworkProcess(
            NetworkSettings settings,
            NetworkState state,
            NetworkLog log,
            EventLoop loop,
            Places places,
            Devices devices,
            long idleNanos,
            RandomGenerator random)
            throws IOException, Failure {
        this.settings = settings;
        this.state = state;
        this.log = log;
        this.loop = loop;
        this.idleNanos = idleNanos;
        this.reattachment = new Reattachment(log);
        this.links = new GuestLinks(log);
        this.gateway = settings.mode().hasGateway()
                ? new GatewayService(
                        settings,
                        log,
                        network,
                        state.knownLeases(log),
                        state.knownNeighbours(log),
                        devices.tap() == null ? null : new HostTap(devices.tap(), loop, network, log),
                        random,
                        loop.now())
                : null;
        this.uplink = settings.mode().hasUplink()
                ? new UplinkService(
                        devices.nic(),
                        gateway == null ? state.knownNeighbours(log) : List.of(),
                        network,
                        loop,
                        log,
                        this)
                : null;
        this.services = Stream.of(gateway, uplink).filter(Objects::nonNull).toList();
        this.savedChanges = changes();
        this.handPorts = new HandPorts(this, places.socket(settings.name(), "qemu.sock"));
        this.emptySince = loop.now();
        restorePorts();
    }

    private long changes() {
        return services.stream().mapToLong(NetworkService::changes).sum();
    }

    private void restorePorts() throws IOException {
        List<PortRecord> known = new ArrayList<>(state.knownPorts(log));
        // Those that asked for an address first: the others take what is free.
        known.sort(Comparator.comparing(record -> record.address() == null));
        for (PortRecord record : known) {
            try {
                // The clock may have been set back since; nothing was seen in the future.
                open(record.since(Math.min(record.sinceNanos(), loop.now())), true);
            } catch (IOException | RuntimeException e) {
                log.accept(record.id() + ": cannot be taken back: " + e.getMessage());
                lost.add(record);
            }
        }
        if (!ports.isEmpty()) {
            log.accept("took back " + ports.size() + " ports");
            services.forEach(service -> service.resume(loop.now()));
            network.flush();
        }
    }

    /// Runs the network until it is told to stop or has been without a VM for long enough.
    void run() {
        loop.run(this::round);
        services.forEach(service -> service.farewell(loop.now()));
        network.flush();
        handPorts.close();
        // Closed without being forgotten: the VMs run on, and the next process takes them back.
        ports.values().forEach(GuestPort::close);
        save();
        services.forEach(NetworkService::close);
    }

    private long round(long now) {
        long wait = idle(now);
        for (NetworkService service : services) {
            wait = Math.min(wait, service.round(now));
            service.logFaults();
        }
        network.flush();
        long changes = changes();
        if (changes != savedChanges) {
            savedChanges = changes;
            planSave();
            changed();
        }
        return wait;
    }

    @Override
    public void linkChanged(boolean up) {
        links.set(up, List.copyOf(ports.values()));
        changed();
    }

    @Override
    public void reopen() {
        wantsReopening = true;
        loop.stop();
    }

    /// Whether the process ended to be started anew with rights.
    boolean wantsReopening() {
        return wantsReopening;
    }

    private long idle(long now) {
        if (!ports.isEmpty() || !handPorts.ports().isEmpty()) {
            emptySince = now;
            return Long.MAX_VALUE;
        }
        long left = emptySince + idleNanos - now;
        if (left <= 0) {
            log.accept("no VM for " + TimeUnit.NANOSECONDS.toSeconds(idleNanos) + " s: ending");
            loop.stop();
        }
        return Math.max(0, left);
    }

    private void planSave() {
        if (!savePlanned) {
            savePlanned = true;
            loop.after(SAVE_AFTER_NANOS, () -> {
                savePlanned = false;
                save();
            });
        }
    }

    private void save() {
        state.save(
                services.stream().flatMap(service -> service.leases().stream()).toList(),
                services.stream()
                        .flatMap(service -> service.neighbours().stream())
                        .toList());
    }

    private void savePorts() {
        List<PortRecord> records =
                new ArrayList<>(ports.values().stream().map(GuestPort::record).toList());
        lost.removeIf(record -> ports.containsKey(record.id()) || !ProcessMark.isAlive(record.pid(), record.pidMark()));
        records.addAll(lost);
        state.savePorts(records);
    }

    /// Makes the port of a VM that is about to start.
    ///
    /// @throws IllegalStateException with the reason when the port cannot be had
    GuestPort register(PortRecord record) throws IOException {
        GuestPort old = ports.get(record.id());
        if (old != null && old.record().pid() != 0 && old.isAttached()) {
            throw new IllegalStateException("the port " + record.id() + " is in use by a running VM");
        }
        for (GuestPort other : ports.values()) {
            if (other != old && other.record().mac().equals(record.mac())) {
                throw new IllegalStateException("the MAC address " + record.mac() + " belongs to "
                        + other.record().vm() + ", which is running");
            }
        }
        if (old != null) {
            close(old);
        }
        if (ports.size() >= MOST_PORTS) {
            throw new IllegalStateException("the network has " + MOST_PORTS + " ports, which is the most");
        }
        GuestPort port = open(record.since(loop.now()), false);
        log.accept(record.id() + ": registered for " + record.vm() + ", " + record.mac());
        savePorts();
        return port;
    }

    private GuestPort open(PortRecord record, boolean restored) throws IOException {
        services.forEach(service -> service.welcome(record));
        GuestPort port = new GuestPort(this, record, restored);
        // Nobody else can send as this VM; what comes for it goes to its port and no other.
        if (!network.pin(port.port(), record.mac(), loop.now())) {
            log.accept(record.id() + ": its MAC address cannot be kept for it: the table is full");
        }
        ports.put(record.id(), port);
        return port;
    }

    /// QEMU of a registered port runs.
    void process(GuestPort port, long pid, long startMillis) {
        port.process(pid, startMillis);
        savePorts();
    }

    @Override
    public void portEnded(GuestPort port, String why) {
        if (ports.get(port.record().id()) == port) {
            log.accept(port.record().id() + ": " + why);
            close(port);
            savePorts();
        }
    }

    private void close(GuestPort port) {
        ports.remove(port.record().id());
        port.port().fault().ifPresent(fault -> log.failure(port.record().id() + ": internal error", fault));
        reattachment.forget(port.record());
        services.forEach(service -> service.dismiss(port.record()));
        links.forget(port.record());
        port.close();
    }

    @Override
    public void changed() {
        List.copyOf(watchers).forEach(Runnable::run);
    }

    /// Told after each change of leases, neighbours or links, until removed.
    void watch(Runnable watcher) {
        watchers.add(watcher);
    }

    void unwatch(Runnable watcher) {
        watchers.remove(watcher);
    }

    /// The addresses that a NIC has shown or taken since its VM was started.
    GuestAddresses addresses(MacAddress mac, long sinceNanos) {
        return services.getFirst().addresses(mac, sinceNanos);
    }

    Collection<GuestPort> ports() {
        return ports.values();
    }

    GuestPort port(String id) {
        return ports.get(id);
    }

    HandPorts handPorts() {
        return handPorts;
    }

    /// Empty for a bridged network.
    Optional<GatewayService> gateway() {
        return Optional.ofNullable(gateway);
    }

    Optional<UplinkService> uplink() {
        return Optional.ofNullable(uplink);
    }

    List<NetworkService> services() {
        return services;
    }

    NetworkSettings settings() {
        return settings;
    }

    /// What whoever starts a VM should know.
    List<String> notes() {
        return uplink == null ? List.of() : uplink.notes();
    }

    /// The longest packet that a guest may send.
    int mtu() {
        return uplink == null ? NetworkSettings.MTU : uplink.mtu();
    }

    @Override
    public EventLoop loop() {
        return loop;
    }

    @Override
    public Switch network() {
        return network;
    }

    @Override
    public ReadBuffer readBuffer() {
        return readBuffer;
    }

    @Override
    public NetworkLog log() {
        return log;
    }

    @Override
    public Reattachment reattachment() {
        return reattachment;
    }

    @Override
    public void attached(GuestPort port, boolean again) {
        if (uplink != null && (again || !uplink.isRunning())) {
            links.set(uplink.isRunning(), List.of(port));
        }
    }
}
