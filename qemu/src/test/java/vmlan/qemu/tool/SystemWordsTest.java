package vmlan.qemu.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class SystemWordsTest {
    @Test
    void aPathAloneIsNoReason() {
        assertThat(SystemWords.of(new AccessDeniedException("/x/demo.lock"))).isEqualTo("permission denied");
        assertThat(SystemWords.withFile(new AccessDeniedException("/x/demo.lock")))
                .isEqualTo("/x/demo.lock: permission denied");
        assertThat(SystemWords.withFile(new NoSuchFileException("/x"))).isEqualTo("/x does not exist");
        assertThat(SystemWords.withFile(new FileSystemException("/x", null, "No space left on device")))
                .isEqualTo("/x: No space left on device");
        assertThat(SystemWords.of(new IOException("neither setsid nor perl is installed")))
                .isEqualTo("neither setsid nor perl is installed");
    }
}
