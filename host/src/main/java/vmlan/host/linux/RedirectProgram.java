package vmlan.host.linux;

import static vmlan.host.linux.BpfAssembler.DOUBLE;
import static vmlan.host.linux.BpfAssembler.HALF;
import static vmlan.host.linux.BpfAssembler.R0;
import static vmlan.host.linux.BpfAssembler.R1;
import static vmlan.host.linux.BpfAssembler.R10;
import static vmlan.host.linux.BpfAssembler.R2;
import static vmlan.host.linux.BpfAssembler.R3;
import static vmlan.host.linux.BpfAssembler.R4;
import static vmlan.host.linux.BpfAssembler.R6;
import static vmlan.host.linux.BpfAssembler.R7;
import static vmlan.host.linux.BpfAssembler.WORD;

/// The two eBPF programs on a NIC.
///
/// Egress: what carries our mark goes into the NIC's own receive path. Ingress, where guests share the NIC's
/// MAC: what comes from the LAN for a guest's IP address is kept from the host, which would forward it, send
/// redirects or answer ARP for it when it is a router (`ip_forward=1`). Packet sockets have seen it before.
///
/// A frame that was redirected passes ingress too, and is known there by the mark; there the mark is taken off.
/// Without an ingress program egress takes it off, so that no rule of the host's that looks at some bits of the
/// mark takes it for its own.
final class RedirectProgram {
    /// struct __sk_buff (include/uapi/linux/bpf.h)
    private static final int SKB_PKT_TYPE = 4;

    private static final int SKB_MARK = 8;
    private static final int SKB_PROTOCOL = 16;
    private static final int SKB_VLAN_PRESENT = 20;
    private static final int SKB_IFINDEX = 40;

    /// enum bpf_func_id (include/uapi/linux/bpf.h)
    private static final int BPF_REDIRECT = 23;

    private static final int BPF_SKB_LOAD_BYTES = 26;
    private static final int BPF_F_INGRESS = 1;

    /// TC_ACT_UNSPEC and TC_ACT_SHOT (include/uapi/linux/pkt_cls.h), the same as TCX_NEXT and TCX_DROP
    private static final int NEXT = -1;

    private static final int DROP = 2;

    /// include/uapi/linux/if_packet.h
    private static final int PACKET_HOST = 0;

    /// EtherTypes and an ARP operation as 16 bits in network order look like to a little-endian machine.
    private static final int ARP = 0x0608;

    private static final int IPV4 = 0x0008;
    private static final int IPV6 = 0xdd86;
    private static final int ARP_REQUEST = 0x0100;

    /// Where the destination is: in IPv4 (RFC 791 §3.1), IPv6 (RFC 8200 §3) and ARP (RFC 826), behind 14 bytes.
    private static final int IPV4_DESTINATION = 14 + 16;

    private static final int IPV6_DESTINATION = 14 + 24;
    private static final int ARP_OPERATION = 14 + 6;
    private static final int ARP_TARGET = 14 + 24;

    /// The stack: 16 bytes of address, then some room.
    private static final int KEY = -16;

    private static final int OPERATION = -24;

    private RedirectProgram() {}

    /// @param keepMark where an ingress program takes it off
    static BpfAssembler egress(int mark, boolean keepMark) {
        BpfAssembler program = new BpfAssembler();
        program.load(WORD, R2, R1, SKB_MARK).jumpIfNot(R2, mark, "next");
        if (!keepMark) {
            program.move(R3, 0).store(WORD, R1, SKB_MARK, R3);
        }
        return program.load(WORD, R1, R1, SKB_IFINDEX)
                .move(R2, BPF_F_INGRESS)
                .call(BPF_REDIRECT)
                .exit()
                .label("next")
                .move(R0, NEXT)
                .exit();
    }

    /// @param table of [GuestFilter]
    static BpfAssembler ingress(int mark, int table, int seed) {
        BpfAssembler program = new BpfAssembler();
        program.moveRegister(R6, R1)
                .load(WORD, R2, R6, SKB_MARK)
                .jumpIfNot(R2, mark, "foreign")
                .move(R3, 0)
                .store(WORD, R6, SKB_MARK, R3)
                .jump("next")
                .label("foreign")
                // Tagged frames are another network's.
                .load(WORD, R2, R6, SKB_VLAN_PRESENT)
                .jumpIfNot(R2, 0, "next")
                .load(WORD, R7, R6, SKB_PROTOCOL)
                .jumpIfEqual(R7, ARP, "arp")
                .load(WORD, R2, R6, SKB_PKT_TYPE)
                .jumpIfNot(R2, PACKET_HOST, "next")
                .jumpIfEqual(R7, IPV4, "ipv4")
                .jumpIfNot(R7, IPV6, "next");
        loadBytes(program, IPV6_DESTINATION, KEY, 16).jump("look");
        program.label("arp");
        loadBytes(program, ARP_OPERATION, OPERATION, 2)
                .load(HALF, R2, R10, OPERATION)
                .jumpIfNot(R2, ARP_REQUEST, "next");
        loadBytes(program, ARP_TARGET, KEY + 12, 4).jump("mapped");
        program.label("ipv4");
        loadBytes(program, IPV4_DESTINATION, KEY + 12, 4);
        // An IPv4-mapped address (RFC 4291 §2.5.5.2): eight zeroes, two zeroes, 0xffff.
        program.label("mapped")
                .move(R2, 0)
                .store(DOUBLE, R10, KEY, R2)
                .move(R2, 0xffff_0000)
                .store(WORD, R10, KEY + 8, R2)
                .label("look");
        look(program, table, seed);
        return program.label("next").move(R0, NEXT).exit();
    }

    private static BpfAssembler loadBytes(BpfAssembler program, int offset, int to, int count) {
        return program.moveRegister(R1, R6)
                .move(R2, offset)
                .moveRegister(R3, R10)
                .add(R3, to)
                .move(R4, count)
                .call(BPF_SKB_LOAD_BYTES)
                .jumpIfNot(R0, 0, "next");
    }

    /// The same steps as [GuestFilter#slot].
    private static void look(BpfAssembler program, int table, int seed) {
        program.move(R0, seed);
        for (int word = 0; word < 4; word++) {
            program.load(WORD, R2, R10, KEY + 4 * word)
                    .alu32(BpfAssembler.MULTIPLY, R0, GuestFilter.STEP)
                    .alu32Register(BpfAssembler.ADD, R0, R2);
        }
        program.alu32(BpfAssembler.MULTIPLY, R0, GuestFilter.SPREAD)
                .alu32(BpfAssembler.SHIFT_RIGHT, R0, Integer.SIZE - GuestFilter.SLOT_BITS)
                .alu32(BpfAssembler.SHIFT_LEFT, R0, 4)
                .mapValue(R1, table, GuestFilter.HEADER_BYTES)
                .addRegister(R1, R0)
                .load(DOUBLE, R2, R10, KEY)
                .load(DOUBLE, R3, R10, KEY + 8);
        for (int probe = 0; probe < GuestFilter.PROBES; probe++) {
            int at = GuestFilter.ENTRY_BYTES * probe;
            program.load(DOUBLE, R7, R1, at)
                    .jumpIfDifferent(R7, R2, "miss" + probe)
                    .load(DOUBLE, R7, R1, at + 8)
                    .jumpIfDifferent(R7, R3, "miss" + probe)
                    .move(R0, DROP)
                    .exit()
                    .label("miss" + probe);
        }
    }
}
