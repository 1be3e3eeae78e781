package vmlan.qemu.language;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class QemuLineTest {
    private static final List<String> MISSION = List.of(
            "path/to/disk",
            "-M",
            "accel=hvf",
            "-cpu",
            "host",
            "-smp",
            "cpus=8",
            "-m",
            "256",
            "-nic",
            "vmnet-bridged,ifname=en0");

    @Test
    void theMissionsLineIsReadAndStaysAsItIs() {
        QemuLine line = QemuLine.parse(MISSION);
        assertThat(line.words()).isEqualTo(MISSION);
        assertThat(line.arguments().getFirst().value()).isEqualTo("path/to/disk");
        assertThat(line.arguments().getLast().is("nic")).isTrue();
    }

    @Test
    void aCommaInAValueIsDoubledAndAKeyAloneIsAFlag() {
        Settings settings = OptsSyntax.parse("user,hostname=a,,b,restrict,noipv6,x=", "type");
        assertThat(settings.entries())
                .containsExactly(
                        new Settings.Entry("type", "user", true),
                        new Settings.Entry("hostname", "a,b", false),
                        new Settings.Entry("restrict", "on", false, Settings.Shape.FLAG),
                        new Settings.Entry("ipv6", "off", false, Settings.Shape.FLAG),
                        new Settings.Entry("x", "", false));
    }
}
