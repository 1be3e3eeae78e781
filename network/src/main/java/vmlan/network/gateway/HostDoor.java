package vmlan.network.gateway;

import java.nio.ByteBuffer;
import vmlan.network.DropReason;
import vmlan.network.SwitchPort;
import vmlan.packet.EthernetHeader;
import vmlan.packet.IcmpHeader;
import vmlan.packet.IpProtocol;
import vmlan.packet.Ipv4Header;
import vmlan.packet.Ipv6Header;
import vmlan.packet.UdpHeader;

/// Which frames pass between the network and the host's own network stack.
///
/// The host's interface (a tap) has the gateway's MAC, and its addresses are the gateway's. For a guest
/// there is one station; behind its port stand two that share the work:
///
/// ```
///               ┌ ARP requests, NS, RS, DHCP, echo ─────▶ engine ─▶ answers
/// guest ─ port ─┤ ARP replies, NA, echo replies, ICMP errors ─▶ engine and host
///               └ TCP, UDP, fragments, multicast ───────▶ HostDoor ─▶ HostSide.accept (host's kernel)
/// guest ◀ port ◀───── HostDoor.mayEnter ◀────────────────────────── Gateway.fromHost
/// ```
///
/// Where there is a NAT, it takes its share before: DNS, opened ports, and the flows that it has.
///
/// The host asks for its neighbours itself, so it has to hear the answers; the questions for it are answered
/// here, always, also while its interface is not yet up. It never is a client or a server of what
/// configures stations: DHCP, DHCPv6, router discovery and redirects pass in neither direction, so that a
/// guest cannot change the host's addresses or routes, and no service of the host competes with ours.
///
/// Where the host *forwards*, it also gets packets for elsewhere, and is the router that the engine
/// announces. Packets from the network back into it are still refused, because isolated guests would reach
/// each other that way.
///
/// Trust: guests write what is looked at. A header that decides must be there whole, in fragmented packets
/// in the first fragment (RFC 7112 §5). Later fragments pass unseen: without a first one nothing comes of
/// them, and what they might write over it has no effect, since a fragment's offset counts in units of
/// eight bytes (RFC 791 §3.1) and IPv6 discards what overlaps (RFC 5722 §4).
final class HostDoor {
    // RFC 2131 §4.1, RFC 8415 §7.2
    private static final int DHCP_SERVER = 67;
    private static final int DHCP_CLIENT = 68;
    private static final int DHCPV6_CLIENT = 546;
    private static final int DHCPV6_SERVER = 547;

    /// RFC 792, RFC 1256 §3: redirect, router advertisement, router solicitation.
    private static final int V4_REDIRECT = 5;

    private static final int V4_ROUTER_ADVERTISEMENT = 9;
    private static final int V4_ROUTER_SOLICITATION = 10;

    /// RFC 4443 §4, RFC 2710 §3: up to here errors, echo and multicast listeners; then ND and its kin.
    private static final int V6_LAST_HARMLESS = 132;
    /// RFC 3810 §5.2.
    private static final int V6_LISTENER_REPORT = 143;

    private final EthernetHeader ethernet = new EthernetHeader();
    private final Ipv4Header ipv4 = new Ipv4Header();
    private final Ipv6Header ipv6 = new Ipv6Header();
    private final SwitchPort port;
    private final long mac;
    private HostSide host;
    private boolean forwards;

    /// A door with nobody behind it.
    HostDoor(SwitchPort port, long mac) {
        this.port = port;
        this.mac = mac;
    }

    void attach(HostSide side, boolean hostForwards) {
        host = side;
        forwards = hostForwards;
    }

    boolean isAttached() {
        return host != null;
    }

    boolean forwards() {
        return forwards && host != null;
    }

    void flush() {
        if (host != null) {
            host.flush();
        }
    }

    /// Hands over a frame about which the caller has decided.
    void pass(EthernetHeader frame) {
        if (host != null
                && !host.accept(
                        frame.buffer(),
                        frame.payloadOffset() - EthernetHeader.LENGTH,
                        frame.payloadLength() + EthernetHeader.LENGTH)) {
            port.drop(DropReason.QUEUE_FULL);
        }
    }

    /// A packet to one of our addresses or to a group: the host gets it unless it is the engine's alone.
    ///
    /// @return whether it is the host's
    boolean offer(EthernetHeader frame, Ipv4Header packet) {
        if (host == null || isConfiguration(packet) || isWholeEcho(packet)) {
            return false;
        }
        pass(frame);
        return true;
    }

    boolean offer(EthernetHeader frame, Ipv6Header packet) {
        if (host == null || isConfiguration(packet) || isDiscovery(packet) || isWholeEcho(packet)) {
            return false;
        }
        pass(frame);
        return true;
    }

    /// A packet for elsewhere, for a host that forwards.
    ///
    /// @return whether it is the host's
    boolean forward(EthernetHeader frame, Ipv4Header packet) {
        if (!forwards() || isConfiguration(packet)) {
            return false;
        }
        pass(frame);
        return true;
    }

