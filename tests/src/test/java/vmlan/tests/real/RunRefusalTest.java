package vmlan.tests.real;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vmlan.program.files.Fields;

/// What `run` does not take: exit 2, a line of what and a line of what to do, nothing started and nothing left behind.
class RunRefusalTest {
    @TempDir
    private Path folder;

    @Test
    void mistakesAreRefusedBeforeAnythingIsStarted() throws Exception {
        String good = Files.write(folder.resolve("good.raw"), new byte[1 << 16]).toString();
        String empty = Files.createFile(folder.resolve("empty.raw")).toString();
        String shorter = Files.write(folder.resolve("short.raw"), new byte[100]).toString();
        String privateKey = Files.writeString(folder.resolve("id"), "-----BEGIN OPENSSH PRIVATE KEY-----\n")
                .toString();
        assertThat(new ProcessBuilder("mkfifo", folder.resolve("pipe").toString())
                        .start()
                        .waitFor())
                .isZero();
        Map<List<String>, String> mistakes = new LinkedHashMap<>();
        mistakes.put(List.of(folder.resolve("none.raw").toString()), "does not exist");
        mistakes.put(List.of(folder.toString()), "is a folder");
        mistakes.put(List.of(empty), "is empty");
        mistakes.put(List.of(shorter), "shorter than a sector");
        mistakes.put(List.of(folder.resolve("pipe").toString()), "neither a file nor a block device");
        mistakes.put(List.of(good, "--disk", empty), "is empty");
        mistakes.put(List.of("--cdrom", folder.resolve("none.iso").toString()), "does not exist");
        mistakes.put(List.of(good, "--disk", good), "is given twice");
        mistakes.put(List.of("--snapshot"), "there is no disk");
        mistakes.put(List.of("--boot", "cdrom", good), "there is no CD-ROM");
        mistakes.put(List.of("--boot", "floppy", good), "--boot 'floppy' is not known");
        mistakes.put(List.of("--firmware", "coreboot", good), "--firmware 'coreboot' is not known");
        mistakes.put(List.of("--arch", "aarch64", "--firmware", "bios", good), "has no BIOS");
        mistakes.put(List.of("--arch", "sparc", good), "--arch 'sparc' is not known");
        mistakes.put(List.of("--demo", "firmware", good), "--demo is for a VM that has nothing to boot from");
        mistakes.put(List.of("--ssh-key", privateKey, good), "is a private key");
        mistakes.put(List.of("--ssh-key", good, good), "no public SSH key");
        mistakes.put(List.of("--user-data", folder.resolve("none.yaml").toString(), good), "there is no file");
        mistakes.put(List.of("--user-data", privateKey), "the demo guest does not have");
        mistakes.put(List.of("--memory", "90T"), "is more than this host has");
        mistakes.put(
                List.of("--net", "shared,mac=52:54:00:00:00:01", "--net", "private,mac=52:54:00:00:00:01"), "two NICs");
        mistakes.put(List.of(good, "--", "-daemonize"), "does not go with vmlan run");
        mistakes.put(List.of("--", "--pidfile", "x"), "does not go with vmlan run");
        try (Installation vmlan = Installation.create(Qemus.QEMU_10)) {
            for (Map.Entry<List<String>, String> mistake : mistakes.entrySet()) {
                String[] line = new String[mistake.getKey().size() + 3];
                line[0] = "run";
                line[1] = "-d";
                line[2] = "--json";
                for (int i = 0; i < mistake.getKey().size(); i++) {
                    line[3 + i] = mistake.getKey().get(i);
                }
                String said = vmlan.vmlan(line).bad(2);
                Fields error = Installation.object(
                                said.lines().reduce((a, b) -> b).orElseThrow())
                        .object("error");
                assertThat(error.text("what")).as(mistake.getKey().toString()).contains(mistake.getValue());
                assertThat(error.text("do")).isNotBlank();
            }
            assertThat(vmlan.ps()).isEmpty();
            assertThat(vmlan.home().resolve("run"))
                    .satisfiesAnyOf(
                            run -> assertThat(run).doesNotExist(),
                            run -> assertThat(run).isEmptyDirectory());
        }
    }
}
