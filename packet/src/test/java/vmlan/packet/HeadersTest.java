package vmlan.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class HeadersTest {
    /// A UDP packet of a guest, header and checksum known from many textbooks.
    private static final String IPV4 = "45000073 00004000 4011b861 c0a80001 c0a800c7";

    @Test
    void ethernetIsDestinationSourceAndType() {
        ByteBuffer frame = Bytes.of("525400123456 0255 0a0b0c0d 86dd");
        EthernetHeader ethernet = new EthernetHeader();
        assertThat(ethernet.aim(frame, 0, 14)).isTrue();
        assertThat(new MacAddress(ethernet.destination())).hasToString("52:54:00:12:34:56");
        assertThat(new MacAddress(ethernet.source())).hasToString("02:55:0a:0b:0c:0d");
        assertThat(ethernet.type()).isEqualTo(EthernetHeader.TYPE_IPV6);
        assertThat(ethernet.payloadLength()).isZero();
        assertThat(ethernet.aim(frame, 0, 13)).isFalse();

        ByteBuffer written = ByteBuffer.allocateDirect(14);
        EthernetHeader.write(written, 0, ethernet.destination(), ethernet.source(), ethernet.type());
        assertThat(Bytes.hex(written)).isEqualTo(Bytes.hex(frame));
    }

    @Test
    void arpIsWrittenAsRfc826HasIt() {
        ByteBuffer packet = ByteBuffer.allocateDirect(28);
        ArpHeader.write(packet, 0, ArpHeader.REPLY, 0x5254_0012_3456L, 0xc0a84001, 0x0255_0a0b_0c0dL, 0xc0a84002);
        assertThat(Bytes.hex(packet))
                .isEqualTo("0001080006040002" + "525400123456" + "c0a84001" + "02550a0b0c0d" + "c0a84002");
        ArpHeader arp = new ArpHeader();
        assertThat(arp.aim(packet, 0, 28)).isTrue();
        assertThat(arp.operation()).isEqualTo(ArpHeader.REPLY);
        assertThat(arp.senderMac()).isEqualTo(0x5254_0012_3456L);
        assertThat(arp.senderAddress()).isEqualTo(0xc0a84001);
        assertThat(arp.targetMac()).isEqualTo(0x0255_0a0b_0c0dL);
        assertThat(arp.targetAddress()).isEqualTo(0xc0a84002);
        assertThat(arp.aim(packet, 0, 27)).isFalse();
    }

    @Test
    void arpForAnotherProtocolOrOperationIsNone() {
        assertThat(new ArpHeader().aim(Bytes.of("000186dd06040001" + "00".repeat(20)), 0, 28))
                .isFalse();
        assertThat(new ArpHeader().aim(Bytes.of("0001080006040008" + "00".repeat(20)), 0, 28))
                .isFalse();
    }

    @Test
    void ipv4ReadsAKnownHeader() {
        ByteBuffer packet = Bytes.of(IPV4 + "00".repeat(0x73 - 20) + "ff".repeat(9));
        Ipv4Header ip = new Ipv4Header();
        assertThat(ip.aim(packet, 0, packet.capacity())).isTrue();
        assertThat(ip.checksumIsRight()).isTrue();
        assertThat(ip.protocol()).isEqualTo(IpProtocol.UDP);
        assertThat(new Ipv4Address(ip.source())).hasToString("192.168.0.1");
        assertThat(new Ipv4Address(ip.destination())).hasToString("192.168.0.199");
        assertThat(ip.payloadLength()).as("padding is not payload").isEqualTo(0x73 - 20);
        assertThat(ip.isFragment()).isFalse();
        packet.put(8, (byte) 63);
        assertThat(ip.checksumIsRight()).isFalse();
    }

    @Test
    void ipv4WritesAHeaderThatItReads() {
        ByteBuffer packet = ByteBuffer.allocateDirect(20 + 0x5f);
        Ipv4Header.write(packet, 0, 0, 64, IpProtocol.UDP, 0xc0a80001, 0xc0a800c7, 0x5f);
        assertThat(Bytes.hex(packet)).startsWith(IPV4.replace(" ", ""));
    }

    @Test
    void ipv4LengthsMustFitEachOther() {
        String rest = "000000004011 0000 c0a80001c0a800c7";
        Ipv4Header ip = new Ipv4Header();
        assertThat(ip.aim(Bytes.of("45000014" + rest), 0, 20)).isTrue();
        assertThat(ip.aim(Bytes.of("45000015" + rest), 0, 20))
                .as("longer than what is there")
                .isFalse();
        assertThat(ip.aim(Bytes.of("45000013" + rest), 0, 20))
                .as("shorter than its header")
                .isFalse();
        assertThat(ip.aim(Bytes.of("44000014" + rest), 0, 20))
                .as("less than five words")
                .isFalse();
        assertThat(ip.aim(Bytes.of("46000014" + rest), 0, 20))
                .as("options beyond the total")
                .isFalse();
        assertThat(ip.aim(Bytes.of("65000014" + rest), 0, 20)).as("version 6").isFalse();
    }

    @Test
    void ipv4FragmentsAreTold() {
        Ipv4Header ip = new Ipv4Header();
        ip.aim(Bytes.of("45000014 0000 2000 4011 0000 c0a80001c0a800c7"), 0, 20);
        assertThat(ip.isFragment()).isTrue();
        assertThat(ip.isLaterFragment()).isFalse();
        ip.aim(Bytes.of("45000014 0000 00b9 4011 0000 c0a80001c0a800c7"), 0, 20);
        assertThat(ip.isFragment()).isTrue();
        assertThat(ip.isLaterFragment()).isTrue();
    }

    private static ByteBuffer ipv6(int next, String payload) {
        String length = "%04x".formatted(payload.replace(" ", "").length() / 2);
        return Bytes.of("6ab00000" + length + "%02x".formatted(next) + "ff" + "fe80000000000000" + "0000000000000001"
                + "ff02000000000000" + "0000000000000016" + payload);
    }

    @Test
    void ipv6PayloadLiesBehindTheExtensionHeaders() {
        // an MLDv2 report as Linux sends it: router alert, then ICMPv6
        ByteBuffer packet = ipv6(0, "3a00050200000100" + "8f00000000000000");
        Ipv6Header ip = new Ipv6Header();
        assertThat(ip.aim(packet, 0, packet.capacity())).isTrue();
        assertThat(ip.protocol()).isEqualTo(IpProtocol.ICMPV6);
        assertThat(ip.protocolPointer()).isEqualTo(40);
        assertThat(ip.payloadOffset()).isEqualTo(48);
        assertThat(ip.payloadLength()).isEqualTo(8);
        assertThat(ip.trafficClass()).isEqualTo(0xab);
        assertThat(ip.hopLimit()).isEqualTo(255);
    }

    @Test
    void ipv6ExtensionHeadersMayNotPassTheEnd() {
        Ipv6Header ip = new Ipv6Header();
        ByteBuffer packet = ipv6(0, "3a01050200000100" + "8f000000000000");
        assertThat(ip.aim(packet, 0, packet.capacity())).isFalse();
        packet = ipv6(0, "3a000502");
        assertThat(ip.aim(packet, 0, packet.capacity())).isFalse();
    }

    @Test
    void ipv6ExtensionHeadersAreBoundedInNumber() {
        Ipv6Header ip = new Ipv6Header();
        ByteBuffer eight = ipv6(60, "3c00010400000000".repeat(7) + "3a00010400000000" + "8000000000000000");
        assertThat(ip.aim(eight, 0, eight.capacity())).isTrue();
        ByteBuffer nine = ipv6(60, "3c00010400000000".repeat(8) + "3a00010400000000" + "8000000000000000");
        assertThat(ip.aim(nine, 0, nine.capacity())).isFalse();
    }

    @Test
    void ipv6FragmentsAreTold() {
        Ipv6Header ip = new Ipv6Header();
        ByteBuffer first = ipv6(44, "3a00000100000007" + "8000000000000000");
        assertThat(ip.aim(first, 0, first.capacity())).isTrue();
        assertThat(ip.isFragment()).isTrue();
        assertThat(ip.isLaterFragment()).isFalse();
        ByteBuffer later = ipv6(44, "0000000900000007" + "ffff000000000000");
        assertThat(ip.aim(later, 0, later.capacity()))
                .as("its payload is no header")
                .isTrue();
        assertThat(ip.isLaterFragment()).isTrue();
    }

    @Test
    void ipv6SourceRoutesAreRefused() {
        Ipv6Header ip = new Ipv6Header();
        ByteBuffer toGo = ipv6(43, "3a00000100000000" + "8000000000000000");
        assertThat(ip.aim(toGo, 0, toGo.capacity())).isFalse();
        ByteBuffer done = ipv6(43, "3a00000000000000" + "8000000000000000");
        assertThat(ip.aim(done, 0, done.capacity())).isTrue();
    }

    @Test
    void udpLengthsMustFitEachOther() {
        UdpHeader udp = new UdpHeader();
        assertThat(udp.aim(Bytes.of("0044 0043 0008 0000"), 0, 8)).isTrue();
        assertThat(udp.sourcePort()).isEqualTo(68);
        assertThat(udp.destinationPort()).isEqualTo(67);
        assertThat(udp.hasChecksum()).isFalse();
        assertThat(udp.aim(Bytes.of("0044 0043 0007 0000"), 0, 8)).isFalse();
        assertThat(udp.aim(Bytes.of("0044 0043 0009 0000"), 0, 8)).isFalse();
        assertThat(udp.aim(Bytes.of("0044 0043 0008 00"), 0, 7)).isFalse();
    }

    @Test
    void udpWritesAChecksumThatIsRight() {
        ByteBuffer datagram = ByteBuffer.allocateDirect(11).put(8, new byte[] {1, 2, 3});
        long pseudo = Checksum.pseudoHeader(0xc0a80001, 0xc0a800c7, IpProtocol.UDP, 11);
        UdpHeader.write(datagram, 0, 67, 68, 3, pseudo);
        UdpHeader udp = new UdpHeader();
        assertThat(udp.aim(datagram, 0, 11)).isTrue();
        assertThat(udp.checksumIsRight(pseudo)).isTrue();
        datagram.put(9, (byte) 7);
        assertThat(udp.checksumIsRight(pseudo)).isFalse();
    }

    @Test
    void tcpSegmentLengthCountsSynAndFin() {
        TcpHeader tcp = new TcpHeader();
        String ports = "c000 0050 00000001 00000002";
        assertThat(tcp.aim(Bytes.of(ports + "5002 ffff 0000 0000"), 0, 20)).isTrue();
        assertThat(tcp.sequenceLength()).isEqualTo(1);
        assertThat(tcp.aim(Bytes.of(ports + "5011 ffff 0000 0000" + "aabbcc"), 0, 23))
                .isTrue();
        assertThat(tcp.sequenceLength()).isEqualTo(4);
        assertThat(tcp.aim(Bytes.of(ports + "6002 ffff 0000 0000"), 0, 20))
                .as("options beyond the end")
                .isFalse();
        assertThat(tcp.aim(Bytes.of(ports + "4002 ffff 0000 0000"), 0, 20))
                .as("less than five words")
                .isFalse();
    }

    @Test
    void neighbourDiscoveryOptionsOfLengthZeroSpoilThePacket() {
        NdOptions options = new NdOptions();
        assertThat(options.aim(Bytes.of("0101525400123456"), 0, 8)).isTrue();
        assertThat(options.sourceMac()).isEqualTo(0x5254_0012_3456L);
        assertThat(options.targetMac()).isEqualTo(NdOptions.ABSENT);
        assertThat(options.aim(Bytes.of("0100525400123456"), 0, 8)).isFalse();
        assertThat(options.aim(Bytes.of("0102525400123456"), 0, 8)).isFalse();
        assertThat(options.aim(Bytes.of("0e01525400123456 02"), 0, 9)).isFalse();
        assertThat(options.aim(Bytes.of("0e01ffffffffffff 0201525400123456"), 0, 16))
                .isTrue();
        assertThat(options.targetMac()).isEqualTo(0x5254_0012_3456L);
        assertThat(options.sourceMac())
                .as("nothing is left of the packet before")
                .isEqualTo(NdOptions.ABSENT);
    }

    @Test
    void neighbourDiscoveryMessagesHaveTheirOptionsBehindAFixedPartOfTheirOwn() {
        NdHeader message = new NdHeader();
        String option = "0101525400123456";
        int[][] fixed = {{133, 8}, {134, 16}, {135, 24}, {136, 24}, {137, 40}};
        for (int[] one : fixed) {
            byte[] start = new byte[one[1]];
            start[0] = (byte) one[0];
            ByteBuffer whole = Bytes.of(Superframe.bytes(start, Superframe.hex(option)));
            assertThat(message.aim(whole, 0, one[1] + 8)).isTrue();
            assertThat(message.options().sourceMac()).isEqualTo(0x5254_0012_3456L);
            assertThat(message.optionsOffset()).isEqualTo(one[1]);
            assertThat(message.aim(whole, 0, one[1])).isTrue();
            assertThat(message.options().sourceMac()).isEqualTo(NdOptions.ABSENT);
            assertThat(message.aim(whole, 0, one[1] - 1)).isFalse();
            assertThat(message.aim(whole, 0, one[1] + 7)).isFalse();
            assertThat(message.aim(whole.put(1, (byte) 1), 0, one[1]))
                    .as("code")
                    .isFalse();
        }
        assertThat(message.aim(Bytes.of("8000000000000000"), 0, 8)).as("echo").isFalse();
    }

    @Test
    void aDhcpMessageOnItsWayHasItsFixedPart() {
        DhcpHeader dhcp = new DhcpHeader();
        byte[] fixed = new byte[DhcpHeader.LENGTH];
        System.arraycopy(Superframe.hex("01010600"), 0, fixed, 0, 4);
        System.arraycopy(Superframe.hex("525400123456"), 0, fixed, 28, 6);
        ByteBuffer bytes = Bytes.of(fixed);
        assertThat(dhcp.aim(bytes, 0, DhcpHeader.LENGTH)).isTrue();
        assertThat(dhcp.operation()).isEqualTo(DhcpMessage.REQUEST);
        assertThat(dhcp.clientMac()).isEqualTo(0x5254_0012_3456L);
        dhcp.writeFlags(dhcp.flags() | DhcpHeader.BROADCAST);
        assertThat(bytes.getShort(10)).isEqualTo((short) 0x8000);
        assertThat(dhcp.aim(bytes, 0, DhcpHeader.LENGTH - 1)).isFalse();
        assertThat(dhcp.aim(bytes.put(2, (byte) 8), 0, DhcpHeader.LENGTH)).isFalse();
    }

    @Test
    void aChangedWordOfADatagramChangesItsChecksumUnlessItHasNone() {
        ByteBuffer bytes = Bytes.of("00440043 000a 1234 5678");
        UdpHeader udp = new UdpHeader();
        assertThat(udp.aim(bytes, 0, 10)).isTrue();
        udp.replace(0x5678, 0x5670);
        assertThat(bytes.getShort(6)).isEqualTo((short) 0x123c);
        bytes.putShort(6, (short) 8);
        udp.replace(0, 8);
        assertThat(bytes.getShort(6)).as("never zero (RFC 768)").isEqualTo((short) 0xffff);
        bytes.putShort(6, (short) 0);
        udp.replace(1, 2);
        assertThat(bytes.getShort(6)).isZero();
    }

    @Test
    void macAddressesAreWrittenWhereTheyBelong() {
        ByteBuffer frame = Bytes.of("ff".repeat(60));
        EthernetHeader.writeDestination(frame, 1, 0x0102_0304_0506L);
        EthernetHeader.writeSource(frame, 1, 0x1112_1314_1516L);
        assertThat(Bytes.hex(frame)).startsWith("ff010203040506111213141516ff");
        assertThat(EthernetHeader.ipv4Group(0xeffffffb)).isEqualTo(0x0100_5e7f_fffbL);
        ArpHeader.write(frame, 14, ArpHeader.REQUEST, 1, 2, 3, 4);
        ArpHeader arp = new ArpHeader();
        assertThat(arp.aim(frame, 14, ArpHeader.LENGTH)).isTrue();
        arp.writeSenderMac(0x0102_0304_0506L);
        arp.writeTargetMac(0x1112_1314_1516L);
        assertThat(arp.senderMac()).isEqualTo(0x0102_0304_0506L);
        assertThat(arp.targetMac()).isEqualTo(0x1112_1314_1516L);
        assertThat(arp.senderAddress()).isEqualTo(2);
        assertThat(arp.targetAddress()).isEqualTo(4);
    }
}
