package vmlan.host.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import vmlan.network.uplink.Wire.Wanted;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;

/// What the program says, by an interpreter of the few instructions that it is made of.
class ClassicFilterTest {
    private static final long OWN = TestNic.OWN;
    private static final long REMOTE = TestNic.REMOTE;
    private static final long GUEST = TestNic.GUEST;
    private static final int MARK = 0x1234_5678;
    private static final int INCOMING = 0;
    private static final int OUTGOING = PacketSocket.PACKET_OUTGOING;

    /// Runs a program as net/core/filter.c describes it: a load beyond the frame ends with 0.
    static boolean accepts(List<ClassicFilter.Instruction> program, byte[] frame, int packetType, int mark) {
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        int accumulator = 0;
        int index = 0;
        for (int at = 0; ; at++) {
            ClassicFilter.Instruction instruction = program.get(at);
            int k = instruction.k();
            switch (instruction.code()) {
                case ClassicFilter.LD_W_ABS, ClassicFilter.LD_H_ABS, ClassicFilter.LD_B_ABS, ClassicFilter.LD_H_IND -> {
                    if (k == ClassicFilter.ADDRESS_OF_MARK) {
                        accumulator = mark;
                        continue;
                    }
                    if (k == ClassicFilter.ADDRESS_OF_PKTTYPE) {
                        accumulator = packetType;
                        continue;
                    }
                    int offset = instruction.code() == ClassicFilter.LD_H_IND ? k + index : k;
                    int size = switch (instruction.code()) {
                        case ClassicFilter.LD_W_ABS -> 4;
                        case ClassicFilter.LD_B_ABS -> 1;
                        default -> 2;
                    };
                    if (offset + size > frame.length) {
                        return false;
                    }
                    accumulator = switch (size) {
                        case 4 -> bytes.getInt(offset);
                        case 2 -> Short.toUnsignedInt(bytes.getShort(offset));
                        default -> Byte.toUnsignedInt(bytes.get(offset));
                    };
                }
                case ClassicFilter.LDX_MSH -> index = 4 * (frame[k] & 15);
                case ClassicFilter.JMP_JA -> at += k;
                case ClassicFilter.JMP_JEQ_K -> at += accumulator == k ? instruction.ifTrue() : instruction.ifFalse();
                case ClassicFilter.JMP_JSET_K ->
                    at += (accumulator & k) != 0 ? instruction.ifTrue() : instruction.ifFalse();
                case ClassicFilter.RET_K -> {
                    return k != 0;
                }
                default -> throw new AssertionError("unknown instruction " + instruction);
            }
        }
    }

    private static boolean accepts(Wanted wanted, byte[] frame, int packetType) {
        return accepts(ClassicFilter.build(MARK, wanted), frame, packetType, 0);
    }

    private static byte[] frame(long destination) {
        return TestPackets.ethernet(destination, REMOTE, 0x88b5, new byte[46]);
    }

    private static byte[] ipv4(String destination, int protocol, byte[] payload) {
        return TestPackets.ethernet(OWN, REMOTE, 0x0800, TestPackets.ipv4("192.0.2.9", destination, protocol, payload));
    }

    private static byte[] ipv6(String destination) {
        Ipv6Address address = Ipv6Address.parse(destination);
        byte[] packet = ByteBuffer.allocate(60)
                .put(0, (byte) 0x60)
                .putLong(24, address.high())
                .putLong(32, address.low())
                .array();
        return TestPackets.ethernet(OWN, REMOTE, 0x86dd, packet);
    }

    @Test
    void ourOwnMarkedFramesAreDropped() {
        List<ClassicFilter.Instruction> program = ClassicFilter.build(MARK, null);
        assertThat(accepts(program, frame(TestPackets.ALL), INCOMING, MARK)).isFalse();
        assertThat(accepts(program, frame(TestPackets.ALL), INCOMING, MARK + 1)).isTrue();
    }

    @Test
    void groupsAreWantedWhereverTheyComeFrom() {
        Wanted wanted = TestNic.wanted(List.of());
        assertThat(accepts(wanted, frame(TestPackets.ALL), INCOMING)).isTrue();
        assertThat(accepts(wanted, frame(TestPackets.ALL), OUTGOING)).isTrue();
        assertThat(accepts(wanted, frame(0x0100_5e00_0001L), OUTGOING)).isTrue();
    }

    @Test
    void whatTheHostSendsIsWantedOnlyWhenItIsForAGuest() {
        Wanted wanted = TestNic.wanted(List.of(GUEST));
        assertThat(accepts(wanted, frame(GUEST), OUTGOING)).isTrue();
        assertThat(accepts(wanted, frame(REMOTE), OUTGOING)).isFalse();
        assertThat(accepts(TestNic.wanted(List.of()), frame(GUEST), OUTGOING)).isFalse();
    }

    @Test
    void whatIsForTheHostItselfIsNotWanted() {
        Wanted wanted = TestNic.wanted(List.of(GUEST));
        assertThat(accepts(wanted, frame(OWN), INCOMING)).isFalse();
        assertThat(accepts(wanted, frame(GUEST), INCOMING)).isTrue();
        assertThat(accepts(wanted, frame(OWN ^ 0x0200_0000_0000L), INCOMING))
                .as("only the first two bytes differ")
                .isTrue();
    }

