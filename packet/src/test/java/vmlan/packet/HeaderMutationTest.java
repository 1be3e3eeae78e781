package vmlan.packet;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Whatever the bytes: a window that could be aimed has no accessor that throws, in a buffer that ends
/// where the bytes end. Another seed: `-Dvmlan.seed=…`.
class HeaderMutationTest {
    private static final long SEED = Long.getLong("vmlan.seed", System.nanoTime());
    private static final int ROUNDS = 60_000;

    private static final List<byte[]> EXAMPLES = List.of(
            hex("4500003c000040004001b861c0a80001c0a800c7" + "0800f7ff00000001" + "00".repeat(20)),
            hex("46000030000020004011b861c0a80001c0a800c7" + "01010101" + "0044004300100000" + "00".repeat(8)),
            hex("60000000002000ff" + "fe80" + "00".repeat(14) + "ff02" + "00".repeat(14) + "3a00050200000100"
                    + "8700000000000000" + "00".repeat(16)),
            hex("60000000001800ff" + "fe80" + "00".repeat(14) + "ff02" + "00".repeat(14) + "2c00050200000100"
                    + "3a00000100000000" + "8700000000000000"),
            hex("0001080006040001525400123456c0a84002000000000000c0a84001"),
            hex("c00000500000000100000002501000ff00000000aabbcc"),
            hex("c0000050000000010000000280020000ffff0000" + "0000" + "020405b4" + "01030307" + "01010402"),
            hex("c00000500000000100000002d01000ff00000000" + "0101080a0000000100000002"
                    + "0101051200000001000000020000000300000004" + "aabb"),
            hex("8700000000000000" + "00".repeat(16) + "0101525400123456" + "0e01ffffffffffff"),
            hex("8900000000000000" + "00".repeat(32) + "0201525400123456"),
            hex("01010600" + "00".repeat(240)),
            hex("0101525400123456" + "0e01ffffffffffff" + "0201525400123456"));

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    @Test
    void noBytesMakeAHeaderThrow() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = Bytes.mutated(EXAMPLES.get(random.nextInt(EXAMPLES.size())), random);
            assertThatCode(() -> readAll(Bytes.of(bytes)))
                    .as("-Dvmlan.seed=%d, bytes %s", SEED, HexFormat.of().formatHex(bytes))
                    .doesNotThrowAnyException();
        }
    }

    private static void readAll(ByteBuffer bytes) {
        int length = bytes.capacity();
        EthernetHeader ethernet = new EthernetHeader();
        if (ethernet.aim(bytes, 0, length)) {
            use(ethernet.destination() + ethernet.source() + ethernet.type());
        }
        ArpHeader arp = new ArpHeader();
        if (arp.aim(bytes, 0, length)) {
            use(arp.senderMac() + arp.targetMac() + arp.senderAddress() + arp.targetAddress());
        }
        Ipv4Header ipv4 = new Ipv4Header();
        if (ipv4.aim(bytes, 0, length)) {
            use(ipv4.checksumIsRight() ? ipv4.pseudoHeader() : ipv4.timeToLive() + ipv4.typeOfService());
            readInner(bytes, ipv4.payloadOffset(), ipv4.payloadLength(), ipv4.pseudoHeader());
        }
        Ipv6Header ipv6 = new Ipv6Header();
        if (ipv6.aim(bytes, 0, length)) {
            use(ipv6.hopLimit() + ipv6.trafficClass() + ipv6.protocolPointer());
            readInner(bytes, ipv6.payloadOffset(), ipv6.payloadLength(), ipv6.pseudoHeader());
        }
        readInner(bytes, 0, length, 0);
        NdHeader message = new NdHeader();
        if (message.aim(bytes, 0, length)) {
            use(message.type() + message.options().sourceMac());
            if (message.type() >= IcmpHeader.NEIGHBOUR_SOLICITATION) {
                use(message.targetHigh() + message.targetLow());
            }
            for (int at = message.optionsOffset(); at < message.end(); at += NdOptions.size(bytes, at)) {
                use(NdOptions.isMac(bytes, at) ? NdOptions.mac(bytes, at) : 0);
            }
        }
        DhcpHeader dhcp = new DhcpHeader();
        if (dhcp.aim(bytes, 0, length)) {
            dhcp.writeFlags(dhcp.flags());
            use(dhcp.operation() + dhcp.clientMac());
        }
        NdOptions options = new NdOptions();
        if (options.aim(bytes, 0, length)) {
            use(options.sourceMac() + options.targetMac());
        }
    }

    private static void readInner(ByteBuffer bytes, int offset, int length, long pseudoHeader) {
        IcmpHeader icmp = new IcmpHeader();
        if (icmp.aim(bytes, offset, length)) {
            use(icmp.checksumIsRight(pseudoHeader) ? icmp.identifier() : icmp.sequence() + icmp.type() + icmp.code());
        }
        UdpHeader udp = new UdpHeader();
        if (udp.aim(bytes, offset, length)) {
            use(udp.checksumIsRight(pseudoHeader) ? udp.sourcePort() : udp.payloadLength());
        }
        TcpHeader tcp = new TcpHeader();
        if (tcp.aim(bytes, offset, length)) {
            use(tcp.checksumIsRight(pseudoHeader) ? tcp.sequence() : tcp.acknowledgement() + tcp.sequenceLength());
            TcpOptions options = tcp.options(new TcpOptions());
            use(tcp.window() + tcp.flags() + tcp.dataLength() + options.mss() + options.timestamp());
            for (int i = 0; i < options.sackBlocks(); i++) {
                use(options.sackLeft(i) + options.sackRight(i));
            }
        }
    }

    /// Nothing to do: that the value could be read is what is asked.
    private static void use(@SuppressWarnings("unused") long value) {}
}
