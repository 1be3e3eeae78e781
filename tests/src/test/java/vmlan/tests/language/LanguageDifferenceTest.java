package vmlan.tests.language;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import vmlan.qemu.Dialects;
import vmlan.qemu.Qemu;
import vmlan.qemu.language.Dialect;
import vmlan.qemu.language.QemuLine;
import vmlan.qemu.language.reading.FileSections;
import vmlan.tests.real.Qemus;

/// Hundreds of command lines, written by hand and made up, given to real QEMUs and to our reading of them: accepted or
/// refused, and every line that is said, have to be the same. As root, for namespaces.
///
/// `-Dvmlan.test.lines=5000 -Dvmlan.test.seed=7` makes up more and others.
class LanguageDifferenceTest {
    private static final long SEED = Long.getLong("vmlan.test.seed", 20261129L);
    private static final int MADE_UP = Integer.getInteger("vmlan.test.lines", 200);
    private static final List<String> FILES = List.of(
            "netdev.cfg",
            "wrong-value.cfg",
            "wrong-id.cfg",
            "no-group.cfg",
            "nic.cfg",
            "twice.cfg",
            "loose.cfg",
            "stream.cfg",
            "whole.cfg");

    /// What is said differently all the same, and why. One that is no difference any more fails the test.
    private static final Map<String, String> KNOWN = Map.of(
            "none -netdev dgram,id=n,local.type=unix,local.path=/tmp,remote.type=unix,remote.path=/nonexistent/r",
            "whether a folder is in the way or a right is missing depends on the user, who is nobody here");

    @TempDir
    Path cache;

    private Path room;

    @BeforeEach
    void makeRoom() throws IOException {
        room = Files.createTempDirectory(Path.of("/tmp"), "vmlan-room-");
        Files.setPosixFilePermissions(room, PosixFilePermissions.fromString("rwxrwxrwx"));
        for (String file : FILES) {
            try (var stream = LanguageDifferenceTest.class.getResourceAsStream("files/" + file)) {
                Files.copy(stream, room.resolve(file));
            }
        }
    }

    @AfterEach
    void removeRoom() throws IOException {
        try (var files = Files.walk(room)) {
            for (Path file : files.toList().reversed()) {
                Files.delete(file);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Qemus.class)
    void whatWeSayIsWhatQemuSays(Qemus generation) throws Exception {
        List<List<String>> lines = new ArrayList<>(CommandLines.read("lines.txt"));
        lines.addAll(CommandLines.read("backends.txt", "none"));
        lines.addAll(LineGenerator.lines(SEED, MADE_UP));
        System.out.println(lines.size() + " lines, vmlan.test.seed=" + SEED);

        Qemu qemu = Qemu.find("x86_64", Map.of("VMLAN_QEMU", generation.folder().toString()), cache);
        List<CheckedQemu.Outcome> outcomes = new CheckedQemu(qemu.binary(), room).check(lines);
        List<Comparison> different = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            QemuLine line = QemuLine.parse(lines.get(i));
            String machine =
                    FileSections.of(line, new SealedRoom(room)).machine().orElse(null);
            Dialect dialect = Dialects.ofLine(qemu, line, machine, cache);
            Comparison comparison = Comparison.of(lines.get(i), outcomes.get(i), dialect, new SealedRoom(room));
            if (!comparison.isSame()) {
                different.add(comparison);
            }
        }

        assertThat(outcomes.stream().filter(outcome -> outcome.status() == 0)).hasSizeGreaterThan(100);
        assertThat(outcomes.stream().filter(outcome -> outcome.status() == 124))
                .as("lines that QEMU did not come to an end with")
                .isEmpty();
        assertThat(different.stream().filter(comparison -> !KNOWN.containsKey(comparison.typed())))
                .as(() -> "vmlan.test.seed=" + SEED + "\n"
                        + different.stream().map(Comparison::toString).collect(Collectors.joining("\n")))
                .isEmpty();
        assertThat(different.stream().map(Comparison::typed))
                .as("known differences")
                .containsAll(KNOWN.keySet());
    }
}
