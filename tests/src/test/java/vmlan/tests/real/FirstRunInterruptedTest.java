package vmlan.tests.real;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import vmlan.program.files.Fields;

/// Ctrl-C, typed on a terminal, at each stage of a first `vmlan run`: not by chance, but when the stage has
/// begun.
class FirstRunInterruptedTest {
    private static final Duration SETTLED = Duration.ofSeconds(120);

    /// What is to be seen when a stage has begun: on the terminal, or as a file below the home.
    private enum Stage {
        QEMU_IS_LOOKED_FOR("looking for QEMU", null),
        ACCELERATION_IS_TRIED("looking which acceleration works", null),
        DEMO_GUEST_IS_FETCHED(null, "cache/demo-unfinished"),
        DEMO_GUEST_IS_MADE("making the demo guest", null),
        NETWORK_STARTS("starting the network", null),
        QEMU_STARTS("starting QEMU", null),
        QEMU_IS_THERE(null, "state/vms/first/qemu.pid"),
        QEMU_ATTACHES("waiting for QEMU to attach", null);

        private final String words;
        private final String file;

        Stage(String words, String file) {
            this.words = words;
            this.file = file;
        }

        boolean hasBegun(Installation vmlan, Installation.Running run) throws Exception {
            return words != null ? run.output().contains(words) : exists(vmlan.home(), file);
        }

        private static boolean exists(Path home, String beginning) throws Exception {
            Path folder = home.resolve(beginning).getParent();
            if (!Files.isDirectory(folder)) {
                return false;
            }
            String name = home.resolve(beginning).getFileName().toString();
            try (Stream<Path> files = Files.list(folder)) {
                return files.anyMatch(file -> file.getFileName().toString().startsWith(name));
            }
        }
    }

    @Test
    void ctrlCAtEachStageLeavesNothingAndTheNextRunWorks() throws Exception {
        try (Installation vmlan = Installation.create(Qemus.QEMU_10).withOwnCache()) {
            List<String> hit = new ArrayList<>();
            for (Stage stage : Stage.values()) {
                Installation.Running run = vmlan.launch(
                        Installation.Redirect.PIPE,
                        List.of("script", "-qefc", Installation.launcher() + " run --name first -- -S", "/dev/null"));
                boolean seen = Await.until(
                        stage + " to begin",
                        Installation.LIMIT,
                        () -> {
                            if (stage.hasBegun(vmlan, run)) {
                                return Optional.of(true);
                            }
                            return run.output().contains("Ctrl-] leaves its console")
                                            || !run.process().isAlive()
                                    ? Optional.of(false)
                                    : Optional.empty();
                        },
                        run::output);
                type(run, seen ? "\u0003" : "\u001d");
                if (seen) {
                    hit.add(stage.name());
                }
                // A stage that was over before Ctrl-C came leaves a console, where Ctrl-C is the guest's.
                Await.until(
                        "the end of the run at " + stage,
                        Installation.LIMIT,
                        () -> {
                            if (run.process().isAlive() && run.output().contains("Ctrl-] leaves its console")) {
                                type(run, "\u001d");
                            }
                            return run.process().isAlive() ? Optional.empty() : Optional.of(true);
                        },
                        run::output);
                Installation.Result result = run.await();
                System.out.println(stage + (seen ? "" : " (not seen)") + ": exit " + result.exitCode());
                assertNothingIsLeft(vmlan, stage);
            }
            assertThat(hit)
                    .as("stages that were hit")
                    .contains("DEMO_GUEST_IS_FETCHED", "QEMU_STARTS")
                    .hasSizeGreaterThan(5);
            assertThat(vmlan.vmlan("run", "-d", "--name", "first", "--", "-S").good())
                    .isEqualTo("first");
            try (Stream<Path> files = Files.list(vmlan.home().resolve("cache"))) {
                assertThat(files.map(file -> file.getFileName().toString()))
                        .as("what an interrupted one had begun")
                        .noneMatch(name -> name.startsWith("demo-unfinished"));
            }
        }
    }

    /// The terminal of a command that has ended meanwhile takes no keys.
    private static void type(Installation.Running run, String keys) throws Exception {
        try {
            run.process().getOutputStream().write(keys.getBytes(StandardCharsets.US_ASCII));
            run.process().getOutputStream().flush();
        } catch (java.io.IOException e) {
            assertThat(run.process().isAlive()).isFalse();
        }
    }

    /// No VM but one that was quick enough to run; no QEMU that nobody knows, no file of a VM that there is
    /// not.
    private static void assertNothingIsLeft(Installation vmlan, Stage stage) throws Exception {
        for (Fields vm : vmlan.ps()) {
            assertThat(vm.text("state")).as(stage.name()).isIn("running", "paused", "stopped");
            vmlan.vmlan("rm", "--force", vm.text("name")).good();
        }
        Await.until(
                "the end of all processes but the network's, at " + stage,
                SETTLED,
                () -> vmlan.processes().size()
                                == vmlan.pidsOf("\0network\0serve\0").size()
                        ? Optional.of(true)
                        : Optional.empty(),
                () -> vmlan.processes().stream()
                        .map(process -> process.info().toString())
                        .toList()
                        .toString());
        assertThat(vmlan.home().resolve("state/vms/first")).as(stage.name()).doesNotExist();
        assertThat(vmlan.home().resolve("run/vm.first")).as(stage.name()).doesNotExist();
    }
}
