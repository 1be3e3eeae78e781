package vmlan.qemu;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import vmlan.qemu.tool.Programs;

/// How a process is started that outlives the terminal: in a session of its own, which neither Ctrl-C nor a hang-up
/// reaches.
public final class Detached {
    private Detached() {}

    /// What goes in front of the command line. macOS has no setsid(1), but perl; both exec in place, so the process
    /// identifier stays: a child of ours leads no process group yet (setsid(2)).
    ///
    /// @throws IOException neither is there
    public static List<String> prefix() throws IOException {
        Optional<Path> setsid = Programs.find("setsid", Map.of(), List.of(Path.of("/usr/bin"), Path.of("/bin")));
        if (setsid.isPresent()) {
            return List.of(setsid.get().toString());
        }
        Path perl = Path.of("/usr/bin/perl");
        if (Programs.isProgram(perl)) {
            return List.of(perl.toString(), "-MPOSIX", "-e", "POSIX::setsid(); exec @ARGV or die \"$ARGV[0]: $!\\n\"");
        }
        throw new IOException("neither setsid nor perl is installed");
    }
}
