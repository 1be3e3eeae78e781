package vmlan.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import vmlan.network.outside.OutsideError;
import vmlan.network.outside.OutsideStream;
import vmlan.network.outside.StreamEvents;

/// Real commands behind streams, and an event loop that runs.
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CommandStreamsTest {
    @TempDir
    private Path folder;

    private EventLoop loop;
    private Thread runner;
    private CommandStreams commands;
    private final Queue<Throwable> errors = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void start() throws Exception {
        loop = new EventLoop(errors::add);
        runner = Thread.ofPlatform().start(() -> loop.run(now -> Long.MAX_VALUE));
        commands = new CommandStreams(loop, folder.resolve("meeting.sock"));
    }

    @AfterEach
    void stop() throws Exception {
        loop.call(() -> {
                    commands.close();
                    return null;
                })
                .get();
        loop.stop();
        runner.join();
        loop.close();
        assertThat(errors).isEmpty();
    }

    /// A guest's side: sends what it is told to, ends its half, and keeps what comes.
    private final class Client implements StreamEvents {
        private final ByteBuffer toSend;
        private final StringBuilder came = new StringBuilder();
        final CompletableFuture<Boolean> connected = new CompletableFuture<>();
        final CompletableFuture<String> all = new CompletableFuture<>();
        final CompletableFuture<OutsideError> refused = new CompletableFuture<>();
        /// Set on the loop's thread before anything can be told: later would be too late.
        private OutsideStream stream;

        Client(String text, List<String> command) throws Exception {
            toSend = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
            loop.call(() -> {
                        stream = commands.open(command, folder, this);
                        stream.watch(true, true);
                        return null;
                    })
                    .get();
        }

        @Override
        public void connected(long now) {
            connected.complete(true);
        }

        @Override
        public void failed(OutsideError why, long now) {
            refused.complete(why);
        }

        @Override
        public void readable(long now) {
            ByteBuffer buffer = ByteBuffer.allocate(4096);
            int length = stream.read(buffer);
            if (length < 0) {
                stream.close();
                all.complete(came.toString());
            } else {
                came.append(new String(buffer.array(), 0, length, StandardCharsets.US_ASCII));
            }
        }

        @Override
        public void writable(long now) {
            if (toSend.hasRemaining() && stream.write(toSend) < 0) {
                toSend.position(toSend.limit());
            }
            if (!toSend.hasRemaining()) {
                stream.shutdownOutput();
                stream.watch(true, false);
            }
        }
    }

    private void awaitRunning(int count) throws Exception {
        while (loop.call(commands::running).get() != count) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    @Test
    void theConnectionIsTheCommandsInputAndOutput() throws Exception {
        String text = "0123456789abcdef".repeat(40_000);
        Client client = new Client(text, List.of("cat"));
        assertThat(client.all.get(60, TimeUnit.SECONDS)).isEqualTo(text);
        awaitRunning(0);
        assertThat(folder.resolve("meeting.sock")).doesNotExist();
    }

    @Test
    void errorsComeTooAndItRunsInItsFolder() throws Exception {
        Client client = new Client("", List.of("sh", "-c", "pwd; echo wrong >&2; cat"));
        assertThat(client.all.get(60, TimeUnit.SECONDS)).isEqualTo(folder.toRealPath() + "\nwrong\n");
    }

    @Test
    void aProgramThatIsNotThereIsARefusal() throws Exception {
        Client client = new Client("", List.of(folder.resolve("none").toString()));
        assertThat(client.refused.get(60, TimeUnit.SECONDS)).isEqualTo(OutsideError.REFUSED);
        awaitRunning(0);
    }

    @Test
    void aCommandThatEndsEndsTheConnectionThoughTheGuestHasMoreToSay() throws Exception {
        Client client = new Client("x".repeat(1 << 20), List.of("sh", "-c", "echo bye"));
        assertThat(client.all.get(60, TimeUnit.SECONDS)).isEqualTo("bye\n");
        awaitRunning(0);
    }

    @Test
    void soManyAtATimeAndTheyEndWithTheNetwork() throws Exception {
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < CommandStreams.MOST; i++) {
            clients.add(new Client("", List.of("sh", "-c", "sleep 600 & wait")));
        }
        for (Client client : clients) {
            client.connected.get(60, TimeUnit.SECONDS);
        }
        assertThat(new Client("", List.of("cat")).refused.get(60, TimeUnit.SECONDS))
                .isEqualTo(OutsideError.EXHAUSTED);
        loop.call(() -> {
                    commands.close();
                    return null;
                })
                .get();
        awaitRunning(0);
    }

    @Test
    void whatAGuestHasLeftIsEndedSoon() throws Exception {
        Client client = new Client("", List.of("sleep", "600"));
        client.connected.get(60, TimeUnit.SECONDS);
        loop.call(() -> {
                    client.stream.reset();
                    return null;
                })
                .get();
        awaitRunning(0);
    }

    /// The process whose number a command has written, when it has.
    private ProcessHandle written(String name) throws Exception {
        Path file = folder.resolve(name);
        while (!Files.exists(file) || !Files.readString(file).endsWith("\n")) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        return ProcessHandle.of(Long.parseLong(Files.readString(file).strip())).orElse(null);
    }

    @Test
    void whoDoesNotListenIsEndedTooWhenItsGuestHasLeft() throws Exception {
        Client client = new Client("", List.of("sh", "-c", "trap '' TERM; echo $$ >pid; while :; do sleep 1; done"));
        client.connected.get(60, TimeUnit.SECONDS);
        ProcessHandle command = written("pid");
        loop.call(() -> {
                    client.stream.reset();
                    return null;
                })
                .get();
        awaitRunning(0);
        assertThat(command.isAlive()).isFalse();
    }

    @Test
    void whoDoesNotListenIsEndedWithTheNetwork() throws Exception {
        Client client = new Client("", List.of("sh", "-c", "trap '' TERM; echo $$ >pid; while :; do sleep 1; done"));
        client.connected.get(60, TimeUnit.SECONDS);
        ProcessHandle command = written("pid");
        loop.call(() -> {
                    commands.close();
                    return null;
                })
                .get();
        awaitRunning(0);
        assertThat(command.isAlive()).isFalse();
    }

    @Test
    void whatACommandLeavesBehindEndsWithIt() throws Exception {
        Client client = new Client("", List.of("sh", "-c", "sleep 600 & echo $! >left; exit 0"));
        client.all.get(60, TimeUnit.SECONDS);
        awaitRunning(0);
        ProcessHandle left = written("left");
        assertThat(left == null || !left.isAlive()).isTrue();
    }

    private static final class Refusal implements StreamEvents {
        final CompletableFuture<OutsideError> why = new CompletableFuture<>();

        @Override
        public void connected(long now) {}

        @Override
        public void failed(OutsideError reason, long now) {
            why.complete(reason);
        }

        @Override
        public void readable(long now) {}

        @Override
        public void writable(long now) {}
    }

    @Test
    void whatIsJustBeingStartedAsTheNetworkEndsEndsToo() throws Exception {
        Refusal refusal = new Refusal();
        loop.call(() -> {
                    OutsideStream stream = commands.open(List.of("sleep", "600"), folder, refusal);
                    commands.close();
                    return stream;
                })
                .get();
        assertThat(refusal.why.get(60, TimeUnit.SECONDS)).isEqualTo(OutsideError.REFUSED);
        awaitRunning(0);
    }

    @Test
    void aUnixSocketWithNobodyBehindItIsARefusal() throws Exception {
        Refusal refusal = new Refusal();
        loop.call(() -> SocketStream.dial(loop, folder.resolve("none.sock"), refusal))
                .get();
        assertThat(refusal.why.get(60, TimeUnit.SECONDS)).isEqualTo(OutsideError.REFUSED);
    }
}
