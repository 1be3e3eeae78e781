package vmlan.qemu;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The guest's end of an agent's line, as a test wants it: honest or not.
final class AgentPeer implements AutoCloseable {
    private static final Pattern ID = Pattern.compile("\"id\":([0-9]+)");

    private final ServerSocketChannel server;
    private final List<String> asked = new CopyOnWriteArrayList<>();

    /// What it says to a line.
    interface Script {
        /// @param id of a synchronisation; empty for another command
        byte[] answer(String line, String id) throws IOException;
    }

    AgentPeer(Path socket, Script script) throws IOException {
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofPlatform().daemon().start(() -> serve(script));
    }

    /// The lines that it was sent.
    List<String> asked() {
        return asked;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /// The honest answer to a synchronisation, something else to the rest.
    static Script honest(Script rest) {
        return (line, id) -> id.isEmpty() ? rest.answer(line, id) : bytes("\u00ff{\"return\": " + id + "}\n");
    }

    private void serve(Script script) {
        while (true) {
            try (SocketChannel channel = server.accept()) {
                talk(channel, script);
            } catch (IOException e) {
                if (!server.isOpen()) {
                    return;
                }
            }
        }
    }

    private void talk(SocketChannel channel, Script script) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (channel.read(buffer.clear()) >= 0) {
            buffer.flip();
            while (buffer.hasRemaining()) {
                byte next = buffer.get();
                if (next != '\n') {
                    line.write(next);
                    continue;
                }
                String text = line.toString(StandardCharsets.ISO_8859_1);
                line.reset();
                asked.add(text);
                Matcher id = ID.matcher(text);
                ByteBuffer answer = ByteBuffer.wrap(
                        script.answer(text, text.contains("guest-sync-delimited") && id.find() ? id.group(1) : ""));
                while (answer.hasRemaining()) {
                    channel.write(answer);
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
