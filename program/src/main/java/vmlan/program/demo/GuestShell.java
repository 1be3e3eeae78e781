package vmlan.program.demo;

import java.io.IOException;
import java.io.Reader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;

/// Types commands at the shell on the demo guest's serial console, and reads what they print.
///
/// A terminal echoes what is typed, and the kernel and other programs print between the lines. So a command
/// is put between two marks that are made of two halves, which the echo shows apart and `echo` together:
///
/// ```
/// typed    echo <7-'begin>'; COMMAND; echo <7-'end' $?'>'
/// printed  <7-begin>
///          what COMMAND prints
///          <7-end 0>
/// ```
///
/// Trust: the guest may print what it likes, without end; the last [#MOST_CHARACTERS] are kept, and each
/// wait has its limit.
public final class GuestShell implements AutoCloseable {
    /// Status and output of a command.
    ///
    /// @param status the exit status
    /// @param output both of its outputs, lines ending in `\n`
    public record Result(int status, String output) {
        public boolean succeeded() {
            return status == 0;
        }
    }

    /// busybox libbb/lineedit.c: CONFIG_FEATURE_EDITING_MAX_LEN is 1024 by default.
    static final int LONGEST_LINE = 1000;

    private static final int MOST_CHARACTERS = 256 * 1024;
    /// How often the return key is tried until a prompt comes: the guest may be booting, and read it later.
    private static final Duration PROMPT_INTERVAL = Duration.ofMillis(500);
    /// ECMA-48 control sequences, such as busybox's question for the cursor's position.
    private static final Pattern CONTROL = Pattern.compile("\u001b\\[[0-9;?]*[@-~]|\r");

    private static final Pattern PROMPT = Pattern.compile("[#$] $");

    private final String guest;
    private final SocketChannel console;
    private final StringBuilder said = new StringBuilder();
    private long changes;
    private boolean ended;
    private int number;
    /// Whether the shell is known to wait for a command.
    private boolean isReady;

    private GuestShell(String guest, SocketChannel console) {
        this.guest = guest;
        this.console = console;
    }

    /// QEMU serves one peer at a time: nobody else has the console meanwhile.
    ///
    /// @param socket as `VmStore.consoleSocket` gives it
    public static GuestShell connect(Path socket, String guest) throws Failure {
        try {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.connect(UnixDomainSocketAddress.of(socket));
            } catch (IOException e) {
                channel.close();
                throw e;
            }
            GuestShell shell = new GuestShell(guest, channel);
            Thread.ofVirtual().name("console of " + guest).start(shell::read);
            return shell;
        } catch (IOException e) {
            throw Failure.world(
                    "the console of " + guest + " cannot be reached: " + Places.reason(e),
                    "see whether it runs: vmlan ps",
                    e);
        }
    }

    private void read() {
        // A character may come in two pieces: a reader keeps the first.
        try (Reader reader = Channels.newReader(console, StandardCharsets.UTF_8)) {
            char[] buffer = new char[8192];
            for (int count = reader.read(buffer); count >= 0; count = reader.read(buffer)) {
                heard(new String(buffer, 0, count));
            }
        } catch (IOException e) {
            // the VM ended, or we did
        }
        synchronized (this) {
            ended = true;
            notifyAll();
        }
    }

    private synchronized void heard(String text) {
        changes++;
        said.append(text);
        if (said.length() > MOST_CHARACTERS) {
            said.delete(0, said.length() - MOST_CHARACTERS);
        }
        notifyAll();
    }

    private void type(String text) throws Failure {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        try {
            while (bytes.hasRemaining()) {
                console.write(bytes);
            }
        } catch (IOException e) {
            throw gone();
        }
    }

    private Failure gone() {
        return Failure.world(guest + " has ended", "look why: vmlan logs " + guest);
    }

    /// Waits until the guest has booted and its shell shows a prompt.
    ///
    /// @return whether it does within the limit
    public synchronized boolean awaitPrompt(Duration limit) throws Failure {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!isReady && deadline - System.nanoTime() > 0) {
            said.setLength(0);
            type("\n");
            long until = Math.min(deadline, System.nanoTime() + PROMPT_INTERVAL.toNanos());
            while (!isReady && await(until)) {
                isReady = PROMPT.matcher(plain()).find();
            }
        }
        return isReady;
    }

    /// Types a command and waits until it has ended.
    ///
    /// @param limit includes the wait for a prompt; one that passes it is interrupted by Ctrl-C
    /// @throws Failure when the guest ends or the limit passes
    public synchronized Result run(String command, Duration limit) throws Failure {
        String mark = "<" + ++number + "-";
        String line = "echo " + "'" + mark + "''begin>'; " + command + "; echo '" + mark + "''end' $?'>'\n";
        if (line.length() > LONGEST_LINE || command.contains("\n")) {
            throw new IllegalArgumentException("a command of " + command.length() + " characters");
        }
        long deadline = System.nanoTime() + limit.toNanos();
        if (!awaitPrompt(limit)) {
            throw Failure.world(
                    "the shell of " + guest + " shows no prompt within " + limit.toSeconds() + " s",
                    "look at its console: vmlan logs " + guest);
        }
        said.setLength(0);
        isReady = false;
        type(line);
        Pattern whole = Pattern.compile(mark + "begin>\n(.*?)" + mark + "end ([0-9]{1,3})>", Pattern.DOTALL);
        do {
            var matcher = whole.matcher(plain());
            if (matcher.find()) {
                isReady = true;
                return new Result(Integer.parseInt(matcher.group(2)), matcher.group(1));
            }
        } while (await(deadline));
        type("\u0003");
        throw Failure.world(
                "'" + command + "' in " + guest + " does not end within " + limit.toSeconds() + " s",
                "look at its console: vmlan logs " + guest);
    }

    private String plain() {
        return CONTROL.matcher(said).replaceAll("");
    }

    /// Waits for more from the guest; false when the time is up.
    private boolean await(long deadline) throws Failure {
        long before = changes;
        try {
            while (changes == before && !ended) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                wait(left / 1_000_000 + 1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.world("interrupted", "start it again", e);
        }
        if (changes == before) {
            throw gone();
        }
        return true;
    }

    /// Leaves the console; the guest goes on.
    @Override
    public void close() {
        try {
            console.close();
        } catch (IOException e) {
            // the reader ends all the same
        }
    }
}
