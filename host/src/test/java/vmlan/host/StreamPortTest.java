package vmlan.host;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import vmlan.network.DropReason;
import vmlan.network.FrameSink;
import vmlan.network.Switch;
import vmlan.network.SwitchPort;

/// The port against real Unix-domain sockets, with the test as QEMU.
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StreamPortTest {
    @TempDir
    private Path folder;

    private EventLoop loop;
    private Thread thread;
    private final Switch network = new Switch(64, Duration.ofSeconds(300).toNanos());
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final List<Throwable> errors = new ArrayList<>();
    private final ReadBuffer readBuffer = new ReadBuffer();

    @BeforeEach
    void start() throws IOException {
        loop = new EventLoop(errors::add);
        thread = Thread.ofPlatform().start(() -> loop.run(now -> Long.MAX_VALUE));
    }

    @AfterEach
    void stop() throws Exception {
        loop.stop();
        thread.join();
        loop.close();
        assertThat(errors).isEmpty();
    }

    private StreamPort port(String name, long mac) throws Exception {
        StreamPort.Listener listener = new StreamPort.Listener() {
            @Override
            public void attached() {
                events.add(name + " attached");
            }

            @Override
            public void detached(String why) {
                events.add(name + " detached: " + why);
            }
        };
        return loop.call(() -> {
                    StreamPort[] far = new StreamPort[1];
                    network.connect(name, false, ours -> {
                        far[0] = new StreamPort(loop, network, ours, mac, readBuffer, listener);
                        return far[0];
                    });
                    return far[0];
                })
                .get();
    }

    /// @return QEMU's end
    private SocketChannel attach(StreamPort port, boolean again) throws Exception {
        Path path = folder.resolve("s");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
            SocketChannel qemu = SocketChannel.open(UnixDomainSocketAddress.of(path));
            SocketChannel ours = server.accept();
            loop.call(() -> {
                        port.attach(ours, again);
                        return true;
                    })
                    .get();
            return qemu;
        } finally {
            path.toFile().delete();
        }
    }

    private static byte[] readFrame(SocketChannel qemu) throws IOException {
        ByteBuffer length = ByteBuffer.allocate(4);
        while (length.hasRemaining()) {
            assertThat(qemu.read(length))
                    .as("end of the stream within a length")
                    .isPositive();
        }
        ByteBuffer frame = ByteBuffer.allocate(length.getInt(0));
        while (frame.hasRemaining()) {
            assertThat(qemu.read(frame)).as("end of the stream within a frame").isPositive();
        }
        return frame.array();
    }

    private static void write(SocketChannel qemu, byte[]... frames) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(TestFrames.stream(Arrays.asList(frames)));
        while (bytes.hasRemaining()) {
            qemu.write(bytes);
        }
    }

    @Test
    void aFrameGoesFromOneGuestToTheOther() throws Exception {
        SocketChannel a = attach(port("a", TestFrames.GUEST), false);
        SocketChannel b = attach(port("b", TestFrames.OTHER), false);
        byte[] there = TestFrames.frame(TestFrames.OTHER, TestFrames.GUEST, 100, 1);
        byte[] back = TestFrames.frame(TestFrames.GUEST, TestFrames.OTHER, 1514, 2);
        write(a, there);
        assertThat(readFrame(b)).isEqualTo(there);
        write(b, back);
        assertThat(readFrame(a)).isEqualTo(back);
    }

    @Test
    void framesToManyGuestsInMixedOrderArriveEachInItsOwn() throws Exception {
        List<SocketChannel> guests = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            guests.add(attach(port("g" + i, 0x5254_0000_0100L + i), false));
        }
        for (int i = 1; i < 4; i++) {
            // so that the switch knows where each is
            write(guests.get(i), TestFrames.frame(0x5254_0000_0100L, 0x5254_0000_0100L + i, 60, i));
            readFrame(guests.getFirst());
            for (int other = 1; other < 4; other++) {
                if (other != i && i == 1) {
                    readFrame(guests.get(other));
                }
            }
            if (i == 1) {
                write(guests.getFirst(), TestFrames.frame(0x5254_0000_0101L, 0x5254_0000_0100L, 60, 9));
                readFrame(guests.get(1));
            }
        }
        List<byte[]> all = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            all.add(TestFrames.frame(0x5254_0000_0101L + i % 3, 0x5254_0000_0100L, 60 + i, i));
        }
        write(guests.getFirst(), all.toArray(byte[][]::new));
        for (int i = 0; i < 600; i++) {
            assertThat(readFrame(guests.get(1 + i % 3))).as("frame " + i).isEqualTo(all.get(i));
        }
    }

    @Test
    void aGuestThatDoesNotReadLosesWholeFramesAndHoldsUpNobody() throws Exception {
        StreamPort slow = port("slow", TestFrames.OTHER);
        SocketChannel sender = attach(port("sender", TestFrames.GUEST), false);
        SocketChannel stuck = attach(slow, false);
        SocketChannel third = attach(port("third", 0x5254_0000_0003L), false);
        write(stuck, TestFrames.frame(TestFrames.GUEST, TestFrames.OTHER, 60, 0));
        readFrame(sender);
        readFrame(third);
        int count = 3000;
        for (int i = 0; i < count; i++) {
            write(sender, TestFrames.frame(TestFrames.OTHER, TestFrames.GUEST, 1000, i));
        }
        byte[] last = TestFrames.frame(-1L >>> 16, TestFrames.GUEST, 77, 5);
        write(sender, last);
        assertThat(readFrame(third)).as("the others' frames").isEqualTo(last);

        long dropped = loop.call(() -> slow.port().drops(DropReason.QUEUE_FULL)).get();
        assertThat(dropped).isBetween(1L, (long) count);
        int next = 0;
        for (int i = 0; i < count + 1 - dropped; i++) {
            byte[] frame = readFrame(stuck);
            if (frame.length == 77) {
                assertThat(frame).isEqualTo(last);
                continue;
            }
            while (next < count
                    && !Arrays.equals(frame, TestFrames.frame(TestFrames.OTHER, TestFrames.GUEST, 1000, next))) {
                next++;
            }
            assertThat(next)
                    .as("frame " + i + " is one that was sent, in order")
                    .isLessThan(count);
            next++;
        }
        long sent = loop.call(() -> slow.port().transmittedFrames()).get();
        assertThat(sent).isEqualTo(count + 1 - dropped);
    }

    @Test
    void framesForAPortWithoutAConnectionAreCounted() throws Exception {
        StreamPort absent = port("absent", TestFrames.OTHER);
        SocketChannel sender = attach(port("sender", TestFrames.GUEST), false);
        StreamPort third = port("third", 0x5254_0000_0003L);
        SocketChannel reader = attach(third, false);
        write(sender, TestFrames.frame(TestFrames.OTHER, TestFrames.GUEST, 60, 1));
        readFrame(reader);
        assertThat(loop.call(() -> absent.port().drops(DropReason.NOT_ATTACHED)).get())
                .isEqualTo(1);
    }

    @Test
    void theEndOfAConnectionIsToldAndTheNextOneWorks() throws Exception {
        StreamPort port = port("a", TestFrames.GUEST);
        SocketChannel b = attach(port("b", TestFrames.OTHER), false);
        SocketChannel first = attach(port, false);
        first.write(ByteBuffer.wrap(new byte[] {0, 0, 1}));
        first.close();
        assertThat(events.poll(60, TimeUnit.SECONDS)).isEqualTo("b attached");
        assertThat(events.poll(60, TimeUnit.SECONDS)).isEqualTo("a attached");
        assertThat(events.poll(60, TimeUnit.SECONDS)).isEqualTo("a detached: QEMU closed the connection");
        SocketChannel second = attach(port, true);
        byte[] frame = TestFrames.frame(TestFrames.OTHER, TestFrames.GUEST, 60, 1);
        second.write(ByteBuffer.wrap(new byte[333]));
        write(second, frame);
        assertThat(readFrame(b)).isEqualTo(frame);
        assertThat(loop.call(port::skippedBytes).get()).isEqualTo(333);
    }

    @Test
    void aNewerConnectionTakesThePlaceOfAnOlderOne() throws Exception {
        StreamPort port = port("a", TestFrames.GUEST);
        SocketChannel b = attach(port("b", TestFrames.OTHER), false);
        SocketChannel old = attach(port, false);
        SocketChannel young = attach(port, true);
        assertThat(old.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        byte[] frame = TestFrames.frame(TestFrames.OTHER, TestFrames.GUEST, 60, 1);
        write(young, frame);
        assertThat(readFrame(b)).isEqualTo(frame);
    }

    @Test
    void switchingAllocatesNothingPerFrame() throws Exception {
        SocketChannel a = attach(port("a", TestFrames.GUEST), false);
        StreamPort sinkPort = port("b", TestFrames.OTHER);
        SocketChannel b = attach(sinkPort, false);
        write(b, TestFrames.frame(TestFrames.GUEST, TestFrames.OTHER, 60, 1));
        readFrame(a);
        byte[][] batch = new byte[64][];
        Arrays.setAll(batch, i -> TestFrames.frame(TestFrames.OTHER, TestFrames.GUEST, 200, i));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int rounds = 400;
        long perFrame = Long.MAX_VALUE;
        // Until the compilers are done: they, too, need a processor, so that it is no number of tries.
        long most = TimeUnit.SECONDS.toNanos(150);
        for (long begin = System.nanoTime(); perFrame >= 8 && System.nanoTime() - begin < most; ) {
            long before = threads.getThreadAllocatedBytes(thread.threadId());
            for (int i = 0; i < rounds; i++) {
                exchange(a, b, batch);
            }
            long bytes = threads.getThreadAllocatedBytes(thread.threadId()) - before;
            perFrame = Math.min(perFrame, bytes / (rounds * (long) batch.length));
        }
        // What the selector allocates for each wake-up is spread over the batch.
        assertThat(perFrame).as("bytes for each frame").isLessThan(8);
    }

    private static void exchange(SocketChannel a, SocketChannel b, byte[][] batch) throws IOException {
        write(a, batch);
        ByteBuffer all = ByteBuffer.allocate(TestFrames.stream(Arrays.asList(batch)).length);
        while (all.hasRemaining()) {
            b.read(all);
        }
    }

    @Test
    void aDialerConnectsAsSoonAsSomebodyListens() throws Exception {
        Path path = folder.resolve("late");
        BlockingQueue<SocketChannel> taken = new LinkedBlockingQueue<>();
        loop.execute(() -> new StreamDialer(loop, path, taken::add).dial());
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
            SocketChannel ours = taken.poll(60, TimeUnit.SECONDS);
            assertThat(ours).isNotNull();
            ours.close();
        }
    }

    @Test
    void aListenerRemovesTheSocketThatACrashLeftBehind() throws Exception {
        Path path = folder.resolve("stale");
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(path))
                .close();
        assertThat(path).exists();
        BlockingQueue<SocketChannel> taken = new LinkedBlockingQueue<>();
        StreamListener listener =
                loop.call(() -> new StreamListener(loop, path, taken::add)).get();
        try (SocketChannel qemu = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            assertThat(qemu.isConnected()).isTrue();
            assertThat(taken.poll(60, TimeUnit.SECONDS)).isNotNull();
        }
        loop.call(() -> {
                    listener.close();
                    return true;
                })
                .get();
        assertThat(path).doesNotExist();
    }

    @Test
    void aSinkThatIsNoStreamGetsTheSameBytes() throws Exception {
        RecordingSink gateway = new RecordingSink();
        SwitchPort port = loop.call(() -> network.connect("gateway", false, ours -> (FrameSink) gateway))
                .get();
        SocketChannel a = attach(port("a", TestFrames.GUEST), false);
        byte[] frame = TestFrames.frame(-1L >>> 16, TestFrames.GUEST, 60, 1);
        SocketChannel b = attach(port("b", TestFrames.OTHER), false);
        write(a, frame);
        readFrame(b);
        assertThat(loop.call(() -> List.copyOf(gateway.frames)).get()).containsExactly(frame);
        assertThat(port.name()).isEqualTo("gateway");
    }
}
