package vmlan.program.publish;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import vmlan.host.BindFailure;
import vmlan.host.EventLoop;
import vmlan.host.TcpListener;
import vmlan.network.tcp.TcpAttachment;
import vmlan.packet.IpAddress;

/// The published ports of one network. On the loop's thread.
///
/// Rules that are asked for are opened all or none. Those of a guest that an earlier process of the network had are
/// its own already: one that cannot be had now keeps its place, says why, and is tried again.
///
/// A client's connection is taken, and nothing is read from it before the guest has accepted; when the guest does not,
/// it is reset. Trust: clients are whoever reaches the host's address; how many wait is bounded by [GuestDialer].
public final class Publications {
    /// Tries to find a port that is free at two addresses. The system chooses the first from 28,232
    /// (ip_local_port_range), so that the second has it too nearly always.
    private static final int TRIES = 16;

    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final EventLoop loop;
    private final GuestDialer dialer;
    private final UdpOpener udp;
    private final Consumer<String> log;
    private final int mostSockets;
    private final List<Publication> all = new ArrayList<>();
    private EventLoop.Timer again;

    /// Opens UDP ports of the host for guests.
    @FunctionalInterface
    public interface UdpOpener {
        /// @param hostPort 0 for any
        UdpPort open(Guest guest, IpAddress address, int hostPort, int guestPort) throws IOException;
    }

    /// A UDP port of the host that leads to a guest's.
    public interface UdpPort {
        /// At the host.
        int number();

        /// The guest may have other addresses now.
        void aim();

        void close();
    }

    /// @param mostSockets for all rules together
    public Publications(EventLoop loop, GuestDialer dialer, UdpOpener udp, Consumer<String> log, int mostSockets) {
        this.loop = loop;
        this.dialer = dialer;
        this.udp = udp;
        this.log = log;
        this.mostSockets = mostSockets;
    }

    /// Opens all of them or none.
    ///
    /// @return the rules as they are now, with the ports that were chosen
    /// @throws NotPublished a port that cannot be had
    /// @throws IllegalStateException a port that another guest of this network has, or too many of them
    public List<PublishRule> add(Guest guest, List<PublishRule> rules) throws NotPublished {
        List<Publication> opened = new ArrayList<>();
        try {
            for (PublishRule rule : rules) {
                refuseTaken(rule);
                opened.add(open(guest, rule, opened));
            }
        } catch (NotPublished | RuntimeException e) {
            opened.forEach(Publication::close);
            throw e;
        }
        all.addAll(opened);
        return opened.stream().map(Publication::rule).toList();
    }

    private void refuseTaken(PublishRule rule) {
        for (Publication other : all) {
            if (other.rule().meets(rule)) {
                throw new IllegalStateException("'" + rule + "' cannot be published: "
                        + other.guest().vm() + " has '" + other.rule() + "' published");
            }
        }
    }

    /// Opens those that an earlier process had, as far as they are to be had.
    public void restore(Guest guest, List<PublishRule> rules) {
        for (PublishRule rule : rules) {
            Publication publication;
            try {
                publication = open(guest, rule, List.of());
            } catch (NotPublished | IllegalStateException e) {
                publication = new Publication(guest, rule);
                publication.problem(e.getMessage());
                log.accept(guest.port().name() + ": '" + rule + "' is not published now: " + e.getMessage());
                tryAgainLater();
            }
            all.add(publication);
        }
    }

    private void tryAgainLater() {
        if (again == null) {
            again = loop.after(AGAIN_NANOS, this::tryAgain);
        }
    }

    private void tryAgain() {
        again = null;
        for (int i = 0; i < all.size(); i++) {
            Publication old = all.get(i);
            if (old.problem() != null) {
                try {
                    all.set(i, open(old.guest(), old.rule(), List.of()));
                    log.accept(old.guest().port().name() + ": '" + old.rule() + "' is published again");
                } catch (NotPublished | IllegalStateException e) {
                    old.problem(e.getMessage());
                    tryAgainLater();
                }
            }
        }
    }

    /// Ends rules of a guest, all or none of them. Connections that were made by them go on.
    ///
    /// @throws IllegalArgumentException one that it does not have
    public void remove(Guest guest, List<PublishRule> rules) {
        List<PublishRule> has = of(guest);
        for (PublishRule rule : rules) {
            if (!has.contains(rule)) {
                throw new IllegalArgumentException(guest.vm() + " has not published '" + rule + "'"
                        + (has.isEmpty() ? "; it has published nothing" : "; it has: " + words(has)));
            }
        }
        end(of -> of.guest().port() == guest.port() && rules.contains(of.rule()));
    }

    private static String words(List<PublishRule> rules) {
        return String.join(", ", rules.stream().map(PublishRule::toString).toList());
    }

    private void end(Predicate<Publication> which) {
        all.removeIf(publication -> {
            boolean ends = which.test(publication);
            if (ends) {
                publication.close();
            }
            return ends;
        });
    }

