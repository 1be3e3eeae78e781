package vmlan.network.uplink;

import java.nio.ByteBuffer;
import vmlan.network.Frames;
import vmlan.network.Switch;
import vmlan.network.SwitchPort;
import vmlan.packet.ArpHeader;
import vmlan.packet.Checksum;
import vmlan.packet.DhcpHeader;
import vmlan.packet.DhcpMessage;
import vmlan.packet.EthernetHeader;
import vmlan.packet.IcmpHeader;
import vmlan.packet.IpProtocol;
import vmlan.packet.Ipv4Header;
import vmlan.packet.Ipv6Header;
import vmlan.packet.MacAddress;
import vmlan.packet.NdHeader;
import vmlan.packet.NdOptions;
import vmlan.packet.UdpHeader;

/// Lets many stations share the NIC's MAC address, because a Wi-Fi access point takes and brings frames for
/// that one only (IEEE 802.11-2020 §9.3.2.1: a frame to it has no field for another transmitter).
///
/// ```
///   guest 52:54:…:0a ┐          out: source := NIC's               ┌── access point, LAN
///   guest 52:54:…:0b ┴─ switch ─ translation ──────────────────────┴── sees the NIC's MAC only
///                               in: destination := by IP address
/// ```
///
/// MAC addresses stand also within packets:
///
/// | out to the LAN | |
/// |---|---|
/// | ARP | sender's hardware address := NIC's |
/// | neighbour discovery | source and target link-layer options := NIC's |
/// | DHCPv4, client to server | broadcast flag set |
/// | DHCPv6 | nothing |
///
/// A redirect's target stays when it is somebody in the LAN. A DHCPv4 server without that flag would send
/// to chaddr, which the air does not carry; chaddr and client identifier stay, so each guest has its own
/// lease. DHCPv6 servers answer to the client's IP address, which they resolve (RFC 8415 §18.3.10); a MAC
/// in a DUID is a name.
///
/// | in to the NIC's MAC | goes to |
/// |---|---|
/// | DHCPv4 reply | who has chaddr, whose IP address is not known yet |
/// | ARP | who has the target address; an answer to a probe (RFC 5227 §2.1.1) has none: who probes the sender's |
/// | IP to a group | everybody: access points may turn multicast into unicast |
/// | other IP | who has the destination address |
/// | all else | nobody of ours: it is the host's |
///
/// Only IPv4, IPv6 and ARP go out. Nothing else could come back, and it would speak in the host's name:
/// EAPOL (IEEE 802.1X) could end the host's own association. So VLAN tags, which access points do not carry
/// for their stations either, are refused. SEND (RFC 3971) does not survive: its signatures cover the
/// options.
///
/// Read RFC 826, RFC 4861 §4, RFC 2131 §4.1 first.
///
/// Trust: both sides' bytes are hostile. Every field that is written lies in a window that was checked;
/// checksums are updated by difference (RFC 1624), so that what was wrong before is wrong after.
final class MacTranslation {
    private final ByteBuffer scratch = ByteBuffer.allocateDirect(Frames.MAX_LENGTH);
    private final ArpHeader arp = new ArpHeader();
    private final Ipv4Header ipv4 = new Ipv4Header();
    private final Ipv6Header ipv6 = new Ipv6Header();
    private final UdpHeader udp = new UdpHeader();
    private final IcmpHeader icmp = new IcmpHeader();
    private final NdHeader message = new NdHeader();
    private final DhcpHeader dhcp = new DhcpHeader();
    private final Switch network;
    private final SwitchPort port;
    private final AddressTable addresses;
    private long nicMac;

    MacTranslation(Switch network, SwitchPort port, AddressTable addresses) {
        this.network = network;
        this.port = port;
        this.addresses = addresses;
    }

    void nic(long mac) {
        nicMac = mac;
    }

    /// Where [#out] leaves the frame, from offset 0.
    ByteBuffer scratch() {
        return scratch;
    }

    /// Makes a copy of a guest's frame that can go out to the LAN; the frame itself is not changed, others see
    /// it too.
    ///
    /// @return false when it cannot
    boolean out(ByteBuffer buffer, int offset, int length, long now) {
        int type = EthernetHeader.type(buffer, offset);
        if (type != EthernetHeader.TYPE_IPV4 && type != EthernetHeader.TYPE_IPV6 && type != EthernetHeader.TYPE_ARP) {
            return false;
        }
        scratch.put(0, buffer, offset, length);
        EthernetHeader.writeSource(scratch, 0, nicMac);
        int available = length - EthernetHeader.LENGTH;
        if (type == EthernetHeader.TYPE_ARP) {
            if (!arp.aim(scratch, EthernetHeader.LENGTH, available)) {
                return false; // of another kind, which would show a MAC that cannot be reached
            }
            arp.writeSenderMac(nicMac);
        } else if (type == EthernetHeader.TYPE_IPV4) {
            outIpv4(available);
        } else {
            outIpv6(available, now);
        }
        return true;
    }

