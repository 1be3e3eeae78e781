package vmlan.host.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import vmlan.network.uplink.Wire.Wanted;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;

/// The classic BPF program on the packet socket that says which frames come up to us.
///
/// It is a hint: addresses of guests are compared by their low 32 bits only, and what it lets through by mistake the
/// uplink sorts out. What it drops it must drop rightly, so the NIC's own MAC is compared in full.
///
/// Jumps on a condition reach 255 instructions far; so each list is cut in chunks, each with its own end. In words:
///
/// ```
/// mark is ours              drop      our own frame, on its way to the host
/// destination is a group    accept
/// the host sends it         accept when a guest has the destination
/// it comes from the LAN
///   MACs are not translated accept when the destination is not the NIC's own
///   MACs are translated     drop when the destination is not the NIC's own;
///                           accept ARP, IP to a guest, and the answers of DHCP, which may come before the address
/// ```
final class ClassicFilter {
    /// struct sock_filter (include/uapi/linux/filter.h): u16 code, u8 jt, u8 jf, u32 k
    record Instruction(int code, int ifTrue, int ifFalse, int k) {}

    static final int INSTRUCTION_BYTES = 8;

    /// include/uapi/linux/bpf_common.h
    static final int LD_W_ABS = 0x20;

    static final int LD_H_ABS = 0x28;
    static final int LD_B_ABS = 0x30;
    static final int LD_H_IND = 0x48;
    /// ldx 4 * (byte & 15): the length of an IPv4 header.
    static final int LDX_MSH = 0xb1;

    static final int JMP_JA = 0x05;
    static final int JMP_JEQ_K = 0x15;
    static final int JMP_JSET_K = 0x45;
    static final int RET_K = 0x06;

    /// SKF_AD_OFF plus SKF_AD_PKTTYPE and SKF_AD_MARK (include/uapi/linux/filter.h)
    static final int ADDRESS_OF_PKTTYPE = -0x1000 + 4;

    static final int ADDRESS_OF_MARK = -0x1000 + 20;

    /// Of the 4096 that the kernel takes; the converted program also counts against net.core.optmem_max, 20 KiB on
    /// kernels before 6.9 (net/core/filter.c, sk_filter_charge), at up to 16 bytes for each.
    static final int MAX_INSTRUCTIONS = 1000;

    private static final int ACCEPT = -1;
    private static final int DROP = 0;
    private static final int CHUNK = 200;

    private final List<Instruction> program = new ArrayList<>();

    private ClassicFilter() {}

    /// @param mark of our own frames, 0 when they have none
    /// @param wanted null to accept everything
    static List<Instruction> build(int mark, Wanted wanted) {
        ClassicFilter filter = new ClassicFilter();
        if (mark != 0) {
            filter.add(LD_W_ABS, ADDRESS_OF_MARK);
            filter.returnIfEqual(mark, DROP);
        }
        if (wanted == null) {
            filter.add(RET_K, ACCEPT);
        } else {
            filter.addWanted(wanted);
        }
        return List.copyOf(filter.program);
    }

    private void addWanted(Wanted wanted) {
        add(LD_B_ABS, 0);
        program.add(new Instruction(JMP_JSET_K, 0, 1, 1));
        add(RET_K, ACCEPT);

        int room = MAX_INSTRUCTIONS - 50;
        int[] macs =
                wanted.guestMacs().stream().mapToInt(Long::intValue).distinct().toArray();
        boolean macsFit = length(macs) <= room;
        add(LD_W_ABS, ADDRESS_OF_PKTTYPE);
        program.add(new Instruction(JMP_JEQ_K, 0, 1, PacketSocket.PACKET_OUTGOING));
        int outgoing = program.size();
        add(JMP_JA, 0);
        addIncoming(wanted, macsFit ? room - length(macs) : room);

        program.set(outgoing, new Instruction(JMP_JA, 0, 0, program.size() - outgoing - 1));
        if (macsFit) {
            add(LD_W_ABS, 2);
            acceptAny(macs);
        }
        add(RET_K, macsFit ? DROP : ACCEPT);
    }

