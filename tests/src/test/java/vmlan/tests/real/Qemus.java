package vmlan.tests.real;

import java.nio.file.Files;
import java.nio.file.Path;

/// The two generations of QEMU that everything is tried with; `./dev test` says where they are.
public enum Qemus {
    QEMU_7("VMLAN_TEST_QEMU_7"),
    QEMU_10("VMLAN_TEST_QEMU_10");

    private final String variable;

    Qemus(String variable) {
        this.variable = variable;
    }

    /// The folder with its programs. A missing one fails the test that needs it; nothing is skipped.
    public Path folder() {
        String value = System.getenv(variable);
        if (value == null || !Files.isExecutable(Path.of(value, "qemu-system-x86_64"))) {
            throw new AssertionError(
                    variable + " must name a folder with qemu-system-x86_64 in it; ./dev test sees to that");
        }
        return Path.of(value);
    }

    /// The folder with the programs for guests of another architecture.
    public Path foreignFolder() {
        String foreign = variable + "_AARCH64";
        String value = System.getenv(foreign);
        if (value == null || !Files.isExecutable(Path.of(value, "qemu-system-aarch64"))) {
            throw new AssertionError(
                    foreign + " must name a folder with qemu-system-aarch64 in it; ./dev test sees to that");
        }
        return Path.of(value);
    }
}
