package vmlan.host.linux;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import vmlan.host.EventLoop;
import vmlan.host.HostMonitor;
import vmlan.host.HostRoutes;
import vmlan.network.change.HostRoute;
import vmlan.network.change.HostState;
import vmlan.network.change.HostWay;
import vmlan.packet.IpAddress;
import vmlan.packet.Ipv4Prefix;

/// Tells of the host's addresses, ways out and routes, when rtnetlink has news of any. Needs no rights.
public final class LinuxHostMonitor implements HostMonitor {
    /// Between two looks, of which each costs less than a millisecond: a router's routes may change all the time.
    private static final int PAUSE_MILLIS = 100;

    private final EventLoop loop;
    private final Listener listener;
    private final NewsThread thread;

    /// Called in the network namespace that is watched.
    public LinuxHostMonitor(EventLoop loop, Listener listener) throws IOException {
        this.loop = loop;
        this.listener = listener;
        this.thread = new NewsThread("vmlan-host", Netlink.GROUPS_ADDRESSES_AND_ROUTES, PAUSE_MILLIS, new Reader());
    }

    public void start() {
        thread.start();
    }

    /// On the monitor's thread.
    private final class Reader implements NewsThread.Reader {
        private HostState last;

        @Override
        public void look(Netlink questions) throws IOException {
            HostState state = read(questions);
            if (!state.equals(last)) {
                last = state;
                tell(() -> listener.looked(state));
            }
        }

        @Override
        public void failed(Exception cause) {
            tell(() -> listener.failed(cause));
        }
    }

    private void tell(Runnable what) {
        loop.execute(() -> {
            if (!thread.isStopping()) {
                what.run();
            }
        });
    }

    private static HostState read(Netlink questions) throws IOException {
        Map<Integer, String> names = new HashMap<>();
        for (Interfaces.Link link : Interfaces.links(questions)) {
            names.put(link.index(), link.name());
        }
        Set<IpAddress> addresses = new HashSet<>();
        List<HostRoute> routes = new ArrayList<>();
        for (Interfaces.Address address : Interfaces.addresses(questions)) {
            String name = names.getOrDefault(address.ifIndex(), "?");
            if (address.ipv4() != null) {
                addresses.add(IpAddress.of(address.ipv4()));
                Ipv4Prefix prefix = new Ipv4Prefix(address.ipv4(), Math.clamp(address.prefixLength(), 0, 32));
                routes.add(new HostRoute(name, prefix, null));
            } else {
                addresses.add(IpAddress.of(address.ipv6()));
            }
        }
        for (HostRoute route : HostRoutes.ofTable()) {
            if (!routes.contains(route)) {
                routes.add(route);
            }
        }
        return new HostState(
                addresses,
                way(questions, Routes.OUTSIDE_IPV4, names),
                way(questions, Routes.OUTSIDE_IPV6, names),
                routes);
    }

    private static HostWay way(Netlink questions, IpAddress outside, Map<Integer, String> names) throws LinuxException {
        Routes.Hop hop = Routes.to(questions, outside);
        return hop == null
                ? null
                : new HostWay(Objects.requireNonNullElse(names.get(hop.ifIndex()), "?"), hop.gateway());
    }

    /// The listener is told no more. The loop's thread.
    @Override
    public void close() {
        thread.close();
    }
}
