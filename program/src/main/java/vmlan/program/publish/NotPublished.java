package vmlan.program.publish;

import java.io.IOException;
import vmlan.host.BindFailure;
import vmlan.packet.IpAddress;
import vmlan.program.message.Failure;

/// A port of the host that could not be had for a guest.
public final class NotPublished extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean udp;
    private final transient IpAddress address;
    private final int hostPort;
    private final BindFailure.Reason reason;

    NotPublished(boolean udp, IpAddress address, int hostPort, IOException cause) {
        super(cause.getMessage(), cause);
        this.udp = udp;
        this.address = address;
        this.hostPort = hostPort;
        this.reason = cause instanceof BindFailure failure ? failure.reason() : BindFailure.Reason.OTHER;
    }

    BindFailure.Reason reason() {
        return reason;
    }

    /// As told to whoever wanted it. Reads files of the system to say more, so not on the event loop.
    public Failure explained() {
        String where =
                (address.isIpv4() ? address.toString() : "[" + address + "]") + ":" + hostPort + (udp ? "/udp" : "");
        return switch (reason) {
            case IN_USE ->
                Failure.world(
                        where + " cannot be published: it is in use"
                                + PortHolder.of(udp, hostPort)
                                        .map(holder -> " by " + holder)
                                        .orElse(""),
                        "take another port of the host, or 0 for one that is free, such as 0:80");
            case NOT_PERMITTED ->
                Failure.world(
                        where + " cannot be published: the network's process may not open ports below "
                                + PortHolder.firstUnprivileged(),
                        "take a port of the host from there on, or let everybody open it: sysctl -w"
                                + " net.ipv4.ip_unprivileged_port_start=" + hostPort);
            case NO_SUCH_ADDRESS ->
                Failure.world(
                        where + " cannot be published: this host has no address " + address,
                        "take one that `ip address` lists, or none for the loopback, or * for all");
            case OTHER ->
                Failure.world(where + " cannot be published: " + getMessage(), "take another port or address");
        };
    }
}
