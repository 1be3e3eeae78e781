package vmlan.network.nat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vmlan.network.outside.OutsideError;
import vmlan.packet.IpAddress;
import vmlan.packet.Ipv4Prefix;
import vmlan.packet.Ipv6Prefix;

class ReachabilityTest {
    private static OutsideError refusal(boolean router, String address) {
        IpAddress to = IpAddress.parse(address);
        return refusal(router, to.high(), to.low());
    }

    private static OutsideError refusal(boolean router, long high, long low) {
        NatSettings settings = new NatSettings(
                IpAddress.parse("192.168.64.1"),
                Ipv4Prefix.parse("192.168.64.0/24"),
                IpAddress.parse("fd00:0:0:1::1"),
                IpAddress.parse("fe80::5054:ff:fe00:1"),
                Ipv6Prefix.parse("fd00:0:0:1::/64"),
                List.of(IpAddress.parse("192.168.64.3")),
                router,
                1500,
                NatLimits.DEFAULT);
        return new Reachability(settings).refusal(high, low);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.0.0.0",
                "8.8.8.8",
                "10.0.0.1",
                "126.255.255.255",
                "128.0.0.0",
                "169.253.255.255",
                "169.255.0.0",
                "192.168.63.255",
                "192.168.65.0",
                "223.255.255.255",
                "2001:db8::1",
                "fd00:0:0:2::1",
                "fd00:ec1:ffff::1",
                "fd00:ec3::1",
                "fe00::1",
                "fec0::1",
                "0:0:0:1::",
                "::1:0:0",
                "64:ff9b::808:808",
                "2002:808:808::1"
            })
    void whatTheHostReachesAGuestReaches(String address) {
        assertThat(refusal(true, address)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.255.255.255",
                "127.0.0.1",
                "127.0.0.53",
                "127.255.255.255",
                "169.254.0.0",
                "169.254.169.254",
                "169.254.255.255",
                "224.0.0.0",
                "239.255.255.250",
                "240.0.0.0",
                "255.255.255.255",
                "::",
                "::1",
                "::2",
                "::7f00:1",
                "::ffff:ffff",
                "fe80::1",
                "febf:ffff::1",
                "ff02::1",
                "ff0e::1",
                "fd00:ec2::254",
                "fd00:ec2::253",
                "64:ff9b::7f00:1",
                "64:ff9b::a9fe:a9fe",
                "64:ff9b::c0a8:4002",
                "2002:7f00:1::1",
                "2002:a9fe:a9fe::",
                "2002:c0a8:4002::"
            })
    void whatMeansTheHostItsLinkOrNobodyIsProhibited(String address) {
        assertThat(refusal(true, address)).isEqualTo(OutsideError.PROHIBITED);
    }

    /// Mapped addresses are IPv4's here (RFC 4291 §2.5.5.2), so they are judged as such.
    @Test
    void mappedFormsAreJudgedAsTheAddressesWithin() {
        assertThat(refusal(true, 0, 0xffff_7f00_0001L)).isEqualTo(OutsideError.PROHIBITED);
        assertThat(refusal(true, 0, 0xffff_0000_0000L)).isEqualTo(OutsideError.PROHIBITED);
        assertThat(refusal(true, 0, 0xffff_a9fe_a9feL)).isEqualTo(OutsideError.PROHIBITED);
        assertThat(refusal(true, 0, 0xffff_c0a8_4002L)).isEqualTo(OutsideError.HOST_UNREACHABLE);
        assertThat(refusal(true, 0, 0xffff_0808_0808L)).isNull();
        // these only look like it: ::fffe:…, and ::ffff:0:0/96 with a bit above
        assertThat(refusal(true, 1, 0xffff_7f00_0001L)).isNull();
    }

    @Test
    void theNetworkItselfIsNotBeyondTheGateway() {
        assertThat(refusal(true, "192.168.64.2")).isEqualTo(OutsideError.HOST_UNREACHABLE);
        assertThat(refusal(true, "192.168.64.255")).isEqualTo(OutsideError.HOST_UNREACHABLE);
        assertThat(refusal(true, "fd00:0:0:1::2")).isEqualTo(OutsideError.HOST_UNREACHABLE);
    }

    @Test
    void theGatewayItselfRefuses() {
        for (boolean router : new boolean[] {true, false}) {
            assertThat(refusal(router, "192.168.64.1")).isEqualTo(OutsideError.REFUSED);
            assertThat(refusal(router, "fd00:0:0:1::1")).isEqualTo(OutsideError.REFUSED);
            assertThat(refusal(router, "fe80::5054:ff:fe00:1")).isEqualTo(OutsideError.REFUSED);
        }
    }

    @Test
    void nothingIsReachedFromANetworkWithoutAWayOut() {
        assertThat(refusal(false, "8.8.8.8")).isEqualTo(OutsideError.NET_UNREACHABLE);
        assertThat(refusal(false, "2001:db8::1")).isEqualTo(OutsideError.NET_UNREACHABLE);
    }
}
