package vmlan.program.selftest;

import java.nio.ByteBuffer;
import java.util.Optional;
import vmlan.packet.DhcpMessage;
import vmlan.packet.DhcpOptions;
import vmlan.packet.EthernetHeader;
import vmlan.packet.IcmpHeader;
import vmlan.packet.IpProtocol;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv4Header;
import vmlan.packet.Ipv6Address;
import vmlan.packet.Ipv6Header;
import vmlan.packet.MacAddress;
import vmlan.packet.NdOptions;
import vmlan.packet.UdpHeader;

/// What a machine asks that is new on a network, and how the answers are known. Read RFC 2131 §4.4.1 and RFC 4861 §4
/// first. Neither question changes anything: an address that was only offered is nobody's.
///
/// Trust: the answers are from a network. What is not whole, not for us or has a wrong checksum is none.
final class Questions {
    /// @param server the DHCP server as it calls itself; null when it does not
    /// @param router null when none is named
    record Offer(Ipv4Address address, Ipv4Address server, Ipv4Address router, long leaseSeconds) {}

    /// @param prefix of the first prefix information option; null without
    record Advertisement(Ipv6Address prefix, int length) {}

    /// RFC 4861 §4.2: what comes before a router advertisement's options.
    private static final int ADVERTISEMENT_LENGTH = 16;

    private static final int SOLICITATION_LENGTH = 8;
    /// RFC 4861 §7.1: anything less was forwarded, and is not of this link.
    private static final int HOP_LIMIT = 255;

    private static final int TIME_TO_LIVE = 64;
    /// RFC 4861 §4.6.2
    private static final int PREFIX_LENGTH = 32;

    private static final int UDP_OFFSET = EthernetHeader.LENGTH + Ipv4Header.LENGTH;
    private static final int DHCP_OFFSET = UDP_OFFSET + UdpHeader.LENGTH;
    private static final int ICMP_OFFSET = EthernetHeader.LENGTH + Ipv6Header.LENGTH;

    private final MacAddress mac;
    private final int transaction;

    /// @param mac that nobody else has
    /// @param transaction which answers repeat
    Questions(MacAddress mac, int transaction) {
        this.mac = mac;
        this.transaction = transaction;
    }

    /// A DHCPDISCOVER. The answer is to come to all: a machine without an address has nothing that an answer could be
    /// sent to, and on Wi-Fi frames to other MAC addresses than the NIC's do not arrive (RFC 2131 §4.1).
    byte[] discover() {
        DhcpOptions options = DhcpOptions.NONE
                .withByte(DhcpOptions.MESSAGE_TYPE, DhcpMessage.Type.DISCOVER.code())
                .with(DhcpOptions.PARAMETER_LIST, new byte[] {DhcpOptions.SUBNET_MASK, DhcpOptions.ROUTER});
        DhcpMessage message = new DhcpMessage(
                DhcpMessage.REQUEST,
                transaction,
                true,
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                mac,
                options);
        ByteBuffer frame = ByteBuffer.allocate(DHCP_OFFSET + message.length());
        EthernetHeader.write(frame, 0, MacAddress.BROADCAST.bits(), mac.bits(), EthernetHeader.TYPE_IPV4);
        Ipv4Header.write(
                frame,
                EthernetHeader.LENGTH,
                0,
                TIME_TO_LIVE,
                IpProtocol.UDP,
                0,
                Ipv4Address.BROADCAST.bits(),
                UdpHeader.LENGTH + message.length());
        message.write(frame, DHCP_OFFSET);
        Ipv4Header ip = new Ipv4Header();
        ip.aim(frame, EthernetHeader.LENGTH, frame.capacity() - EthernetHeader.LENGTH);
        UdpHeader.write(
                frame,
                UDP_OFFSET,
                DhcpMessage.CLIENT_PORT,
                DhcpMessage.SERVER_PORT,
                message.length(),
                ip.pseudoHeader());
        return frame.array();
    }

