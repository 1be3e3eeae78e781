package vmlan.program.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import vmlan.program.message.Failure;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ControlTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private Path socket;
    private ControlServer server;
    private ControlClient client;
    private final List<ControlRequest> requests = Collections.synchronizedList(new ArrayList<>());
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch never = new CountDownLatch(1);
    private final CountDownLatch answered = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    @BeforeEach
    void start() throws IOException {
        socket = folder.resolve("c.sock");
        server = ControlServer.start(socket, this::answer, log::add);
        client = new ControlClient(socket, "test");
    }

    @AfterEach
    void stop() throws IOException {
        never.countDown();
        server.close();
    }

    private ControlResponse answer(ControlRequest request) {
        requests.add(request);
        return switch (request.path().getFirst()) {
            case "fine" -> ControlResponse.ok(Map.of("a", 1));
            case "bad" -> throw new IllegalArgumentException("'x' is bad");
            case "broken" -> throw new IllegalStateException("broken");
            case "slow" -> {
                try {
                    never.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                yield ControlResponse.ok(Map.of());
            }
            case "end" -> ControlResponse.okAndThen(this::end);
            case "tunnel" -> ControlResponse.upgrade(this::echo);
            case "refused" -> ControlResponse.upgrade(channel -> ControlResponse.error(502, "not there", "wait"));
            default -> ControlResponse.error(404, "nothing here", "go elsewhere");
        };
    }

    private void end() {
        try {
            answered.await();
            ended.countDown();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Sends back what comes, until its end, then a word of its own.
    private ControlResponse echo(SocketChannel channel) {
        Thread.ofVirtual().start(() -> {
            try (channel) {
                channel.write(ControlServer.switching());
                ByteBuffer buffer = ByteBuffer.allocate(100);
                while (channel.read(buffer.clear()) >= 0) {
                    channel.write(buffer.flip());
                }
                channel.write(ByteBuffer.wrap("end".getBytes(StandardCharsets.US_ASCII)));
            } catch (IOException e) {
                log.add("echo: " + e);
            }
        });
        return null;
    }

    @Test
    void aConnectionMayBecomeSomethingElse() throws Exception {
        ControlClient.Switched switched = client.upgrade("/tunnel", LIMIT);
        try (SocketChannel channel = switched.channel()) {
            channel.write(ByteBuffer.wrap("bytes".getBytes(StandardCharsets.US_ASCII)));
            assertThat(new String(switched.in().readNBytes(5), StandardCharsets.US_ASCII))
                    .isEqualTo("bytes");
            channel.shutdownOutput();
            assertThat(new String(switched.in().readAllBytes(), StandardCharsets.US_ASCII))
                    .as("the other half goes on")
                    .isEqualTo("end");
        }
        assertThat(log).isEmpty();
    }

    @Test
    void whatEndsTheProcessIsDoneWhenTheAnswerIsOut() throws Exception {
        client.send("POST", "/end", Map.of(), LIMIT);
        assertThat(ended.getCount()).as("it waits for this test").isEqualTo(1);
        answered.countDown();
        ended.await();
    }

    @Test
    void whatEndsTheProcessIsDoneAlsoWhenNobodyWaitsForTheAnswer() throws Exception {
        answered.countDown();
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.write(ByteBuffer.wrap("POST /end HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
        }
        ended.await();
    }

    @Test
    void anUpgradeThatIsRefusedIsAnErrorLikeAny() {
        assertThatThrownBy(() -> client.upgrade("/refused", LIMIT)).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.what()).isEqualTo("not there");
            assertThat(failure.exitCode()).isEqualTo(Failure.WORLD);
        });
        assertThatThrownBy(() -> client.upgrade("/fine", LIMIT)).isInstanceOf(Failure.class);
    }

    @Test
    void onlyWhoAsksForItGetsAnotherProtocolAndNotBeforeTheAnswer() throws IOException {
        assertThat(exchange("POST /tunnel HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 426");
        assertThat(exchange("POST /tunnel HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nearly"))
                .startsWith("HTTP/1.1 400");
    }

    @Test
    void aRequestArrivesWithPathQueryAndBody() throws Failure {
        assertThat(client.send("PUT", "/fine/a%20b?wait=5&x", Map.of("k", "ü"), LIMIT)
                        .number("a"))
                .isEqualTo(1);
        assertThat(requests).singleElement().satisfies(request -> {
            assertThat(request.method()).isEqualTo("PUT");
            assertThat(request.path()).containsExactly("fine", "a b");
            assertThat(request.query()).containsEntry("wait", "5").containsEntry("x", "");
            assertThat(request.body()).isEqualTo(Map.of("k", "ü"));
        });
    }

    @Test
    void errorsComeWithWhatAndWhatToDo() {
        assertThatThrownBy(() -> client.send("GET", "/other", Map.of(), LIMIT))
                .isInstanceOfSatisfying(Failure.class, failure -> {
                    assertThat(failure.what()).isEqualTo("nothing here");
                    assertThat(failure.remedy()).isEqualTo("go elsewhere");
                    assertThat(failure.exitCode()).isEqualTo(Failure.USAGE);
                });
        assertThatThrownBy(() -> client.send("GET", "/bad", Map.of(), LIMIT)).hasMessage("'x' is bad");
        assertThatThrownBy(() -> client.send("GET", "/broken", Map.of(), LIMIT)).hasMessageContaining("failed");
        assertThat(log).singleElement().asString().contains("broken");
    }

    @Test
    void aNetworkThatIsTooSlowIsGivenUp() {
        assertThatThrownBy(() -> client.send("GET", "/slow", Map.of(), Duration.ofMillis(300)))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("did not answer");
    }

    @Test
    void nobodyThereIsSaid() throws IOException {
        server.close();
        assertThat(client.isServed()).isFalse();
        assertThat(socket).doesNotExist();
        assertThatThrownBy(() -> client.send("GET", "/fine", Map.of(), LIMIT))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("does not answer");
    }

    @Test
    void onlyTheOwnerMayUseTheSocket() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                .isEqualTo("rw-------");
    }

    @Test
    void oneConnectionCarriesManyRequests() throws IOException {
        String request = "GET /fine HTTP/1.1\r\nHost: x\r\n\r\n";
        String answers = exchange(request + request + request.replace("Host: x", "Connection: close"));
        assertThat(answers.split("HTTP/1.1 200 OK", -1)).hasSize(4);
    }

    @Test
    void rubbishIsRefusedAndTheServerGoesOn() throws Exception {
        assertThat(exchange("RUBBISH\r\n\r\n")).startsWith("HTTP/1.1 400");
        assertThat(exchange("POST /fine HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n[1]"))
                .startsWith("HTTP/1.1 400");
        assertThat(exchange("POST /fine HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n\r\n"))
                .startsWith("HTTP/1.1 400");
        assertThat(exchange("GET /fine HTTP/1.1\r\n" + "A: b\r\n".repeat(1000) + "\r\n"))
                .startsWith("HTTP/1.1 400");
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 50; i++) {
            byte[] bytes = new byte[random.nextInt(300)];
            random.nextBytes(bytes);
            exchange(new String(bytes, StandardCharsets.ISO_8859_1));
        }
        assertThat(client.send("GET", "/fine", Map.of(), LIMIT).number("a"))
                .as("seed " + seed)
                .isEqualTo(1);
    }

    /// Sends bytes, ends its side, and reads what comes.
    private String exchange(String text) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            ByteBuffer out = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
            ByteBuffer in = ByteBuffer.allocate(1 << 16);
            try {
                while (out.hasRemaining()) {
                    channel.write(out);
                }
                channel.shutdownOutput();
                while (channel.read(in) >= 0 && in.hasRemaining()) {}
            } catch (IOException e) {
                // the server closed before it had read everything
            }
            return new String(in.array(), 0, in.position(), StandardCharsets.UTF_8);
        }
    }
}
