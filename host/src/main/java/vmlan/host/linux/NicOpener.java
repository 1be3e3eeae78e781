package vmlan.host.linux;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/// Opens a NIC, with rights: CAP_NET_RAW for the packet sockets, CAP_NET_ADMIN and CAP_BPF for the redirect to
/// the host. What it leaves needs none any more; the descriptors stay open over exec.
public final class NicOpener {
    private static final RedirectKind[] ORDER = {
        RedirectKind.TCX, RedirectKind.CLS_BPF, RedirectKind.CLS_BPF_CLASSIC, RedirectKind.U32_MARK
    };

    private final String ifName;
    private final int ifIndex;
    private final int mark;
    private final boolean translated;
    private final StringBuilder reasons = new StringBuilder();
    private final List<TcFilter> filters = new ArrayList<>();
    private int link = -1;
    private int guestFilterLink = -1;
    private int guestFilterTable = -1;

    private NicOpener(String ifName, int ifIndex, int mark, boolean translated) {
        this.ifName = ifName;
        this.ifIndex = ifIndex;
        this.mark = mark;
        this.translated = translated;
    }

    /// Opens with the best redirect that the kernel takes.
    ///
    /// @param mark random and not 0; says which frames are for the host
    /// @param translated whether guests share the NIC's MAC
    /// @throws LinuxException when there is no such NIC, or no right to open it; a redirect that fails is no error
    public static OpenedNic open(String ifName, int mark, boolean translated) throws IOException {
        return open(ifName, mark, translated, List.of(ORDER));
    }

    /// Opens with the first of the given redirects that the kernel takes, or none.
    public static OpenedNic open(String ifName, int mark, boolean translated, List<RedirectKind> kinds)
            throws IOException {
        if (mark == 0) {
            throw new IllegalArgumentException("a mark of 0 is what all other frames have");
        }
        return new NicOpener(ifName, Interfaces.index(ifName), mark, translated).open(kinds);
    }

    /// Removes what stays in the kernel after the descriptors are closed: filters of tc, and clsact where it is ours.
    /// Needs CAP_NET_ADMIN. What is gone already is fine.
    public static void remove(List<TcFilter> filters) throws IOException {
        try (Netlink netlink = new Netlink(0)) {
            for (TcFilter filter : filters.reversed()) {
                filter.remove(netlink);
            }
        }
    }

    private OpenedNic open(List<RedirectKind> kinds) throws IOException {
        int lan = PacketSocket.open();
        int host = -1;
        try {
            PacketSocket.prepareForReceiving(lan);
            PacketSocket.enlargeSendBuffer(lan);
            RedirectKind kind = redirect(kinds);
            if (kind != RedirectKind.NONE) {
                host = PacketSocket.open();
                PacketSocket.enlargeSendBuffer(host);
                PacketSocket.mark(host, mark);
                PacketSocket.bind(host, ifIndex, 0);
            }
            return new OpenedNic(
                    ifName,
                    ifIndex,
                    translated,
                    mark,
                    lan,
                    host,
                    kind,
                    link,
                    guestFilterLink,
                    guestFilterTable,
                    filters,
                    reasons.toString());
        } catch (IOException | RuntimeException e) {
            close(lan, host);
            undo();
            throw e;
        }
    }

    private RedirectKind redirect(List<RedirectKind> kinds) throws IOException {
        for (RedirectKind kind : kinds) {
            try {
                switch (kind) {
                    case TCX -> openTcx();
                    case CLS_BPF -> openClsBpf();
                    case CLS_BPF_CLASSIC -> openWithClsact(TcFilter::addClassic);
                    case U32_MARK -> openWithClsact(TcFilter::addU32);
                    case NONE -> {}
                }
                return kind;
            } catch (LinuxException e) {
                undo();
                reasons.append(reasons.isEmpty() ? "" : " | ")
                        .append(kind)
                        .append(": ")
                        .append(e.getMessage());
            }
        }
        return RedirectKind.NONE;
    }

    private void openTcx() throws LinuxException {
        if (translated) {
            int program = loadGuestFilter(Bpf.BPF_TCX_INGRESS);
            try {
                guestFilterLink = stayOpen(Bpf.link(program, ifIndex, Bpf.BPF_TCX_INGRESS));
            } finally {
                Libc.close(program);
            }
        }
        int program = Bpf.load(RedirectProgram.egress(mark, translated), "vmlan_to_host", Bpf.BPF_TCX_EGRESS);
        try {
            link = stayOpen(Bpf.link(program, ifIndex, Bpf.BPF_TCX_EGRESS));
        } finally {
            Libc.close(program);
        }
    }

    private void openClsBpf() throws IOException {
        try (Netlink netlink = new Netlink(0)) {
            int program = Bpf.load(RedirectProgram.egress(mark, translated), "vmlan_to_host", 0);
            boolean made = false;
            try {
                made = TcFilter.addClsact(netlink, ifIndex);
                if (translated) {
                    int filter = loadGuestFilter(0);
                    try {
                        filters.add(TcFilter.addProgram(netlink, ifIndex, TcFilter.INGRESS, filter, made));
                    } finally {
                        Libc.close(filter);
                    }
                }
                filters.add(TcFilter.addProgram(netlink, ifIndex, TcFilter.EGRESS, program, made));
            } catch (IOException | RuntimeException e) {
                undoClsact(netlink, made);
                throw e;
            } finally {
                Libc.close(program);
            }
        }
    }

    private interface Adder {
        TcFilter add(Netlink netlink, int ifIndex, int mark, boolean madeClsact) throws IOException;
    }

    private void openWithClsact(Adder adder) throws IOException {
        try (Netlink netlink = new Netlink(0)) {
            boolean made = TcFilter.addClsact(netlink, ifIndex);
            try {
                filters.add(adder.add(netlink, ifIndex, mark, made));
            } catch (IOException | RuntimeException e) {
                undoClsact(netlink, made);
                throw e;
            }
        }
    }

    /// Where no filter of ours is left to do it.
    private void undoClsact(Netlink netlink, boolean made) throws IOException {
        if (made && filters.isEmpty()) {
            TcFilter.removeClsact(netlink, ifIndex);
        }
    }

    private int loadGuestFilter(int attachType) throws LinuxException {
        int seed = new SecureRandom().nextInt();
        guestFilterTable = stayOpen(Bpf.createTable(GuestFilter.TABLE_BYTES));
        GuestFilter.begin(guestFilterTable, seed);
        return Bpf.load(RedirectProgram.ingress(mark, guestFilterTable, seed), "vmlan_guests", attachType);
    }

    /// Descriptors of bpf(2) are close-on-exec.
    private static int stayOpen(int fd) throws LinuxException {
        LinuxException.check(Libc.fcntl(fd, Libc.F_SETFD, 0), "fcntl(F_SETFD)");
        return fd;
    }

    private void undo() throws IOException {
        close(link, guestFilterLink, guestFilterTable);
        link = -1;
        guestFilterLink = -1;
        guestFilterTable = -1;
        if (!filters.isEmpty()) {
            List<TcFilter> made = List.copyOf(filters);
            filters.clear();
            remove(made);
        }
    }

    private static void close(int... fds) {
        for (int fd : fds) {
            if (fd >= 0) {
                Libc.close(fd);
            }
        }
    }
}