    /// The answer to [#discover], if a frame is one.
    Optional<Offer> offer(byte[] bytes) {
        ByteBuffer frame = ByteBuffer.wrap(bytes);
        EthernetHeader ethernet = new EthernetHeader();
        Ipv4Header ip = new Ipv4Header();
        UdpHeader udp = new UdpHeader();
        if (!ethernet.aim(frame, 0, bytes.length)
                || ethernet.type() != EthernetHeader.TYPE_IPV4
                || !ip.aim(frame, ethernet.payloadOffset(), ethernet.payloadLength())
                || !ip.checksumIsRight()
                || ip.isFragment()
                || ip.protocol() != IpProtocol.UDP
                || !udp.aim(frame, ip.payloadOffset(), ip.payloadLength())
                || udp.destinationPort() != DhcpMessage.CLIENT_PORT
                || (udp.hasChecksum() && !udp.checksumIsRight(ip.pseudoHeader()))) {
            return Optional.empty();
        }
        return DhcpMessage.parse(frame, udp.payloadOffset(), udp.payloadLength())
                .filter(message -> message.operation() == DhcpMessage.REPLY
                        && message.transaction() == transaction
                        && message.clientMac().equals(mac)
                        && message.type().equals(Optional.of(DhcpMessage.Type.OFFER)))
                .map(message -> new Offer(
                        message.yourAddress(),
                        message.options().address(DhcpOptions.SERVER_ID).orElse(null),
                        message.options().address(DhcpOptions.ROUTER).orElse(null),
                        message.options().number(DhcpOptions.LEASE_TIME)));
    }

    /// A router solicitation without a source address, so that the answer comes to all nodes (RFC 4861 §6.2.6).
    byte[] solicitation() {
        ByteBuffer frame = ByteBuffer.allocate(ICMP_OFFSET + SOLICITATION_LENGTH);
        EthernetHeader.write(
                frame,
                0,
                EthernetHeader.ipv6Group(Ipv6Address.ALL_ROUTERS.low()),
                mac.bits(),
                EthernetHeader.TYPE_IPV6);
        Ipv6Header.write(
                frame,
                EthernetHeader.LENGTH,
                0,
                HOP_LIMIT,
                IpProtocol.ICMPV6,
                0,
                0,
                Ipv6Address.ALL_ROUTERS.high(),
                Ipv6Address.ALL_ROUTERS.low(),
                SOLICITATION_LENGTH);
        IcmpHeader.write(frame, ICMP_OFFSET, IcmpHeader.ROUTER_SOLICITATION, 0, 0);
        Ipv6Header ip = new Ipv6Header();
        ip.aim(frame, EthernetHeader.LENGTH, frame.capacity() - EthernetHeader.LENGTH);
        IcmpHeader.writeChecksum(frame, ICMP_OFFSET, SOLICITATION_LENGTH, ip.pseudoHeader());
        return frame.array();
    }

    /// A router advertisement, if a frame is one.
    Optional<Advertisement> advertisement(byte[] bytes) {
        ByteBuffer frame = ByteBuffer.wrap(bytes);
        EthernetHeader ethernet = new EthernetHeader();
        Ipv6Header ip = new Ipv6Header();
        IcmpHeader icmp = new IcmpHeader();
        if (!ethernet.aim(frame, 0, bytes.length)
                || ethernet.type() != EthernetHeader.TYPE_IPV6
                || !ip.aim(frame, ethernet.payloadOffset(), ethernet.payloadLength())
                || ip.isFragment()
                || ip.protocol() != IpProtocol.ICMPV6
                || ip.hopLimit() != HOP_LIMIT
                || ip.payloadLength() < ADVERTISEMENT_LENGTH
                || !icmp.aim(frame, ip.payloadOffset(), ip.payloadLength())
                || icmp.type() != IcmpHeader.ROUTER_ADVERTISEMENT
                || !icmp.checksumIsRight(ip.pseudoHeader())) {
            return Optional.empty();
        }
        int at = ip.payloadOffset() + ADVERTISEMENT_LENGTH;
        int end = ip.payloadOffset() + ip.payloadLength();
        if (!new NdOptions().aim(frame, at, end - at)) {
            return Optional.empty();
        }
        while (at < end) {
            int size = NdOptions.size(frame, at);
            if ((frame.get(at) & 0xff) == NdOptions.PREFIX && size == PREFIX_LENGTH) {
                return Optional.of(new Advertisement(
                        new Ipv6Address(frame.getLong(at + 16), frame.getLong(at + 24)), frame.get(at + 2) & 0xff));
            }
            at += size;
        }
        return Optional.of(new Advertisement(null, 0));
    }
}