    boolean forward(EthernetHeader frame, Ipv6Header packet) {
        if (!forwards() || isConfiguration(packet) || isDiscovery(packet)) {
            return false;
        }
        pass(frame);
        return true;
    }

    /// Whether a frame of the host may go into the network; counts it on the gateway's port if not.
    boolean mayEnter(ByteBuffer buffer, int offset, int length) {
        DropReason reason = refusal(buffer, offset, length);
        if (reason != null) {
            port.drop(reason);
        }
        return reason == null;
    }

    private DropReason refusal(ByteBuffer buffer, int offset, int length) {
        if (!ethernet.aim(buffer, offset, length)) {
            return DropReason.RUNT;
        }
        if (ethernet.source() != mac) {
            return DropReason.SPOOFED;
        }
        return switch (ethernet.type()) {
            case EthernetHeader.TYPE_ARP -> null;
            case EthernetHeader.TYPE_IPV4 -> {
                if (!ipv4.aim(buffer, ethernet.payloadOffset(), ethernet.payloadLength())) {
                    yield DropReason.MALFORMED;
                }
                yield isConfiguration(ipv4) ? DropReason.RESERVED_SERVICE : null;
            }
            case EthernetHeader.TYPE_IPV6 -> {
                if (!ipv6.aim(buffer, ethernet.payloadOffset(), ethernet.payloadLength())) {
                    yield DropReason.MALFORMED;
                }
                yield isConfiguration(ipv6) ? DropReason.RESERVED_SERVICE : null;
            }
            default -> DropReason.RESERVED_SERVICE;
        };
    }

    /// Whether it is, or may become when put together, something that configures stations.
    private static boolean isConfiguration(Ipv4Header packet) {
        if (packet.isLaterFragment()) {
            return false;
        }
        return switch (packet.protocol()) {
            case IpProtocol.UDP -> isDhcp(packet.buffer(), packet.payloadOffset(), packet.payloadLength());
            case IpProtocol.ICMP -> {
                int type = type(packet.buffer(), packet.payloadOffset(), packet.payloadLength());
                yield type < 0
                        || type == V4_REDIRECT
                        || type == V4_ROUTER_ADVERTISEMENT
                        || type == V4_ROUTER_SOLICITATION;
            }
            default -> false;
        };
    }

    private static boolean isConfiguration(Ipv6Header packet) {
        if (packet.isLaterFragment()) {
            return false;
        }
        return switch (packet.protocol()) {
            case IpProtocol.UDP -> isDhcp(packet.buffer(), packet.payloadOffset(), packet.payloadLength());
            case IpProtocol.ICMPV6 -> {
                int type = type(packet.buffer(), packet.payloadOffset(), packet.payloadLength());
                boolean isNeighbours =
                        type == IcmpHeader.NEIGHBOUR_SOLICITATION || type == IcmpHeader.NEIGHBOUR_ADVERTISEMENT;
                yield type < 0 || (type > V6_LAST_HARMLESS && type != V6_LISTENER_REPORT && !isNeighbours);
            }
            default -> false;
        };
    }

    /// Questions that the engine answers, and answers that [NeighbourDiscovery] passes on once it has
    /// checked them.
    private static boolean isDiscovery(Ipv6Header packet) {
        if (packet.protocol() != IpProtocol.ICMPV6 || packet.isLaterFragment()) {
            return false;
        }
        int type = type(packet.buffer(), packet.payloadOffset(), packet.payloadLength());
        return type == IcmpHeader.NEIGHBOUR_SOLICITATION || type == IcmpHeader.NEIGHBOUR_ADVERTISEMENT;
    }

    private static boolean isDhcp(ByteBuffer buffer, int offset, int length) {
        if (length < UdpHeader.LENGTH) {
            return true;
        }
        int ports = buffer.getInt(offset);
        return isDhcpPort(ports >>> 16) || isDhcpPort(ports & 0xffff);
    }

    private static boolean isDhcpPort(int udpPort) {
        return udpPort == DHCP_SERVER || udpPort == DHCP_CLIENT || udpPort == DHCPV6_CLIENT || udpPort == DHCPV6_SERVER;
    }

    /// An ICMP message's type, or -1 when its header is not there whole.
    private static int type(ByteBuffer buffer, int offset, int length) {
        return length < IcmpHeader.LENGTH ? -1 : buffer.get(offset) & 0xff;
    }

    /// The engine answers echoes, except those in pieces, which it does not put together.
    private static boolean isWholeEcho(Ipv4Header packet) {
        return packet.protocol() == IpProtocol.ICMP
                && !packet.isFragment()
                && type(packet.buffer(), packet.payloadOffset(), packet.payloadLength()) == IcmpHeader.ECHO;
    }

    private static boolean isWholeEcho(Ipv6Header packet) {
        return packet.protocol() == IpProtocol.ICMPV6
                && !packet.isFragment()
                && type(packet.buffer(), packet.payloadOffset(), packet.payloadLength()) == IcmpHeader.V6_ECHO;
    }
}
