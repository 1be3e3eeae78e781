package vmlan.host.dns;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.nio.channels.Channel;
import vmlan.host.EventLoop;
import vmlan.network.dns.DnsUpstream;
import vmlan.network.outside.OutsideError;

/// What a socket for one question has, of either kind.
abstract class DnsSocket implements DnsUpstream.Exchange, EventLoop.Handler {
    private final DnsSockets sockets;
    private final Channel channel;
    private final DnsUpstream.Replies replies;
    private final EventLoop loop;
    private boolean ended;

    DnsSocket(DnsSockets sockets, EventLoop loop, Channel channel, DnsUpstream.Replies replies) {
        this.sockets = sockets;
        this.loop = loop;
        this.channel = channel;
        this.replies = replies;
    }

    final boolean hasEnded() {
        return ended;
    }

    final void came(byte[] message) {
        replies.came(message, loop.now());
    }

    @Override
    public final void end() {
        if (!ended) {
            ended = true;
            sockets.closed();
            close(channel);
        }
    }

    @Override
    public final void failed(Exception cause) {
        if (!ended) {
            end();
            replies.failed(why(cause), loop.now());
        }
    }

    private static OutsideError why(Exception cause) {
        return switch (cause) {
            case PortUnreachableException _, ConnectException _ -> OutsideError.REFUSED;
            case NoRouteToHostException _ -> OutsideError.HOST_UNREACHABLE;
            default -> OutsideError.NET_UNREACHABLE;
        };
    }

    static void close(Channel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // There is nothing left that could be done about it.
        }
    }
}
