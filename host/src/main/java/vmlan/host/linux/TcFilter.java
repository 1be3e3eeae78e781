package vmlan.host.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;

/// A filter of the clsact qdisc that is ours, and what it takes to remove it: plain values, so that they can be
/// kept in a file.
///
/// @param ifIndex of the NIC that it was made for; a NIC that was replugged has none
/// @param parent clsact's ingress or egress
/// @param handle the kernel's number for it
/// @param info preference and protocol
/// @param kind `bpf` or `u32`
/// @param madeClsact whether the qdisc was not there before
public record TcFilter(int ifIndex, int parent, int handle, int info, String kind, boolean madeClsact) {
    /// TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS and TC_H_MIN_EGRESS) (include/uapi/linux/pkt_sched.h)
    static final int INGRESS = 0xffff_fff2;

    static final int EGRESS = 0xffff_fff3;

    private static final int CLSACT = 0xffff_fff1;
    private static final int CLSACT_HANDLE = 0xffff_0000;

    /// struct tcmsg: family, three bytes of nothing, ifindex, handle, parent, info (include/uapi/linux/rtnetlink.h)
    private static final int TCMSG_BYTES = 20;

    private static final int TCMSG_IFINDEX = 4;
    private static final int TCMSG_HANDLE = 8;
    private static final int TCMSG_INFO = 16;
    private static final int TCA_KIND = 1;
    private static final int TCA_OPTIONS = 2;

    /// include/uapi/linux/pkt_cls.h
    private static final int TCA_BPF_ACT = 1;

    private static final int TCA_BPF_OPS_LEN = 4;
    private static final int TCA_BPF_OPS = 5;
    private static final int TCA_BPF_FD = 6;
    private static final int TCA_BPF_NAME = 7;
    private static final int TCA_BPF_FLAGS = 8;
    private static final int TCA_BPF_FLAG_ACT_DIRECT = 1;
    private static final int TCA_U32_SEL = 5;
    private static final int TCA_U32_ACT = 7;
    private static final int TCA_U32_MARK = 10;
    private static final int TC_U32_TERMINAL = 1;
    private static final int TCA_ACT_KIND = 1;
    private static final int TCA_ACT_OPTIONS = 2;
    private static final int TC_ACT_STOLEN = 4;

    /// include/uapi/linux/tc_act/tc_mirred.h
    private static final int TCA_MIRRED_PARMS = 2;

    private static final int TCA_INGRESS_REDIR = 3;

    /// In front of the others, and all protocols: ETH_P_ALL in network order.
    private static final int FIRST = (1 << 16) | 0x0300;

    /// Wherever the kernel puts it.
    private static final int ANYWHERE = 0x0300;

    /// What a filter of a kind has beside the rest.
    private interface Options {
        void put(NetlinkMessage message);
    }

    /// For a file or an argument; [#parse] reads it.
    public String encode() {
        return ifIndex + "," + parent + "," + handle + "," + info + "," + kind + "," + madeClsact;
    }

    /// @throws IllegalArgumentException when it is not what [#encode] wrote
    public static TcFilter parse(String text) {
        String[] fields = text.split(",");
        if (fields.length != 6) {
            throw new IllegalArgumentException("'" + text + "' does not describe a filter of tc");
        }
        return new TcFilter(
                Integer.parseInt(fields[0]),
                Integer.parseInt(fields[1]),
                Integer.parseInt(fields[2]),
                Integer.parseInt(fields[3]),
                fields[4],
                Boolean.parseBoolean(fields[5]));
    }

    private static NetlinkMessage message(int type, int flags, int ifIndex, int parent, int handle, int info) {
        return NetlinkMessage.request(type, flags)
                .putInt(0)
                .putInt(ifIndex)
                .putInt(handle)
                .putInt(parent)
                .putInt(info);
    }

    /// @return whether it was not there
    static boolean addClsact(Netlink netlink, int ifIndex) throws LinuxException {
        NetlinkMessage message = message(
                        Netlink.RTM_NEWQDISC,
                        NetlinkMessage.NLM_F_ACK | NetlinkMessage.NLM_F_CREATE | NetlinkMessage.NLM_F_EXCL,
                        ifIndex,
                        CLSACT,
                        CLSACT_HANDLE,
                        0)
                .attribute(TCA_KIND, "clsact");
        try {
            netlink.request(message, "adding the qdisc clsact");
            return true;
        } catch (LinuxException e) {
            if (e.errno() == Errno.EEXIST) {
                return false;
            }
            throw e;
        }
    }

