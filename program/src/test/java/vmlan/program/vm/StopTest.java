package vmlan.program.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import vmlan.program.files.Places;
import vmlan.program.serve.Networks;

/// How VMs end when their monitor, their guest or the disk is not as it should be.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StopTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofSeconds(2);

    @TempDir
    private Path home;

    private final List<String> said = Collections.synchronizedList(new ArrayList<>());
    private VmStore store;
    private VmStopper stopper;
    private QemuDouble qemu;

    @BeforeEach
    void open() throws Exception {
        Places places = Places.in(home);
        store = new VmStore(places, said::add);
        stopper = new VmStopper(store, new Networks(places, false));
        start(true);
    }

    private void start(boolean heedsTerm) throws Exception {
        if (qemu != null) {
            qemu.close();
            Files.delete(store.qmpSocket("web"));
        }
        qemu = new QemuDouble(store.qmpSocket("web"), heedsTerm);
        store.write(qemu.vm("web"));
    }

    @AfterEach
    void close() throws Exception {
        qemu.close();
    }

    @Test
    void theButtonIsPressedUntilQemuTakesIt() throws Exception {
        qemu.mute.set(2);
        Files.writeString(store.folder("web").resolve("exit"), "0\n");
        assertThat(stopper.stop("web", LONG)).isEqualTo(VmStopper.How.POWERED_DOWN);
        assertThat(qemu.heard()).containsExactly("system_powerdown");
        assertThat(store.known("web").stopRequested()).isTrue();
    }

    @Test
    void aMonitorThatNeverAnswersDoesNotEndTheGuestEarly() throws Exception {
        qemu.mute.set(Integer.MAX_VALUE);
        long start = System.nanoTime();
        assertThat(stopper.stop("web", SHORT)).isEqualTo(VmStopper.How.FORCED);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(SHORT);
        assertThat(qemu.isAlive()).as("by SIGTERM").isFalse();
    }

    @Test
    void aGuestThatWasBootingHearsTheButtonLater() throws Exception {
        qemu.heedsTheButton = false;
        // A third of it is long enough for an answer, also of a busy machine.
        assertThat(stopper.stop("web", Duration.ofSeconds(12))).isEqualTo(VmStopper.How.FORCED);
        assertThat(qemu.heard()).containsExactly("system_powerdown", "system_powerdown", "system_powerdown", "quit");
    }

    @Test
    void aQemuThatHeedsNothingIsKilled() throws Exception {
        start(false);
        qemu.refused.add("quit");
        assertThat(stopper.stop("web", Duration.ZERO)).isEqualTo(VmStopper.How.FORCED);
        assertThat(qemu.isAlive()).isFalse();
    }

    @Test
    void aPausedVmGoesOnToHearTheButton() throws Exception {
        new VmPause(store).pause("web");
        Files.writeString(store.folder("web").resolve("exit"), "0\n");
        assertThat(stopper.stop("web", LONG)).isEqualTo(VmStopper.How.POWERED_DOWN);
        assertThat(qemu.heard()).containsExactly("stop", "cont", "system_powerdown");
        assertThat(store.pausedMark("web")).doesNotExist();
    }

    @Test
    void whoWaitedSaysThatAnotherCommandEndedIt() throws Exception {
        Files.writeString(store.folder("web").resolve("exit"), "137\n");
        assertThat(stopper.stop("web", LONG)).isEqualTo(VmStopper.How.FORCED);
    }

    @Test
    void aVmEndsThoughNothingCanBeWrittenDown() throws Exception {
        Path file = store.folder("web").resolve("vm.json");
        Vm vm = store.known("web");
        Files.move(file, store.folder("web").resolve("elsewhere"), StandardCopyOption.REPLACE_EXISTING);
        // Nothing can be renamed to it, also not by root.
        Files.createDirectories(file.resolve("in the way"));
        assertThat(stopper.stop(vm, Duration.ZERO)).isEqualTo(VmStopper.How.FORCED);
        assertThat(qemu.isAlive()).isFalse();
        assertThat(said).singleElement().asString().contains("cannot write").contains("ended all the same");
    }
}
