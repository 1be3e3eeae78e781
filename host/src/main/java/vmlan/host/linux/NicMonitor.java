package vmlan.host.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import vmlan.host.EventLoop;
import vmlan.packet.Ipv4Header;
import vmlan.packet.Ipv6Header;

/// Watches one NIC by its name: comes, goes, up, down, addresses. Needs no rights.
///
/// An own thread listens to rtnetlink. Whatever changes on the host only says that it is time to look: then
/// interfaces and addresses are read as a whole, so that lost or reordered news do no harm.
public final class NicMonitor implements AutoCloseable {
    private final String ifName;
    private final EventLoop loop;
    private final Consumer<NicState> listener;
    private final Consumer<Exception> failed;
    private final Netlink news;
    private final Netlink questions;
    private final int wakeFd;
    private final Thread thread;
    private volatile boolean stopping;

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
        this.news = new Netlink(Netlink.GROUPS_LINKS_AND_ADDRESSES);
        try {
            this.questions = new Netlink(0);
        } catch (IOException e) {
            news.close();
            throw e;
        }
        this.wakeFd = LinuxException.check(Libc.eventfd(Libc.O_CLOEXEC | Libc.O_NONBLOCK), "eventfd");
        this.thread = Thread.ofPlatform().daemon().name("vmlan-state-" + ifName).unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    private void run() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment fds = arena.allocate(2 * Libc.POLLFD_BYTES, Integer.BYTES);
            fds.set(ValueLayout.JAVA_INT, 0, news.fd());
            fds.set(ValueLayout.JAVA_SHORT, Libc.POLLFD_EVENTS, Libc.POLLIN);
            fds.set(ValueLayout.JAVA_INT, Libc.POLLFD_BYTES, wakeFd);
            fds.set(ValueLayout.JAVA_SHORT, Libc.POLLFD_BYTES + Libc.POLLFD_EVENTS, Libc.POLLIN);
            NicState last = null;
            boolean isAbout = false;
            while (!stopping) {
                NicState state = look();
                if (isAbout || !Objects.equals(state, last)) {
                    last = state;
                    tell(() -> listener.accept(state));
                }
                Libc.poll(fds, 2, -1);
                isAbout = readNews(state.index());
            }
        } catch (IOException | RuntimeException e) {
            tell(() -> failed.accept(e));
        }
    }

    private void tell(Runnable what) {
        loop.execute(() -> {
            if (!stopping) {
                what.run();
            }
        });
    }

    /// Reads all there are. What they say is looked up. That there was one about this NIC's link is news even when
    /// nothing has changed: so shows a station's roaming (net/wireless/wext-core.c). Too many are ENOBUFS.
    private boolean readNews(int ifIndex) throws LinuxException {
        boolean isAbout = false;
        while (!stopping) {
            try {
                ByteBuffer received = news.receive(SocketCalls.MSG_DONTWAIT, "reading news of interfaces");
                if (received == null) {
                    return isAbout;
                }
                isAbout |= isAbout(received, ifIndex);
            } catch (LinuxException e) {
                if (e.errno() != Errno.ENOBUFS) {
                    throw e;
                }
            }
        }
        return isAbout;
    }

    private static boolean isAbout(ByteBuffer received, int ifIndex) {
        NetlinkMessage message = NetlinkMessage.next(received);
        for (; message != null; message = NetlinkMessage.next(received)) {
            // struct ifinfomsg: family, padding, type (16 bit), index
            if (message.type() == Netlink.RTM_NEWLINK && message.getInt(4) == ifIndex) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOnAnyLink(Interfaces.Address address) {
        return address.ipv4() != null
                ? !Ipv4Header.isLoopback(address.ipv4().bits())
                : !address.ipv6().isLinkLocal()
                        && !Ipv6Header.isLoopback(
                                address.ipv6().high(), address.ipv6().low());
    }

    private NicState look() throws IOException {
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
        stopping = true;
        Libc.write(wakeFd, Arena.ofAuto().allocateFrom(ValueLayout.JAVA_LONG, 1L), Long.BYTES);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        news.close();
        questions.close();
        Libc.close(wakeFd);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