    /// The program of [RedirectProgram], which decides by what it returns.
    static TcFilter addProgram(Netlink netlink, int ifIndex, int parent, int program, boolean madeClsact)
            throws IOException {
        return add(
                netlink,
                ifIndex,
                parent,
                "bpf",
                madeClsact,
                message -> message.attribute(TCA_BPF_FD, program)
                        .attribute(TCA_BPF_NAME, "vmlan")
                        .attribute(TCA_BPF_FLAGS, TCA_BPF_FLAG_ACT_DIRECT));
    }

    /// A classic program that says yes to the mark, and the action that redirects.
    static TcFilter addClassic(Netlink netlink, int ifIndex, int mark, boolean madeClsact) throws IOException {
        List<ClassicFilter.Instruction> program = ClassicFilter.isMarked(mark);
        return add(netlink, ifIndex, EGRESS, "bpf", madeClsact, message -> {
            message.attributeShort(TCA_BPF_OPS_LEN, program.size());
            message.attribute(TCA_BPF_OPS, ClassicFilter.encode(program));
            redirect(message, TCA_BPF_ACT, ifIndex);
        });
    }

    /// A u32 filter without keys that asks for the mark. A kernel without CONFIG_CLS_U32_MARK leaves that out
    /// silently and redirects everything; so a filter that no frame can pass is tried first and read back.
    static TcFilter addU32(Netlink netlink, int ifIndex, int mark, boolean madeClsact) throws IOException {
        TcFilter probe = addU32(netlink, ifIndex, mark, madeClsact, true);
        boolean known = probe.hasMark(netlink);
        probe.delete(netlink);
        if (!known) {
            throw new LinuxException(
                    "adding a u32 filter with a mark", Errno.EOPNOTSUPP, "the kernel lacks CONFIG_CLS_U32_MARK");
        }
        TcFilter filter = addU32(netlink, ifIndex, mark, madeClsact, false);
        if (!filter.hasMark(netlink)) {
            filter.delete(netlink);
            throw new LinuxException("adding a u32 filter with a mark", Errno.EOPNOTSUPP, "it came back without");
        }
        return filter;
    }

    private static TcFilter addU32(Netlink netlink, int ifIndex, int mark, boolean madeClsact, boolean impossible)
            throws IOException {
        return add(netlink, ifIndex, EGRESS, "u32", madeClsact, message -> {
            message.attribute(TCA_U32_SEL, selector(impossible));
            message.attribute(
                    TCA_U32_MARK,
                    ByteBuffer.allocate(12)
                            .order(ByteOrder.nativeOrder())
                            .putInt(mark)
                            .putInt(-1)
                            .putInt(0)
                            .array());
            redirect(message, TCA_U32_ACT, ifIndex);
        });
    }

    /// struct tc_u32_sel, 16 bytes: flags first, the number of keys third; then keys of mask, value, offset,
    /// offset mask. Two keys that ask the same byte for two values can never both hold.
    private static byte[] selector(boolean impossible) {
        int keys = impossible ? 2 : 0;
        ByteBuffer selector = ByteBuffer.allocate(16 + 16 * keys);
        selector.put(0, (byte) TC_U32_TERMINAL).put(2, (byte) keys);
        for (int key = 0; key < keys; key++) {
            selector.putInt(16 + 16 * key, 0xff).putInt(20 + 16 * key, key);
        }
        return selector.array();
    }

    /// struct tc_mirred: index, capabilities, action, two counts, what to do, ifindex.
    private static void redirect(NetlinkMessage message, int kind, int ifIndex) {
        int actions = message.begin(kind);
        int action = message.begin(1);
        message.attribute(TCA_ACT_KIND, "mirred");
        int options = message.begin(TCA_ACT_OPTIONS);
        message.attribute(
                TCA_MIRRED_PARMS,
                ByteBuffer.allocate(28)
                        .order(ByteOrder.nativeOrder())
                        .putInt(8, TC_ACT_STOLEN)
                        .putInt(20, TCA_INGRESS_REDIR)
                        .putInt(24, ifIndex)
                        .array());
        message.end(options).end(action).end(actions);
    }

