package vmlan.qemu;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import vmlan.qemu.tool.Programs;
import vmlan.qemu.tool.SystemWords;
import vmlan.qemu.tool.Tool;

/// Whether sudo will do what it is about to be asked for, seen before something is ended that would not come back
/// otherwise.
public final class Sudo {
    /// It asks nobody; name services that are slow may be behind it.
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private Sudo() {}

    public static Path find() throws QemuException {
        return find(System.getenv());
    }

    static Path find(Map<String, String> environment) throws QemuException {
        return Programs.find("sudo", environment, List.of(Path.of("/usr/bin")))
                .orElseThrow(() -> new QemuException("sudo is not installed", "start vmlan as root, or install sudo"));
    }

    /// Blocks while sudo asks for a password, on the terminal; it remembers that one, for the command that follows.
    ///
    /// A shell is tried first, since `sudo -v` asks even who need not say a password for any command, unless all of
    /// their entries say so (sudoers(5), verifypw).
    ///
    /// @throws QemuException it refuses, and nothing was done
    public static void agree() throws QemuException {
        agree(find());
    }

    static void agree(Path sudo) throws QemuException {
        try {
            if (Tool.run(LIMIT, List.of(sudo.toString(), "-n", "--", "/bin/sh", "-c", ":"))
                    .succeeded()) {
                return;
            }
            int code = new ProcessBuilder(sudo.toString(), "-v")
                    .inheritIO()
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new QemuException(
                        "sudo does not agree (it ended with " + code + "), and nothing was stopped",
                        "see above what it said; may you use it? see: sudo -l");
            }
        } catch (IOException e) {
            throw new QemuException(
                    "sudo cannot be asked: " + SystemWords.withFile(e), "see whether it works: sudo -v", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QemuException("interrupted while sudo was asked", "try again", e);
        }
    }
}
