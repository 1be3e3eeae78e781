package vmlan.host.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vmlan.network.DropReason;

/// A NIC's device on a real cable: one end is the host's `en0`, the other a machine of the LAN.
class NicDeviceTest {
    private static final int TYPE = 0x88b5;

    private static byte[] frame(long destination, long source) {
        return TestPackets.ethernet(destination, source, TYPE, new byte[46]);
    }

    @Test
    void framesOfTheLanAndForTheLan() throws Exception {
        NetworkNamespace.runWithCable(() -> {
            try (TestNic nic = TestNic.open();
                    Listener lan = new Listener("lan0")) {
                byte[] in = frame(TestNic.GUEST, TestNic.REMOTE);
                lan.send(in);
                Recorder.Received received = nic.recorder.await(r -> r.type() == TYPE);
                assertThat(received.frame()).isEqualTo(in);
                assertThat(received.fromHost()).isFalse();

                byte[] out = frame(TestNic.REMOTE, TestNic.GUEST);
                nic.toLan(out);
                assertThat(lan.await(TYPE)).isEqualTo(out);
                assertThat(nic.recorder.frames)
                        .as("what we send does not come back")
                        .isEmpty();
            }
        });
    }

    @Test
    void theKernelKeepsWhatIsNotWanted() throws Exception {
        NetworkNamespace.runWithCable(() -> {
            try (TestNic nic = TestNic.open();
                    Listener lan = new Listener("lan0");
                    Listener host = new Listener("en0")) {
                byte[] last = TestPackets.ethernet(TestNic.GUEST, TestNic.REMOTE, TYPE + 1, new byte[46]);
                lan.send(frame(TestNic.OWN, TestNic.REMOTE));
                host.send(frame(TestNic.REMOTE, TestNic.OWN));
                host.send(frame(TestNic.GUEST, TestNic.OWN));
                lan.send(last);
                Recorder.Received first = nic.recorder.frames.poll(60, TimeUnit.SECONDS);
                assertThat(first.destination()).isEqualTo(TestNic.GUEST);
                assertThat(first.fromHost()).isTrue();
                assertThat(nic.recorder.frames.poll(60, TimeUnit.SECONDS).frame())
                        .isEqualTo(last);

                nic.loop.run(() -> nic.device.want(TestNic.wanted(List.of())));
                host.send(frame(TestNic.GUEST, TestNic.OWN));
                lan.send(last);
                assertThat(nic.recorder.frames.poll(60, TimeUnit.SECONDS).frame())
                        .isEqualTo(last);
            }
        });
    }

