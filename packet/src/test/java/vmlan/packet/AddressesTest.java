package vmlan.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
    @ParameterizedTest
    @CsvSource({
        // RFC 5952 §4
        "2001:0db8::0001, 2001:db8::1",
        "2001:db8:0:0:0:0:2:1, 2001:db8::2:1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "FE80::A, fe80::a",
        "::, ::",
        "::1, ::1",
        "1::, 1::"
    })
    void ipv6IsWrittenAsRfc5952HasIt(String text, String canonical) {
        assertThat(Ipv6Address.parse(text)).hasToString(canonical);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "fe80::1%eth0", "1:2:3:4:5:6:7", ":::", "12345::", "fe80::g", "1.2.3.4"})
    void whatIsNoIpv6AddressIsRefused(String text) {
        assertThatThrownBy(() -> Ipv6Address.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1..2.3", "a.b.c.d", "1.2.3.-4", "1.2.3.+4"})
    void whatIsNoIpv4AddressIsRefused(String text) {
        assertThatThrownBy(() -> Ipv4Address.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void ipv4IsReadAndOrderedWithoutSign() {
        assertThat(Ipv4Address.parse("192.168.64.1").bits()).isEqualTo(0xc0a84001);
        assertThat(Ipv4Address.parse("200.0.0.0")).isGreaterThan(Ipv4Address.parse("100.0.0.0"));
    }

    @Test
    void theInterfaceIdentifierIsThatOfRfc4291AppendixA() {
        assertThat(Ipv6Address.linkLocal(MacAddress.parse("34:56:78:9a:bc:de")))
                .hasToString("fe80::3656:78ff:fe9a:bcde");
        assertThat(Ipv6Address.linkLocal(MacAddress.parse("52:54:00:12:34:56"))).hasToString("fe80::5054:ff:fe12:3456");
    }

    @Test
    void theSolicitedNodeGroupIsThatOfRfc4291Section271() {
        assertThat(Ipv6Address.parse("4037::01:800:200E:8C6C").solicitedNode()).hasToString("ff02::1:ff0e:8c6c");
    }

    @Test
    void prefixesKnowTheirAddresses() {
        Ipv4Prefix network = Ipv4Prefix.parse("192.168.64.77/24");
        assertThat(network).hasToString("192.168.64.0/24");
        assertThat(network.broadcast()).hasToString("192.168.64.255");
        assertThat(network.mask()).hasToString("255.255.255.0");
        assertThat(network.contains(Ipv4Address.parse("192.168.64.255"))).isTrue();
        assertThat(network.contains(Ipv4Address.parse("192.168.65.0"))).isFalse();
        assertThat(Ipv4Prefix.parse("0.0.0.0/0").contains(Ipv4Address.BROADCAST))
                .isTrue();
        assertThat(Ipv4Prefix.parse("10.0.0.0/8").overlaps(Ipv4Prefix.parse("10.1.0.0/16")))
                .isTrue();
        assertThat(Ipv4Prefix.parse("10.2.0.0/16").overlaps(Ipv4Prefix.parse("10.1.0.0/16")))
                .isFalse();
    }

    @Test
    void macAddressesAreSixPairs() {
        assertThat(MacAddress.parse("52:54:00:AB:cd:ef")).hasToString("52:54:00:ab:cd:ef");
        assertThat(MacAddress.parse("01:00:5e:00:00:01").isGroup()).isTrue();
        assertThatThrownBy(() -> MacAddress.parse("52-54-00-ab-cd-ef")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void namesAreLettersDigitsAndHyphensInside() {
        assertThat(new DomainName("Web-1.Vmlan.internal")).hasToString("web-1.vmlan.internal");
        for (String bad : new String[] {"", ".", "a..b", "-a", "a-", "a_b", "ä", "a b", "x".repeat(64)}) {
            assertThatThrownBy(() -> new DomainName(bad)).as(bad).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
