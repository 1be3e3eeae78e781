package vmlan.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vmlan.program.files.FileLock;
import vmlan.tests.real.Await;
import vmlan.tests.real.Installation;

/// The shell scripts: the launcher under several shells, and the README's first command in a fresh clone.
class ScriptsTest {
    private static final Path CHECKOUT = Checkout.folder();

    @Test
    void theLauncherBuildsOnceAndFindsItsWayUnderEveryShell() throws Exception {
        String said = run(900, List.of("sh", "setup/test/launcher.sh"));
        assertThat(said).contains("# dash", "# busybox ash", "# bash --posix").doesNotContain("not ok");
    }

    /// Within such a clone, which `./dev fresh` makes to run the whole suite in it, the clone is the proof.
    @Test
    void whatIsCommittedRunsAGuestInAFreshClone() throws Exception {
        if ("1".equals(System.getenv("VMLAN_FRESH"))) {
            assertThat(run(60, List.of("git", "status", "--porcelain", "--untracked-files=no")))
                    .isEmpty();
            return;
        }
        try (FileLock turn = Installation.demosTurn()) {
            String said = run(1800, List.of("./dev", "fresh", "--without-test"));
            assertThat(said).contains("the README's commands work: address after");
        }
    }

    /// Ctrl-C reaches the whole group: shell, Maven and compiler.
    @Test
    void aFirstBuildThatIsInterruptedLeavesNothingInTheWayOfTheNext(@TempDir Path temporary) throws Exception {
        Path clone = temporary.resolve("clone");
        run(60, List.of("git", "clone", "--quiet", CHECKOUT.toString(), clone.toString()));
        Process build = version(clone, "setsid", "--wait").start();
        try {
            // setsid leads the group itself, or its child does: Maven's Java is in it for sure.
            Path log = clone.resolve("build/build.log");
            long member = Await.until(
                    "Maven to build",
                    Duration.ofSeconds(300),
                    () -> build.descendants()
                            .filter(process -> isMaven(process) && Files.exists(log))
                            .map(ProcessHandle::pid)
                            .findFirst(),
                    () -> inside(clone).toString());
            String group = run(60, List.of("ps", "-o", "pgid=", "-p", Long.toString(member)))
                    .strip();
            run(60, List.of("kill", "-INT", "--", "-" + group));
            assertThat(build.waitFor(120, TimeUnit.SECONDS)).isTrue();
            assertThat(build.exitValue()).as("as a shell has it").isEqualTo(130);
        } finally {
            build.descendants().forEach(ProcessHandle::destroyForcibly);
            build.destroyForcibly();
        }
        Await.until(
                "the end of what built",
                Duration.ofSeconds(60),
                () -> inside(clone).isEmpty() ? Optional.of(true) : Optional.empty(),
                () -> inside(clone).toString());
        assertThat(clone.resolve("build/current")).doesNotExist();

        Process again = version(clone).start();
        assertThat(again.waitFor(900, TimeUnit.SECONDS)).isTrue();
        assertThat(new String(again.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains("vmlan ");
        assertThat(again.exitValue()).isZero();
    }

    private static boolean isMaven(ProcessHandle process) {
        return process.info().commandLine().orElse("").contains("plexus.classworlds");
    }

    private static ProcessBuilder version(Path clone, String... before) {
        List<String> words = new ArrayList<>(List.of(before));
        words.addAll(List.of(clone.resolve("vmlan").toString(), "--version"));
        ProcessBuilder builder = new ProcessBuilder(words)
                .redirectInput(new File("/dev/null"))
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().remove("VMLAN_NO_BUILD");
        return builder;
    }

    /// Processes that were started with a path of this folder.
    private static List<String> inside(Path folder) {
        return ProcessHandle.allProcesses()
                .map(process -> process.info().commandLine().orElse(""))
                .filter(line -> line.contains(folder.toString()))
                .toList();
    }

    private static String run(long seconds, List<String> command) throws Exception {
        Path output = Files.createTempFile("vmlan-script", ".log");
        Process process = new ProcessBuilder(command)
                .directory(CHECKOUT.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(seconds, TimeUnit.SECONDS))
                    .as("%s within %d s:%n%s", command, seconds, Files.readString(output))
                    .isTrue();
            assertThat(process.exitValue())
                    .as("%s:%n%s", command, Files.readString(output))
                    .isZero();
            return Files.readString(output);
        } finally {
            if (process.isAlive()) {
                // TERM, so that the script removes what it made
                process.destroy();
                process.waitFor(60, TimeUnit.SECONDS);
            }
            Files.delete(output);
        }
    }
}
