package vmlan.program.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vmlan.packet.IpAddress;
import vmlan.program.message.Failure;

class PublishRuleTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "8080:80",
                "0:80",
                "8080:80/udp",
                "*:8080:80",
                "0.0.0.0:8080:80",
                "127.0.0.1:8080:80/udp",
                "192.168.1.5:1:65535",
                "[::]:8080:80",
                "[::1]:5353:53/udp",
                "[fd12::1]:8000-8255:80-335",
                "8000-8001:9000-9001/udp"
            })
    void whatIsPrintedIsWhatIsRead(String text) {
        assertThat(PublishRule.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @CsvSource({
        "8080:80/tcp, 8080:80",
        "8080:80/UDP, 8080:80/udp",
        "80-80:8080-8080, 80:8080",
        "[0:0::1]:1:2, [::1]:1:2",
        "08080:080, 8080:80"
    })
    void otherFormsMeanTheSame(String text, String meant) {
        assertThat(PublishRule.parse(text)).isEqualTo(PublishRule.parse(meant)).hasToString(meant);
    }

    @Test
    void withoutAnAddressItIsTheLoopbackOfBothFamilies() {
        assertThat(PublishRule.parse("8080:80").addresses())
                .containsExactly(IpAddress.parse("127.0.0.1"), IpAddress.parse("::1"));
        assertThat(PublishRule.parse("*:8080:80").addresses())
                .containsExactly(IpAddress.parse("0.0.0.0"), IpAddress.parse("::"));
        assertThat(PublishRule.parse("[::]:8080:80").addresses()).containsExactly(IpAddress.parse("::"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "80 | it names no port of the guest",
                "\"\" | it names no port of the guest",
                ": | the host's '' is not a port",
                "x:80 | the host's 'x' is not a port from 0 to 65535",
                "80:x | the guest's 'x' is not a port from 1 to 65535",
                "80: | the guest's '' is not a port",
                "65536:80 | the host's '65536' is not a port",
                "80:65536 | the guest's '65536' is not a port",
                "-1:80 | the host's '' is not a port",
                "80:0 | a guest has no port 0",
                "8080:80/sctp | 'sctp' is neither tcp nor udp",
                "8080:80/ | '' is neither tcp nor udp",
                "8080-8082:80-81 | different numbers of ports, 3 and 2",
                "8080-8082:80 | different numbers of ports, 3 and 1",
                "8082-8080:80-82 | the host's range 8082-8080 runs backwards",
                "80-82:8082-8080 | the guest's range 8082-8080 runs backwards",
                "1000-1256:1000-1256 | 257 ports are more than one rule may have",
                "0-1:80-81 | a range cannot begin with port 0",
                "localhost:8080:80 | 'localhost' is not an IPv4 address",
                "300.0.0.1:8080:80 | '300.0.0.1' is not an IPv4 address",
                "::1:8080:80 | an IPv6 address goes in brackets",
                "[::1:8080:80 | the address in brackets is not followed",
                "[::1]8080:80 | the address in brackets is not followed",
                "[127.0.0.1]:8080:80 | '127.0.0.1' is not an IPv6 address",
                "[::ffff:1.2.3.4]:8080:80 | is not an IPv6 address",
                "[*]:8080:80 | '*' is not an IPv6 address",
                "[::1]:80:81:82 | too many colons",
                "1.2.3.4:80:81:82 | too many colons",
                "224.0.0.1:80:80 | no address that a host can have",
                "255.255.255.255:80:80 | no address that a host can have",
                "[ff02::1]:80:80 | no address that a host can have",
                "[fe80::1]:80:80 | is link-local"
            })
    void aMalformedOneIsSaidWithThePartThatIsWrong(String text, String why) {
        assertThatThrownBy(() -> PublishRule.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'")
                .hasMessageContaining(why);
        assertThatThrownBy(() -> PublishRule.parseAll(List.of(text))).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.exitCode()).isEqualTo(Failure.USAGE);
            assertThat(failure.remedy()).contains("HOST[-HOST]:GUEST[-GUEST]");
        });
    }

    @Test
    void anyTextIsReadOrRefusedButNeverMore() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String alphabet = "0189-:/[].*tudpc x";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(20); length > 0; length--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                PublishRule rule = PublishRule.parse(text.toString());
                assertThat(PublishRule.parse(rule.toString()))
                        .as("seed " + seed)
                        .isEqualTo(rule);
            } catch (IllegalArgumentException e) {
                assertThat(e).as("seed " + seed).hasMessageContaining("publishes nothing: ");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "8080:80, 8080:81, true",
        "8080:80, 8080:80/udp, false",
        "8080:80, 8081:80, false",
        "8080-8090:1-11, 8090:80, true",
        "8080-8089:1-10, 8090:80, false",
        "*:8080:80, 8080:80, true",
        "127.0.0.1:8080:80, [::1]:8080:80, false",
        "0.0.0.0:8080:80, [::]:8080:80, true",
        "127.0.0.1:8080:80, [::]:8080:80, true",
        "0.0.0.0:8080:80, [::1]:8080:80, false",
        "0.0.0.0:8080:80, 10.0.0.1:8080:80, true",
        "10.0.0.2:8080:80, 10.0.0.1:8080:80, false",
        "0:80, 0:81, false"
    })
    void twoThatWantOnePortOfTheHostMeet(String one, String other, boolean meet) throws Failure {
        assertThat(PublishRule.parse(one).meets(PublishRule.parse(other))).isEqualTo(meet);
        assertThat(PublishRule.parse(other).meets(PublishRule.parse(one))).isEqualTo(meet);
        if (meet) {
            assertThatThrownBy(() -> PublishRule.parseAll(List.of(one, other))).hasMessageContaining("same port");
        } else {
            assertThat(PublishRule.parseAll(List.of(one, other))).hasSize(2);
        }
    }
}