    private static TcFilter add(
            Netlink netlink, int ifIndex, int parent, String kind, boolean madeClsact, Options options)
            throws IOException {
        try {
            return add(netlink, ifIndex, parent, FIRST, kind, madeClsact, options);
        } catch (LinuxException e) {
            if (e.isNotPermitted()) {
                throw e;
            }
            // A filter of another kind may have the first place.
            return add(netlink, ifIndex, parent, ANYWHERE, kind, madeClsact, options);
        }
    }

    private static TcFilter add(
            Netlink netlink, int ifIndex, int parent, int info, String kind, boolean madeClsact, Options options)
            throws IOException {
        NetlinkMessage message = message(
                        Netlink.RTM_NEWTFILTER,
                        NetlinkMessage.NLM_F_ACK
                                | NetlinkMessage.NLM_F_ECHO
                                | NetlinkMessage.NLM_F_CREATE
                                | NetlinkMessage.NLM_F_EXCL,
                        ifIndex,
                        parent,
                        0,
                        info)
                .attribute(TCA_KIND, kind);
        int begin = message.begin(TCA_OPTIONS);
        options.put(message);
        message.end(begin);
        for (NetlinkMessage answer : netlink.request(message, "adding a tc filter of kind " + kind)) {
            if (answer.type() == Netlink.RTM_NEWTFILTER && answer.getInt(TCMSG_IFINDEX) == ifIndex) {
                return new TcFilter(
                        ifIndex, parent, answer.getInt(TCMSG_HANDLE), answer.getInt(TCMSG_INFO), kind, madeClsact);
            }
        }
        throw new IOException("the kernel did not say which number the tc filter of kind " + kind + " has");
    }

    private static List<NetlinkMessage> filters(Netlink netlink, int ifIndex, int parent) throws IOException {
        return netlink.dump(
                message(Netlink.RTM_GETTFILTER, NetlinkMessage.NLM_F_DUMP, ifIndex, parent, 0, 0),
                "reading tc filters");
    }

    private boolean hasMark(Netlink netlink) throws IOException {
        for (NetlinkMessage filter : filters(netlink, ifIndex, parent)) {
            Map<Integer, ByteBuffer> attributes = filter.attributes(TCMSG_BYTES);
            if (filter.getInt(TCMSG_HANDLE) == handle
                    && filter.getInt(TCMSG_INFO) == info
                    && attributes.containsKey(TCA_OPTIONS)) {
                return NetlinkMessage.attributes(attributes.get(TCA_OPTIONS)).containsKey(TCA_U32_MARK);
            }
        }
        return false;
    }

    private void delete(Netlink netlink) throws LinuxException {
        netlink.request(
                message(Netlink.RTM_DELTFILTER, NetlinkMessage.NLM_F_ACK, ifIndex, parent, handle, info)
                        .attribute(TCA_KIND, kind),
                "removing a tc filter");
    }

    /// Removes the filter, and the qdisc when it is ours and has no other. One that is gone is fine.
    void remove(Netlink netlink) throws IOException {
        try {
            delete(netlink);
        } catch (LinuxException e) {
            if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENODEV && e.errno() != Errno.EINVAL) {
                throw e;
            }
        }
        if (madeClsact) {
            removeClsact(netlink, ifIndex);
        }
    }

    /// Unless it has filters.
    static void removeClsact(Netlink netlink, int ifIndex) throws IOException {
        try {
            if (filters(netlink, ifIndex, INGRESS).isEmpty()
                    && filters(netlink, ifIndex, EGRESS).isEmpty()) {
                netlink.request(
                        message(Netlink.RTM_DELQDISC, NetlinkMessage.NLM_F_ACK, ifIndex, CLSACT, CLSACT_HANDLE, 0)
                                .attribute(TCA_KIND, "clsact"),
                        "removing the qdisc clsact");
            }
        } catch (LinuxException e) {
            if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENODEV && e.errno() != Errno.EINVAL) {
                throw e;
            }
        }
    }
}
