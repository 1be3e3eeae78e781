package vmlan.host.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import vmlan.host.EventLoop;
import vmlan.packet.Ipv4Header;
import vmlan.packet.Ipv6Header;

/// Watches one NIC by its name: comes, goes, up, down, addresses. Needs no rights. After news of rtnetlink, interfaces
/// and addresses are read as a whole ([NewsThread]).
public final class NicMonitor implements AutoCloseable {
    private final String ifName;
    private final EventLoop loop;
    private final Consumer<NicState> listener;
    private final Consumer<Exception> failed;
    private final NewsThread thread;

    /// Called in the network namespace that is watched.
    ///
    /// @param listener told on the loop: once after the start, then after each change
    /// @param failed told on the loop when it can watch no longer
    public NicMonitor(EventLoop loop, String ifName, Consumer<NicState> listener, Consumer<Exception> failed)
            throws IOException {
        this.loop = loop;
        this.ifName = ifName;
        this.listener = listener;
        this.failed = failed;
        this.thread = new NewsThread("vmlan-state-" + ifName, Netlink.GROUPS_LINKS_AND_ADDRESSES, 0, new Reader());
    }

    public void start() {
        thread.start();
    }

    /// On the monitor's thread.
    private final class Reader implements NewsThread.Reader {
        private NicState last;
        private boolean isAbout;

        @Override
        public void look(Netlink questions) throws IOException {
            NicState state = read(questions);
            if (isAbout || !Objects.equals(state, last)) {
                tell(() -> listener.accept(state));
            }
            last = state;
            isAbout = false;
        }

        /// That there was one about this NIC's link is news even when nothing has changed: so shows a station's
        /// roaming (net/wireless/wext-core.c).
        @Override
        public void news(ByteBuffer received) {
            NetlinkMessage message = NetlinkMessage.next(received);
            for (; message != null; message = NetlinkMessage.next(received)) {
                // struct ifinfomsg: family, padding, type (16 bit), index
                isAbout |= message.type() == Netlink.RTM_NEWLINK && message.getInt(4) == last.index();
            }
        }

        @Override
        public void failed(Exception cause) {
            tell(() -> failed.accept(cause));
        }
    }

    private void tell(Runnable what) {
        loop.execute(() -> {
            if (!thread.isStopping()) {
                what.run();
            }
        });
    }

    private static boolean isOnAnyLink(Interfaces.Address address) {
        return address.ipv4() != null
                ? !Ipv4Header.isLoopback(address.ipv4().bits())
                : !address.ipv6().isLinkLocal()
                        && !Ipv6Header.isLoopback(
                                address.ipv6().high(), address.ipv6().low());
    }

    private NicState read(Netlink questions) throws IOException {
        for (Interfaces.Link link : Interfaces.links(questions)) {
            if (link.name().equals(ifName)) {
                // Those of other interfaces are the host's, too.
                List<Interfaces.Address> addresses = Interfaces.addresses(questions).stream()
                        .filter(address -> address.ifIndex() == link.index() || isOnAnyLink(address))
                        .toList();
                return new NicState(
                        ifName,
                        link.index(),
                        true,
                        link.isRunning(),
                        link.mac(),
                        link.mtu(),
                        addresses.stream()
                                .map(Interfaces.Address::ipv4)
                                .filter(Objects::nonNull)
                                .toList(),
                        addresses.stream()
                                .map(Interfaces.Address::ipv6)
                                .filter(Objects::nonNull)
                                .toList(),
                        Wireless.is(ifName, link.index()));
            }
        }
        return NicState.absent(ifName);
    }

    /// The listener is told no more. The loop's thread.
    @Override
    public void close() {
        thread.close();
    }
}
