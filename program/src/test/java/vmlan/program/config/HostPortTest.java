package vmlan.program.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vmlan.program.message.Failure;

class HostPortTest {
    @Test
    void severalStandBehindCommas() throws Failure {
        assertThat(HostPort.parseAll(List.of("5432,514/udp", "80/tcp")))
                .containsExactly(new HostPort(false, 5432), new HostPort(true, 514), new HostPort(false, 80));
        assertThat(HostPort.parse("514/UDP")).hasToString("514/udp");
        assertThat(HostPort.parse("5432/tcp")).hasToString("5432");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "65536", "x", "80/sctp", "80-90", "80,", "-1", "127.0.0.1:80", "/udp"})
    void whatIsNoPortIsSaid(String text) {
        assertThatThrownBy(() -> HostPort.parseAll(List.of(text))).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.what()).contains("is not a port of the host");
            assertThat(failure.remedy()).contains("514/udp");
            assertThat(failure.exitCode()).isEqualTo(Failure.USAGE);
        });
    }

    @Test
    void theGatewaysOwnServicesStayItsOwn() {
        assertThatThrownBy(() -> HostPort.parse("53/udp")).hasMessageContaining("gateway itself answers at port 53");
        assertThatThrownBy(() -> HostPort.parse("53")).hasMessageContaining("gateway itself answers");
    }
}
