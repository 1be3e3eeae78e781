package vmlan.program.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vmlan.program.files.Places;
import vmlan.qemu.GrowingLog;

class UnwatchedLogsTest {
    @TempDir
    private Path home;

    @Test
    void aConsoleThatSaidMuchBecomesABoundedPreviousOne() throws Exception {
        VmStore store = new VmStore(Places.in(home), line -> {
            throw new AssertionError(line);
        });
        store.write(SampleVm.of("web"));
        Path log = store.consoleLog("web");
        Path previous = log.resolveSibling("console.log.1");
        UnwatchedLogs logs = new UnwatchedLogs(store);
        Files.writeString(log, "short");
        logs.bound(store.known("web"));
        logs.begin("web");
        assertThat(previous).hasContent("short");
        byte[] much = new byte[(int) GrowingLog.MOST_CONSOLE_BYTES + 1];
        Files.write(log, much);
        logs.begin("web");
        assertThat(log).doesNotExist();
        assertThat(previous).hasSize(GrowingLog.MOST_CONSOLE_BYTES / 4);
        Files.write(log, much);
        logs.bound(store.known("web"));
        assertThat(log).isEmptyFile();
    }
}
