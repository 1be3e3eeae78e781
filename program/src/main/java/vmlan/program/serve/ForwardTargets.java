package vmlan.program.serve;

import java.nio.file.Path;
import java.util.List;
import vmlan.host.CommandStreams;
import vmlan.host.EventLoop;
import vmlan.host.SocketStream;
import vmlan.network.nat.GuestForwards;
import vmlan.network.outside.Outside;
import vmlan.packet.IpAddress;
import vmlan.program.config.GuestForward;

/// What stands behind the ports of the gateway that lead to something of the host's.
final class ForwardTargets {
    private final EventLoop loop;
    private final Outside outside;
    private final CommandStreams commands;

    ForwardTargets(EventLoop loop, Outside outside, CommandStreams commands) {
        this.loop = loop;
        this.outside = outside;
        this.commands = commands;
    }

    void addTo(GuestForwards forwards, List<GuestForward> rules) {
        for (GuestForward rule : rules) {
            forwards.add(IpAddress.of(rule.address()), rule.tcpPort(), target(rule));
        }
    }

    private GuestForwards.Target target(GuestForward rule) {
        if (!rule.command().isEmpty()) {
            Path folder = Path.of(rule.folder() == null ? "/" : rule.folder());
            return events -> commands.open(rule.command(), folder, events);
        }
        if (rule.socket() != null) {
            Path socket = Path.of(rule.socket());
            return events -> SocketStream.dial(loop, socket, events);
        }
        IpAddress host = rule.host();
        return events -> outside.connect(host.high(), host.low(), rule.hostPort(), events);
    }
}
