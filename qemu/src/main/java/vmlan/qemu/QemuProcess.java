package vmlan.qemu;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import vmlan.qemu.tool.Printable;
import vmlan.qemu.tool.SystemWords;

/// A QEMU that outlives whoever started it.
///
/// It runs in a session of its own, so that neither Ctrl-C nor a hang-up of the terminal reaches it, below a small
/// shell that waits for it and writes its exit status down:
///
/// ```
/// vmlan ─▶ setsid ─▶ sh ─▶ qemu-system-…        STATE/qemu.log   what QEMU said, with a line for each start
///                     └─ when QEMU ends ──▶     STATE/exit       its exit status, 128 + signal when killed
/// ```
///
/// Trust: `qemu.log` and `exit` are the user's own files; damaged, they are read as absent. A complaint of QEMU's may
/// hold a guest's bytes.
public final class QemuProcess {
    /// QEMU answers 0.2 s after its start on a quiet machine (7.2.22, 2 cores); the rest is for many at once on a busy
    /// one.
    static final Duration START_LIMIT = Duration.ofSeconds(30);
    /// How often the files of a starting QEMU are looked for; its death ends the wait at once.
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);
    private static final int LAST_WORDS_BYTES = 8192;
    private static final String STARTED = "vmlan: started ";

    /// The shell catches what would end it before QEMU; caught, and not ignored: QEMU would inherit the latter.
    private static final String SHELL_SCRIPT = """
            trap : HUP INT TERM
            exit_file=$1
            shift
            "$@"
            status=$?
            echo "$status" >"$exit_file.new" && mv -f "$exit_file.new" "$exit_file"
            """;

    private final long pid;
    private final long mark;

    private QemuProcess(long pid, long mark) {
        this.pid = pid;
        this.mark = mark;
    }

    /// Starts QEMU and returns when it wrote its pid file. It writes that before it looks at most of its arguments:
    /// better give the monitor too, as below.
    public static QemuProcess start(List<String> commandLine, Path stateFolder, Path pidFile) throws QemuException {
        return start(commandLine, stateFolder, pidFile, null);
    }

    /// As below, in this process' own folder.
    static QemuProcess start(List<String> commandLine, Path stateFolder, Path pidFile, Path qmpSocket)
            throws QemuException {
        return start(commandLine, stateFolder, pidFile, qmpSocket, Path.of("").toAbsolutePath());
    }

    /// Starts QEMU and returns when the machine runs: when the monitor answers, which is after all arguments were
    /// found good and all files and sockets were opened.
    ///
    /// @param directory that relative paths of the command line begin at; when it is gone, they lead
    ///     nowhere
    /// @param qmpSocket of the command line; free again when this returns. Null: only the pid file is waited for
    /// @throws QemuException QEMU died (`what` has its own last words) or did not come up in 30 s (and was killed)
    public static QemuProcess start(
            List<String> commandLine, Path stateFolder, Path pidFile, Path qmpSocket, Path directory)
            throws QemuException {
        try {
            prepare(commandLine, stateFolder, pidFile, qmpSocket);
            ProcessHandle shell = launch(commandLine, stateFolder, directory);
            return new Start(new Shell(shell), stateFolder, pidFile, qmpSocket).await();
        } catch (IOException e) {
            throw cannotStart(e, stateFolder);
        }
    }

    /// As above, where sudo has to start QEMU, which becomes the user then ([RootStart#becomingUser]). Blocks while
    /// sudo
    /// asks for a password, on the terminal; the limit counts from there.
    ///
    /// @param files that QEMU opens and would make, but for sockets: made here, so that they are the user's
    public static QemuProcess startBySudo(
            List<String> commandLine, Path stateFolder, Path pidFile, Path qmpSocket, Path directory, List<Path> files)
            throws QemuException {
        return startBySudo(Sudo.find(), commandLine, stateFolder, pidFile, qmpSocket, directory, files);
    }

    static QemuProcess startBySudo(
            Path sudo,
            List<String> commandLine,
            Path stateFolder,
            Path pidFile,
            Path qmpSocket,
            Path directory,
            List<Path> files)
            throws QemuException {
        Path exitFile = exitFile(stateFolder);
        try {
            prepare(commandLine, stateFolder, pidFile, qmpSocket);
            Files.createFile(exitFile);
            List<Path> all = new ArrayList<>(files);
            all.add(pidFile);
            SudoLaunch launched = SudoLaunch.start(
                    sudo, commandLine, exitFile, stateFolder.resolve("qemu.log"), pidFile, existing(directory), all);
            return new Start(launched, stateFolder, pidFile, qmpSocket).await();
        } catch (IOException e) {
            throw cannotStart(e, stateFolder);
        }
    }

    private static QemuException cannotStart(IOException e, Path stateFolder) {
        return new QemuException(
                "QEMU cannot be started: " + SystemWords.withFile(e), "look at the folder " + stateFolder, e);
    }

    private static void prepare(List<String> commandLine, Path stateFolder, Path pidFile, Path qmpSocket)
            throws IOException {
        Files.createDirectories(stateFolder);
        Files.deleteIfExists(exitFile(stateFolder));
        Files.deleteIfExists(pidFile);
        if (qmpSocket != null) {
            Files.deleteIfExists(qmpSocket);
        }
        beginLog(stateFolder.resolve("qemu.log"), commandLine);
    }

    public long pid() {
        return pid;
    }

    /// See [ProcessMark].
    public long mark() {
        return mark;
    }

    /// Where the shell above QEMU writes how it ended; a word of its command line, from before QEMU is there until
    /// after its end.
    private static Path exitFile(Path stateFolder) {
        return stateFolder.resolve("exit");
    }

    /// How the last QEMU of that folder ended; empty while it runs and when its shell was killed too.
    public static Optional<Integer> exitStatus(Path stateFolder) {
        try {
            String text = Files.readString(exitFile(stateFolder)).strip();
            return text.matches("\\d{1,3}") ? Optional.of(Integer.valueOf(text)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// The same of a QEMU that is gone. Its shell may not have come to write that down yet, and is waited for as
    /// long as it is there.
    ///
    /// @param limit for a shell that stays, such as the next one's
    public static Optional<Integer> awaitExitStatus(Path stateFolder, Duration limit) {
        return fromTheShell(stateFolder, limit, () -> exitStatus(stateFolder));
    }

    /// The pid of a QEMU that a shell may be about to start, whose command has ended.
    ///
    /// @return empty where there is neither
    public static Optional<Long> awaitPid(Path stateFolder, Path pidFile, Duration limit) {
        return fromTheShell(stateFolder, limit, () -> written(pidFile));
    }

    private static <T> Optional<T> fromTheShell(Path stateFolder, Duration limit, Supplier<Optional<T>> look) {
        long begin = System.nanoTime();
        Optional<T> seen = look.get();
        Optional<ProcessHandle> shell = seen.isPresent() ? Optional.empty() : shell(stateFolder);
        while (shell.isPresent()
                && System.nanoTime() - begin < limit.toNanos()
                && !Thread.currentThread().isInterrupted()) {
            boolean isToCome = shell.get().isAlive();
            // looked at afterwards: what is not there without a shell will never be
            seen = look.get();
            if (seen.isPresent()) {
                return seen;
            }
            if (isToCome) {
                LockSupport.parkNanos(LOOK_EVERY.toNanos());
            } else {
                // it may have been sudo, which ends before the shell that it has started
                shell = shell(stateFolder);
            }
        }
        return look.get();
    }

    /// The shell that starts a QEMU, or waits to write down how that ends: the file for it is among its words, by
    /// whichever way it was started. A look at all processes of the machine.
    private static Optional<ProcessHandle> shell(Path stateFolder) {
        return ProcessWords.whoHas(exitFile(stateFolder).toAbsolutePath().toString());
    }

    /// QEMU's last complaint since its last start, on one line and fit for a terminal; empty when it said nothing.
    public static String lastWords(Path stateFolder) {
        List<String> lines = new ArrayList<>();
        for (String line : end(stateFolder.resolve("qemu.log")).lines().toList()) {
            if (line.startsWith(STARTED)) {
                lines.clear();
            } else if (!line.isBlank()) {
                lines.add(line.strip());
            }
        }
        // An error and its hint are several lines, of which the first names the program.
        int first = lines.size() - 1;
        while (first > 0 && !lines.get(first).startsWith("qemu")) {
            first--;
        }
        if (first < 0) {
            return "";
        }
        if (!lines.get(first).startsWith("qemu")) {
            return Printable.line(lines.getLast());
        }
        return Printable.line(String.join(" ", lines.subList(first, Math.min(lines.size(), first + 4)))
                .replaceFirst("^qemu[\\w-]*: ", ""));
    }

    /// The log starts anew when it has grown big: QEMU complains once a frame of some failures.
    private static void beginLog(Path log, List<String> commandLine) throws IOException {
        if (Files.exists(log) && Files.size(log) > GrowingLog.MOST_QEMU_BYTES) {
            Files.move(log, log.resolveSibling("qemu.log.old"), StandardCopyOption.REPLACE_EXISTING);
        }
        String line = STARTED + Instant.now().truncatedTo(ChronoUnit.SECONDS) + " "
                + String.join(" ", commandLine).replace('\n', ' ') + "\n";
        Files.writeString(log, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static ProcessHandle launch(List<String> commandLine, Path stateFolder, Path directory) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "/bin/sh",
                "-c",
                SHELL_SCRIPT,
                "vmlan-qemu",
                exitFile(stateFolder).toAbsolutePath().toString()));
        command.addAll(commandLine);
        ProcessBuilder builder =
                new ProcessBuilder().directory(existing(directory).toFile()).redirectError(Redirect.DISCARD);
        Process starter = Detached.leave(builder, command, stateFolder.resolve("qemu.log"));
        try (OutputStream end = starter.getOutputStream();
                BufferedReader reader = starter.inputReader(StandardCharsets.US_ASCII)) {
            String pid = reader.readLine();
            if (pid == null || !pid.matches("\\d{1,10}")) {
                throw new IOException("the shell did not start");
            }
            // It may have ended already, and left its exit status.
            return ProcessHandle.of(Long.parseLong(pid)).orElse(null);
        }
    }

    private static Path existing(Path directory) {
        return Files.isDirectory(directory) ? directory : Path.of("/");
    }

    /// The process identifier in the file, if QEMU wrote it.
    public static Optional<Long> written(Path pidFile) {
        try {
            String text = Files.readString(pidFile).strip();
            return text.matches("\\d{1,10}") ? Optional.of(Long.valueOf(text)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static String end(Path file) {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            channel.position(Math.max(0, channel.size() - LAST_WORDS_BYTES));
            ByteBuffer bytes = ByteBuffer.allocate(LAST_WORDS_BYTES);
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
            return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    /// What was started and is to become a QEMU that answers.
    interface Launched {
        boolean isAlive();

        /// @return the QEMU that could not be ended and runs on; empty where there is none
        Optional<Long> kill();
    }

    /// @param shell the one above QEMU; null: it has ended already
    private record Shell(ProcessHandle shell) implements Launched {
        @Override
        public boolean isAlive() {
            return shell != null && shell.isAlive();
        }

        @Override
        public Optional<Long> kill() {
            if (shell != null) {
                List<ProcessHandle> all = shell.descendants().toList();
                shell.destroyForcibly();
                all.forEach(ProcessHandle::destroyForcibly);
            }
            return Optional.empty();
        }
    }

    /// One start, until it is known how it went.
    private record Start(Launched launched, Path stateFolder, Path pidFile, Path qmpSocket) {
        QemuProcess await() throws QemuException {
            long deadline = System.nanoTime() + START_LIMIT.toNanos();
            try {
                while (launched.isAlive()) {
                    TimeUnit.NANOSECONDS.sleep(LOOK_EVERY.toNanos());
                    if (System.nanoTime() - deadline > 0) {
                        end("it did not come up in time" + complaint());
                        throw new QemuException(
                                "QEMU did not come up within " + START_LIMIT.toSeconds() + " s" + complaint(),
                                "see " + stateFolder.resolve("qemu.log") + "; is this machine very busy?");
                    }
                    Optional<QemuProcess> running = running();
                    if (running.isPresent() && answers(deadline)) {
                        return running.get();
                    }
                }
            } catch (InterruptedException e) {
                try {
                    end("interrupted");
                } finally {
                    Thread.currentThread().interrupt();
                }
                throw new QemuException("interrupted while QEMU started", "start the VM again", e);
            }
            String words = lastWords(stateFolder);
            throw new QemuException(
                    "QEMU: "
                            + (words.isEmpty()
                                    ? "ended"
                                            + exitStatus(stateFolder)
                                                    .map(status -> " with status " + status)
                                                    .orElse("")
                                    : words),
                    "see " + stateFolder.resolve("qemu.log") + " for its command line");
        }

        private void end(String why) throws QemuException {
            Optional<Long> stays = launched.kill();
            if (stays.isPresent()) {
                long left = stays.get();
                throw new QemuStaysException(
                        why + "; QEMU (pid " + left + ") is root's still, and runs on",
                        "end it: sudo kill " + left,
                        left);
            }
        }

        private Optional<QemuProcess> running() {
            return written(pidFile).flatMap(pid -> ProcessMark.of(pid).map(mark -> new QemuProcess(pid, mark)));
        }

        /// Commands are run by QEMU's main loop, which begins when the machine is complete.
        private boolean answers(long deadline) {
            if (qmpSocket == null) {
                return true;
            }
            if (!Files.exists(qmpSocket)) {
                return false;
            }
            long left = deadline - System.nanoTime();
            try (QmpClient client = QmpClient.connect(qmpSocket, Duration.ofNanos(Math.max(0, left)))) {
                client.status();
                return true;
            } catch (QemuException e) {
                // not listening yet, or dead: the loop finds out
                return false;
            }
        }

        private String complaint() {
            String words = lastWords(stateFolder);
            return words.isEmpty() ? "" : ": " + words;
        }
    }
}
