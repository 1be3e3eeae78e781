package vmlan.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DhcpMessageTest {
    private static final String FIXED =
            "01010600" + "12345678" + "00038000" + "00000000".repeat(4) + "525400123456" + "00".repeat(10);
    private static final String COOKIE = "63825363";

    private static byte[] message(String serverName, String file, String options) {
        return HexFormat.of()
                .parseHex(FIXED
                        + serverName
                        + "00".repeat(64 - serverName.length() / 2)
                        + file
                        + "00".repeat(128 - file.length() / 2)
                        + COOKIE
                        + options);
    }

    private static DhcpMessage parsed(byte[] bytes) {
        return DhcpMessage.parse(Bytes.of(bytes), 0, bytes.length).orElseThrow();
    }

    @Test
    void aDiscoverOfUdhcpcIsRead() {
        // busybox 1.35: type, client id, maximum size, parameter list, vendor
        DhcpMessage message = parsed(message(
                "",
                "",
                "350101" + "3d0701525400123456" + "39020240" + "37070103060c0f1c2a" + "3c0c756468637020312e33352e30"
                        + "ff"));
        assertThat(message.type()).contains(DhcpMessage.Type.DISCOVER);
        assertThat(message.transaction()).isEqualTo(0x12345678);
        assertThat(message.broadcast()).isTrue();
        assertThat(message.clientMac()).hasToString("52:54:00:12:34:56");
        assertThat(message.options().number(DhcpOptions.MAX_MESSAGE_SIZE)).isEqualTo(576);
        assertThat(message.options().bytes(DhcpOptions.PARAMETER_LIST).orElseThrow())
                .containsExactly(1, 3, 6, 12, 15, 28, 42);
        assertThat(message.options().text(60)).contains("udhcp 1.35.0");
    }

    @Test
    void whatIsWrittenIsRead() {
        DhcpOptions options = DhcpOptions.NONE
                .withByte(DhcpOptions.MESSAGE_TYPE, DhcpMessage.Type.ACK.code())
                .with(DhcpOptions.SERVER_ID, Ipv4Address.parse("192.168.64.1"))
                .withInt(DhcpOptions.LEASE_TIME, 3600)
                .with(DhcpOptions.DOMAIN_NAME, "x".repeat(300));
        DhcpMessage message = new DhcpMessage(
                DhcpMessage.REPLY,
                7,
                false,
                Ipv4Address.ANY,
                Ipv4Address.parse("192.168.64.2"),
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                MacAddress.parse("52:54:00:12:34:56"),
                options);
        ByteBuffer buffer = ByteBuffer.allocateDirect(message.length());
        message.write(buffer, 0);
        assertThat(DhcpMessage.parse(buffer, 0, message.length())).contains(message);
    }

    @Test
    void aMessageIsNeverShorterThanBootp() {
        DhcpMessage message = parsed(message("", "", "350101ff"));
        assertThat(message.length()).isEqualTo(300);
        ByteBuffer buffer = Bytes.of(new byte[310]);
        for (int i = 0; i < 310; i++) {
            buffer.put(i, (byte) 0x55);
        }
        message.write(buffer, 5);
        assertThat(Bytes.hex(buffer)).startsWith("55".repeat(5) + "0101").endsWith("00" + "55".repeat(5));
    }

    @Test
    void anOptionThatComesTwiceIsOneInTwoParts() {
        DhcpMessage message = parsed(message("", "", "350101" + "0c036162632c00" + "0c02646500ff"));
        assertThat(message.options().text(DhcpOptions.HOST_NAME)).contains("abcde");
    }

    @Test
    void overloadedFieldsAreReadFileFirst() {
        String file = "0c026162" + "ff";
        String serverName = "0c026364" + "ff";
        assertThat(parsed(message(serverName, file, "350101" + "340103" + "ff"))
                        .options()
                        .text(12))
                .contains("abcd");
        assertThat(parsed(message(serverName, file, "350101" + "340101" + "ff"))
                        .options()
                        .text(12))
                .contains("ab");
        assertThat(parsed(message(serverName, file, "350101" + "340102" + "ff"))
                        .options()
                        .text(12))
                .contains("cd");
        assertThat(parsed(message(serverName, file, "350101" + "ff")).options().text(12))
                .isEmpty();
    }

    @Test
    void aMissingEndOptionIsForgiven() {
        assertThat(parsed(message("", "", "350103")).type()).contains(DhcpMessage.Type.REQUEST);
    }

    @Test
    void optionsThatPassTheEndSpoilTheMessage() {
        byte[] bytes = message("", "", "350101" + "0c05616263");
        assertThat(DhcpMessage.parse(Bytes.of(bytes), 0, bytes.length)).isEmpty();
        bytes = message("", "", "350101" + "0c");
        assertThat(DhcpMessage.parse(Bytes.of(bytes), 0, bytes.length)).isEmpty();
    }

    @Test
    void everyTruncationOfTheFixedPartIsNoMessage() {
        byte[] bytes = message("", "", "350101ff");
        for (int length = 0; length < 240; length++) {
            assertThat(DhcpMessage.parse(Bytes.of(Arrays.copyOf(bytes, length)), 0, length))
                    .isEmpty();
        }
    }

    @Test
    void bootpHasNoType() {
        assertThat(parsed(message("", "", "ff")).type()).isEmpty();
        assertThat(parsed(message("", "", "350109ff")).type()).isEmpty();
        assertThat(parsed(message("", "", "350100ff")).type()).isEmpty();
    }

    @Test
    void noBytesMakeTheParserThrowOrKeepMoreThanTheyAre() {
        long seed = Long.getLong("vmlan.seed", System.nanoTime());
        SplittableRandom random = new SplittableRandom(seed);
        byte[] example =
                message("0c026364ff", "0c026162ff", "350101" + "340103" + "0c0461626364" + "3d0701525400123456" + "ff");
        for (int round = 0; round < 30_000; round++) {
            byte[] bytes = Bytes.mutated(example, random);
            assertThatCode(() -> DhcpMessage.parse(Bytes.of(bytes), 0, bytes.length)
                            .ifPresent(message ->
                                    assertThat(message.options().length()).isLessThanOrEqualTo(bytes.length)))
                    .as("-Dvmlan.seed=%d, bytes %s", seed, HexFormat.of().formatHex(bytes))
                    .doesNotThrowAnyException();
        }
    }
}
