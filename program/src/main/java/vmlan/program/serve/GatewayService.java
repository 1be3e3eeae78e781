package vmlan.program.serve;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import vmlan.host.EventLoop;
import vmlan.network.Switch;
import vmlan.network.SwitchPort;
import vmlan.network.change.HostChange;
import vmlan.network.change.HostRoute;
import vmlan.network.change.HostState;
import vmlan.network.dhcp.Lease;
import vmlan.network.dhcp.Leases;
import vmlan.network.gateway.Gateway;
import vmlan.network.gateway.GatewayConfig;
import vmlan.network.gateway.GatewayOptions;
import vmlan.network.gateway.Neighbour;
import vmlan.network.gateway.Neighbours;
import vmlan.packet.DomainName;
import vmlan.packet.MacAddress;
import vmlan.program.config.GatewayBlock;
import vmlan.program.config.GuestForward;
import vmlan.program.config.NetworkMode;

/// The gateway with its leases and neighbours and, where there is one, the host's tap.
final class GatewayService implements NetworkService {
    private NetworkSettings settings;
    private final Leases leases;
    private final Reservations reservations;
    private final Neighbours neighbours;
    private final Gateway gateway;
    private final HostTap tap;
    /// Null where the host's kernel is the router.
    private final NatService nat;

    private long aimedAt;
    private final FaultLog faults;

    /// @param tap null where the host has none
    /// @param meeting where a socket may be made for a moment
    /// @param ports of the guests, as they are at each moment
    GatewayService(
            NetworkSettings settings,
            NetworkLog log,
            EventLoop loop,
            Switch network,
            Collection<Lease> knownLeases,
            Collection<Neighbour> knownNeighbours,
            HostTap tap,
            Path meeting,
            Supplier<Collection<GuestPort>> ports,
            RandomGenerator random)
            throws IOException {
        this.settings = settings;
        this.tap = tap;
        Subnet subnet = settings.subnet();
        leases = new Leases(subnet.ipv4(), settings.firstGuest(), settings.lastGuest(), knownLeases);
        leases.problems().forEach(problem -> log.accept("leases: " + problem));
        neighbours = new Neighbours(knownNeighbours);
        gateway = new Gateway(
                new GatewayConfig(
                        subnet.gatewayMac(),
                        subnet.gateway(),
                        subnet.ipv4(),
                        subnet.ipv6(),
                        settings.isRouter(),
                        settings.mtu(),
                        settings.domain(),
                        settings.leaseSeconds(),
                        settings.isResolver(),
                        options(settings)),
                network,
                leases,
                neighbours,
                random,
                loop.now());
        reservations = new Reservations(leases, log);
        reservations.set(settings.reservations());
        nat = settings.mode().hasNat() ? new NatService(settings, gateway, loop, log, meeting, ports, random) : null;
        faults = new FaultLog("gateway", gateway.port(), log);
        if (tap != null) {
            tap.start(gateway, settings.mode() == NetworkMode.ROUTER);
        }
    }

    private static GatewayOptions options(NetworkSettings settings) {
        GatewayBlock services = settings.services();
        return new GatewayOptions(
                services.dns(),
                settings.subnet().gateway6(),
                services.dns6(),
                services.ipv4(),
                services.ipv6(),
                services.hostName(),
                services.search().stream().map(DomainName::new).toList(),
                services.forwards().stream().map(GuestForward::address).collect(Collectors.toSet()));
    }

    Gateway gateway() {
        return gateway;
    }

    Leases leaseTable() {
        return leases;
    }

    /// Its IPv6 addresses as far as they are known, for the list of leases.
    List<String> ipv6Of(MacAddress mac) {
        return neighbours.ipv6Of(mac).stream().map(Object::toString).toList();
    }

    @Override
    public long round(long now) {
        if (nat != null && aimedAt != changes()) {
            aimedAt = changes();
            nat.publications().aim();
        }
        gateway.tick(now);
        return gateway.nanosToTick(now);
    }

    @Override
    public void resume(long now) {
        gateway.solicitNeighbours(now);
    }

    @Override
    public void farewell(long now) {
        gateway.farewell(now);
    }

    @Override
    public long changes() {
        return leases.changes() + neighbours.changes();
    }

    @Override
    public List<Lease> leases() {
        return List.copyOf(leases.all());
    }

    @Override
    public List<Neighbour> neighbours() {
        return neighbours.all();
    }

    @Override
    public void check(PortRecord record) {
        reservations.check(record);
    }

    @Override
    public void welcome(PortRecord record) {
        reservations.welcome(record);
    }

    @Override
    public void opened(GuestPort port, boolean restored) throws IOException {
        if (nat != null) {
            nat.opened(port, restored);
        }
    }

    @Override
    public void dismiss(GuestPort port, long now) {
        if (nat != null) {
            nat.publications().forget(port, now);
        }
        reservations.dismiss(port.record());
    }

    @Override
    public void leaving(SwitchPort port, long now) {
        if (nat != null) {
            nat.forget(port, now);
        }
    }

    @Override
    public void settings(NetworkSettings changed) {
        leases.range(changed.firstGuest(), changed.lastGuest());
        reservations.set(changed.reservations());
        gateway.leaseSeconds(changed.leaseSeconds());
        if (nat != null) {
            nat.settings(changed);
        }
        settings = changed;
    }

    @Override
    public int hostChanged(HostChange change, long now) {
        return nat == null ? 0 : nat.hostChanged(change, now);
    }

    /// Machines behind such a route are not to be reached by guests, for whom their addresses are of their own
    /// network; where the host is on this network too, it may miss its guests.
    @Override
    public List<HostChanges.Warning> warnings(HostState state) {
        if (!settings.mode().isRouter() && tap == null) {
            return List.of();
        }
        List<HostChanges.Warning> warnings = new ArrayList<>();
        for (HostRoute route : state.overlapping(settings.subnet().ipv4(), tap == null ? null : tap.name())) {
            String what =
                    "the host has " + route.prefix() + " on " + route.ifName() + ", which overlaps this network's "
                            + settings.subnet().ipv4() + ": guests do not reach the machines there"
                            + (tap == null ? "" : ", and this host may not reach its guests");
            warnings.add(new HostChanges.Warning(
                    what, "leave that network, or " + OtherSubnet.cure(settings.name(), settings.block())));
        }
        return warnings;
    }

    /// Empty where the host's kernel is the router.
    Optional<NatService> nat() {
        return Optional.ofNullable(nat);
    }

    @Override
    public GuestAddresses addresses(MacAddress mac, long sinceNanos) {
        return GuestAddresses.of(leases, neighbours, mac, sinceNanos);
    }

    @Override
    public void describe(Map<String, Object> json) {
        json.put("gatewayPort", NetworkReport.counters(gateway.port()));
        json.put("waitingReservations", reservations.waiting());
        json.put("tap", tap == null ? null : tap.describe());
        if (nat != null) {
            nat.describe(json);
        }
    }

    @Override
    public void logFaults() {
        faults.log();
    }

    NetworkSettings settings() {
        return settings;
    }

    @Override
    public void close() {
        if (nat != null) {
            nat.close();
        }
        if (tap != null) {
            tap.close();
        }
    }
}
