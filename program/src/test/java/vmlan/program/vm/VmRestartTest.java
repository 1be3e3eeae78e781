package vmlan.program.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.program.message.Progress;
import vmlan.program.serve.Networks;
import vmlan.qemu.ProcessMark;

/// In the place of QEMU is a process that waits for its end.
@Timeout(60)
class VmRestartTest {
    @TempDir
    private Path home;

    @Test
    void whatKeepsItsNetworkFromStartingKeepsItFromBeingEnded() throws Exception {
        Places places = Places.in(home);
        Files.createDirectories(places.config());
        Files.writeString(places.config().resolve("networks.yaml"), "networks:\n  lab:\n    mode: nonsense\n");
        VmStore store = new VmStore(places, line -> {});
        Progress progress = new Progress(new PrintStream(PrintStream.nullOutputStream()), false);
        Process qemu = new ProcessBuilder("sh", "-c", "read line").start();
        try {
            store.write(vm(qemu));
            Networks networks = new Networks(places);
            VmRestart restart = new VmRestart(store, networks, new VmStarter(places, store, networks, progress));
            for (Duration deadline : List.of(Duration.ofSeconds(1), Duration.ZERO)) {
                assertThatThrownBy(() -> restart.restart("web", deadline, how -> {}))
                        .isInstanceOfSatisfying(
                                Failure.class,
                                failure -> assertThat(failure.what()).contains("networks.yaml"));
                assertThat(qemu.isAlive()).isTrue();
            }
        } finally {
            qemu.destroy();
        }
    }

    @Test
    void aVmThatRunsNeedsNothingToBeStarted() throws Exception {
        Places places = Places.in(home);
        VmStore store = new VmStore(places, line -> {});
        Progress progress = new Progress(new PrintStream(PrintStream.nullOutputStream()), false);
        Process qemu = new ProcessBuilder("sh", "-c", "read line").start();
        try {
            store.write(vm(qemu));
            Files.delete(home.resolve("disk.raw"));
            Networks networks = new Networks(places);
            VmRestart restart = new VmRestart(store, networks, new VmStarter(places, store, networks, progress));
            assertThat(restart.start("web")).as("whether it was started").isFalse();
            qemu.destroyForcibly().waitFor();
            assertThatThrownBy(() -> restart.start("web"))
                    .as("what a start would lack")
                    .isInstanceOf(Failure.class);
        } finally {
            qemu.destroy();
        }
    }

    private Vm vm(Process qemu) throws Exception {
        Path disk = Files.write(home.resolve("disk.raw"), new byte[1 << 20]);
        VmSpec spec = SampleVm.spec(List.of(new VmDisk(disk, "raw")), List.of(NicSpec.parse("lab")));
        return SampleVm.of("web", spec)
                .started(qemu.pid(), ProcessMark.of(qemu.pid()).orElseThrow());
    }
}
