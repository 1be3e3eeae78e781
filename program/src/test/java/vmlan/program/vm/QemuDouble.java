package vmlan.program.vm;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import vmlan.program.files.Fields;
import vmlan.program.files.Json;
import vmlan.qemu.ProcessMark;

/// A process, and a monitor that says of it what QEMU's would, one client at a time.
final class QemuDouble implements AutoCloseable {
    private final Process process;
    private final long mark;
    private final ServerSocketChannel server;
    private final List<String> heard = new CopyOnWriteArrayList<>();
    /// Commands that are refused.
    final Set<String> refused = Collections.newSetFromMap(new ConcurrentHashMap<>());
    /// How many conversations end before they begin.
    final AtomicInteger mute = new AtomicInteger();

    volatile String status = "running";
    volatile boolean heedsTheButton = true;

    /// @param heedsTerm whether it ends by SIGTERM
    QemuDouble(Path monitor, boolean heedsTerm) throws IOException {
        process = new ProcessBuilder("sh", "-c", (heedsTerm ? "" : "trap '' TERM; ") + "echo up; read line").start();
        process.inputReader(StandardCharsets.US_ASCII).readLine();
        mark = ProcessMark.of(process.pid()).orElseThrow();
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(monitor));
        Thread.ofPlatform().daemon().name("monitor").start(this::serve);
    }

    long pid() {
        return process.pid();
    }

    long mark() {
        return mark;
    }

    /// A killed one is a zombie for a moment, until Java has asked how it ended; the program counts that as gone.
    boolean isAlive() {
        return ProcessMark.isAlive(process.pid(), mark);
    }

    /// What was asked of it, without the questions.
    List<String> heard() {
        return List.copyOf(heard);
    }

    private void serve() {
        while (server.isOpen()) {
            try (SocketChannel client = server.accept()) {
                if (mute.getAndUpdate(left -> Math.max(0, left - 1)) == 0) {
                    converse(client);
                }
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                // The client has left.
            }
        }
    }

    private void converse(SocketChannel client) throws IOException {
        var out = Channels.newOutputStream(client);
        BufferedReader in = new BufferedReader(Channels.newReader(client, StandardCharsets.UTF_8));
        out.write("{\"QMP\": {}}\n".getBytes(StandardCharsets.UTF_8));
        String line;
        while ((line = in.readLine()) != null) {
            Fields message = new Fields(Json.object(line.getBytes(StandardCharsets.UTF_8)));
            String answer = answer(message.text("execute"));
            out.write(("{" + answer + ", \"id\": " + message.number("id") + "}\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    private String answer(String command) {
        if (!Set.of("qmp_capabilities", "query-status", "query-chardev").contains(command)) {
            heard.add(command);
        }
        if (refused.contains(command)) {
            return "\"error\": {\"desc\": \"no\"}";
        }
        switch (command) {
            case "stop" -> status = "paused";
            case "cont" -> status = "running";
            case "quit" -> process.destroyForcibly();
            case "system_powerdown" -> {
                if (heedsTheButton && status.equals("running")) {
                    process.destroyForcibly();
                }
            }
            default -> {
                // a question
            }
        }
        return switch (command) {
            case "query-status" -> "\"return\": {\"status\": \"" + status + "\"}";
            case "query-chardev" -> "\"return\": []";
            default -> "\"return\": {}";
        };
    }

    /// A VM that it is the QEMU of.
    Vm vm(String name) {
        return SampleVm.of(name).started(pid(), mark());
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        server.close();
    }
}