    /// RFC 2131 §4.1. A message in fragments stays as it is: the later ones have no ports, and the first is
    /// shorter than its datagram says.
    private void outIpv4(int available) {
        if (aimDhcp(scratch, EthernetHeader.LENGTH, available, DhcpMessage.CLIENT_PORT, DhcpMessage.SERVER_PORT)
                && dhcp.operation() == DhcpMessage.REQUEST) {
            int flags = dhcp.flags();
            dhcp.writeFlags(flags | DhcpHeader.BROADCAST);
            udp.replace(flags, flags | DhcpHeader.BROADCAST);
        }
    }

    private boolean aimDhcp(ByteBuffer buffer, int packet, int available, int sourcePort, int destinationPort) {
        return ipv4.aim(buffer, packet, available)
                && ipv4.protocol() == IpProtocol.UDP
                && !ipv4.isFragment()
                && udp.aim(buffer, ipv4.payloadOffset(), ipv4.payloadLength())
                && udp.sourcePort() == sourcePort
                && udp.destinationPort() == destinationPort
                && dhcp.aim(buffer, udp.payloadOffset(), udp.payloadLength());
    }

    private void outIpv6(int available, long now) {
        if (!ipv6.aim(scratch, EthernetHeader.LENGTH, available)
                || ipv6.protocol() != IpProtocol.ICMPV6
                || ipv6.isFragment() // not neighbour discovery (RFC 6980 §5)
                || !icmp.aim(scratch, ipv6.payloadOffset(), ipv6.payloadLength())
                || !message.aim(scratch, ipv6.payloadOffset(), ipv6.payloadLength())) {
            return;
        }
        int checksum = icmp.checksum();
        for (int at = message.optionsOffset(); at < message.end(); at += NdOptions.size(scratch, at)) {
            if (NdOptions.isMac(scratch, at)) {
                long mac = NdOptions.mac(scratch, at);
                boolean isOfLan = message.type() == IcmpHeader.REDIRECT && network.isBehind(port, mac, now);
                if (!isOfLan) {
                    NdOptions.writeMac(scratch, at, scratch.get(at), nicMac);
                    checksum = Checksum.replaceMac(checksum, mac, nicMac);
                }
            }
        }
        icmp.writeChecksum(checksum);
    }

    /// Gives a frame to the NIC's MAC the destination that it is for, where it lies.
    ///
    /// @return false when it is for nobody of ours; then it is as it was
    boolean in(ByteBuffer buffer, int offset, int length, long now) {
        int packet = offset + EthernetHeader.LENGTH;
        int available = length - EthernetHeader.LENGTH;
        long mac = switch (EthernetHeader.type(buffer, offset)) {
            case EthernetHeader.TYPE_ARP -> arp.aim(buffer, packet, available) ? inArp(now) : AddressTable.NOBODY;
            case EthernetHeader.TYPE_IPV4 -> inIpv4(buffer, packet, available, now);
            case EthernetHeader.TYPE_IPV6 -> inIpv6(buffer, packet, available, now);
            default -> AddressTable.NOBODY;
        };
        if (mac == AddressTable.NOBODY) {
            return false;
        }
        EthernetHeader.writeDestination(buffer, offset, mac);
        return true;
    }

    private long inArp(long now) {
        boolean isProbesAnswer = arp.targetAddress() == 0 && arp.operation() == ArpHeader.REPLY;
        int address = isProbesAnswer ? arp.senderAddress() : arp.targetAddress();
        long mac = addresses.use(0, AddressTable.mapped(address), now);
        if (mac != AddressTable.NOBODY && arp.targetMac() == nicMac) {
            arp.writeTargetMac(mac);
        }
        return mac;
    }

    private long inIpv4(ByteBuffer buffer, int packet, int available, long now) {
        if (!ipv4.aim(buffer, packet, available)) {
            return AddressTable.NOBODY;
        }
        int destination = ipv4.destination();
        if (Ipv4Header.isMulticast(destination)) {
            return EthernetHeader.ipv4Group(destination);
        }
        if (aimDhcp(buffer, packet, available, DhcpMessage.SERVER_PORT, DhcpMessage.CLIENT_PORT)
                && dhcp.operation() == DhcpMessage.REPLY
                && network.isBehindOther(port, dhcp.clientMac(), now)) {
            return dhcp.clientMac();
        }
        if (destination == -1) {
            return MacAddress.BROADCAST.bits();
        }
        return addresses.use(0, AddressTable.mapped(destination), now);
    }

    private long inIpv6(ByteBuffer buffer, int packet, int available, long now) {
        if (available < Ipv6Header.LENGTH || (buffer.get(packet) & 0xf0) != 0x60) {
            return AddressTable.NOBODY;
        }
        long high = buffer.getLong(packet + 24);
        long low = buffer.getLong(packet + 32);
        return Ipv6Header.isMulticast(high) ? EthernetHeader.ipv6Group(low) : addresses.use(high, low, now);
    }
}
