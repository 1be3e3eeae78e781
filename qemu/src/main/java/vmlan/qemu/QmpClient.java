package vmlan.qemu;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import vmlan.qemu.tool.Printable;

/// A conversation with one of QEMU's monitors. Read QEMU's docs/interop/qmp-spec.rst first.
///
/// QEMU greets, we say `qmp_capabilities`, then each command gets one answer, found by its `id`; events come in
/// between. Every message is one line. Two threads do the I/O, one for each direction, because a peer that
/// neither reads nor closes can hold up a write as well as a read; callers only ever wait on a queue or a future,
/// never in the channel, so each wait ends at its limit and interrupting a caller does not close the
/// connection. They
/// are platform threads, since the poller of virtual ones stays in a system call, for which the JVM waits
/// at its end.
///
/// Trust: the other end is QEMU, which a guest may have taken over. Bounded are the length of a line
/// ([#MOST_LINE_BYTES]), the events kept ([#MOST_EVENTS]; the oldest goes), the nesting of a message (Jackson: 1000);
/// what is not QMP ends the conversation with a [QemuException].
public final class QmpClient implements AutoCloseable {
    /// The longest answer, query-qmp-schema, has 250 kB in QEMU 10.
    static final int MOST_LINE_BYTES = 1 << 20;

    static final int MOST_EVENTS = 256;

    /// Commands waiting to be written: more than one only when QEMU is stuck.
    private static final int MOST_UNWRITTEN = 16;

    private static final Duration STATUS_LIMIT = Duration.ofSeconds(10);
    private static final String STUCK_REMEDY = "if it stays so, stop the VM: vmlan stop NAME";

    private final Path socket;
    private final SocketChannel channel;
    private final BlockingQueue<byte[]> unwritten = new ArrayBlockingQueue<>(MOST_UNWRITTEN);
    private final Map<Long, CompletableFuture<Object>> pending = new ConcurrentHashMap<>();
    /// An empty optional: the conversation is over and no event will come.
    private final LinkedBlockingDeque<Optional<Map<String, Object>>> events = new LinkedBlockingDeque<>();

    private final CompletableFuture<Void> greeting = new CompletableFuture<>();
    private final CompletableFuture<String> over = new CompletableFuture<>();
    private final AtomicLong nextId = new AtomicLong(1);
    private final AtomicBoolean closed = new AtomicBoolean();

    private QmpClient(Path socket, SocketChannel channel) {
        this.socket = socket;
        this.channel = channel;
    }

    /// Connects, and returns when QEMU takes commands. A monitor serves one client at a time; the next one waits for
    /// its greeting.
    ///
    /// @param limit for all of it
    public static QmpClient connect(Path socket, Duration limit) throws QemuException {
        long deadline = System.nanoTime() + limit.toNanos();
        SocketChannel channel;
        try {
            channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        } catch (IOException e) {
            throw new QemuException("no socket can be made: " + e.getMessage(), "close some programs", e);
        }
        var client = new QmpClient(socket, channel);
        Thread.ofPlatform().daemon().name("qmp-read").start(client::connectAndRead);
        try {
            client.await(client.greeting, limit, "the greeting");
            Thread.ofPlatform().daemon().name("qmp-write").start(client::write);
            client.execute("qmp_capabilities", Map.of(), Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
            return client;
        } catch (QemuException e) {
            client.close();
            throw e;
        }
    }

    /// Runs a command and returns the object it answers with.
    ///
    /// @throws QemuException QEMU refuses it (`what` has its words), does not answer in time, or is gone
    public Map<String, Object> execute(String command, Map<String, Object> arguments, Duration limit)
            throws QemuException {
        if (call(command, arguments, limit) instanceof Map<?, ?> object) {
            Map<String, Object> answer = new LinkedHashMap<>();
            object.forEach((key, value) -> answer.put(String.valueOf(key), value));
            return answer;
        }
        throw new QemuException("QEMU answers " + command + " with a list", "this is a mistake in vmlan: report it");
    }

    /// As [#execute], for the commands whose answer may be a list (`query-chardev`).
    public Object call(String command, Map<String, Object> arguments, Duration limit) throws QemuException {
        long id = nextId.getAndIncrement();
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("execute", command);
        if (!arguments.isEmpty()) {
            message.put("arguments", arguments);
        }
        message.put("id", id);

        var answer = new CompletableFuture<Object>();
        long deadline = System.nanoTime() + limit.toNanos();
        pending.put(id, answer);
        try {
            // `end` fails what is pending after `over` is set: whoever comes later sees `over`
            if (over.isDone()) {
                throw gone(over.join());
            }
            if (!unwritten.offer(line(message), limit.toNanos(), TimeUnit.NANOSECONDS)) {
                throw late(command);
            }
            return await(answer, Duration.ofNanos(Math.max(0, deadline - System.nanoTime())), command);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted(e);
        } finally {
            pending.remove(id);
        }
    }

    /// The next event, in QEMU's form: event, data, timestamp. Empty when none came within `limit`.
    ///
    /// @throws QemuException the conversation is over and all its events were taken
    public Optional<Map<String, Object>> nextEvent(Duration limit) throws QemuException {
        try {
            Optional<Map<String, Object>> event = events.pollFirst(limit.toNanos(), TimeUnit.NANOSECONDS);
            if (event == null) {
                return Optional.empty();
            }
            if (event.isEmpty()) {
                events.putFirst(event);
                throw gone(over.join());
            }
            return event;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted(e);
        }
    }

    /// QEMU's word for what the machine does: running, paused, shutdown …
    public String status() throws QemuException {
        return String.valueOf(execute("query-status", Map.of(), STATUS_LIMIT).get("status"));
    }

    @Override
    public void close() {
        end("this connection was closed");
    }

    private void connectAndRead() {
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            readLines();
            end("QEMU closed its monitor " + socket);
        } catch (NotQmpException e) {
            end("QEMU's monitor " + socket + ": " + e.getMessage());
        } catch (IOException e) {
            // A reset is how a QEMU that quits closes it when something of ours was still unread.
            end(greeting.isDone() ? "QEMU closed its monitor " + socket : unreachable(e));
        } catch (RuntimeException e) {
            // such as a path too long for a socket
            end(unreachable(e));
        }
    }

