package vmlan.program.publish;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import vmlan.host.EventLoop;
import vmlan.network.SwitchPort;
import vmlan.network.flow.FlowLimits;
import vmlan.network.outside.OutsideError;
import vmlan.network.tcp.ConnectEvents;
import vmlan.network.tcp.TcpAttachment;
import vmlan.packet.IpAddress;

/// Connects to a TCP port of a guest for somebody on the host: at its IPv4 address, and where it refuses there, at its
/// IPv6 address. A guest that has shown no address yet is waited for, within a bound.
///
/// The client has nothing of it: it hears of the first that accepts, or that none did.
public final class GuestDialer {
    /// [vmlan.network.nat.Nat#connect], or what stands for it in a test.
    @FunctionalInterface
    public interface Connector {
        void connect(
                SwitchPort port,
                long guestMac,
                long sourceHigh,
                long sourceLow,
                long guestHigh,
                long guestLow,
                int guestPort,
                ConnectEvents events,
                long now);
    }

    /// Who wants the connection. One of the two is called, once, possibly from within [#dial].
    public interface Client {
        /// The guest has accepted; to be attached within this call.
        void accepted(TcpAttachment attachment, long now);

        void failed(Why why, long now);
    }

    /// Why there is no connection.
    public enum Why {
        NO_ADDRESS("has shown no address"),
        REFUSED("refuses connections"),
        SILENT("does not answer"),
        TOO_MANY("has too many connections that wait"),
        GONE("has ended");

        private final String words;

        Why(String words) {
            this.words = words;
        }

        /// What the guest does, to stand behind its name.
        public String words() {
            return words;
        }

        private static Why of(OutsideError error) {
            return switch (error) {
                case REFUSED -> REFUSED;
                case EXHAUSTED -> TOO_MANY;
                default -> SILENT;
            };
        }
    }

    /// Connections that wait for their guest: as many as a listen queue has (SOMAXCONN before Linux 5.4, 128).
    private static final int WAITING_PER_GUEST = 128;

    private static final int WAITING_IN_ALL = 1024;
    /// A guest that boots; a client gives up after some ten seconds, too.
    static final long ADDRESS_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final EventLoop loop;
    private final Connector connector;
    private final IpAddress gateway4;
    private final IpAddress gateway6;
    private final FlowLimits waiting = new FlowLimits(WAITING_PER_GUEST, WAITING_IN_ALL);
    private final Set<Dial> dials = new LinkedHashSet<>();

    /// @param gateway4 what the guest sees as the client's address, over IPv4
    /// @param gateway6 the same over IPv6
    public GuestDialer(EventLoop loop, Connector connector, IpAddress gateway4, IpAddress gateway6) {
        this.loop = loop;
        this.connector = connector;
        this.gateway4 = gateway4;
        this.gateway6 = gateway6;
    }

    public void dial(Guest guest, int tcpPort, Client client, long now) {
        if (!waiting.take(guest.port())) {
            client.failed(Why.TOO_MANY, now);
            return;
        }
        Dial dial = new Dial(guest, tcpPort, client, now);
        dials.add(dial);
        dial.next(now);
    }

    /// The guest's port is about to go.
    public void forget(SwitchPort port, long now) {
        for (Dial dial : List.copyOf(dials)) {
            if (dial.guest.port() == port) {
                dial.end(Why.GONE, now);
            }
        }
    }

    public int waiting() {
        return waiting.used();
    }

    public int waitingLimit() {
        return waiting.limit();
    }

    /// One client's way to a guest.
    private final class Dial implements ConnectEvents {
        private final Guest guest;
        private final int tcpPort;
        private final Client client;
        private final long deadline;
        private final List<IpAddress> tried = new ArrayList<>();
        private EventLoop.Timer look;
        private Why last = Why.NO_ADDRESS;
        private boolean over;

        private Dial(Guest guest, int tcpPort, Client client, long now) {
            this.guest = guest;
            this.tcpPort = tcpPort;
            this.client = client;
            this.deadline = now + ADDRESS_LIMIT_NANOS;
        }

        private void next(long now) {
            if (over) {
                return;
            }
            for (IpAddress address : guest.addresses()) {
                if (!tried.contains(address)) {
                    tried.add(address);
                    IpAddress source = address.isIpv4() ? gateway4 : gateway6;
                    connector.connect(
                            guest.port(),
                            guest.macBits(),
                            source.high(),
                            source.low(),
                            address.high(),
                            address.low(),
                            tcpPort,
                            this,
                            now);
                    return;
                }
            }
            if (tried.isEmpty() && deadline - now > 0) {
                look = loop.after(LOOK_NANOS, () -> next(loop.now()));
            } else {
                end(last, now);
            }
        }

        @Override
        public void accepted(TcpAttachment attachment, long now) {
            if (finish()) {
                client.accepted(attachment, now);
            } else {
                Joining.refuse(attachment, now);
            }
        }

        @Override
        public void failed(OutsideError why, long now) {
            last = Why.of(why);
            if (!over) {
                // In a round of its own: this may be within the stack that is to take the next one.
                loop.execute(() -> next(loop.now()));
            }
        }

        private void end(Why why, long now) {
            if (finish()) {
                client.failed(why, now);
            }
        }

        private boolean finish() {
            if (over) {
                return false;
            }
            over = true;
            dials.remove(this);
            waiting.release(guest.port());
            if (look != null) {
                look.cancel();
            }
            return true;
        }
    }
}