    @Test
    void behindOneMacTheGuestsAddressesAreWanted() {
        Wanted wanted = new Wanted(
                OWN,
                true,
                List.of(GUEST),
                List.of(Ipv4Address.parse("192.0.2.50"), Ipv4Address.parse("192.0.2.200")),
                List.of(Ipv6Address.parse("2001:db8::5054:ff:fe00:1")));
        assertThat(accepts(wanted, ipv4("192.0.2.50", 6, new byte[20]), INCOMING))
                .isTrue();
        assertThat(accepts(wanted, ipv4("192.0.2.200", 6, new byte[20]), INCOMING))
                .isTrue();
        assertThat(accepts(wanted, ipv4("192.0.2.51", 6, new byte[20]), INCOMING))
                .isFalse();
        assertThat(accepts(wanted, ipv6("2001:db8::5054:ff:fe00:1"), INCOMING)).isTrue();
        assertThat(accepts(wanted, ipv6("fe80::5054:ff:fe00:1"), INCOMING)).isTrue();
        assertThat(accepts(wanted, ipv6("2001:db8::1"), INCOMING)).isFalse();
        assertThat(accepts(wanted, TestPackets.ethernet(OWN, REMOTE, 0x0806, new byte[46]), INCOMING))
                .isTrue();
        assertThat(accepts(wanted, TestPackets.ethernet(OWN, REMOTE, 0x88b5, new byte[46]), INCOMING))
                .isFalse();
        assertThat(accepts(wanted, frame(GUEST), INCOMING)).isFalse();
        assertThat(accepts(wanted, frame(GUEST), OUTGOING)).isTrue();
    }

    @Test
    void behindOneMacAnswersOfDhcpAreWanted() {
        Wanted wanted = TestNic.translated();
        byte[] answer = ipv4("192.0.2.77", 17, TestPackets.udp(67, 68, 300));
        assertThat(accepts(wanted, answer, INCOMING)).isTrue();
        assertThat(accepts(wanted, ipv4("192.0.2.77", 17, TestPackets.udp(67, 69, 300)), INCOMING))
                .isFalse();
        assertThat(accepts(wanted, ipv4("192.0.2.77", 6, TestPackets.udp(67, 68, 300)), INCOMING))
                .isFalse();
        byte[] fragment = answer.clone();
        fragment[14 + 7] = 1;
        assertThat(accepts(wanted, fragment, INCOMING)).isFalse();
    }

    @Test
    void hundredsOfAddressesFit() {
        List<Long> macs = new ArrayList<>();
        List<Ipv4Address> ipv4 = new ArrayList<>();
        List<Ipv6Address> ipv6 = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            macs.add(GUEST + i);
            ipv4.add(new Ipv4Address(0xc000_0200 + i));
            ipv6.add(new Ipv6Address(0x2001_0db8_0000_0000L, 0x5054_00ff_fe00_0000L + i));
        }
        Wanted wanted = new Wanted(OWN, true, macs, ipv4, ipv6);
        assertThat(ClassicFilter.build(MARK, wanted)).hasSizeLessThanOrEqualTo(ClassicFilter.MAX_INSTRUCTIONS);
        for (int i = 0; i < 300; i++) {
            assertThat(accepts(wanted, frame(GUEST + i), OUTGOING)).isTrue();
            assertThat(accepts(wanted, ipv4(ipv4.get(i).toString(), 6, new byte[20]), INCOMING))
                    .isTrue();
            assertThat(accepts(wanted, ipv6(ipv6.get(i).toString()), INCOMING)).isTrue();
        }
        assertThat(accepts(wanted, frame(GUEST + 300), OUTGOING)).isFalse();
        assertThat(accepts(wanted, ipv4("192.0.3.44", 6, new byte[20]), INCOMING))
                .isFalse();
        assertThat(accepts(wanted, ipv6("2001:db8::5054:ff:fe00:12c"), INCOMING))
                .isFalse();
    }

    @Test
    void tooManyAddressesMakeTheFilterCoarse() {
        List<Long> macs = new ArrayList<>();
        List<Ipv4Address> ipv4 = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            macs.add(GUEST + i);
            ipv4.add(new Ipv4Address(0x0a00_0000 + i));
        }
        Wanted wanted = new Wanted(OWN, true, macs, ipv4, List.of());
        assertThat(ClassicFilter.build(MARK, wanted)).hasSizeLessThanOrEqualTo(ClassicFilter.MAX_INSTRUCTIONS);
        assertThat(accepts(wanted, frame(REMOTE), OUTGOING)).isTrue();
        assertThat(accepts(wanted, ipv4("192.0.2.51", 6, new byte[20]), INCOMING))
                .isTrue();
        assertThat(accepts(wanted, TestPackets.ethernet(OWN, REMOTE, 0x88b5, new byte[46]), INCOMING))
                .isFalse();
    }

    @Test
    void noFrameLeadsTheProgramAstray() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<ClassicFilter.Instruction> program = ClassicFilter.build(MARK, TestNic.translated("192.0.2.50"));
        for (int i = 0; i < 20_000; i++) {
            byte[] frame = new byte[random.nextInt(80)];
            random.nextBytes(frame);
            if (frame.length > 14) {
                System.arraycopy(ipv4("192.0.2.1", 17, new byte[0]), 0, frame, 0, 14);
            }
            try {
                accepts(program, frame, random.nextInt(5), 0);
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ", frame " + i, e);
            }
        }
    }
}
