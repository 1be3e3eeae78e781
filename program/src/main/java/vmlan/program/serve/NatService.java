package vmlan.program.serve;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import vmlan.host.CommandStreams;
import vmlan.host.Descriptors;
import vmlan.host.EventLoop;
import vmlan.host.HostOutside;
import vmlan.host.HostSockets;
import vmlan.host.dns.DnsSockets;
import vmlan.host.dns.HostDns;
import vmlan.host.linux.LinuxOutside;
import vmlan.network.SwitchPort;
import vmlan.network.change.HostChange;
import vmlan.network.dns.DnsService;
import vmlan.network.dns.DnsSettings;
import vmlan.network.dns.LocalNames;
import vmlan.network.gateway.Gateway;
import vmlan.network.nat.Nat;
import vmlan.packet.IpAddress;
import vmlan.program.publish.GuestDialer;
import vmlan.program.publish.Publications;
import vmlan.program.publish.PublishRule;
import vmlan.program.publish.UdpPorts;

/// What stands behind the gateway, with the host's sockets: NAT, DNS, and published ports.
final class NatService {
    private final EventLoop loop;
    private final RandomGenerator random;
    private final SocketBudget budget;
    private final HostSockets sockets;
    private final ChosenNames chosen = new ChosenNames();
    private final LocalNames guests;
    private final LazyNames names;
    private final Nat nat;
    private final GuestDialer dialer;
    private final Publications publications;
    private NetworkSettings settings;
    private final CommandStreams commands;
    private boolean prepared;
    /// Null until somebody asks, and on a network without an outside.
    private ChosenServers servers;

    /// @param meeting where a socket may be made for a moment
    /// @param ports of the guests, as they are at each moment
    NatService(
            NetworkSettings settings,
            Gateway gateway,
            EventLoop loop,
            NetworkLog log,
            Path meeting,
            Supplier<Collection<GuestPort>> ports,
            RandomGenerator random) {
        this.loop = loop;
        this.random = random;
        this.budget = SocketBudget.of(Descriptors.limit());
        this.sockets = isLinux() ? new LinuxOutside(loop) : new HostOutside(loop);
        this.guests = new GuestNames(ports);
        this.names = new LazyNames(this::dns);
        this.nat = gateway.attachNat(budget.nat(), sockets, settings.isResolver() ? names : null, loop.now());
        this.commands = new CommandStreams(loop, meeting);
        new ForwardTargets(loop, sockets, commands)
                .addTo(nat.forwards(), settings.services().forwards());
        Subnet subnet = settings.subnet();
        this.dialer =
                new GuestDialer(loop, nat::connect, IpAddress.of(subnet.gateway()), IpAddress.of(subnet.gateway6()));
        this.publications = new Publications(loop, dialer, new UdpPorts(sockets, nat), log, budget.published());
        settings(settings);
    }

    private static boolean isLinux() {
        return System.getProperty("os.name").equals("Linux");
    }

    /// On a network without an outside, what guests and the configuration call themselves is all that is answered.
    private DnsService dns() {
        Subnet subnet = settings.subnet();
        DnsSettings dns = new DnsSettings(
                NetworkSettings.DOMAIN,
                List.of(IpAddress.of(subnet.gateway()), IpAddress.of(subnet.gateway6())),
                subnet.ipv4(),
                subnet.ipv6(),
                budget.dns());
        if (!settings.isRouter()) {
            return new DnsService(dns, guests, List.of(chosen), null, null, random);
        }
        return new DnsService(
                dns,
                guests,
                List.of(chosen, HostDns.names(loop)),
                hostServers(),
                new DnsSockets(loop, budget.dnsSockets()),
                random);
    }

    /// A NIC has its port.
    void opened(GuestPort port, boolean restored) throws IOException {
        prepare();
        List<PublishRule> rules = port.record().published();
        if (restored) {
            publications.restore(port, rules);
        } else if (!rules.isEmpty()) {
            port.published(publications.add(port, rules));
        }
    }

    /// A guest takes a second until it sends anything. By then what its first datagram and its first query need is
    /// loaded, on threads of their own, so that no frame waits for it.
    private void prepare() {
        sockets.prepare();
        if (!prepared) {
            prepared = true;
            Thread.ofPlatform().daemon().name("vmlan-dns").start(DnsService::load);
        }
    }

    /// Ports of the host, names or servers were changed. The ports come last: nothing is opened by settings that are
    /// refused.
    void settings(NetworkSettings changed) {
        chosen.set(changed.names());
        if (servers != null) {
            servers.set(changed.dnsServers());
        }
        if (settings != null) {
            settings.allowedHostPorts().forEach(port -> nat.hostPorts().forbid(port.udp(), port.number()));
        }
        changed.allowedHostPorts().forEach(port -> nat.hostPorts().allow(port.udp(), port.number()));
        settings = changed;
    }

    /// A port of the switch is about to go.
    void forget(SwitchPort port, long now) {
        dialer.forget(port, now);
        nat.forget(port, now);
        names.forget(port);
    }

    /// @return how many connections were reset
    int hostChanged(HostChange change, long now) {
        int reset = nat.hostChanged(change, now);
        if (change.makesDoubtful() || change.hasOtherAddresses()) {
            names.hostChanged(now);
        }
        publications.hostChanged(change.now().addresses());
        return reset;
    }

    Publications publications() {
        return publications;
    }

    GuestDialer dialer() {
        return dialer;
    }

    /// Adds to what `network show` prints.
    void describe(Map<String, Object> json) {
        json.put("published", publications.describe());
        json.put("nat", NatReport.nat(nat.counters(), sockets, budget, EchoRights.areHere()));
        json.put("dns", NatReport.dns(names.serviceIfAny(), budget, servers()));
        Map<String, Object> waiting = NatReport.used(dialer.waiting(), dialer.waitingLimit());
        Map<String, Object> publishing = new LinkedHashMap<>();
        publishing.put("sockets", NatReport.used(publications.sockets(), publications.socketLimit()));
        publishing.put("waiting", waiting);
        json.put("publishing", publishing);
    }

    private ChosenServers hostServers() {
        if (servers == null) {
            servers = new ChosenServers(HostDns.servers(loop));
            servers.set(settings.dnsServers());
        }
        return servers;
    }

    /// Those for names that no rule of the host's sends elsewhere.
    private List<String> servers() {
        List<String> texts = new ArrayList<>();
        if (settings.isRouter()) {
            hostServers().serversOf("", loop.now()).forEach(server -> texts.add(server.toString()));
        }
        return texts;
    }

    void close() {
        publications.close();
        commands.close();
        sockets.close();
    }
}
