package vmlan.host.macos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import vmlan.host.ReadBuffer;
import vmlan.host.StreamPort;
import vmlan.host.linux.RunningLoop;
import vmlan.host.linux.TestPackets;
import vmlan.network.DropReason;
import vmlan.network.FrameSink;
import vmlan.network.Switch;
import vmlan.network.SwitchPort;

/// The link to socket_vmnet, with the test as the daemon: one that reads as its main.c does, and gives up
/// where that does.
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SocketVmnetTest {
    private static final long GUEST = TestPackets.mac("52:54:00:00:00:01");
    private static final long REMOTE = TestPackets.mac("02:00:00:00:00:02");

    @TempDir
    private Path folder;

    private final Switch network = new Switch(64, Duration.ofSeconds(300).toNanos());
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final BlockingQueue<byte[]> atGuest = new LinkedBlockingQueue<>();
    private RunningLoop loop;
    private Path path;
    private ServerSocketChannel daemon;
    private SocketVmnetLink link;
    private SwitchPort uplink;
    private SwitchPort guest;

    @BeforeEach
    void start() throws Exception {
        path = folder.resolve("socket_vmnet");
        loop = new RunningLoop();
        StreamPort.Listener listener = new StreamPort.Listener() {
            @Override
            public void attached() {
                events.add("attached");
            }

            @Override
            public void detached(String why) {
                events.add("detached: " + why);
            }
        };
        loop.run(() -> {
            guest = network.connect("guest", false, port -> new Guest());
            uplink = network.connect("uplink", false, port -> {
                link = new SocketVmnetLink(loop.loop, network, port, path, new ReadBuffer(), listener);
                return link;
            });
        });
    }

    private final class Guest implements FrameSink {
        @Override
        public void accept(SwitchPort from, ByteBuffer buffer, int offset, int length, long now) {
            byte[] frame = new byte[length];
            buffer.get(offset, frame);
            atGuest.add(frame);
        }

        @Override
        public void flush() {}
    }

    @AfterEach
    void end() throws Exception {
        loop.run(link::close);
        loop.close();
        if (daemon != null) {
            daemon.close();
        }
    }

    private void listen() throws IOException {
        Files.deleteIfExists(path);
        daemon = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        daemon.bind(UnixDomainSocketAddress.of(path));
    }

    private String event() throws InterruptedException {
        return events.poll(60, TimeUnit.SECONDS);
    }

    /// As main.c's on_accept: one read for the length, one for the frame.
    private static byte[] read(SocketChannel client) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(4);
        assertThat(client.read(header)).as("read[header]").isEqualTo(4);
        int length = header.getInt(0);
        assertThat(length).as("header <= buf_len").isBetween(0, 65_536);
        ByteBuffer body = ByteBuffer.allocate(length);
        assertThat(client.read(body)).as("received == header").isEqualTo(length);
        return body.array();
    }

    private static byte[] frame(int number, int length) {
        byte[] frame = TestPackets.ethernet(REMOTE, GUEST, 0x88b5, new byte[length - 14]);
        ByteBuffer.wrap(frame).putInt(14, number);
        return frame;
    }

    /// Frames of the guest's that came in one read.
    private void send(List<byte[]> frames) throws Exception {
        int total = frames.stream().mapToInt(frame -> 4 + frame.length).sum();
        ByteBuffer buffer = ByteBuffer.allocateDirect(total);
        frames.forEach(frame -> buffer.putInt(frame.length).put(frame));
        buffer.clear();
        loop.run(() -> {
            int at = 4;
            for (byte[] frame : frames) {
                network.receive(guest, buffer, at, frame.length, loop.loop.now());
                at += 4 + frame.length;
            }
            network.flush();
        });
    }

    @Test
    void framesGoBothWays() throws Exception {
        listen();
        loop.run(link::start);
        try (SocketChannel client = daemon.accept()) {
            assertThat(event()).isEqualTo("attached");
            send(List.of(frame(1, 60), frame(2, 1518)));
            assertThat(read(client)).isEqualTo(frame(1, 60));
            assertThat(read(client)).isEqualTo(frame(2, 1518));
            byte[] back = TestPackets.ethernet(GUEST, REMOTE, 0x88b5, new byte[100]);
            client.write(ByteBuffer.allocate(4 + back.length)
                    .putInt(back.length)
                    .put(back)
                    .flip());
            assertThat(atGuest.poll(60, TimeUnit.SECONDS)).isEqualTo(back);
        }
    }

    /// What lies in a full socket ends with a whole frame: the daemon ends where it reads less than that.
    @Test
    void aFullSocketHoldsWholeFramesOnly() throws Exception {
        listen();
        loop.run(link::start);
        try (SocketChannel client = daemon.accept()) {
            assertThat(event()).isEqualTo("attached");
            List<byte[]> frames = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                frames.add(frame(i, 60 + i * 7 % 1458));
            }
            send(frames);
            client.configureBlocking(false);
            int read = 0;
            while (read < frames.size()) {
                CountDownLatch looked = new CountDownLatch(1);
                CompletableFuture<Void> waits = loop.loop.call(() -> {
                    looked.await();
                    return null;
                });
                // The loop writes nothing meanwhile.
                for (byte[] frame = readIfAny(client); frame != null; frame = readIfAny(client)) {
                    assertThat(frame).isEqualTo(frames.get(read++));
                }
                looked.countDown();
                waits.get(60, TimeUnit.SECONDS);
                loop.run(() -> {});
            }
            client.configureBlocking(true);
            send(List.of(frame(1000, 60)));
            assertThat(read(client)).isEqualTo(frame(1000, 60));
        }
    }

    private static byte[] readIfAny(SocketChannel client) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(4);
        int got = client.read(header);
        if (got == 0) {
            return null;
        }
        assertThat(got).as("read[header]").isEqualTo(4);
        ByteBuffer body = ByteBuffer.allocate(header.getInt(0));
        assertThat(client.read(body)).as("received == header").isEqualTo(body.capacity());
        return body.array();
    }

    @Test
    void whatVmnetWouldRefuseIsNotSent() throws Exception {
        listen();
        loop.run(link::start);
        try (SocketChannel client = daemon.accept()) {
            assertThat(event()).isEqualTo("attached");
            send(List.of(frame(1, 1519), frame(2, 60), frame(3, 60_000)));
            assertThat(read(client)).isEqualTo(frame(2, 60));
            assertThat(loop.call(() -> uplink.drops(DropReason.TOO_LONG))).isEqualTo(2);
        }
    }

    @Test
    void itWaitsForTheDaemonAndComesBackToIt() throws Exception {
        loop.run(link::start);
        assertThat(loop.call(link::isAttached)).isFalse();
        listen();
        try (SocketChannel client = daemon.accept()) {
            assertThat(event()).isEqualTo("attached");
            daemon.close();
            assertThat(client.isOpen()).isTrue();
        }
        assertThat(event()).isEqualTo("detached: socket_vmnet closed the connection");
        send(List.of(frame(1, 60)));
        assertThat(loop.call(() -> uplink.drops(DropReason.NOT_ATTACHED))).isEqualTo(1);
        listen();
        try (SocketChannel client = daemon.accept()) {
            assertThat(event()).isEqualTo("attached");
            send(List.of(frame(2, 60)));
            assertThat(read(client)).isEqualTo(frame(2, 60));
            loop.run(link::close);
            assertThat(event()).isEqualTo("detached: the network ends");
            assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        }
    }

    @Test
    void aLengthThatCannotBeEndsTheConnection() throws Exception {
        listen();
        loop.run(link::start);
        try (SocketChannel client = daemon.accept()) {
            assertThat(event()).isEqualTo("attached");
            client.write(ByteBuffer.allocate(4).putInt(0, -1));
            assertThat(event()).contains("which no socket_vmnet sends");
        }
        try (SocketChannel again = daemon.accept()) {
            assertThat(again.isOpen()).isTrue();
            assertThat(event()).isEqualTo("attached");
        }
    }

    @Test
    void theUsualPlaces() throws Exception {
        assertThat(SocketVmnet.paths())
                .containsExactly(
                        Path.of("/opt/homebrew/var/run/socket_vmnet"),
                        Path.of("/usr/local/var/run/socket_vmnet"),
                        Path.of("/var/run/socket_vmnet"));
        assertThat(SocketVmnet.paths("en0")).contains(Path.of("/opt/homebrew/var/run/socket_vmnet.bridged.en0"));
        Path nobody = folder.resolve("nobody");
        try (ServerSocketChannel gone = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            gone.bind(UnixDomainSocketAddress.of(nobody));
        }
        Path file = Files.createFile(folder.resolve("file"));
        Path absent = folder.resolve("absent");
        assertThat(SocketVmnet.find(List.of(absent, file, nobody, path))).isEmpty();
        listen();
        assertThat(SocketVmnet.find(List.of(absent, file, nobody, path))).contains(path);
    }
}
