package vmlan.network.gateway;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import vmlan.network.DropReason;
import vmlan.network.FrameSink;
import vmlan.network.Switch;
import vmlan.network.SwitchPort;
import vmlan.network.dhcp.Leases;
import vmlan.network.ip.IcmpErrors;
import vmlan.network.ip.Outbox;
import vmlan.network.ip.RateLimit;
import vmlan.network.nat.NameServer;
import vmlan.network.nat.Nat;
import vmlan.network.nat.NatLimits;
import vmlan.network.nat.NatSettings;
import vmlan.network.outside.Outside;
import vmlan.packet.EthernetHeader;
import vmlan.packet.IpAddress;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;

/// The network's own host behind the port "gateway". It answers what comes in at once; what it does of its
/// own accord it does in [#tick], which is to be called when [#nanosToTick] has passed. All but [#accept]
/// and [#fromHost] flush the switch.
///
/// The host's own network stack may share the port, its MAC and its addresses: [HostDoor] has the rules.
public final class Gateway implements FrameSink {
    /// Errors to one port. RFC 4443 §2.4 (f) has an example of ten a second; a trace of a route needs a few
    /// at once.
    private static final int ERRORS_PER_SECOND = 10;

    private static final int ERRORS_BURST = 30;

    private final EthernetHeader ethernet = new EthernetHeader();
    private final GatewayConfig config;
    private final Switch network;
    private final SwitchPort port;
    private final long mac;
    private final Outbox out;
    private final Ipv4Own own4;
    private final HostDoor host;
    private final Neighbours neighbours;
    private final Solicitations solicitations;
    private final Pings pings;
    private final RouterAdvertiser router;
    private final ArpResponder arp;
    private final IcmpErrors errors;
    private final RandomGenerator random;
    private final DhcpResponder dhcp;
    private final Ipv4Input ipv4;
    private final Ipv6Input ipv6;
    private Nat nat;

    /// Connects itself to the switch.
    ///
    /// @param leases may be read by others between two calls, as may `neighbours`
    public Gateway(
            GatewayConfig config,
            Switch network,
            Leases leases,
            Neighbours neighbours,
            RandomGenerator random,
            long now) {
        this.config = config;
        this.network = network;
        this.neighbours = neighbours;
        port = network.connect("gateway", false, self -> this);
        mac = config.mac().bits();
        network.pin(port, config.mac(), now);
        neighbours.start(config.prefix(), now);

        out = new Outbox(network, port, mac);
        host = new HostDoor(port, mac);
        Ipv6Own own = new Ipv6Own(config);
        own4 = new Ipv4Own(config);
        int address = config.address().bits();
        this.random = random;
        errors = new IcmpErrors(
                out,
                new RateLimit(ERRORS_PER_SECOND, ERRORS_BURST),
                address,
                IpAddress.of(config.ipv6()),
                IpAddress.of(config.linkLocal()));
        TcpReset reset = new TcpReset(out);
        solicitations = new Solicitations(out, address, own);
        pings = new Pings(out, solicitations, address, own, random);
        router = new RouterAdvertiser(config, out, own, random, now);
        arp = new ArpResponder(config, out, host, own4, neighbours, leases, pings, now);
        dhcp = new DhcpResponder(config, out, leases);
        ipv4 = new Ipv4Input(config, out, host, own4, dhcp, errors, reset, pings);
        ipv6 = new Ipv6Input(
                config,
                out,
                host,
                own,
                new NeighbourDiscovery(config, out, host, own, neighbours, pings, router),
                neighbours,
                errors,
                reset,
                pings);
    }

    public SwitchPort port() {
        return port;
    }

    @Override
    public void accept(SwitchPort from, ByteBuffer buffer, int offset, int length, long now) {
        port.transmitted(1, length);
        out.makeRoom();
        if (!ethernet.aim(buffer, offset, length)) {
            from.drop(DropReason.RUNT);
            return;
        }
        if (!ethernet.isToGroup() && ethernet.destination() != mac) {
            return; // flooded to all, for somebody else
        }
        int type = ethernet.type();
        boolean isSpoken = type == EthernetHeader.TYPE_IPV6
                ? config.options().speaksIpv6()
                : config.options().speaksIpv4();
        switch (isSpoken ? type : 0) {
            case EthernetHeader.TYPE_IPV4 -> ipv4.accept(from, ethernet, now);
            case EthernetHeader.TYPE_IPV6 -> ipv6.accept(from, ethernet, now);
            case EthernetHeader.TYPE_ARP -> arp.accept(from, ethernet, now);
            default -> {
                if (!ethernet.isToGroup()) {
                    from.drop(DropReason.UNANSWERED);
                }
            }
        }
    }

    /// Every frame was answered, or its bytes copied, when it came; the host and the NAT may still have some
    /// to write.
    @Override
    public void flush() {
        if (nat != null) {
            nat.flush();
        }
        host.flush();
    }

