package vmlan.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrowingLogTest {
    @TempDir
    private Path folder;

    @Test
    void whoeverAppendsGoesOnAtTheNewEnd() throws Exception {
        Path log = folder.resolve("console.log");
        Path earlier = folder.resolve("console.log.1");
        try (OutputStream qemu = Files.newOutputStream(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            qemu.write("a".repeat(1000).getBytes(StandardCharsets.US_ASCII));
            qemu.write("end".getBytes(StandardCharsets.US_ASCII));
            assertThat(GrowingLog.bound(log, earlier, 2000)).isFalse();
            assertThat(GrowingLog.bound(log, earlier, 400)).isTrue();
            assertThat(log).isEmptyFile();
            assertThat(Files.readString(earlier)).hasSize(100).endsWith("aend");
            qemu.write("more".getBytes(StandardCharsets.US_ASCII));
        }
        assertThat(log).hasContent("more");
    }

    @Test
    void ofSeveralAtOnceOneCuts() throws Exception {
        Path log = folder.resolve("console.log");
        Path earlier = folder.resolve("console.log.1");
        byte[] much = "a".repeat(4 << 20).getBytes(StandardCharsets.US_ASCII);
        for (int round = 0; round < 20; round++) {
            Files.write(log, much);
            List<Future<Boolean>> all = new ArrayList<>();
            try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < 8; i++) {
                    all.add(executor.submit(() -> GrowingLog.bound(log, earlier, 1 << 20)));
                }
            }
            int cut = 0;
            for (Future<Boolean> one : all) {
                cut += one.get() ? 1 : 0;
            }
            assertThat(cut).isEqualTo(1);
            assertThat(Files.size(earlier)).isEqualTo(1 << 18);
        }
    }

    @Test
    void aLogThatIsNotThereIsNotCut() throws Exception {
        assertThat(GrowingLog.bound(folder.resolve("none"), folder.resolve("none.1"), 10))
                .isFalse();
        assertThat(folder).isEmptyDirectory();
    }
}
