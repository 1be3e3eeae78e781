package vmlan.program.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import vmlan.program.message.Failure;

/// A shell on a terminal of its own plays the guest: it echoes, prompts and prints as the demo guest's does.
@Timeout(300)
class GuestShellTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private ServerSocketChannel server;
    private SocketChannel peer;
    private Process terminal;
    private GuestShell shell;

    @BeforeEach
    void listen() throws IOException {
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket()));
    }

    private Path socket() {
        return folder.resolve("console.sock");
    }

    /// @param before a shell command that runs before the shell, as the guest's boot does
    private GuestShell guest(String before) throws IOException, Failure {
        ProcessBuilder builder =
                new ProcessBuilder("script", "-qfc", before + "exec sh -i", "/dev/null").redirectErrorStream(true);
        builder.environment().put("PS1", "demo:~# ");
        builder.environment().put("TERM", "vt100");
        terminal = builder.start();
        shell = GuestShell.connect(socket(), "demo");
        peer = server.accept();
        Thread.ofVirtual().start(() -> copyToConsole(terminal.getInputStream()));
        Thread.ofVirtual().start(this::copyFromConsole);
        return shell;
    }

    private void copyToConsole(InputStream from) {
        byte[] bytes = new byte[100];
        try {
            for (int count = from.read(bytes); count >= 0; count = from.read(bytes)) {
                peer.write(ByteBuffer.wrap(bytes, 0, count));
            }
            peer.close();
        } catch (IOException e) {
            // the test is over
        }
    }

    private void copyFromConsole() {
        ByteBuffer buffer = ByteBuffer.allocate(100);
        try {
            while (peer.read(buffer.clear()) >= 0) {
                terminal.getOutputStream().write(buffer.array(), 0, buffer.position());
                terminal.getOutputStream().flush();
            }
        } catch (IOException e) {
            // the test is over
        }
    }

    @AfterEach
    void end() throws IOException, InterruptedException {
        if (shell != null) {
            shell.close();
        }
        if (terminal != null) {
            terminal.descendants().forEach(ProcessHandle::destroyForcibly);
            terminal.destroyForcibly().waitFor();
        }
        server.close();
    }

    @Test
    void aCommandsOutputAndStatusAreIts() throws IOException, Failure {
        GuestShell guest = guest("");
        assertThat(guest.run("echo one; echo two", LIMIT)).isEqualTo(new GuestShell.Result(0, "one\ntwo\n"));
        assertThat(guest.run("echo wrong >&2; false", LIMIT)).isEqualTo(new GuestShell.Result(1, "wrong\n"));
        assertThat(guest.run("(exit 137)", LIMIT).status()).isEqualTo(137);
        assertThat(guest.run("printf 'no end of line'", LIMIT).output()).isEqualTo("no end of line");
        assertThat(guest.run("printf '\\033[1mbold\\033[0m'", LIMIT).output()).isEqualTo("bold");
    }

    @Test
    void itWaitsForThePromptOfAGuestThatBoots() throws IOException, Failure {
        GuestShell guest = guest("echo 'booting # '; sleep 1.2; ");
        assertThat(guest.run("echo up", LIMIT).output()).isEqualTo("up\n");
    }

    @Test
    void aGuestWithoutPromptIsGivenUp() throws IOException, Failure {
        GuestShell guest = guest("sleep 60; ");
        assertThat(guest.awaitPrompt(Duration.ofMillis(700))).isFalse();
        assertThatThrownBy(() -> guest.run("true", Duration.ofMillis(700)))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("shows no prompt");
    }

    @Test
    void aCommandThatDoesNotEndIsInterrupted() throws IOException, Failure {
        GuestShell guest = guest("");
        // so that the limit is the command's
        assertThat(guest.awaitPrompt(LIMIT)).isTrue();
        assertThatThrownBy(() -> guest.run("sleep 60", Duration.ofSeconds(2)))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("'sleep 60' in demo does not end");
        assertThat(guest.run("echo on", LIMIT).output()).isEqualTo("on\n");
    }

    @Test
    void muchOutputKeepsItsEnd() throws IOException, Failure {
        GuestShell guest = guest("");
        GuestShell.Result result = guest.run("seq 1 20000", LIMIT);
        assertThat(result.output()).startsWith("1\n2\n").endsWith("19999\n20000\n");
    }

    @Test
    void theEndOfTheGuestIsSaid() throws IOException, Failure {
        GuestShell guest = guest("");
        assertThat(guest.awaitPrompt(LIMIT)).isTrue();
        assertThatThrownBy(() -> guest.run("exit", LIMIT))
                .isInstanceOf(Failure.class)
                .hasMessage("demo has ended");
    }

    @Test
    void aConsoleThatIsNotThereIsSaid() {
        assertThatThrownBy(() -> GuestShell.connect(folder.resolve("none"), "demo"))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("the console of demo cannot be reached");
    }

    @Test
    void aLineThatTheGuestWouldCutIsRefused() throws IOException, Failure {
        GuestShell guest = guest("");
        assertThatThrownBy(() -> guest.run("echo " + "x".repeat(GuestShell.LONGEST_LINE), LIMIT))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> guest.run("echo 1\necho 2", LIMIT)).isInstanceOf(IllegalArgumentException.class);
        assertThat(guest.run("echo " + "x".repeat(900) + StandardCharsets.US_ASCII, LIMIT)
                        .output())
                .hasSize(900 + "US-ASCII\n".length());
    }
}