    /// The guest's port is about to go, and all of its rules with it.
    public void forget(Guest guest, long now) {
        end(publication -> publication.guest().port() == guest.port());
        dialer.forget(guest.port(), now);
    }

    /// Guests may have other addresses now. What comes by TCP asks for them each time.
    public void aim() {
        all.forEach(Publication::aim);
    }

    /// The host has these addresses now. A socket at one that is gone is kept: it serves again when the address
    /// is back, as the host's kernel looks for it then. What could not be bound is tried at once.
    public void hostChanged(Set<IpAddress> addresses) {
        for (Publication publication : all) {
            String before = publication.shownProblem();
            publication.hostHas(addresses);
            String after = publication.shownProblem();
            if (!Objects.equals(before, after)) {
                log.accept(publication.guest().port().name() + ": '" + publication.rule() + "' "
                        + (after == null ? "is published again" : "is not published now: " + after));
            }
        }
        if (again != null) {
            again.cancel();
            tryAgain();
        }
    }

    /// The rules that a guest has, also those that cannot be had now.
    public List<PublishRule> of(Guest guest) {
        return publications(guest).map(Publication::rule).toList();
    }

    private Stream<Publication> publications(Guest guest) {
        return all.stream().filter(publication -> publication.guest().port() == guest.port());
    }

    /// In the shape of docs/control-api.md.
    public List<Map<String, Object>> describe(Guest guest) {
        return publications(guest).map(Publication::describe).toList();
    }

    public List<Map<String, Object>> describe() {
        return all.stream().map(Publication::describe).toList();
    }

    public int sockets() {
        return all.stream().mapToInt(Publication::sockets).sum();
    }

    public int socketLimit() {
        return mostSockets;
    }

    /// The network ends.
    public void close() {
        if (again != null) {
            again.cancel();
        }
        end(publication -> true);
    }

    /// @param before that were opened for the same command
    private Publication open(Guest guest, PublishRule rule, List<Publication> before) throws NotPublished {
        int wanted = rule.count() * rule.places().size();
        int used = sockets() + before.stream().mapToInt(Publication::sockets).sum();
        if (used + wanted > mostSockets) {
            throw new IllegalStateException("'" + rule + "' cannot be published: this network may open " + mostSockets
                    + " ports of the host, and has " + used);
        }
        for (int left = rule.hostPort() == 0 ? TRIES : 1; ; left--) {
            try {
                return openOnce(guest, rule);
            } catch (NotPublished e) {
                if (left == 1) {
                    throw e;
                }
            }
        }
    }

    private Publication openOnce(Guest guest, PublishRule rule) throws NotPublished {
        Publication publication = new Publication(guest, rule);
        try {
            for (PublishRule.Place place : rule.places()) {
                if (open(publication, place) && rule.isEnough(place.address())) {
                    break;
                }
            }
            return publication;
        } catch (NotPublished | RuntimeException e) {
            publication.close();
            throw e;
        }
    }

    /// Where the rule leaves it to the system, the first address decides on the port.
    ///
    /// @return whether the host has the address
    private boolean open(Publication publication, PublishRule.Place place) throws NotPublished {
        PublishRule rule = publication.rule();
        try {
            for (int i = 0; i < rule.count(); i++) {
                int port = bind(publication, place.address(), rule.hostPort() + i, rule.guestPort() + i);
                if (rule.hostPort() == 0) {
                    publication.at(port);
                }
            }
            publication.boundAt(place.address());
            return true;
        } catch (NotPublished e) {
            if (place.isOptional() && e.reason() == BindFailure.Reason.NO_SUCH_ADDRESS) {
                return false;
            }
            throw e;
        }
    }

    private int bind(Publication publication, IpAddress address, int hostPort, int guestPort) throws NotPublished {
        boolean isUdp = publication.rule().udp();
        try {
            if (isUdp) {
                UdpPort port = udp.open(publication.target(), address, hostPort, guestPort);
                publication.add(port);
                return port.number();
            }
            TcpListener listener = new TcpListener(
                    loop, address.high(), address.low(), hostPort, client -> take(publication, guestPort, client));
            publication.add(listener);
            return listener.tcpPort();
        } catch (IOException e) {
            throw new NotPublished(isUdp, address, hostPort, e);
        }
    }

    private void take(Publication publication, int guestPort, SocketChannel client) {
        publication.connections++;
        dialer.dial(
                publication.target(),
                guestPort,
                new GuestDialer.Client() {
                    @Override
                    public void accepted(TcpAttachment attachment, long now) {
                        Joining.join(loop, client, ByteBuffer.allocate(0), attachment, now);
                    }

                    @Override
                    public void failed(GuestDialer.Why why, long now) {
                        publication.failures++;
                        Joining.reset(client);
                    }
                },
                loop.now());
    }
}
