package vmlan.program.selftest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaskTest {
    private final Mask mask = new Mask(
            Map.of("HOME", "/Users/ann.lee", "SUDO_USER", "annlee"),
            "root",
            List.of("Anns-MacBook.local", "Ann's MacBook", ""));

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "a MAC address 3c:22:fb:12:34:56,a MAC address 3c:22:fb:xx:xx:xx",
                "router 192.168.1.1 of 10.0.0.0/8,router 192.168.1.1 of 10.0.0.0/8",
                "server 172.16.0.1 or 172.32.0.1,server 172.16.0.1 or 172.32.x.x",
                "server 203.0.113.7,server 203.0.x.x",
                "prefix 2001:db8:1:2::/64,prefix 2001:x/64",
                "at 2001:db8:1:2:3:4:5:6 and ::1,at 2001:x and 0:x",
                "prefix fd9b:5a14:ba57:e3d3::/64,prefix fd9b:x/64",
                "from fe80::1c2f:5ff:fe00:1,from fe80:x",
                "macOS 15.5 (24F74) 10.1.0,macOS 15.5 (24F74) 10.1.0",
                "host: start 12:30:45,host: start 12:30:45",
                "/Users/ann.lee/x and /Users/ann.lees,~/x and /Users/ann.lees",
                "of annlee and ANNLEE but not annlees,of USER and USER but not annlees",
                "on Anns-MacBook and anns-macbook.local,on HOST and HOST",
                "root's on localhost,root's on localhost"
            })
    void whatTellsWhoseMachineItIsIsTakenOut(String text, String masked) {
        assertThat(mask.apply(text)).isEqualTo(masked);
    }

    @Test
    void aProcessWithoutANameOrAHomeHasNothingToHide() {
        Mask nothing = new Mask(Map.of(), "", List.of());
        assertThat(nothing.apply("root at / with 192.168.64.1")).isEqualTo("root at / with 192.168.64.1");
    }
}
