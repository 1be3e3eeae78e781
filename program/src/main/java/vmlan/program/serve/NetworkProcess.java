package vmlan.program.serve;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import vmlan.host.EventLoop;
import vmlan.host.ReadBuffer;
import vmlan.network.Switch;
import vmlan.network.SwitchPort;
import vmlan.network.gateway.Neighbour;
import vmlan.packet.MacAddress;
import vmlan.program.config.NetworksFile;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;

/// One running network: switch, gateway and ports, wired to the event loop. Everything here happens on the
/// loop's thread.
public final class NetworkProcess implements GuestPort.Owner, UplinkService.Owner {
    /// MACs that the switch remembers: several for each port.
    private static final int MAC_TABLE = 8192;
    /// How long an unheard MAC stays known (IEEE 802.1D-2004, table 7-5: 300 s).
    private static final long MAC_AGE_NANOS = TimeUnit.SECONDS.toNanos(300);
    /// Changes within this time are written once.
    private static final long SAVE_AFTER_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private NetworkSettings settings;
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
    private final GuestPorts ports;
    private final List<Runnable> watchers = new ArrayList<>();
    private final HandPorts handPorts;
    private final GuestLinks links;
    private final HostChanges hostChanges;
    private final LiveConfiguration configuration;
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
        this.ports = new GuestPorts(this, state, reattachment, links);
        this.configuration = new LiveConfiguration(this, new NetworksFile(places), log);
        this.gateway = settings.mode().hasGateway()
                ? new GatewayService(
                        settings,
                        log,
                        loop,
                        network,
                        state.knownLeases(log, loop.now()),
                        state.knownNeighbours(log, loop.now()),
                        devices.tap() == null ? null : new HostTap(devices.tap(), loop, network, log),
                        places.socket(settings.name(), "command.sock"),
                        ports::all,
                        random)
                : null;
        this.uplink = settings.mode().hasUplink()
                ? uplink(devices, gateway == null ? state.knownNeighbours(log, loop.now()) : List.of())
                : null;
        this.services = Stream.of(gateway, uplink).filter(Objects::nonNull).toList();
        this.hostChanges = new HostChanges(loop, log, services, this::changed);
        this.savedChanges = changes();
        this.handPorts = new HandPorts(this, places.socket(settings.name(), "qemu.sock"));
        this.emptySince = loop.now();
        if (ports.restore(services, settings.subnet())) {
            services.forEach(service -> service.resume(loop.now()));
            network.flush();
        }
        new VmLogs(places, log).watch(loop, ports.all());
    }

    private UplinkService uplink(Devices devices, List<Neighbour> known) throws IOException {
        return devices.segment() != null
                ? new SegmentUplinkService(settings, devices.segment(), known, network, loop, readBuffer, log, this)
                : new NicUplinkService(settings.name(), devices.nic(), known, network, loop, log, this);
    }

    private long changes() {
        return services.stream().mapToLong(NetworkService::changes).sum();
    }

    /// Runs the network until it is told to stop or has been without a VM for long enough.
    void run() {
        hostChanges.start();
        loop.run(this::round);
        hostChanges.close();
        services.forEach(service -> service.farewell(loop.now()));
        network.flush();
        handPorts.close();
        // Closed without being forgotten: the VMs run on, and the next process takes them back.
        ports.all().forEach(GuestPort::close);
        save();
        services.forEach(NetworkService::close);
    }

    private long round(long now) {
        long wait = Math.min(idle(now), hostChanges.round(now));
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
        links.set(up, List.copyOf(ports.all()));
        hostChanges.review();
        changed();
    }

    @Override
    public void renewLinks() {
        links.renew(List.copyOf(ports.all()));
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
        if (!ports.all().isEmpty() || !handPorts.ports().isEmpty()) {
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

    @Override
    public void portEnded(GuestPort port, String why) {
        ports.ended(port, why);
    }

    @Override
    public void leaving(SwitchPort port) {
        services.forEach(service -> service.leaving(port, loop.now()));
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
    @Override
    public GuestAddresses addresses(MacAddress mac, long sinceNanos) {
        return services.isEmpty() ? GuestAddresses.NONE : services.getFirst().addresses(mac, sinceNanos);
    }

    GuestPorts ports() {
        return ports;
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

    HostChanges hostChanges() {
        return hostChanges;
    }

    List<NetworkService> services() {
        return services;
    }

    NetworkSettings settings() {
        return settings;
    }

    /// Changes what may be changed while the network runs; on disk soon.
    ///
    /// @throws IllegalArgumentException that says what cannot be
    void change(SettingsChange change) {
        configure(change.applied(settings));
    }

    /// The same with settings that were looked at. One that cannot be changes nothing.
    void configure(NetworkSettings changed) {
        try {
            services.forEach(service -> service.settings(changed));
        } catch (RuntimeException e) {
            services.forEach(service -> service.settings(settings));
            throw e;
        }
        settings = changed;
        ports.all().forEach(GuestPort::isolate);
        state.saveSettings(settings);
    }

    @Override
    public boolean isIsolating() {
        return settings.isIsolating();
    }

    LiveConfiguration configuration() {
        return configuration;
    }

    /// What whoever starts a VM should know.
    List<String> notes() {
        List<String> notes = new ArrayList<>(
                hostChanges.warnings().stream().map(HostChanges.Warning::text).toList());
        if (uplink != null) {
            notes.addAll(uplink.notes(hostChanges.warnings()));
        }
        return notes;
    }

    int mtu() {
        return uplink == null ? settings.mtu() : uplink.mtu();
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
