package vmlan.host.linux;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import vmlan.host.BindFailure;
import vmlan.host.BoundDatagrams;
import vmlan.host.SocketAddresses;
import vmlan.network.outside.DatagramEvents;
import vmlan.network.outside.OutsideError;
import vmlan.packet.IpAddress;

/// A UDP socket that hears of datagrams that did not arrive.
final class LinuxDatagrams extends NativeSocket implements BoundDatagrams {
    private static final int RECEIVE_BUFFER_BYTES = 1 << 20;

    private final DatagramEvents events;
    private final int udpPort;
    private boolean dontFragment;

    private LinuxDatagrams(NativeSockets sockets, int fd, boolean ipv4, int udpPort, DatagramEvents events) {
        super(sockets, fd, ipv4);
        this.udpPort = udpPort;
        this.events = events;
    }

    /// @return null when the host has none to give now
    static LinuxDatagrams open(NativeSockets sockets, boolean ipv4, DatagramEvents events) {
        try {
            return bind(sockets, 0, ipv4 ? IpAddress.mapped(0) : 0, 0, ipv4, events);
        } catch (LinuxException e) {
            return null;
        }
    }

    /// @throws BindFailure when the port cannot be had
    static LinuxDatagrams bind(NativeSockets sockets, long high, long low, int udpPort, DatagramEvents events)
            throws BindFailure {
        try {
            return bind(sockets, high, low, udpPort, IpAddress.isIpv4(high, low), events);
        } catch (LinuxException e) {
            InetSocketAddress address = SocketAddresses.of(high, low, udpPort);
            throw new BindFailure(
                    address,
                    switch (e.errno()) {
                        case Errno.EADDRINUSE -> BindFailure.Reason.IN_USE;
                        case Errno.EACCES, Errno.EPERM -> BindFailure.Reason.NOT_PERMITTED;
                        case Errno.EADDRNOTAVAIL -> BindFailure.Reason.NO_SUCH_ADDRESS;
                        default -> BindFailure.Reason.OTHER;
                    },
                    e.getMessage(),
                    e);
        }
    }

    private static LinuxDatagrams bind(
            NativeSockets sockets, long high, long low, int udpPort, boolean ipv4, DatagramEvents events)
            throws LinuxException {
        int fd = LinuxException.check(IpSockets.open(ipv4, SocketCalls.SOCK_DGRAM, 0), "socket(UDP)");
        int port;
        try {
            // `::` with a port is both families, as with TCP; a port of one's own is of one family.
            if (!ipv4 && (udpPort == 0 || (high | low) != 0)) {
                LinuxException.check(
                        SocketCalls.setsockopt(fd, IpSockets.IPPROTO_IPV6, IpSockets.IPV6_V6ONLY, 1),
                        "setsockopt(IPV6_V6ONLY)");
            }
            LinuxException.check(IpSockets.reportErrors(fd, ipv4), "setsockopt(RECVERR)");
            // As far as net.core.rmem_max lets it: usually twice the default, which is full after 92 datagrams of 1400
            // bytes.
            SocketCalls.setsockopt(fd, SocketCalls.SOL_SOCKET, SocketCalls.SO_RCVBUF, RECEIVE_BUFFER_BYTES);
            LinuxException.check(IpSockets.fragment(fd, ipv4, false), "setsockopt(MTU_DISCOVER)");
            LinuxException.check(IpSockets.bind(fd, ipv4, high, low, udpPort), "bind(UDP)");
            port = LinuxException.check(IpSockets.localPort(fd), "getsockname");
        } catch (LinuxException e) {
            Libc.close(fd);
            throw e;
        }
        LinuxDatagrams datagrams = new LinuxDatagrams(sockets, fd, ipv4, port, events);
        LinuxException.check(sockets.open(datagrams), "epoll_ctl");
        return datagrams;
    }

    @Override
    public int udpPort() {
        return udpPort;
    }

    @Override
    public boolean send(
            long high, long low, int port, ByteBuffer buffer, int offset, int length, boolean dontFragmentIt) {
        if (isClosed() || length > NativeSockets.MESSAGE_BYTES) {
            return false;
        }
        SendBatch batch = sockets.batch();
        if (dontFragmentIt != dontFragment) {
            batch.flush(this);
            IpSockets.fragment(fd, ipv4, dontFragmentIt);
            dontFragment = dontFragmentIt;
        }
        int at = batch.reserve(this, length);
        batch.bytes().put(at, buffer, offset, length);
        batch.add(high, low, port, length);
        return true;
    }

    @Override
    public void flush() {
        sockets.batch().flush(this);
    }

    @Override
    void received(MessageSlots slots, int slot, int offset, int length, long now) {
        int name = slots.name(slot);
        if (IpSockets.isAddress(slots.headers, name)) {
            events.received(
                    IpSockets.high(slots.headers, name),
                    IpSockets.low(slots.headers, name),
                    IpSockets.port(slots.headers, name),
                    slots.bytes,
                    offset,
                    length,
                    now);
        }
    }

    @Override
    void unsent(OutsideError why, int mtu, SendBatch batch, int slot) {
        sockets.failures().add(this, why, mtu, batch.high(slot), batch.low(slot), batch.port(slot));
    }

    @Override
    void reported(OutsideError why, ErrorQueue report, int slot) {
        int mtu = why == OutsideError.TOO_BIG ? report.info(slot) : 0;
        sockets.failures().add(this, why, mtu, report.high(slot), report.low(slot), report.port(slot));
    }

    @Override
    void tell(Failures failures, long now) {
        events.failed(failures.why(), failures.mtu(), failures.high(), failures.low(), failures.number(), now);
    }
}
