package vmlan.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RouterAdvertisementTest {
    private static String written(Optional<Ipv6Address> resolver, DomainName... search) {
        RouterAdvertisement advertisement = new RouterAdvertisement(
                64,
                1800,
                MacAddress.parse("52:54:00:00:00:01"),
                9000,
                Ipv6Prefix.parse("fd12:3456:789a:1::/64"),
                2_592_000,
                604_800,
                resolver,
                List.of(search),
                1800);
        ByteBuffer buffer = ByteBuffer.allocateDirect(advertisement.length());
        for (int i = 0; i < buffer.capacity(); i++) {
            buffer.put(i, (byte) 0x55);
        }
        advertisement.write(buffer, 0);
        return Bytes.hex(buffer);
    }

    private static final String WITHOUT_SEARCH = "86000000" // type, code, checksum to come
            + "40000708" // hop limit, no flags, lifetime
            + "0000000000000000"
            + "0101525400000001"
            + "0501000000002328"
            + "030440c0" // length 64, on link, autonomous
            + "00278d00"
            + "00093a80"
            + "00000000"
            + "fd123456789a00010000000000000000";

    @Test
    void theBytesAreThoseOfRfc4861() {
        assertThat(written(Optional.empty())).isEqualTo(WITHOUT_SEARCH);
    }

    @Test
    void theSearchListIsPaddedWithZerosAsRfc8106HasIt() {
        assertThat(written(Optional.empty(), new DomainName("vmlan.internal")))
                .isEqualTo(WITHOUT_SEARCH + "1f03000000000708" + "05766d6c616e08696e7465726e616c00");
        assertThat(written(Optional.empty(), new DomainName("a")))
                .isEqualTo(WITHOUT_SEARCH + "1f02000000000708" + "0161000000000000");
        assertThat(written(Optional.empty(), new DomainName("a.b"), new DomainName("c")))
                .as("one behind the other")
                .isEqualTo(WITHOUT_SEARCH + "1f02000000000708" + "0161016200016300");
    }
}
