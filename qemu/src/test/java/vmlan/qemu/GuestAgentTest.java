package vmlan.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class GuestAgentTest {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final Duration SHORT = Duration.ofMillis(300);

    @TempDir
    private Path folder;

    private Path socket() {
        return folder.resolve("agent");
    }

    private GuestAgent connect(Duration limit) throws QemuException {
        return GuestAgent.connect(socket(), new Random(1), limit);
    }

    private static byte[] bytes(String text) {
        return AgentPeer.bytes(text);
    }

    @Test
    void aCommandIsStartedAndItsEndIsTold() throws Exception {
        AgentPeer.Script script = AgentPeer.honest((line, id) -> bytes(
                line.contains("guest-exec-status")
                        ? "{\"return\": {\"exited\": true, \"exitcode\": 3, \"out-data\": \"aGkK\", \"err-data\": \"bm8=\"}}\n"
                        : "{\"return\": {\"pid\": 77}}\n"));
        try (AgentPeer peer = new AgentPeer(socket(), script);
                GuestAgent agent = connect(LIMIT)) {
            assertThat(agent.start(List.of("sh", "-c", "exit 3"), "in\0".getBytes(StandardCharsets.US_ASCII)))
                    .isEqualTo(77);
            GuestAgent.Outcome outcome = agent.status(77);
            assertThat(outcome.exited()).isTrue();
            assertThat(outcome.status()).isEqualTo(3);
            assertThat(outcome.out()).asString().isEqualTo("hi\n");
            assertThat(outcome.err()).asString().isEqualTo("no");
            assertThat(outcome.truncated()).isFalse();
            assertThat(peer.asked().getFirst()).startsWith("\u00ff{\"execute\":\"guest-sync-delimited\"");
            assertThat(peer.asked().get(1))
                    .isEqualTo("{\"execute\":\"guest-exec\",\"arguments\":{\"path\":\"sh\",\"arg\":[\"-c\",\"exit 3\"],"
                            + "\"capture-output\":true,\"input-data\":\"aW4A\"}}");
            assertThat(peer.asked().get(2)).isEqualTo("{\"execute\":\"guest-exec-status\",\"arguments\":{\"pid\":77}}");
        }
    }

    @Test
    void outputsOfTheMostThatTheAgentKeepsComeWhole() throws Exception {
        byte[] most = new byte[16 << 20];
        new Random(7).nextBytes(most);
        String base64 = Base64.getEncoder().encodeToString(most);
        AgentPeer.Script script =
                AgentPeer.honest((line, id) -> bytes("{\"return\": {\"exited\": true, \"exitcode\": 0,"
                        + " \"out-data\": \"" + base64 + "\", \"err-data\": \"" + base64 + "\"}}\n"));
        try (AgentPeer peer = new AgentPeer(socket(), script);
                GuestAgent agent = connect(LIMIT)) {
            GuestAgent.Outcome outcome = agent.status(1);
            assertThat(Arrays.equals(outcome.out(), most)).isTrue();
            assertThat(Arrays.equals(outcome.err(), most)).isTrue();
            assertThat(peer.asked()).hasSize(2);
        }
    }

    @Test
    void aSignalIsToldAsAShellDoes() throws Exception {
        try (AgentPeer peer = new AgentPeer(
                        socket(),
                        AgentPeer.honest((line, id) ->
                                bytes("{\"return\": {\"exited\": true, \"signal\": 9, \"out-truncated\": true}}\n")));
                GuestAgent agent = connect(LIMIT)) {
            assertThat(agent.status(1).status()).isEqualTo(137);
            assertThat(agent.status(1).truncated()).isTrue();
            assertThat(peer.asked()).hasSize(3);
        }
    }

    @Test
    void answersToSomebodyElseAreThrownAway() throws Exception {
        try (AgentPeer peer = new AgentPeer(
                        socket(),
                        (line, id) -> bytes("{\"return\": {\"pid\": 5}}\nrubbish\u00ff{\"return\": 12}\n\u00ff]]]\n"
                                + "\u00ff{\"error\": {}}\n\u00ff{\"return\": \"" + id
                                + "\"}\n\u00ff{\"ret\u00ff{\"return\": " + id
                                + "}\n"));
                GuestAgent agent = connect(LIMIT)) {
            assertThat(agent).isNotNull();
            assertThat(peer.asked()).hasSize(1);
        }
    }

    @Test
    void anAgentThatIsNotThereIsNotWaitedForForEver() throws Exception {
        try (AgentPeer peer = new AgentPeer(socket(), (line, id) -> new byte[0])) {
            long start = System.nanoTime();
            assertThatThrownBy(() -> connect(SHORT)).hasMessageContaining("did not answer in time");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LIMIT);
            // It may come to read the question when nobody waits for the answer any more.
            while (peer.asked().isEmpty()) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            assertThat(peer.asked()).hasSize(1);
        }
    }

    @Test
    void aRefusalHasTheGuestsWordsOnOneLine() throws Exception {
        try (AgentPeer peer = new AgentPeer(
                        socket(),
                        AgentPeer.honest((line, id) -> bytes(
                                "{\"error\": {\"class\": \"GenericError\", \"desc\": \"no\\u001b[2J\\nsuch\\u009b\\u202e"
                                        + "x".repeat(5000) + "\"}}\n")));
                GuestAgent agent = connect(LIMIT)) {
            assertThatThrownBy(() -> agent.start(List.of("nope"), null))
                    .isInstanceOfSatisfying(
                            GuestAgent.RefusedException.class,
                            refused -> assertThat(refused.what())
                                    .startsWith("the guest agent refuses: no [2J such xxx")
                                    .hasSizeLessThan(600));
            assertThat(peer.asked()).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]\n",
                "{}\n",
                "nonsense\n",
                "\n",
                "{\"return\": 7}\n",
                "{\"return\": []}\n",
                "{\"return\": {}}\n",
                "{\"return\": {\"exited\": 1}}\n",
                "{\"return\": {\"exited\": true}}\n",
                "{\"return\": {\"exited\": true, \"exitcode\": \"0\"}}\n",
                "{\"return\": {\"exited\": true, \"exitcode\": 0, \"out-data\": 5}}\n",
                "{\"return\": {\"exited\": true, \"exitcode\": 0, \"out-data\": \"*\"}}\n",
                "{\"return\": {\"exited\": true, \"exitcode\": 0, \"err-truncated\": \"yes\"}}\n",
                "{\"error\": 5}\n"
            })
    void whatIsNoAnswerIsSaid(String answer) throws Exception {
        try (AgentPeer peer = new AgentPeer(socket(), AgentPeer.honest((line, id) -> bytes(answer)));
                GuestAgent agent = connect(LIMIT)) {
            assertThatThrownBy(() -> agent.status(1))
                    .isInstanceOf(QemuException.class)
                    .hasMessageContaining("does not speak as one");
            assertThat(peer.asked()).hasSize(2);
        }
    }

    @Test
    void deepNestingIsNoAnswer() throws Exception {
        String deep = "{\"return\": " + "[".repeat(100_000) + "\n";
        try (AgentPeer peer = new AgentPeer(socket(), AgentPeer.honest((line, id) -> bytes(deep)));
                GuestAgent agent = connect(LIMIT)) {
            assertThatThrownBy(() -> agent.status(1)).isInstanceOf(QemuException.class);
            assertThat(peer.asked()).hasSize(2);
        }
    }

    @Test
    void aLineThatNeverEndsIsCutOff() throws Exception {
        byte[] block = new byte[8 << 20];
        java.util.Arrays.fill(block, (byte) 'x');
        try (AgentPeer peer = new AgentPeer(socket(), AgentPeer.honest((line, id) -> {
                    byte[] all = new byte[GuestAgent.MOST_LINE_BYTES + block.length];
                    java.util.Arrays.fill(all, (byte) 'x');
                    return all;
                }));
                GuestAgent agent = connect(LIMIT)) {
            assertThatThrownBy(() -> agent.status(1)).hasMessageContaining("a line of more than");
            assertThat(peer.asked()).hasSize(2);
        }
    }

    @Test
    void rubbishInPlaceOfAGreetingIsCutOff() throws Exception {
        try (AgentPeer peer = new AgentPeer(socket(), (line, id) -> {
            byte[] all = new byte[GuestAgent.MOST_LINE_BYTES + (1 << 20)];
            java.util.Arrays.fill(all, (byte) 'x');
            return all;
        })) {
            assertThatThrownBy(() -> connect(LIMIT)).hasMessageContaining("never answers to what it is asked");
            assertThat(peer.asked()).hasSize(1);
        }
    }

    @Test
    void aClosedLineIsSaid() {
        assertThatThrownBy(() -> connect(LIMIT)).hasMessageContaining("the guest agent's line");
    }

    @Test
    void anyBytesEndInAnAnswerOrAnException() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String good = "{\"return\": {\"exited\": true, \"exitcode\": 0, \"out-data\": \"aGkK\"}}\n";
        for (int round = 0; round < 200; round++) {
            byte[] mutated = bytes(good);
            for (int i = 0; i < 3; i++) {
                mutated[random.nextInt(mutated.length - 1)] = (byte) random.nextInt(256);
            }
            Path path = folder.resolve("a" + round);
            try (AgentPeer peer = new AgentPeer(path, AgentPeer.honest((line, id) -> mutated));
                    GuestAgent agent = GuestAgent.connect(path, random, LIMIT)) {
                assertThat(peer.asked()).hasSize(1);
                agent.status(1);
            } catch (QemuException e) {
                assertThat(e.what()).as("seed " + seed + " round " + round).isNotBlank();
            }
        }
    }
}
