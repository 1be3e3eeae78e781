package vmlan.program.serve;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import vmlan.network.Switch;
import vmlan.network.dhcp.Lease;
import vmlan.network.dhcp.Leases;
import vmlan.network.gateway.Gateway;
import vmlan.network.gateway.GatewayConfig;
import vmlan.network.gateway.Neighbour;
import vmlan.network.gateway.Neighbours;
import vmlan.packet.MacAddress;

/// The gateway with its leases and neighbours and, where there is one, the host's tap.
final class GatewayService implements NetworkService {
    private final NetworkSettings settings;
    private final NetworkLog log;
    private final Leases leases;
    private final Neighbours neighbours;
    private final Gateway gateway;
    private final HostTap tap;
    private final FaultLog faults;

    /// @param tap null where the host has none
    GatewayService(
            NetworkSettings settings,
            NetworkLog log,
            Switch network,
            Collection<Lease> knownLeases,
            Collection<Neighbour> knownNeighbours,
            HostTap tap,
            RandomGenerator random,
            long now)
            throws IOException {
        this.settings = settings;
        this.log = log;
        this.tap = tap;
        Subnet subnet = settings.subnet();
        leases = new Leases(subnet.ipv4(), subnet.firstGuest(), subnet.lastGuest(), knownLeases);
        leases.problems().forEach(problem -> log.accept("leases: " + problem));
        neighbours = new Neighbours(knownNeighbours);
        gateway = new Gateway(
                new GatewayConfig(
                        subnet.gatewayMac(),
                        subnet.gateway(),
                        subnet.ipv4(),
                        subnet.ipv6(),
                        settings.mode().isRouter(),
                        NetworkSettings.MTU,
                        NetworkSettings.DOMAIN,
                        NetworkSettings.LEASE_SECONDS),
                network,
                leases,
                neighbours,
                random,
                now);
        faults = new FaultLog("gateway", gateway.port(), log);
        if (tap != null) {
            tap.start(gateway, settings.mode() == NetworkMode.ROUTER);
        }
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
    public void welcome(PortRecord record) {
        if (leases.reserve(record.mac(), record.address(), record.vm(), record.id())
                .isEmpty()) {
            log.accept(record.id() + ": no IPv4 address is free for it now");
        }
    }

    @Override
    public void dismiss(PortRecord record) {
        leases.unreserve(record.mac());
    }

    @Override
    public GuestAddresses addresses(MacAddress mac, long sinceNanos) {
        return GuestAddresses.of(leases, neighbours, mac, sinceNanos);
    }

    @Override
    public void describe(Map<String, Object> json) {
        json.put("gatewayPort", NetworkReport.counters(gateway.port()));
        json.put("tap", tap == null ? null : tap.describe());
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
        if (tap != null) {
            tap.close();
        }
    }
}
