package vmlan.program.selftest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import vmlan.packet.DhcpMessage;
import vmlan.packet.DhcpOptions;
import vmlan.packet.Ipv4Address;
import vmlan.packet.MacAddress;

class QuestionsTest {
    private static final MacAddress MAC = MacAddress.parse("52:54:00:ab:cd:ef");
    private static final int TRANSACTION = 0x01020304;

    private final Questions questions = new Questions(MAC, TRANSACTION);

    /// RFC 1071, written once more so that our own sum is not its own judge.
    private static int sum(byte[] bytes, int from, int to, int start) {
        int sum = start;
        for (int i = from; i < to; i++) {
            sum += (bytes[i] & 0xff) << ((i - from) % 2 == 0 ? 8 : 0);
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return sum;
    }

    @Test
    void aDiscoverIsABroadcastFromNowhereWithRightChecksums() {
        byte[] frame = questions.discover();
        ByteBuffer buffer = ByteBuffer.wrap(frame);
        assertThat(HexFormat.of().formatHex(frame, 0, 14)).isEqualTo("ffffffffffff525400abcdef0800");
        assertThat(buffer.getInt(26)).as("source").isZero();
        assertThat(buffer.getInt(30)).as("destination").isEqualTo(-1);
        assertThat(sum(frame, 14, 34, 0)).as("IP header").isEqualTo(0xffff);
        int udpLength = buffer.getShort(38);
        assertThat(udpLength).isEqualTo(frame.length - 34);
        assertThat(sum(frame, 34, frame.length, sum(frame, 26, 34, 17 + udpLength)))
                .as("UDP with its pseudo header")
                .isEqualTo(0xffff);
        DhcpMessage message = DhcpMessage.parse(buffer, 42, frame.length - 42).orElseThrow();
        assertThat(message.type()).contains(DhcpMessage.Type.DISCOVER);
        assertThat(message.broadcast()).isTrue();
        assertThat(message.clientMac()).isEqualTo(MAC);
        assertThat(message.transaction()).isEqualTo(TRANSACTION);
    }

    @Test
    void aSolicitationIsFromNowhereToAllRouters() {
        byte[] frame = questions.solicitation();
        assertThat(HexFormat.of().formatHex(frame, 0, 14)).isEqualTo("333300000002525400abcdef86dd");
        assertThat(frame[21]).as("hop limit").isEqualTo((byte) 255);
        assertThat(frame[54]).as("type").isEqualTo((byte) 133);
        assertThat(sum(frame, 54, 62, sum(frame, 22, 54, 58 + 8))).isEqualTo(0xffff);
    }

    private static byte[] offer(MacAddress mac, int transaction, DhcpMessage.Type type) {
        DhcpMessage message = new DhcpMessage(
                DhcpMessage.REPLY,
                transaction,
                true,
                Ipv4Address.ANY,
                Ipv4Address.parse("192.168.105.100"),
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                mac,
                DhcpOptions.NONE
                        .withByte(DhcpOptions.MESSAGE_TYPE, type.code())
                        .with(DhcpOptions.SERVER_ID, Ipv4Address.parse("192.168.105.1"))
                        .with(DhcpOptions.ROUTER, Ipv4Address.parse("192.168.105.1"))
                        .withInt(DhcpOptions.LEASE_TIME, 3600));
        ByteBuffer frame = ByteBuffer.allocate(42 + message.length());
        frame.put(HexFormat.of().parseHex("ffffffffffff0200000000010800"));
        frame.putInt(0x45000000 | (28 + message.length())).putInt(0).putInt(0x4011_0000);
        frame.putInt(0xc0a86901).putInt(-1);
        frame.putShort(24, (short) ~sum(frame.array(), 14, 34, 0));
        frame.putInt(67 << 16 | 68).putShort((short) (8 + message.length())).putShort((short) 0);
        message.write(frame, 42);
        return frame.array();
    }

    @Test
    void anOfferIsKnownByTypeTransactionAndMac() {
        assertThat(questions.offer(offer(MAC, TRANSACTION, DhcpMessage.Type.OFFER)))
                .contains(new Questions.Offer(
                        Ipv4Address.parse("192.168.105.100"),
                        Ipv4Address.parse("192.168.105.1"),
                        Ipv4Address.parse("192.168.105.1"),
                        3600));
        assertThat(questions.offer(offer(MAC, TRANSACTION, DhcpMessage.Type.ACK)))
                .isEmpty();
        assertThat(questions.offer(offer(MAC, TRANSACTION + 1, DhcpMessage.Type.OFFER)))
                .isEmpty();
        assertThat(questions.offer(offer(MacAddress.parse("52:54:00:00:00:01"), TRANSACTION, DhcpMessage.Type.OFFER)))
                .isEmpty();
        assertThat(questions.offer(questions.discover())).as("our own").isEmpty();
        byte[] broken = offer(MAC, TRANSACTION, DhcpMessage.Type.OFFER);
        broken[41] = 1;
        assertThat(questions.offer(broken)).as("a wrong UDP checksum").isEmpty();
    }

    /// The one of RFC 4861 §4.2 with a source link-layer address, an MTU and a prefix.
    private static byte[] advertisement() {
        byte[] frame = HexFormat.of()
                .parseHex(("333300000001 020000000001 86dd 60000000 0040 3a ff"
                                + "fe800000000000000000000000000001 ff020000000000000000000000000001"
                                + "86 00 0000 40 00 0708 00000000 00000000"
                                + "0101020000000001 05010000000005dc 0304 40c0 00015180 00003840 00000000"
                                + "fd770000000000000000000000000000")
                        .replace(" ", ""));
        ByteBuffer.wrap(frame).putShort(56, (short) ~sum(frame, 54, frame.length, sum(frame, 22, 54, 58 + 0x40)));
        return frame;
    }

    @Test
    void anAdvertisementsPrefixIsRead() {
        assertThat(questions.advertisement(advertisement()).orElseThrow())
                .hasToString("Advertisement[prefix=fd77::, length=64]");
        byte[] far = advertisement();
        far[21] = (byte) 254;
        assertThat(questions.advertisement(far)).as("from beyond the link").isEmpty();
        byte[] bare = Arrays.copyOf(advertisement(), 70);
        bare[19] = 16;
        ByteBuffer.wrap(bare).putShort(56, (short) 0);
        ByteBuffer.wrap(bare).putShort(56, (short) ~sum(bare, 54, 70, sum(bare, 22, 54, 58 + 16)));
        assertThat(questions.advertisement(bare).orElseThrow().prefix()).isNull();
    }

    @Test
    void noBytesMakeItFail() {
        long seed = 20_261_129;
        Random random = new Random(seed);
        byte[][] seeds = {offer(MAC, TRANSACTION, DhcpMessage.Type.OFFER), advertisement(), questions.discover()};
        for (int round = 0; round < 200_000; round++) {
            byte[] frame = seeds[round % seeds.length].clone();
            for (int i = random.nextInt(6); i >= 0; i--) {
                frame[random.nextInt(frame.length)] = (byte) random.nextInt(256);
            }
            byte[] cut = Arrays.copyOf(frame, random.nextInt(frame.length + 1));
            assertThat(questions.offer(cut).isPresent()
                            && questions.advertisement(cut).isPresent())
                    .as("seed " + seed + ", round " + round)
                    .isFalse();
        }
    }
}
