package vmlan.program.publish;

import java.io.IOException;
import java.util.List;
import vmlan.host.BoundDatagrams;
import vmlan.host.HostSockets;
import vmlan.network.nat.Nat;
import vmlan.network.nat.UdpPublication;
import vmlan.packet.IpAddress;

/// UDP ports of the host that lead to guests, by the network's NAT.
public final class UdpPorts implements Publications.UdpOpener {
    private final HostSockets sockets;
    private final Nat nat;

    public UdpPorts(HostSockets sockets, Nat nat) {
        this.sockets = sockets;
        this.nat = nat;
    }

    @Override
    public Publications.UdpPort open(Guest guest, IpAddress address, int hostPort, int guestPort) throws IOException {
        // A client of UDP has no word for "refused" but silence: what an ICMP error could say is not ours to send.
        UdpPublication publication = nat.publish(guestPort, (high, low, clientPort, now) -> {});
        try {
            BoundDatagrams socket = sockets.bind(address.high(), address.low(), hostPort, publication);
            publication.attach(socket);
            Port port = new Port(guest, publication, socket.udpPort());
            port.aim();
            return port;
        } catch (IOException | RuntimeException e) {
            nat.withdraw(publication);
            throw e;
        }
    }

    private final class Port implements Publications.UdpPort {
        private final Guest guest;
        private final UdpPublication publication;
        private final int number;

        private Port(Guest guest, UdpPublication publication, int number) {
            this.guest = guest;
            this.publication = publication;
            this.number = number;
        }

        @Override
        public int number() {
            return number;
        }

        @Override
        public void aim() {
            List<IpAddress> addresses = guest.addresses();
            if (addresses.isEmpty()) {
                publication.aimAtNobody();
            } else {
                IpAddress other = addresses.size() > 1 ? addresses.get(1) : null;
                publication.aim(guest.port(), guest.macBits(), addresses.getFirst(), other);
            }
        }

        @Override
        public void close() {
            nat.withdraw(publication);
        }
    }
}
