package vmlan.network.gateway;

import vmlan.network.DropReason;
import vmlan.network.SwitchPort;
import vmlan.network.dhcp.Leases;
import vmlan.network.ip.Outbox;
import vmlan.packet.ArpHeader;
import vmlan.packet.EthernetHeader;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv4Prefix;
import vmlan.packet.MacAddress;

/// ARP (RFC 826): answers for the gateway's addresses and no others, and notes who has which.
///
/// Trust: a guest may claim any address. A claim to ours is counted and defended (RFC 5227 §2.4) and not
/// believed; others go to [Neighbours] and [Leases], which bound what they keep. Answers go to where the
/// question came from, not to the address that it gives.
final class ArpResponder {
    /// RFC 5227 §1.1, DEFEND_INTERVAL.
    private static final long DEFEND_NANOS = 10_000_000_000L;

    private final ArpHeader arp = new ArpHeader();
    private final Outbox out;
    private final HostDoor host;
    private final Neighbours neighbours;
    private final Leases leases;
    private final Pings pings;
    private final long mac;
    private final Ipv4Own own;
    private final Ipv4Prefix network;
    private long defendAfter;

    ArpResponder(
            GatewayConfig config,
            Outbox out,
            HostDoor host,
            Ipv4Own own,
            Neighbours neighbours,
            Leases leases,
            Pings pings,
            long now) {
        this.out = out;
        this.host = host;
        this.own = own;
        this.neighbours = neighbours;
        this.leases = leases;
        this.pings = pings;
        mac = config.mac().bits();
        network = config.network();
        defendAfter = now;
    }

    void accept(SwitchPort from, EthernetHeader ethernet, long now) {
        if (!arp.aim(ethernet.buffer(), ethernet.payloadOffset(), ethernet.payloadLength())
                || MacAddress.isGroup(arp.senderMac())) {
            from.drop(DropReason.MALFORMED);
            return;
        }
        long source = ethernet.source();
        int sender = arp.senderAddress();
        if (own.isAddress(sender)) {
            from.drop(DropReason.SPOOFED);
            defend(sender, now);
            return;
        }
        boolean isAnswer = arp.operation() == ArpHeader.REPLY;
        boolean isForUs = own.isAddress(arp.targetAddress());
        // zero is the sender of a probe, which does not have the address yet (RFC 5227 §2.1.1)
        if (sender != 0 && arp.senderMac() == source && isGuestAddress(sender)) {
            neighbours.heard(from.name(), source, sender, now);
            leases.seenInUse(new Ipv4Address(sender), new MacAddress(source), from.name(), now);
            if (isAnswer && !ethernet.isToGroup()) {
                host.pass(ethernet); // which asks for itself, on Linux also with addresses of its other interfaces
            }
            if (isAnswer && isForUs) {
                pings.resolved(sender, source, now);
                return;
            }
        }
        if (!isAnswer && isForUs) {
            reply(source, now);
        }
    }

    private boolean isGuestAddress(int candidate) {
        return network.contains(candidate)
                && candidate != network.network().bits()
                && candidate != network.broadcast().bits();
    }

    private void reply(long to, long now) {
        long targetMac = arp.senderMac();
        int target = arp.senderAddress();
        int asked = arp.targetAddress();
        int packet = out.reserve(ArpHeader.LENGTH);
        if (packet >= 0) {
            ArpHeader.write(out.buffer(), packet, ArpHeader.REPLY, mac, asked, targetMac, target);
            out.send(to, EthernetHeader.TYPE_ARP, packet, ArpHeader.LENGTH, now);
        }
    }

    /// An announcement puts right what the false claim has put into the guests' caches.
    private void defend(int address, long now) {
        if (defendAfter - now > 0) {
            return;
        }
        defendAfter = now + DEFEND_NANOS;
        int packet = out.reserve(ArpHeader.LENGTH);
        if (packet >= 0) {
            ArpHeader.write(out.buffer(), packet, ArpHeader.REQUEST, mac, address, 0, address);
            out.send(MacAddress.BROADCAST.bits(), EthernetHeader.TYPE_ARP, packet, ArpHeader.LENGTH, now);
        }
    }
}
