package vmlan.program.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;

/// What a pause leaves that does not come about.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PauseTest {
    @TempDir
    private Path home;

    private VmStore store;
    private QemuDouble qemu;

    @BeforeEach
    void open() throws Exception {
        store = new VmStore(Places.in(home), line -> {
            throw new AssertionError(line);
        });
        qemu = new QemuDouble(store.qmpSocket("web"), true);
        store.write(qemu.vm("web"));
    }

    @AfterEach
    void close() throws Exception {
        qemu.close();
    }

    @Test
    void aPauseThatFailsLeavesTheVmAsItWas() throws Exception {
        qemu.refused.add("stop");
        assertThatThrownBy(() -> new VmPause(store).pause("web")).isInstanceOf(Failure.class);
        assertThat(store.pausedMark("web")).doesNotExist();
        assertThat(qemu.heard()).containsExactly("stop");

        qemu.refused.clear();
        // stopped, but the rest fails: the network's mark cannot be removed
        Files.createDirectories(store.wakingMark("web").resolve("in the way"));
        assertThatThrownBy(() -> new VmPause(store).pause("web")).isInstanceOf(Failure.class);
        assertThat(store.pausedMark("web")).doesNotExist();
        assertThat(qemu.heard()).containsExactly("stop", "stop", "cont");
        assertThat(qemu.status).isEqualTo("running");
    }

    @Test
    void aPauseOfAPausedVmThatFailsLeavesItPaused() throws Exception {
        VmPause pause = new VmPause(store);
        assertThat(pause.pause("web")).isTrue();
        assertThat(pause.pause("web")).isFalse();
        qemu.refused.add("stop");
        assertThatThrownBy(() -> pause.pause("web")).isInstanceOf(Failure.class);
        assertThat(store.pausedMark("web")).exists();
        assertThat(qemu.status).isEqualTo("paused");
    }
}
