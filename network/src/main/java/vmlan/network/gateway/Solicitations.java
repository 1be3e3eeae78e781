package vmlan.network.gateway;

import vmlan.network.ip.Hops;
import vmlan.network.ip.Outbox;
import vmlan.packet.ArpHeader;
import vmlan.packet.EthernetHeader;
import vmlan.packet.IcmpHeader;
import vmlan.packet.Ipv6Address;
import vmlan.packet.MacAddress;
import vmlan.packet.NdOptions;

/// The gateway's own questions: who has this address?
final class Solicitations {
    /// As MAC: ask everybody.
    static final long EVERYBODY = MacAddress.BROADCAST.bits();

    private static final int SOLICITATION_LENGTH = 32;

    private final Outbox out;
    private final int address;
    private final Ipv6Own own;

    Solicitations(Outbox out, int address, Ipv6Own own) {
        this.out = out;
        this.address = address;
        this.own = own;
    }

    /// Sends an ARP request.
    ///
    /// @param mac whom to ask: who had the address before (RFC 1122 §2.3.2.1), or [#EVERYBODY]
    void ask(int target, long mac, long now) {
        int packet = out.reserve(ArpHeader.LENGTH);
        if (packet >= 0) {
            ArpHeader.write(out.buffer(), packet, ArpHeader.REQUEST, own.mac, address, 0, target);
            out.send(mac, EthernetHeader.TYPE_ARP, packet, ArpHeader.LENGTH, now);
        }
    }

    /// Sends a neighbour solicitation, to the one MAC or to the target's solicited-node group (RFC 4861
    /// §7.2.2).
    void ask(long high, long low, long mac, long now) {
        int message = out.reserve(SOLICITATION_LENGTH);
        if (message < 0) {
            return;
        }
        IcmpHeader.write(out.buffer(), message, IcmpHeader.NEIGHBOUR_SOLICITATION, 0, 0);
        out.buffer().putLong(message + 8, high);
        out.buffer().putLong(message + 16, low);
        NdOptions.writeMac(out.buffer(), message + 24, NdOptions.SOURCE_LINK_LAYER, own.mac);
        Ipv6Address group = new Ipv6Address(high, low).solicitedNode();
        boolean toAll = mac == EVERYBODY;
        out.sendIcmpv6(
                toAll ? EthernetHeader.ipv6Group(group.low()) : mac,
                Hops.ON_LINK,
                own.linkLocalHigh,
                own.linkLocalLow,
                toAll ? group.high() : high,
                toAll ? group.low() : low,
                message,
                SOLICITATION_LENGTH,
                now);
    }
}
