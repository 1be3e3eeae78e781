package vmlan.qemu.translation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vmlan.qemu.QemuException;

class PastedLineTest {
    private static PastedLine of(String line) {
        return PastedLine.of(Arrays.asList(line.split(" ")));
    }

    @ParameterizedTest
    @CsvSource({
        "-nic user,                                        false, ,                          ",
        "sudo qemu-system-x86_64 -nic user,                true,  qemu-system-x86_64,        x86_64",
        "$ sudo -E -u root env A=b qemu-system-aarch64 -nic user, true, qemu-system-aarch64, aarch64",
        "sudo -- /opt/q/qemu-system-riscv64 -nic user,     true,  /opt/q/qemu-system-riscv64, riscv64",
        "kvm -nic user,                                    false, kvm,                       ",
        "/usr/libexec/qemu-kvm -nic user,                  false, /usr/libexec/qemu-kvm,     ",
        "./qemu-system-x86_64-unsigned -nic user,          false, ./qemu-system-x86_64-unsigned, x86_64",
        "sudo vmlan qemu qemu-system-x86_64 -nic user,     true,  qemu-system-x86_64,        x86_64",
        "./vmlan qemu -nic user,                           false, ,                          ",
        "sudo -nic user,                                   true,  ,                          ",
        "sudo --preserve-env -EH -uroot qemu-system-x86_64 -nic user, true, qemu-system-x86_64, x86_64"
    })
    void whatPeoplePasteIsTakenApart(String line, boolean sudo, String program, String architecture) {
        PastedLine command = of(line);

        assertThat(command.sudo()).isEqualTo(sudo);
        assertThat(command.program()).isEqualTo(program);
        assertThat(command.architecture()).isEqualTo(architecture);
        assertThat(command.arguments()).containsExactly("-nic", "user");
    }

    @Test
    void aDiskInFrontIsAnArgument() {
        assertThat(of("disk.qcow2 -nic user").arguments()).containsExactly("disk.qcow2", "-nic", "user");
        assertThat(PastedLine.of(List.of("sudo")).arguments()).isEmpty();
        assertThat(PastedLine.of(List.of("sudo", "-u")).arguments()).isEmpty();
        assertThat(PastedLine.of(List.of()).arguments()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "qemu-system-x86_64 -m 1G,              false, qemu-system-x86_64, x86_64, false",
        "sudo -u me sudo -E /opt/qemu-kvm -m 1G, true,  /opt/qemu-kvm,     ,       false",
        "kvm -m 1G,                             false, kvm,                ,       true",
        "sudo -EH -- qemu-system-ppc64 -m 1G,   true,  qemu-system-ppc64,  ppc64,  false"
    })
    void whatIsRunHasAQemu(String line, boolean sudo, String program, String architecture, boolean kvm)
            throws QemuException {
        assertThat(PastedLine.toRun(List.of(line.split(" "))))
                .isEqualTo(new PastedLine(sudo, program, architecture, kvm, List.of("-m", "1G")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "sudo -u root                   | no QEMU command line was given",
                "sudo                           | no QEMU command line was given",
                "-nic user                      | '-nic' stands where QEMU's name belongs",
                "sudo -- -nic user              | '-nic' stands where QEMU's name belongs",
                "ls -l                          | 'ls' is not a QEMU that runs machines",
                "sudo ls -l                     | 'ls' is not a QEMU that runs machines",
                // what would be left out, and not said
                "DISPLAY=:1 qemu-system-x86_64  | 'DISPLAY=:1' stands before QEMU's name",
                "vmlan qemu qemu-system-x86_64  | 'vmlan' is not a QEMU that runs machines",
                "$ qemu-system-x86_64           | '$' is not a QEMU that runs machines",
                "disk.qcow2 qemu-system-x86_64  | 'disk.qcow2' is not a QEMU that runs machines"
            })
    void whatHasNoneOrMoreInFrontIsNotRun(String line, String what) {
        assertThatThrownBy(() -> PastedLine.toRun(List.of(line.split(" "))))
                .isInstanceOfSatisfying(
                        QemuException.class, e -> assertThat(e.what()).isEqualTo(what));
    }
}
