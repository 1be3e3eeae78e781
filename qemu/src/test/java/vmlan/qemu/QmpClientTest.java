package vmlan.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class QmpClientTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(100);

    @Test
    void aCommandIsAnsweredByItsReturn() throws Exception {
        var heard = new ArrayList<String>();
        try (var peer = new QmpPeer(client -> {
                    client.greet();
                    heard.add(client.hear());
                    client.say("{\"return\": {\"status\": \"running\", \"running\": true}, \"id\": 2}\r\n");
                    client.hear();
                });
                var qmp = QmpClient.connect(peer.socket(), LONG)) {
            assertThat(qmp.execute("query-status", Map.of("a", 1), LONG)).containsEntry("running", true);
            assertThat(heard).containsExactly("{\"execute\":\"query-status\",\"arguments\":{\"a\":1},\"id\":2}");
        }
    }

    @Test
    void answersAreMatchedByIdAndNotByOrder() throws Exception {
        try (var peer = new QmpPeer(client -> {
                    client.greet();
                    client.hear();
                    client.hear();
                    client.say(
                            "{\"return\": {\"n\": 3}, \"id\": 3}\n{\"event\": \"STOP\"}\n{\"return\": {\"n\": 2}, \"id\": 2}\n");
                    client.hear();
                });
                var qmp = QmpClient.connect(peer.socket(), LONG)) {
            var one = new FutureTask<>(() -> qmp.execute("one", Map.of(), LONG));
            var two = new FutureTask<>(() -> qmp.execute("two", Map.of(), LONG));
            Thread.ofVirtual().start(one);
            Thread.ofVirtual().start(two);
            assertThat(List.of(one.get().get("n"), two.get().get("n"))).containsExactlyInAnyOrder(2, 3);
            assertThat(qmp.nextEvent(LONG)).map(event -> event.get("event")).contains("STOP");
        }
    }

    @Test
    void aRefusalHasQemusWords() throws Exception {
        try (var peer = new QmpPeer(client -> {
                    client.greet();
                    client.hear();
                    client.say(
                            "{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"The command x has not been found\"}, \"id\": 2}\n");
                    client.hear();
                });
                var qmp = QmpClient.connect(peer.socket(), LONG)) {
            assertThat(failure(() -> qmp.execute("x", Map.of(), LONG)).what())
                    .isEqualTo("QEMU refuses: The command x has not been found");
        }
    }

    @Test
    void anAnswerThatIsAListComesByCall() throws Exception {
        try (var peer = new QmpPeer(client -> {
                    client.greet();
                    client.hear();
                    client.say("{\"return\": [1, 2], \"id\": 2}\n");
                    client.hear();
                    client.say("{\"return\": [1, 2], \"id\": 3}\n");
                    client.hear();
                });
                var qmp = QmpClient.connect(peer.socket(), LONG)) {
            assertThat(qmp.call("query-chardev", Map.of(), LONG)).isEqualTo(List.of(1, 2));
            assertThat(failure(() -> qmp.execute("query-chardev", Map.of(), LONG))
                            .what())
                    .contains("a list");
        }
    }

    @Test
    void aPeerThatIsSilentEndsEachWaitAtItsLimit() throws Exception {
        try (var peer = new QmpPeer(client -> {
            while (!client.hear().isEmpty()) {}
        })) {
            assertThat(failure(() -> QmpClient.connect(peer.socket(), SHORT)).what())
                    .contains("did not answer in time");
        }
        try (var peer = new QmpPeer(client -> {
                    client.greet();
                    while (!client.hear().isEmpty()) {}
                });
                var qmp = QmpClient.connect(peer.socket(), LONG)) {
            assertThat(failure(() -> qmp.execute("x", Map.of(), SHORT)).what()).contains("did not answer in time");
            assertThat(qmp.nextEvent(SHORT)).isEmpty();
        }
    }

    @Test
    void aPeerThatDoesNotReadHoldsNobodyUp() throws Exception {
        var end = new CountDownLatch(1);
        try (var peer = new QmpPeer(client -> {
                    client.greet();
                    end.await();
                });
                var qmp = QmpClient.connect(peer.socket(), LONG)) {
            Map<String, Object> big = Map.of("a", "x".repeat(1 << 20));
            for (int i = 0; i < 30; i++) {
                assertThat(failure(() -> qmp.execute("x", big, Duration.ofMillis(5)))
                                .what())
                        .contains("did not answer in time");
            }
        } finally {
            end.countDown();
        }
    }

    @Test
    void whenThePeerDiesEveryoneWhoWaitsIsToldAndEventsThatCameAreKept() throws Exception {
        try (var peer = new QmpPeer(client -> {
                    client.greet();
                    client.hear();
                    client.say("{\"event\": \"SHUTDOWN\"}\n");
                });
                var qmp = QmpClient.connect(peer.socket(), LONG)) {
            assertThat(failure(() -> qmp.execute("quit", Map.of(), LONG)).what())
                    .contains("closed its monitor");
            assertThat(qmp.nextEvent(LONG)).isPresent();
            assertThat(failure(() -> qmp.nextEvent(LONG)).what()).contains("closed its monitor");
            assertThat(failure(() -> qmp.nextEvent(LONG)).what()).contains("closed its monitor");
            assertThat(failure(qmp::status).remedy()).isNotBlank();
        }
    }

    @Test
    void closingEndsTheWaitOfAnother() throws Exception {
        var listening = new CountDownLatch(1);
        try (var peer = new QmpPeer(client -> {
            client.greet();
            client.hear();
            listening.countDown();
            client.hear();
        })) {
            var qmp = QmpClient.connect(peer.socket(), LONG);
            var waiting = new FutureTask<>(() -> failure(() -> qmp.execute("x", Map.of(), LONG)));
            Thread.ofVirtual().start(waiting);
            listening.await();
            qmp.close();
            qmp.close();
            assertThat(waiting.get().what()).isEqualTo("this connection was closed");
        }
    }

    @Test
    void interruptingACallerLeavesTheConnectionUp() throws Exception {
        var heard = new CountDownLatch(1);
        try (var peer = new QmpPeer(client -> {
                    client.greet();
                    client.hear();
                    heard.countDown();
                    client.hear();
                    client.say("{\"return\": {}, \"id\": 3}\n");
                    client.hear();
                });
                var qmp = QmpClient.connect(peer.socket(), LONG)) {
            var waiting = new FutureTask<>(() -> failure(() -> qmp.execute("x", Map.of(), LONG)));
            Thread thread = Thread.ofPlatform().start(waiting);
            heard.await();
            thread.interrupt();
            assertThat(waiting.get().what()).startsWith("interrupted");
            assertThat(qmp.execute("y", Map.of(), LONG)).isEmpty();
        }
    }

    @Test
    void onlyTheNewestEventsAreKept() throws Exception {
        int sent = QmpClient.MOST_EVENTS + 10;
        try (var peer = new QmpPeer(client -> {
                    client.greet();
                    client.hear();
                    for (int i = 0; i < sent; i++) {
                        client.say("{\"event\": \"E\", \"data\": {\"n\": " + i + "}}\n");
                    }
                    client.say("{\"return\": {}, \"id\": 2}\n");
                    client.hear();
                });
                var qmp = QmpClient.connect(peer.socket(), LONG)) {
            qmp.execute("x", Map.of(), LONG);
            assertThat(qmp.nextEvent(LONG)).map(event -> event.get("data")).contains(Map.of("n", 10));
        }
    }

    @Test
    void aLineWithoutEndIsCutOff() throws Exception {
        try (var peer = new QmpPeer(client -> {
                    client.greet();
                    byte[] much = "x".repeat(1 << 16).getBytes(StandardCharsets.UTF_8);
                    for (int i = 0; i < 17; i++) {
                        client.say(much);
                    }
                    client.hear();
                });
                var qmp = QmpClient.connect(peer.socket(), LONG)) {
            assertThat(failure(() -> qmp.nextEvent(LONG)).what()).contains("a message of more than");
        }
    }

    @Test
    void aSocketThatIsNotThereIsSaid() {
        assertThat(failure(() -> QmpClient.connect(Path.of("/nonexistent/qmp"), LONG))
                        .what())
                .startsWith("QEMU's monitor /nonexistent/qmp: ");
        Path tooLong = Path.of("/" + "x".repeat(200));
        assertThat(failure(() -> QmpClient.connect(tooLong, LONG)).what()).contains("/xxx");
    }

    /// Mutation: whatever comes in the place of QMP, the caller gets an answer or a [QemuException], in time.
    @Test
    void noBytesMakeItHangOrThrowAnythingElse() throws Exception {
        long seed = System.nanoTime();
        var random = new Random(seed);
        String talk = QmpPeer.GREETING
                + "{\"return\": {}, \"id\": 1}\r\n{\"timestamp\": {\"seconds\": 1}, \"event\": \"RESUME\"}\r\n"
                + "{\"return\": {\"status\": \"running\"}, \"id\": 2}\r\n";
        for (int round = 0; round < 400; round++) {
            byte[] bytes = mutated(talk.getBytes(StandardCharsets.UTF_8), random);
            String shown = "seed " + seed + " round " + round + ": " + new String(bytes, StandardCharsets.ISO_8859_1);
            try (var peer = new QmpPeer(client -> client.say(bytes))) {
                assertThatCode(() -> {
                            try (var qmp = QmpClient.connect(peer.socket(), LONG)) {
                                qmp.status();
                                Optional<Map<String, Object>> event;
                                do {
                                    event = qmp.nextEvent(LONG);
                                } while (event.isPresent());
                            } catch (QemuException expected) {
                                assertThat(expected.what()).isNotBlank();
                            }
                        })
                        .as(shown)
                        .doesNotThrowAnyException();
            }
        }
    }

    private static byte[] mutated(byte[] bytes, Random random) {
        byte[] result = bytes.clone();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(result.length);
            switch (random.nextInt(4)) {
                case 0 -> result[at] = (byte) random.nextInt(256);
                case 1 -> result[at] = (byte) "{}[]\":,\n0".charAt(random.nextInt(9));
                case 2 -> result = Arrays.copyOf(result, Math.max(1, at));
                default -> System.arraycopy(result, 0, result, at, result.length - at);
            }
        }
        return result;
    }

    private static QemuException failure(Attempt attempt) {
        return catchThrowableOfType(QemuException.class, attempt::run);
    }

    private interface Attempt {
        void run() throws QemuException, IOException;
    }
}
