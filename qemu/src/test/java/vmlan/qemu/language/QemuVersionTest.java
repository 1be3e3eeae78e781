package vmlan.qemu.language;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QemuVersionTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3) | 7.2.22",
                "QEMU emulator version 9.1.90 (v9.2.0-rc0) | 9.1.90",
                "QEMU emulator version 9.1.0 (qemu-kvm-9.1.0-15.el9) | 9.1.0",
                "QEMU emulator version 10.0.13 (Debian 1:10.0.13+ds-0+deb13u1) | 10.0.13",
                "QEMU emulator version 8.2.2 (Debian 1:8.2.2+ds-0ubuntu1.4) | 8.2.2",
                "QEMU emulator version 11.0 | 11.0.0"
            })
    void aVersionIsReadWithAnyDistributionsSuffix(String text, String expected) {
        assertThat(QemuVersion.parse(text)).map(QemuVersion::toString).contains(expected);
    }

    @ParameterizedTest
    @CsvSource({"''", "no QEMU", "version x.y", "version 99999999999.1"})
    void whatNamesNoVersionIsNone(String text) {
        assertThat(QemuVersion.parse(text)).isEmpty();
    }

    @Test
    void versionsAreOrderedByNumberAndNotByText() {
        var nine = new QemuVersion(9, 2, 0);
        var ten = new QemuVersion(10, 0, 0);
        assertThat(ten).isGreaterThan(nine);
        assertThat(ten.isAtLeast(9, 2)).isTrue();
        assertThat(nine.isAtLeast(9, 2)).isTrue();
        assertThat(new QemuVersion(9, 1, 90).isAtLeast(9, 2)).isFalse();
    }
}