    private String unreachable(Exception e) {
        return "QEMU's monitor " + socket + ": "
                + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
    }

    /// Bytes that are not QMP: what came before them stands, nothing after them is looked at.
    private static final class NotQmpException extends IOException {
        private static final long serialVersionUID = 1;

        NotQmpException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private void readLines() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(8192);
        byte[] line = new byte[8192];
        int length = 0;
        while (channel.read(buffer) >= 0) {
            buffer.flip();
            while (buffer.hasRemaining()) {
                byte next = buffer.get();
                if (next == '\n') {
                    take(line, length);
                    length = 0;
                    continue;
                }
                if (length == MOST_LINE_BYTES) {
                    throw new NotQmpException("a message of more than " + MOST_LINE_BYTES + " bytes", null);
                }
                if (length == line.length) {
                    line = Arrays.copyOf(line, Math.min(MOST_LINE_BYTES, 2 * length));
                }
                line[length++] = next;
            }
            buffer.clear();
        }
    }

    private void take(byte[] line, int length) throws IOException {
        if (new String(line, 0, length, StandardCharsets.UTF_8).isBlank()) {
            return;
        }
        Map<String, Object> message;
        try {
            message = JSON.std.mapFrom(Arrays.copyOf(line, length));
        } catch (IOException | RuntimeException e) {
            throw new NotQmpException("what it says is not QMP", e);
        }
        if (!greeting.isDone()) {
            if (!message.containsKey("QMP")) {
                throw new NotQmpException("it does not greet as QMP does", null);
            }
            greeting.complete(null);
        } else if (message.containsKey("event")) {
            while (events.size() >= MOST_EVENTS) {
                events.pollFirst();
            }
            events.addLast(Optional.of(message));
        } else {
            takeAnswer(message);
        }
    }

    private void takeAnswer(Map<String, Object> message) throws IOException {
        Object error = message.get("error");
        if (error == null && !message.containsKey("return")) {
            throw new NotQmpException("a message that is neither greeting, event nor answer", null);
        }
        if (error != null && !message.containsKey("id")) {
            throw new NotQmpException("it did not understand a command: " + description(error), null);
        }
        // none: the answer to a command whose caller has given up
        CompletableFuture<Object> answer = message.get("id") instanceof Number id ? pending.get(id.longValue()) : null;
        if (answer == null) {
            return;
        }
        if (error != null) {
            answer.completeExceptionally(
                    new QemuException("QEMU refuses: " + description(error), "see the VM's qemu.log for more"));
        } else {
            Object result = message.get("return");
            answer.complete(result == null ? Map.of() : result);
        }
    }

    private static String description(Object error) {
        return Printable.line(
                error instanceof Map<?, ?> object ? String.valueOf(object.get("desc")) : String.valueOf(error));
    }

    private void write() {
        try {
            while (true) {
                byte[] line = unwritten.take();
                if (over.isDone()) {
                    return;
                }
                ByteBuffer bytes = ByteBuffer.wrap(line);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            }
        } catch (IOException e) {
            end("QEMU closed its monitor " + socket);
        } catch (InterruptedException e) {
            end("this connection was closed");
        }
    }

    /// Ends the conversation once; `reason` is what everybody who waits or comes later is told.
    private void end(String reason) {
        over.complete(reason);
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            channel.close();
        } catch (IOException e) {
            // nothing is left to lose
        }
        QemuException gone = gone(over.join());
        greeting.completeExceptionally(gone);
        pending.values().forEach(answer -> answer.completeExceptionally(gone));
        events.addLast(Optional.empty());
        unwritten.offer(new byte[0]);
    }

    private <T> T await(CompletableFuture<T> answer, Duration limit, String what) throws QemuException {
        try {
            return answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw late(what);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof QemuException cause) {
                throw new QemuException(cause.what(), cause.remedy(), cause);
            }
            throw new QemuException("QEMU's monitor: " + e.getCause(), STUCK_REMEDY, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted(e);
        }
    }

    private static byte[] line(Map<String, Object> message) throws QemuException {
        try {
            byte[] json = JSON.std.asBytes(message);
            byte[] line = Arrays.copyOf(json, json.length + 1);
            line[json.length] = '\n';
            return line;
        } catch (IOException e) {
            throw new QemuException("this is no command for QEMU: " + message, "report it", e);
        }
    }

    private QemuException late(String what) {
        return new QemuException(
                "QEMU did not answer in time at " + socket + " (" + what + ")",
                "another program may be connected to this monitor; " + STUCK_REMEDY);
    }

    private static QemuException gone(String reason) {
        return new QemuException(reason, "see whether the VM still runs: vmlan ps");
    }

    private static QemuException interrupted(InterruptedException e) {
        return new QemuException("interrupted while waiting for QEMU", "try again", e);
    }
}