    @Test
    void hundredsOfWishesAreTakenByTheKernel() throws Exception {
        NetworkNamespace.runWithCable(() -> {
            OpenedNic opened = NicOpener.open("en0", TestNic.MARK, false, List.of());
            List<Long> macs = java.util.stream.LongStream.range(0, 900)
                    .mapToObj(i -> TestNic.GUEST + i)
                    .toList();
            assertThat(PacketSocket.attach(opened.lan(), ClassicFilter.build(1, TestNic.wanted(macs))))
                    .isZero();
            opened.close();
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0x8100, 0x88a8})
    void aVlanTagIsToldAndPutBack(int protocol) throws Exception {
        NetworkNamespace.runWithCable(() -> {
            try (TestNic nic = TestNic.open();
                    Listener lan = new Listener("lan0")) {
                byte[] tagged = new byte[64];
                ByteBuffer.wrap(tagged)
                        .put(frame(TestNic.GUEST, TestNic.REMOTE), 0, 12)
                        .putShort((short) protocol)
                        .putShort((short) 0x6005)
                        .putShort((short) TYPE);
                lan.send(tagged);
                Recorder.Received received = nic.recorder.await(r -> r.type() == protocol);
                assertThat(received.frame()).isEqualTo(tagged);
                PlainCopy.Call call = nic.completion.calls.poll();
                assertThat(call.tag()).isEqualTo(0x6005);
                assertThat(call.tagProtocol()).isEqualTo(protocol);
                assertThat(call.length()).isEqualTo(60);
            }
        });
    }

    /// The host sends to a machine at the other end of the cable by TCP. Its kernel leaves checksums and
    /// segments to the hardware, and a cable within one computer has none.
    @Test
    void halfChecksumsAndSuperFramesAreHandedOn() throws Exception {
        NetworkNamespace.runWithCable(() -> {
            try (TestNic nic =
                    new TestNic(NicOpener.open("en0", TestNic.MARK, false), TestNic.wanted(List.of(TestNic.REMOTE)))) {
                CompletableFuture<Integer> port = new CompletableFuture<>();
                CompletableFuture<Void> machine = NetworkNamespace.besides("lan0", "192.0.2.2/24", () -> {
                    try (ServerSocket server = new ServerSocket(0)) {
                        port.complete(server.getLocalPort());
                        try (Socket connection = server.accept()) {
                            assertThat(connection.getInputStream().readAllBytes())
                                    .hasSize(1_000_000);
                        }
                    }
                });
                try (Socket host = new Socket("192.0.2.2", port.get(60, TimeUnit.SECONDS))) {
                    host.getOutputStream().write(new byte[1_000_000]);
                }
                machine.get(60, TimeUnit.SECONDS);
                // The device's thread may be behind the kernel's TCP; when it has this one it has those before, too.
                assertThat(nic.recorder
                                .await(received -> received.frame().length > 10_000)
                                .fromHost())
                        .isTrue();
                // virtio_net_hdr: VIRTIO_NET_HDR_F_NEEDS_CSUM 1, VIRTIO_NET_HDR_GSO_TCPV4 1 (linux/virtio_net.h)
                assertThat(nic.completion.calls)
                        .as("a SYN: its checksum is left, at 16 of TCP, behind 14 + 20 bytes")
                        .anyMatch(call -> call.flags() == 1
                                && call.gsoType() == 0
                                && call.checksumStart() == 34
                                && call.checksumOffset() == 16);
                assertThat(nic.completion.calls)
                        .as("many segments in one")
                        .anyMatch(call -> call.flags() == 1
                                && call.gsoType() == 1
                                && call.gsoSize() > 1000
                                && call.length() > 10_000);
            }
        });
    }

    @Test
    void aFrameLongerThanTheMtuIsDroppedAndCountedAndOthersGo() throws Exception {
        NetworkNamespace.runWithCable(() -> {
            try (TestNic nic = TestNic.open();
                    Listener lan = new Listener("lan0")) {
                byte[] good = frame(TestNic.REMOTE, TestNic.GUEST);
                byte[] big = TestPackets.ethernet(TestNic.REMOTE, TestNic.GUEST, TYPE, new byte[3000]);
                nic.loop.run(() -> {
                    assertThat(nic.device.toLan(ByteBuffer.wrap(good), 0, good.length))
                            .isTrue();
                    assertThat(nic.device.toLan(ByteBuffer.wrap(big), 0, big.length))
                            .isTrue();
                    assertThat(nic.device.toLan(ByteBuffer.wrap(good), 0, good.length))
                            .isTrue();
                    nic.device.flush();
                    assertThat(nic.device.toLan(ByteBuffer.allocate(70_000), 0, 70_000))
                            .isFalse();
                });
                assertThat(lan.await(TYPE)).isEqualTo(good);
                assertThat(lan.await(TYPE)).isEqualTo(good);
                nic.recorder.awaitDrops(DropReason.TOO_LONG, 1);
            }
        });
    }

    @Test
    void aNicThatIsDownDropsAndGoesOnWhenItIsUp() throws Exception {
        NetworkNamespace.runWithCable(() -> {
            try (TestNic nic = TestNic.open();
                    Listener lan = new Listener("lan0")) {
                NetworkNamespace.ip("link set en0 down");
                nic.toLan(frame(TestNic.REMOTE, TestNic.GUEST));
                nic.recorder.awaitDrops(DropReason.QUEUE_FULL, 1);
                NetworkNamespace.ip("link set en0 up");
                NetworkNamespace.awaitUp("en0");
                NetworkNamespace.awaitUp("lan0");
                lan.send(frame(TestNic.GUEST, TestNic.REMOTE));
                assertThat(nic.recorder.await(r -> r.type() == TYPE).fromHost()).isFalse();
                nic.expectHostAnswers();
                assertThat(nic.recorder.failure).isNotDone();
            }
        });
    }

    @Test
    void aNicThatWasTakenOutIsBoundAnewWithoutRights() throws Exception {
        NetworkNamespace.runWithCable(() -> {
            try (TestNic nic = TestNic.open()) {
                NetworkNamespace.ip("link del en0");
                NetworkNamespace.cable();
                int index = Interfaces.index("en0");
                assertThat(index).isNotEqualTo(nic.device.ifIndex());
                CompletableFuture<Void> done = new CompletableFuture<>();
                Thread.ofPlatform().start(() -> {
                    try {
                        Rights.drop();
                        nic.device.rebind(index);
                        done.complete(null);
                    } catch (Exception | AssertionError e) {
                        done.completeExceptionally(e);
                    }
                });
                done.get(60, TimeUnit.SECONDS);
                try (Listener lan = new Listener("lan0")) {
                    lan.send(frame(TestNic.GUEST, TestNic.REMOTE));
                    assertThat(nic.recorder.await(r -> r.type() == TYPE).fromHost())
                            .isFalse();
                    byte[] out = frame(TestNic.REMOTE, TestNic.GUEST);
                    nic.toLan(out);
                    assertThat(lan.await(TYPE)).isEqualTo(out);
                    assertThat(nic.loop.call(nic.device::reachesHost)).isFalse();
                }
            }
        });
    }

    @Test
    void whatComesWhileTheLoopIsBusyWaitsInTheKernel() throws Exception {
        NetworkNamespace.runWithCable(() -> {
            try (TestNic nic = TestNic.open();
                    Listener lan = new Listener("lan0")) {
                CountDownLatch busy = new CountDownLatch(1);
                nic.loop.loop.execute(() -> {
                    try {
                        busy.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });
                int count = 3000;
                for (int i = 0; i < count; i++) {
                    byte[] frame = frame(TestNic.GUEST, TestNic.REMOTE);
                    ByteBuffer.wrap(frame).putInt(14, i);
                    lan.send(frame);
                }
                busy.countDown();
                for (int i = 0; i < count; i++) {
                    Recorder.Received received = nic.recorder.frames.poll(60, TimeUnit.SECONDS);
                    assertThat(received).as("frame " + i).isNotNull();
                    assertThat(ByteBuffer.wrap(received.frame()).getInt(14)).isEqualTo(i);
                }
            }
        });
    }

    @Test
    void whatTheKernelDropsIsCounted() throws Exception {
        NetworkNamespace.runWithCable(() -> {
            OpenedNic opened = NicOpener.open("en0", TestNic.MARK, false, List.of());
            // So small that it is full at once (the kernel's least is some 2 KiB).
            SocketCalls.setsockopt(opened.lan(), SocketCalls.SOL_SOCKET, SocketCalls.SO_RCVBUF, 1);
            try (TestNic nic = new TestNic(opened);
                    Listener lan = new Listener("lan0")) {
                byte[] frame = TestPackets.ethernet(TestNic.GUEST, TestNic.REMOTE, TYPE, new byte[1400]);
                long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
                while (nic.recorder.drops(DropReason.QUEUE_FULL) == 0 && System.nanoTime() < deadline) {
                    for (int i = 0; i < 100; i++) {
                        lan.send(frame);
                    }
                }
                assertThat(nic.recorder.drops(DropReason.QUEUE_FULL)).isPositive();
            }
        });
    }

    @Test
    void aFrameOfWhichNothingCanBeMadeIsDroppedAndCounted() throws Exception {
        NetworkNamespace.runWithCable(() -> {
            RunningLoop loop = new RunningLoop();
            Recorder recorder = new Recorder();
            OpenedNic opened = NicOpener.open("en0", TestNic.MARK, false, List.of());
            NicDevice device = loop.call(() -> new NicDevice(
                    loop.loop, opened, recorder, (from, header, frame, length, tag, protocol, to, at) -> -1));
            try (Listener lan = new Listener("lan0")) {
                loop.run(device::start);
                lan.send(frame(TestNic.GUEST, TestNic.REMOTE));
                recorder.awaitDrops(DropReason.MALFORMED, 1);
                assertThat(recorder.frames).isEmpty();
            } finally {
                loop.run(device::close);
                loop.close();
            }
        });
    }
}