    /// Puts the host's network stack behind the port too. Its interface has the gateway's MAC and addresses,
    /// and takes no address or route from the network (on Linux: `accept_ra=0`).
    ///
    /// @param forwards whether it also takes packets for elsewhere; then the gateway's configuration has
    /// `router`
    public void attachHost(HostSide side, boolean forwards) {
        host.attach(side, forwards);
    }

    /// Puts a NAT behind the gateway, once: it carries what is for elsewhere, where the configuration has
    /// `router`, and has its own services at the gateway's addresses, before the host's network stack.
    ///
    /// @param names who answers DNS, or null; goes with the configuration's `resolver`
    public Nat attachNat(NatLimits limits, Outside outside, NameServer names, long now) {
        NatSettings settings = new NatSettings(
                IpAddress.of(config.address()),
                config.network(),
                IpAddress.of(config.ipv6()),
                IpAddress.of(config.linkLocal()),
                config.prefix(),
                others(),
                config.router(),
                config.mtu(),
                limits);
        nat = new Nat(settings, out, errors, outside, names, random, now);
        ipv4.attach(nat);
        ipv6.attach(nat);
        return nat;
    }

    private List<IpAddress> others() {
        List<IpAddress> others = new ArrayList<>();
        Ipv4Own.others(config).map(IpAddress::of).forEach(others::add);
        if (config.prefix().contains(config.dns6()) && !config.dns6().equals(config.ipv6())) {
            others.add(IpAddress.of(config.dns6()));
        }
        return others;
    }

    /// DHCP's leases are as long from now on.
    public void leaseSeconds(int seconds) {
        dhcp.leaseSeconds(seconds);
    }

    /// A frame that the host's network stack sends. It goes where the switch knows its destination, as if
    /// the gateway had sent it, and stays as it is until the caller has flushed the switch. Not to be called
    /// from within [HostSide].
    ///
    /// @param buffer as for [Switch#receive]
    public void fromHost(ByteBuffer buffer, int offset, int length, long now) {
        if (!host.mayEnter(buffer, offset, length)) {
            return;
        }
        int payloadLength = length - EthernetHeader.LENGTH;
        if (payloadLength >= EthernetHeader.MIN_PAYLOAD) {
            network.receive(port, buffer, offset, length, now);
            return;
        }
        // a tap leaves the padding to the hardware, and some of QEMU's NICs drop what has none
        out.makeRoom();
        int payload = out.reserve(payloadLength);
        if (payload >= 0) {
            out.buffer().put(payload, buffer, offset + EthernetHeader.LENGTH, payloadLength);
            ethernet.aim(buffer, offset, length);
            out.send(ethernet.destination(), ethernet.type(), payload, payloadLength, now);
        }
    }

    /// Does what is due: advertisements, pings, questions to quiet neighbours.
    public void tick(long now) {
        out.makeRoom();
        router.tick(now);
        pings.tick(now);
        neighbours.tick(solicitations, now);
        if (nat != null) {
            nat.tick(now);
        }
        network.flush();
    }

    /// How long nothing will be due, so how long the event loop may wait for frames; 0 when something is.
    /// It has to be asked anew after frames have come in.
    public long nanosToTick(long now) {
        long nanos = Math.min(router.nanosToTick(now), Math.min(pings.nanosToTick(now), neighbours.nanosToTick(now)));
        return nat == null ? nanos : Math.min(nanos, nat.nanosToTick(now));
    }

    /// Sends an echo to a guest, anew every second, until one is answered or the time is up.
    ///
    /// @param done is called once, now or within [#accept] or [#tick]; at once and unanswered when 64 are
    /// under way or     the address is not one of a guest
    public void ping(Ipv4Address to, long timeoutNanos, long now, Consumer<PingOutcome> done) {
        boolean isGuest = config.network().contains(to)
                && !own4.isAddress(to.bits())
                && !to.equals(config.network().network())
                && !to.equals(config.network().broadcast());
        out.makeRoom();
        pings.start(to.bits(), isGuest ? timeoutNanos : 0, now, done);
        network.flush();
    }

    /// The same for IPv6.
    public void ping(Ipv6Address to, long timeoutNanos, long now, Consumer<PingOutcome> done) {
        boolean isGuest =
                !to.isMulticast() && !to.isUnspecified() && !to.equals(config.ipv6()) && !to.equals(config.linkLocal());
        out.makeRoom();
        pings.start(to.high(), to.low(), isGuest ? timeoutNanos : 0, now, done);
        network.flush();
    }

    /// After a restart: asks the hosts on the link to show themselves, so that switch and neighbours are
    /// known again before somebody needs them. The questions go out in this and the next ticks.
    public void solicitNeighbours(long now) {
        router.announce(now);
        neighbours.probeAll(now);
        tick(now);
    }

    /// The network ends: tells the hosts not to use this router any more.
    public void farewell(long now) {
        out.makeRoom();
        router.farewell(now);
        network.flush();
    }
}
