package vmlan.qemu.tool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InstallTest {
    @ParameterizedTest
    @CsvSource({
        "apt-get, sudo apt-get install --no-install-recommends qemu-system-x86",
        "dnf, sudo dnf install qemu-system-x86-core",
        "pacman, sudo pacman -S qemu-system-x86",
        "zypper, sudo zypper install qemu-x86",
        "apk, sudo apk add qemu-system-x86_64"
    })
    void eachSystemHasItsLine(String program, String line) {
        assertThat(Install.QEMU_X86.line("Linux", false, program::equals)).isEqualTo(line);
    }

    @Test
    void aMacHasBrewAndRootNeedsNoSudo() {
        assertThat(Install.QEMU_ARM.line("Mac OS X", false, program -> false)).isEqualTo("brew install qemu");
        assertThat(Install.QEMU_ARM.line("Linux", true, "apt-get"::equals))
                .isEqualTo("apt-get install --no-install-recommends qemu-system-arm");
    }

    @Test
    void anUnknownSystemHasNoLine() {
        assertThat(Install.QEMU_X86.line("Linux", false, program -> false)).isEmpty();
        assertThat(Install.DEMO_GUEST.line("Mac OS X", false, program -> true)).isEmpty();
    }
}
