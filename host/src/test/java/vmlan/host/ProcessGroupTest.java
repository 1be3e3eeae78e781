package vmlan.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import vmlan.host.linux.CopiedClasses;
import vmlan.host.linux.NetworkNamespace;

@EnabledOnOs(OS.LINUX)
class ProcessGroupTest {
    /// Killed, and nobody's to wait for: it stays, and who ends the group goes on.
    @Test
    void anOrphanThatNobodyWaitsForKeepsNobodyWaiting() throws Exception {
        try (CopiedClasses classes = new CopiedClasses()) {
            String alone = "timeout -k 5 60 unshare --pid --mount-proc --fork --kill-child ";
            assertThat(NetworkNamespace.command(alone + classes.java(OrphansProgram.class, ""))
                            .lines())
                    .containsExactly("process 1", "orphan is there: true", "orphan is there: true");
        }
    }
}
