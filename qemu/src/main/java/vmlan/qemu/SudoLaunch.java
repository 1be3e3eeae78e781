package vmlan.qemu;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import vmlan.qemu.tool.Tool;

/// A QEMU that sudo starts, which becomes the user by itself (see [RootStart]).
///
/// ```
/// vmlan ─▶ sh ─▶ sudo ─▶ sh             ends at once, and sudo with it
///                         └▶ setsid ─▶ sh ─▶ qemu-system-…       root first, then the user
///                                      └ when QEMU ends: its exit status into `exit`
/// ```
///
/// sudo has to run in the terminal's own session, where it can ask for a password and remembers the last one, and the
/// session of QEMU begins below it. It does not stay: it would hand signals of the terminal on to QEMU.
///
/// Trust: root opens no file here that the user names to it. The user's own shell opens log and `exit` and hands them
/// down, so that no link in the user's folder leads root elsewhere; what QEMU opens as root is what its command line
/// says. Where sudo is set to record what it runs, it stands between QEMU and these files, and what comes after its
/// end is lost: then an exit status is not known.
final class SudoLaunch implements QemuProcess.Launched {
    private static final Duration KILL_LIMIT = Duration.ofSeconds(5);

    /// As the user. `exit` goes down as standard input: sudo closes what is not one of the first three, and its own
    /// words have to stay on the terminal.
    private static final String BY_USER = """
            exit_file=$1 log=$2
            shift 2
            exec "$@" 0<>"$exit_file" >>"$log"
            """;

    /// As root. A sudo with a terminal of its own (use_pty) hangs that up when it ends, which is not to reach the
    /// session that is about to begin; QEMU sets its own handler (QEMU os-posix.c, os_setup_signal_handling).
    /// The umask is that of [RootStart#typed].
    private static final String AS_ROOT = """
            umask 0
            trap '' HUP
            exec 3<&0 </dev/null 2>&1
            "$@" &
            """;

    /// The first word is only for who looks for this shell ([QemuProcess#shell]).
    private static final String WAIT_FOR_QEMU = """
            trap : INT TERM
            shift
            "$@" 3>&-
            echo "$?" >&3
            """;

    private final Path sudo;
    private final Path exitFile;
    private final Path pidFile;

    private SudoLaunch(Path sudo, Path exitFile, Path pidFile) {
        this.sudo = sudo;
        this.exitFile = exitFile;
        this.pidFile = pidFile;
    }

    /// Blocks while sudo asks for a password, on the terminal.
    ///
    /// @param exitFile is there, and empty
    /// @param files that QEMU shall open and not make: root's would not be the user's to read
    static SudoLaunch start(
            Path sudo,
            List<String> commandLine,
            Path exitFile,
            Path log,
            Path pidFile,
            Path directory,
            List<Path> files)
            throws IOException, QemuException {
        for (Path file : files) {
            if (!Files.exists(file)) {
                Files.createFile(file);
            }
        }
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", BY_USER, "vmlan"));
        command.addAll(List.of(
                exitFile.toAbsolutePath().toString(), log.toAbsolutePath().toString(), sudo.toString(), "--"));
        command.addAll(environment(System.getenv()));
        command.addAll(List.of("/bin/sh", "-c", AS_ROOT, "vmlan"));
        command.addAll(Detached.prefix());
        command.addAll(List.of(
                "/bin/sh",
                "-c",
                WAIT_FOR_QEMU,
                "vmlan-qemu",
                exitFile.toAbsolutePath().toString()));
        command.addAll(commandLine);
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectError(Redirect.INHERIT)
                .start();
        try {
            int code = process.waitFor();
            if (code != 0) {
                throw new QemuException(
                        "QEMU was not started: sudo ended with " + code,
                        "see above what it said; may you use it? see: sudo -l");
            }
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new QemuException("interrupted while sudo started QEMU", "start the VM again", e);
        }
        return new SudoLaunch(sudo, exitFile, pidFile);
    }

    /// sudo starts what it starts with an environment of its own; QEMU looks for one variable, where `-snapshot` puts
    /// what the guest writes (block.c, create_tmp_file).
    private static List<String> environment(Map<String, String> ours) {
        String temporary = ours.getOrDefault("TMPDIR", "");
        return temporary.isEmpty() ? List.of() : List.of("/usr/bin/env", "TMPDIR=" + temporary);
    }

    @Override
    public boolean isAlive() {
        try {
            return Files.size(exitFile) == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /// It may be root's still, and then only root can end it. sudo asks nobody here; where it would have to, QEMU
    /// stays.
    @Override
    public Optional<Long> kill() {
        Optional<Long> pid = QemuProcess.written(pidFile);
        if (pid.isEmpty()
                || ProcessHandle.of(pid.get())
                        .map(ProcessHandle::destroyForcibly)
                        .orElse(true)) {
            return Optional.empty();
        }
        try {
            Tool killed = Tool.run(
                    KILL_LIMIT, List.of(sudo.toString(), "-n", "--", "/bin/kill", "-KILL", Long.toString(pid.get())));
            return killed.succeeded() ? Optional.empty() : pid.filter(SudoLaunch::runs);
        } catch (IOException e) {
            // as where sudo refuses
            return pid.filter(SudoLaunch::runs);
        }
    }

    /// It may have ended by itself meanwhile, and cannot be killed then either.
    private static boolean runs(long pid) {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
    }
}
