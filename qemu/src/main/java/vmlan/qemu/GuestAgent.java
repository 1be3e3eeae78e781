package vmlan.qemu;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import vmlan.qemu.tool.Printable;

/// A conversation with the agent that a guest may run (qemu-ga). Read QEMU's docs/interop/qemu-ga.rst and
/// qga/qapi-schema.json, `guest-sync-delimited`, first.
///
/// The line to the guest has no beginning and no end: answers to somebody who has left may still be in it.
/// So each conversation begins with a byte that no JSON has, 0xFF, a number, and waits for that byte and
/// that number to come back; what came before is thrown away. One command gets one line. Conversations are
/// short, since QEMU serves one at a time, and who comes next waits.
///
/// Trust: everything that comes in is the guest's to choose. Bounded are the bytes of a line
/// ([#MOST_LINE_BYTES]), those that are thrown away while waiting for the number (the same), and the time
/// of all of it; a line that is not what was asked for ends the conversation.
public final class GuestAgent implements AutoCloseable {
    /// What a command's standard input may have: the agent takes 64 MiB of JSON a line (QEMU
    /// qobject/json-streamer.c, MAX_TOKEN_SIZE), and base64 makes four bytes of three.
    public static final int MOST_INPUT_BYTES = 16 << 20;

    /// Two outputs of 16 MiB each (QEMU qga/commands.c, GUEST_EXEC_MAX_OUTPUT), in base64.
    static final int MOST_LINE_BYTES = 48 << 20;

