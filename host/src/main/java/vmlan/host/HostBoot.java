package vmlan.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// What tells one start of the host from the next: in each, [System#nanoTime] counts anew.
public final class HostBoot {
    /// random(4)
    private static final Path LINUX = Path.of("/proc/sys/kernel/random/boot_id");

    private static final long MOST_SECONDS = 2;

    private HostBoot() {}

    /// A name of this start; empty where the system does not say.
    public static Optional<String> id() {
        try {
            return Files.isReadable(LINUX)
                    ? word(Files.readString(LINUX, StandardCharsets.US_ASCII))
                    : System.getProperty("os.name").startsWith("Mac") ? ofMac() : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /// Not run on a Mac.
    private static Optional<String> ofMac() throws IOException, InterruptedException {
        Process process = new ProcessBuilder("/usr/sbin/sysctl", "-n", "kern.bootsessionuuid")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            process.getOutputStream().close();
            // One short line: it is in the pipe before anybody reads.
            return process.waitFor(MOST_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0
                    ? word(new String(process.getInputStream().readNBytes(100), StandardCharsets.US_ASCII))
                    : Optional.empty();
        } finally {
            process.destroyForcibly();
        }
    }

    private static Optional<String> word(String text) {
        return Optional.of(text.strip()).filter(id -> id.matches("[0-9A-Fa-f-]{8,64}"));
    }
}
