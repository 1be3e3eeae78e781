package vmlan.network.gateway;

import java.nio.ByteBuffer;
import java.util.Optional;
import vmlan.network.DropReason;
import vmlan.network.SwitchPort;
import vmlan.network.dhcp.DhcpServer;
import vmlan.network.dhcp.Leases;
import vmlan.network.ip.Outbox;
import vmlan.network.ip.RateLimit;
import vmlan.packet.Checksum;
import vmlan.packet.DhcpMessage;
import vmlan.packet.IpProtocol;
import vmlan.packet.Ipv4Address;
import vmlan.packet.MacAddress;
import vmlan.packet.UdpHeader;

/// Carries DHCP messages between frames and [DhcpServer]. A message is a value and costs memory and time,
/// so there is a limit of messages for each port.
final class DhcpResponder {
    /// A guest's client sends two to four, then none for minutes (RFC 2131 §4.1, §4.4.5).
    private static final int PER_SECOND = 20;

    private static final int BURST = 60;

    private final DhcpServer server;
    private final Outbox out;
    private final Ipv4Address address;
    private final RateLimit limit = new RateLimit(PER_SECOND, BURST);

    DhcpResponder(GatewayConfig config, Outbox out, Leases leases) {
        this.out = out;
        address = config.address();
        server = new DhcpServer(
                new DhcpServer.Settings(
                        config.address(),
                        config.network(),
                        config.router(),
                        config.mtu(),
                        config.domainName(),
                        config.leaseSeconds(),
                        config.resolver() ? Optional.of(config.dns()) : Optional.empty(),
                        Optional.ofNullable(config.options().hostName()),
                        config.searchList()),
                leases);
        Ipv4Own.others(config).forEach(leases::withhold);
    }

    void leaseSeconds(int seconds) {
        server.leaseSeconds(seconds);
    }

    void accept(SwitchPort from, ByteBuffer buffer, int offset, int length, long now) {
        if (!limit.allows(from, now)) {
            from.drop(DropReason.RATE);
            return;
        }
        Optional<DhcpMessage> request = DhcpMessage.parse(buffer, offset, length);
        if (request.isEmpty()) {
            from.drop(DropReason.MALFORMED);
            return;
        }
        Optional<DhcpServer.Reply> reply = server.answer(request.get(), from.name(), now);
        if (reply.isPresent()) {
            send(reply.get(), now);
        } else {
            from.drop(DropReason.UNANSWERED);
        }
    }

    private void send(DhcpServer.Reply reply, long now) {
        DhcpMessage message = reply.message();
        int length = UdpHeader.LENGTH + message.length();
        int datagram = out.reserve(length);
        if (datagram < 0) {
            return;
        }
        boolean toAll = reply.to().equals(Ipv4Address.BROADCAST);
        // to a client that has no address yet, the frame goes without ARP (RFC 2131 §4.1)
        long mac = toAll ? MacAddress.BROADCAST.bits() : message.clientMac().bits();
        int to = reply.to().bits();
        message.write(out.buffer(), datagram + UdpHeader.LENGTH);
        UdpHeader.write(
                out.buffer(),
                datagram,
                DhcpMessage.SERVER_PORT,
                DhcpMessage.CLIENT_PORT,
                message.length(),
                Checksum.pseudoHeader(address.bits(), to, IpProtocol.UDP, length));
        out.sendIpv4(mac, 0, IpProtocol.UDP, address.bits(), to, datagram, length, now);
    }
}