    private void addIncoming(Wanted wanted, int room) {
        // Not to the NIC: of use unless MACs are translated. To the NIC: the other way round, and to be looked at.
        add(LD_W_ABS, 2);
        program.add(new Instruction(JMP_JEQ_K, 0, 3, (int) wanted.ownMac()));
        add(LD_H_ABS, 0);
        program.add(new Instruction(JMP_JEQ_K, 0, 1, (int) (wanted.ownMac() >>> 32)));
        add(JMP_JA, 1);
        add(RET_K, wanted.translated() ? DROP : ACCEPT);
        if (wanted.translated()) {
            addTranslated(wanted, room);
        } else {
            add(RET_K, DROP);
        }
    }

    private void addTranslated(Wanted wanted, int room) {
        int[] ipv4 =
                wanted.ipv4().stream().mapToInt(Ipv4Address::bits).distinct().toArray();
        int[] ipv6 = wanted.ipv6().stream()
                .mapToLong(Ipv6Address::low)
                .mapToInt(low -> (int) low)
                .distinct()
                .toArray();
        boolean fit = length(ipv4) + length(ipv6) <= room;
        add(LD_H_ABS, 12);
        returnIfEqual(0x0806, ACCEPT);
        if (!fit) {
            returnIfEqual(0x0800, ACCEPT);
            returnIfEqual(0x86dd, ACCEPT);
            add(RET_K, DROP);
            return;
        }
        program.add(new Instruction(JMP_JEQ_K, 0, 1, 0x86dd));
        int toIpv6 = program.size();
        add(JMP_JA, 0);
        program.add(new Instruction(JMP_JEQ_K, 1, 0, 0x0800));
        add(RET_K, DROP);
        // IPv4 (RFC 791 §3.1): destination 16, protocol 9, fragment 6 from the header's begin
        add(LD_W_ABS, 14 + 16);
        acceptAny(ipv4);
        acceptDhcpAnswer();
        add(RET_K, DROP);
        program.set(toIpv6, new Instruction(JMP_JA, 0, 0, program.size() - toIpv6 - 1));
        // IPv6 (RFC 8200 §3): the last four bytes of the destination
        add(LD_W_ABS, 14 + 36);
        acceptAny(ipv6);
        add(RET_K, DROP);
    }

    /// UDP to 68 (RFC 2131 §4.1), in a packet's first fragment.
    private void acceptDhcpAnswer() {
        add(LD_B_ABS, 14 + 9);
        program.add(new Instruction(JMP_JEQ_K, 0, 6, 17));
        add(LD_H_ABS, 14 + 6);
        program.add(new Instruction(JMP_JSET_K, 4, 0, 0x1fff));
        add(LDX_MSH, 14);
        add(LD_H_IND, 14 + 2);
        returnIfEqual(68, ACCEPT);
    }

    private void add(int code, int k) {
        program.add(new Instruction(code, 0, 0, k));
    }

    private void returnIfEqual(int value, int result) {
        program.add(new Instruction(JMP_JEQ_K, 0, 1, value));
        add(RET_K, result);
    }

    private static int length(int[] values) {
        return values.length + 2 * ((values.length + CHUNK - 1) / CHUNK);
    }

    /// Goes on behind when the accumulator is none of the values.
    private void acceptAny(int[] values) {
        for (int start = 0; start < values.length; start += CHUNK) {
            int count = Math.min(CHUNK, values.length - start);
            for (int i = 0; i < count; i++) {
                program.add(new Instruction(JMP_JEQ_K, count - i, 0, values[start + i]));
            }
            add(JMP_JA, 1);
            add(RET_K, ACCEPT);
        }
    }

    /// Says yes, to a filter of tc, to frames that carry the mark.
    static List<Instruction> isMarked(int mark) {
        ClassicFilter filter = new ClassicFilter();
        filter.add(LD_W_ABS, ADDRESS_OF_MARK);
        filter.returnIfEqual(mark, ACCEPT);
        filter.add(RET_K, DROP);
        return List.copyOf(filter.program);
    }

    /// As an array of struct sock_filter.
    static byte[] encode(List<Instruction> program) {
        ByteBuffer bytes =
                ByteBuffer.allocate(INSTRUCTION_BYTES * program.size()).order(ByteOrder.nativeOrder());
        for (Instruction instruction : program) {
            bytes.putShort((short) instruction.code);
            bytes.put((byte) instruction.ifTrue).put((byte) instruction.ifFalse);
            bytes.putInt(instruction.k);
        }
        return bytes.array();
    }
}
