package vmlan.network.uplink;

import java.nio.ByteBuffer;
import vmlan.network.SwitchPort;
import vmlan.packet.ArpHeader;
import vmlan.packet.EthernetHeader;
import vmlan.packet.IcmpHeader;
import vmlan.packet.IpProtocol;
import vmlan.packet.Ipv4Header;
import vmlan.packet.Ipv6Header;
import vmlan.packet.NdHeader;
import vmlan.packet.NdOptions;

/// Reads out of frames which addresses stations use. Most frames are TCP or UDP of a station that is known:
/// for these it is a look at the source and a look-up.
///
/// A packet with a VLAN tag says nothing here: the same address may be somebody else's in another VLAN.
///
/// Trust: a station is whom the frame comes from. What a packet says of another MAC, as a proxy does, is no
/// claim, and is at most a packet that was seen with that source.
final class AddressLearner {
    /// RFC 4861 §7.1: not from beyond the link.
    private static final int ON_LINK_HOPS = 255;

    private final ArpHeader arp = new ArpHeader();
    private final Ipv6Header ipv6 = new Ipv6Header();
    private final NdHeader message = new NdHeader();
    private final AddressTable addresses;

    AddressLearner(AddressTable addresses) {
        this.addresses = addresses;
    }

    /// Notes what a frame of a guest shows.
    ///
    /// @return false when it speaks for one of the host's own addresses
    boolean learn(SwitchPort from, ByteBuffer buffer, int offset, int length, long now) {
        int packet = offset + EthernetHeader.LENGTH;
        int available = length - EthernetHeader.LENGTH;
        long mac = EthernetHeader.source(buffer, offset);
        return switch (EthernetHeader.type(buffer, offset)) {
            case EthernetHeader.TYPE_IPV4 -> {
                if (available < Ipv4Header.LENGTH || (buffer.get(packet) & 0xf0) != 0x40) {
                    yield true;
                }
                yield addresses.heard(from, mac, 0, AddressTable.mapped(buffer.getInt(packet + 12)), false, now);
            }
            case EthernetHeader.TYPE_IPV6 -> learnIpv6(from, mac, buffer, packet, available, now);
            case EthernetHeader.TYPE_ARP -> !arp.aim(buffer, packet, available) || learnArp(from, mac, now);
            default -> true;
        };
    }

    private boolean learnArp(SwitchPort from, long mac, long now) {
        if (arp.senderAddress() == 0) {
            if (arp.operation() == ArpHeader.REQUEST && arp.senderMac() == mac) {
                addresses.probed(from, mac, arp.targetAddress(), now);
            }
            return true;
        }
        long low = AddressTable.mapped(arp.senderAddress());
        return arp.senderMac() == mac ? addresses.heard(from, mac, 0, low, true, now) : !addresses.isOwn(0, low);
    }

    private boolean learnIpv6(SwitchPort from, long mac, ByteBuffer buffer, int packet, int available, long now) {
        if (available < Ipv6Header.LENGTH || (buffer.get(packet) & 0xf0) != 0x60) {
            return true;
        }
        int next = buffer.get(packet + 6) & 0xff;
        long high = buffer.getLong(packet + 8);
        long low = buffer.getLong(packet + 16);
        boolean isDiscovery =
                next != IpProtocol.TCP && next != IpProtocol.UDP && aimDiscovery(buffer, packet, available);
        if (!isDiscovery) {
            return addresses.heard(from, mac, high, low, false, now);
        }
        return learnDiscovery(from, mac, high, low, now);
    }

    private boolean aimDiscovery(ByteBuffer buffer, int packet, int available) {
        return ipv6.aim(buffer, packet, available)
                && ipv6.protocol() == IpProtocol.ICMPV6
                && ipv6.hopLimit() == ON_LINK_HOPS
                && !ipv6.isFragment() // RFC 6980 §5
                && message.aim(buffer, ipv6.payloadOffset(), ipv6.payloadLength());
    }

    private boolean learnDiscovery(SwitchPort from, long mac, long high, long low, long now) {
        if (message.type() == IcmpHeader.NEIGHBOUR_SOLICITATION && ipv6.sourceIsUnspecified()) {
            addresses.tested(from, mac, message.targetHigh(), message.targetLow(), now);
            return true;
        }
        boolean isOwns = isOrAbsent(message.options().sourceMac(), mac);
        boolean isGood = addresses.heard(from, mac, high, low, isOwns, now);
        if (message.type() == IcmpHeader.NEIGHBOUR_ADVERTISEMENT) {
            boolean isClaim = isOrAbsent(message.options().targetMac(), mac);
            isGood &= isClaim
                    ? addresses.heard(from, mac, message.targetHigh(), message.targetLow(), true, now)
                    : !addresses.isOwn(message.targetHigh(), message.targetLow());
        }
        return isGood;
    }

    private static boolean isOrAbsent(long said, long mac) {
        return said == NdOptions.ABSENT || said == mac;
    }

    /// Notes when a frame of the LAN or the host objects to a test of a guest.
    void objection(ByteBuffer buffer, int offset, int length) {
        int packet = offset + EthernetHeader.LENGTH;
        int available = length - EthernetHeader.LENGTH;
        if (EthernetHeader.type(buffer, offset) != EthernetHeader.TYPE_IPV6
                || !aimDiscovery(buffer, packet, available)) {
            return;
        }
        boolean isTest = message.type() == IcmpHeader.NEIGHBOUR_SOLICITATION && ipv6.sourceIsUnspecified();
        if (isTest || message.type() == IcmpHeader.NEIGHBOUR_ADVERTISEMENT) {
            addresses.objected(EthernetHeader.source(buffer, offset), message.targetHigh(), message.targetLow());
        }
    }
}