    /// Jackson's own bound for a string is below what 16 MiB are in base64.
    private static final JSON READER = JSON.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(MOST_LINE_BYTES)
                            .build())
                    .build())
            .build();

    private static final int FIRST_BYTES = 1 << 14;
    private static final Duration RETRY = Duration.ofMillis(20);
    private static final byte DELIMITER = (byte) 0xff;
    private static final String SILENT_REMEDY = "see whether the guest is busy or hangs: vmlan console NAME";

    private final SocketChannel channel;
    private final Selector selector;
    private final ByteBuffer received;
    private final long deadline;
    private int thrownAway;

    private GuestAgent(SocketChannel channel, Selector selector, Duration limit, long start) {
        this.channel = channel;
        this.selector = selector;
        this.received = ByteBuffer.allocate(FIRST_BYTES).flip();
        this.deadline = start + limit.toNanos();
    }

    /// Connects, and returns when the agent has answered.
    ///
    /// @param random for the number that tells our conversation from others
    /// @param limit for this and all that is asked then
    public static GuestAgent connect(Path socket, RandomGenerator random, Duration limit) throws QemuException {
        long start = System.nanoTime();
        while (true) {
            GuestAgent agent = null;
            try {
                agent = open(limit, start);
                agent.channel.configureBlocking(false);
                agent.channel.connect(UnixDomainSocketAddress.of(socket));
                agent.channel.register(agent.selector, SelectionKey.OP_READ);
                agent.synchronise(random.nextLong(1, 1L << 53));
                return agent;
            } catch (IOException e) {
                close(agent);
                // others wait in QEMU's backlog of one, and there is no event for when they do not
                boolean full = String.valueOf(e.getMessage()).contains("temporarily unavailable");
                if (!full || System.nanoTime() - start > limit.toNanos()) {
                    throw new QemuException(
                            "the guest agent's line " + socket + ": " + e.getMessage(),
                            "see whether the VM runs: vmlan ps",
                            e);
                }
                LockSupport.parkNanos(RETRY.toNanos());
            } catch (QemuException e) {
                close(agent);
                throw e;
            }
        }
    }

    private static GuestAgent open(Duration limit, long start) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            return new GuestAgent(channel, Selector.open(), limit, start);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static void close(GuestAgent agent) {
        if (agent != null) {
            agent.close();
        }
    }

    /// What has become of a command in the guest.
    public static final class Outcome {
        private final boolean exited;
        private final int status;
        private final byte[] out;
        private final byte[] err;
        private final boolean truncated;

        private Outcome(boolean exited, int status, byte[] out, byte[] err, boolean truncated) {
            this.exited = exited;
            this.status = status;
            this.out = out;
            this.err = err;
            this.truncated = truncated;
        }

        /// False while it runs; then nothing else is known.
        public boolean exited() {
            return exited;
        }

        /// Its exit status, or 128 and the number of the signal that ended it.
        public int status() {
            return status;
        }

        public byte[] out() {
            return out;
        }

        public byte[] err() {
            return err;
        }

        /// Whether the agent threw some of the output away.
        public boolean truncated() {
            return truncated;
        }
    }

    /// Starts a command; its outputs are kept by the agent until it has ended.
    ///
    /// @param input for its standard input; null for none
    /// @return its pid in the guest
    public long start(List<String> command, byte[] input) throws QemuException {
        Map<String, Object> arguments = new LinkedHashMap<>();
        arguments.put("path", command.getFirst());
        arguments.put("arg", command.subList(1, command.size()));
        arguments.put("capture-output", true);
        if (input != null) {
            arguments.put("input-data", Base64.getEncoder().encodeToString(input));
        }
        return number(execute("guest-exec", arguments), "pid");
    }

    /// Once it has told that a command has ended, the agent forgets it.
    public Outcome status(long pid) throws QemuException {
        Map<String, Object> answer = execute("guest-exec-status", Map.of("pid", pid));
        if (!answer.containsKey("exited")) {
            throw nonsense("it does not tell whether the command has ended");
        }
        if (!flag(answer, "exited")) {
            return new Outcome(false, 0, new byte[0], new byte[0], false);
        }
        long status = answer.containsKey("signal") ? 128 + number(answer, "signal") : number(answer, "exitcode");
        return new Outcome(
                true,
                (int) (status & 0xff),
                bytes(answer, "out-data"),
                bytes(answer, "err-data"),
                flag(answer, "out-truncated") || flag(answer, "err-truncated"));
    }

    /// Asks the guest to power down; it does not answer when it does.
    public void powerDown() throws QemuException {
        send(command("guest-shutdown", Map.of("mode", "powerdown")));
    }

    private static long number(Map<String, Object> answer, String name) throws QemuException {
        if (answer.get(name) instanceof Number number) {
            return number.longValue();
        }
        throw nonsense("it tells no " + name);
    }

    private static boolean flag(Map<String, Object> answer, String name) throws QemuException {
        Object value = answer.getOrDefault(name, false);
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw nonsense(name + " is neither true nor false");
    }

    private static byte[] bytes(Map<String, Object> answer, String name) throws QemuException {
        Object value = answer.getOrDefault(name, "");
        try {
            if (value instanceof String text) {
                return Base64.getDecoder().decode(text);
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        throw nonsense(name + " is not base64");
    }

    private Map<String, Object> execute(String command, Map<String, Object> arguments) throws QemuException {
        send(command(command, arguments));
        Map<String, Object> message = parse(line(command));
        if (message.get("error") instanceof Map<?, ?> error) {
            throw new RefusedException(printable(String.valueOf(error.get("desc"))));
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        if (!(message.get("return") instanceof Map<?, ?> object)) {
            throw nonsense("no answer to " + command);
        }
        object.forEach((key, value) -> answer.put(String.valueOf(key), value));
        return answer;
    }

    private void synchronise(long number) throws QemuException {
        byte[] ask = command("guest-sync-delimited", Map.of("id", number));
        byte[] delimited = new byte[ask.length + 1];
        delimited[0] = DELIMITER;
        System.arraycopy(ask, 0, delimited, 1, ask.length);
        send(delimited);
        while (true) {
            while (next("its greeting") != DELIMITER) {
                if (++thrownAway > MOST_LINE_BYTES) {
                    throw nonsense("it never answers to what it is asked");
                }
            }
            byte[] line = line("its greeting");
            thrownAway += line.length;
            if (isAnswer(line, number)) {
                return;
            }
            if (thrownAway > MOST_LINE_BYTES) {
                throw nonsense("it never answers to what it is asked");
            }
        }
    }

    /// An answer to somebody else, or garbage, is no reason to give up before ours has come.
    private static boolean isAnswer(byte[] line, long number) {
        try {
            return parse(line).get("return") instanceof Number answer && answer.longValue() == number;
        } catch (QemuException e) {
            return false;
        }
    }

    private byte[] line(String what) throws QemuException {
        byte[] line = new byte[FIRST_BYTES];
        int length = 0;
        byte next;
        while ((next = next(what)) != '\n') {
            if (next == DELIMITER) {
                length = 0;
                continue;
            }
            if (length == MOST_LINE_BYTES) {
                throw nonsense("a line of more than " + MOST_LINE_BYTES + " bytes");
            }
            if (length == line.length) {
                line = Arrays.copyOf(line, Math.min(MOST_LINE_BYTES, 2 * length));
            }
            line[length++] = next;
        }
        return Arrays.copyOf(line, length);
    }

    private byte next(String what) throws QemuException {
        while (!received.hasRemaining()) {
            await(SelectionKey.OP_READ, what);
            received.clear();
            try {
                if (channel.read(received) < 0) {
                    throw new QemuException(
                            "the guest agent's line was closed", "see whether the VM still runs: vmlan ps");
                }
            } catch (IOException e) {
                throw broken(e);
            }
            received.flip();
        }
        return received.get();
    }

    private void send(byte[] bytes) throws QemuException {
        ByteBuffer left = ByteBuffer.wrap(bytes);
        try {
            while (left.hasRemaining()) {
                if (channel.write(left) == 0) {
                    await(SelectionKey.OP_WRITE, "to be read");
                }
            }
        } catch (IOException e) {
            throw broken(e);
        }
    }

    private void await(int what, String said) throws QemuException {
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
            throw new QemuException("the guest agent did not answer in time (" + said + ")", SILENT_REMEDY);
        }
        try {
            channel.keyFor(selector).interestOps(what);
            selector.select(millis);
            selector.selectedKeys().clear();
        } catch (IOException e) {
            throw broken(e);
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new QemuException("interrupted while waiting for the guest agent", "try again");
        }
    }

    private static Map<String, Object> parse(byte[] line) throws QemuException {
        try {
            return READER.mapFrom(line);
        } catch (IOException | RuntimeException e) {
            throw nonsense("a line that is no JSON object");
        }
    }

    private static QemuException broken(IOException e) {
        return new QemuException(
                "the guest agent's line is broken: " + e.getMessage(), "see whether the VM still runs: vmlan ps", e);
    }

    private static QemuException nonsense(String what) {
        return new QemuException("the guest agent does not speak as one: " + what, "see what runs in the guest");
    }

    /// The guest's words go to a terminal.
    private static String printable(String words) {
        String line = Printable.line(words);
        return line.length() > 500 ? line.substring(0, 500) + " …" : line;
    }

    /// The agent took the command and will not do it.
    public static final class RefusedException extends QemuException {
        private static final long serialVersionUID = 1;

        private RefusedException(String words) {
            super("the guest agent refuses: " + words, "see what it can do: its own version and configuration decide");
        }
    }

    private static byte[] command(String name, Map<String, Object> arguments) throws QemuException {
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("execute", name);
        message.put("arguments", arguments);
        try {
            return (JSON.std.asString(message) + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new QemuException("this is no command for the guest agent: " + name, "report it", e);
        }
    }

    @Override
    public void close() {
        try {
            try {
                selector.close();
            } finally {
                channel.close();
            }
        } catch (IOException e) {
            // nothing is left to lose
        }
    }
}
