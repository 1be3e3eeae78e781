package vmlan.program.files;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class SysctlTest {
    @Test
    void numbersAreReadWhole() throws Exception {
        assertThat(Sysctl.read("net/ipv4/ip_local_port_range")).matches("[0-9]{4,5}\\s+[0-9]{4,5}");
    }

    @Test
    void textsAreReadWhole() throws Exception {
        assertThat(Sysctl.read("kernel/random/boot_id")).hasSize(36);
    }
}
