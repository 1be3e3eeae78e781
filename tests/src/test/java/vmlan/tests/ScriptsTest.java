package vmlan.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// The shell scripts: the launcher under several shells, and the README's first command in a fresh clone.
class ScriptsTest {
    private static final Path CHECKOUT = Checkout.folder();

    @Test
    void theLauncherBuildsOnceAndFindsItsWayUnderEveryShell() throws Exception {
        String said = run(300, List.of("sh", "setup/test/launcher.sh"));
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
        String said = run(900, List.of("./dev", "fresh", "--without-test"));
        assertThat(said).contains("the README's commands work: address after");
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
