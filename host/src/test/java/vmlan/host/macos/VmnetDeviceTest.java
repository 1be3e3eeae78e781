package vmlan.host.macos;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vmlan.host.linux.Recorder;
import vmlan.host.linux.RunningLoop;
import vmlan.host.linux.TestPackets;
import vmlan.host.macos.SimulatedMac.Counter;
import vmlan.host.macos.SimulatedMac.Fault;
import vmlan.network.DropReason;

/// Frames between the event loop and the simulator.
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class VmnetDeviceTest {
    private static final long GUEST = TestPackets.mac("52:54:00:00:00:01");
    private static final long REMOTE = TestPackets.mac("02:00:00:00:00:02");
    private static final int TYPE = 0x88b5;
    private static final long NEVER = TimeUnit.HOURS.toNanos(1);

    private final SimulatedMac mac = SimulatedMac.reset();
    private final Recorder recorder = new Recorder();
    private RunningLoop loop;
    private VmnetDevice device;
    private MemorySegment handle;

    @BeforeEach
    void startTheLoop() throws Exception {
        loop = new RunningLoop();
    }

    @AfterEach
    void endIt() throws Exception {
        try {
            loop.run(device::close);
            mac.expectNothingLeft();
        } finally {
            loop.close();
        }
    }

    private void open() throws Exception {
        open(VmnetSettings.bridged("en0"), NEVER);
    }

    private void open(VmnetSettings settings, long lookNanos) throws Exception {
        VmnetInterface vmnet = VmnetInterface.start(mac.framework(), settings);
        handle = mac.latest();
        device = loop.call(() -> new VmnetDevice(loop.loop, vmnet, recorder, lookNanos));
        loop.run(device::start);
    }

    private static byte[] frame(int number, int length) {
        byte[] frame = new byte[length];
        new SplittableRandom(number).nextBytes(frame);
        ByteBuffer.wrap(frame).putShort((short) (GUEST >> 32)).putInt((int) GUEST);
        ByteBuffer.wrap(frame).putInt(length - 4, number);
        return frame;
    }

    /// From the shortest to the longest, and all between.
    private static List<byte[]> frames(int count, int longest) {
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            frames.add(frame(i, 18 + i * 7 % (longest - 17)));
        }
        frames.add(frame(count, longest));
        return frames;
    }

    private void expectReceived(List<byte[]> frames) throws InterruptedException {
        for (byte[] frame : frames) {
            Recorder.Received received = recorder.frames.poll(60, TimeUnit.SECONDS);
            assertThat(received).as("a frame of " + frame.length + " bytes").isNotNull();
            assertThat(received.frame()).isEqualTo(frame);
            assertThat(received.fromHost()).isFalse();
        }
        assertThat(recorder.frames).isEmpty();
    }

    /// Has the loop send frames as one batch.
    private void send(List<byte[]> frames) throws Exception {
        loop.run(() -> {
            for (byte[] frame : frames) {
                ByteBuffer buffer = ByteBuffer.allocateDirect(frame.length + 4);
                buffer.putInt(0, frame.length).put(4, frame);
                assertThat(device.toLan(buffer, 4, frame.length)).isTrue();
            }
            device.flush();
        });
    }

    private void expectWritten(List<byte[]> frames) {
        for (byte[] frame : frames) {
            assertThat(mac.taken()).isEqualTo(frame);
        }
        assertThat(mac.taken()).isNull();
    }

    @Test
    void whatComesIsReceivedByteForByte() throws Exception {
        open();
        List<byte[]> frames = frames(1000, 1514);
        for (byte[] frame : frames) {
            mac.arrive(handle, frame);
        }
        expectReceived(frames);
        assertThat(mac.count(Counter.LARGEST_READ)).isEqualTo(128);
    }

    @Test
    void oneEventIsEnoughForManyPackets() throws Exception {
        mac.fault(Fault.EVENTS_LOST, 1);
        open();
        List<byte[]> frames = frames(700, 1514);
        for (byte[] frame : frames) {
            mac.arrive(handle, frame);
        }
        long before = mac.count(Counter.EVENTS);
        mac.event(handle);
        expectReceived(frames);
        assertThat(mac.count(Counter.EVENTS) - before).isEqualTo(1);
        // 701 packets, 128 at a time, and a read that finds none: or the next event would never come. A thread that
        // was woken while it was awake already looks once more; one that goes round would have looked thousands of
        // times.
        SimulatedMac.await("the last read", () -> mac.count(Counter.READS) >= 7);
        loop.call(() -> null);
        assertThat(mac.count(Counter.READS)).isLessThanOrEqualTo(20);
    }

    @Test
    void packetsThatWereThereBeforeTheStartAreReceived() throws Exception {
        VmnetInterface vmnet = VmnetInterface.start(mac.framework(), VmnetSettings.bridged("en0"));
        handle = mac.latest();
        List<byte[]> frames = frames(3, 100);
        for (byte[] frame : frames) {
            mac.arrive(handle, frame);
        }
        device = loop.call(() -> new VmnetDevice(loop.loop, vmnet, recorder, NEVER));
        loop.run(device::start);
        expectReceived(frames);
    }

    @Test
    void anEventThatIsLostCostsATimeOnly() throws Exception {
        mac.fault(Fault.EVENTS_LOST, 1);
        open(VmnetSettings.bridged("en0"), TimeUnit.MILLISECONDS.toNanos(20));
        List<byte[]> frames = frames(5, 200);
        for (byte[] frame : frames) {
            mac.arrive(handle, frame);
        }
        expectReceived(frames);
        assertThat(mac.count(Counter.EVENTS)).isZero();
    }

    @Test
    void eventsWithoutPacketsAndReadsThatBringFewerAreHarmless() throws Exception {
        open();
        for (int i = 0; i < 50; i++) {
            mac.event(handle);
        }
        mac.fault(Fault.READ_MOST, 3);
        List<byte[]> frames = frames(100, 1000);
        for (byte[] frame : frames) {
            mac.arrive(handle, frame);
        }
        expectReceived(frames);
    }

    @ParameterizedTest
    @ValueSource(longs = {1515, 70_000, -1, Long.MIN_VALUE, 13})
    void aSizeThatCannotBeIsADropAndNothingElse(long size) throws Exception {
        mac.fault(Fault.READ_SIZE, size);
        open();
        mac.arrive(handle, frame(1, 100));
        recorder.awaitDrops(size > 1514 ? DropReason.TOO_LONG : DropReason.RUNT, 1);
        mac.fault(Fault.READ_SIZE, 0);
        byte[] good = frame(2, 100);
        mac.arrive(handle, good);
        expectReceived(List.of(good));
    }

    @Test
    void theSystemsLimitOfAReadIsFound() throws Exception {
        mac.fault(Fault.PACKETS_LIMIT, 10);
        open();
        List<byte[]> frames = frames(100, 1000);
        for (byte[] frame : frames) {
            mac.arrive(handle, frame);
        }
        expectReceived(frames);
        assertThat(mac.count(Counter.LARGEST_READ)).isEqualTo(8);
        send(frames);
        expectWritten(frames);
        assertThat(mac.count(Counter.LARGEST_WRITE)).isLessThanOrEqualTo(10);
    }

    @Test
    void longPacketsAreReadFewerAtATime() throws Exception {
        mac.fault(Fault.MAX_PACKET_SIZE, 65_550);
        open(VmnetSettings.shared(), NEVER);
        List<byte[]> frames = frames(40, 65_550);
        for (byte[] frame : frames) {
            mac.arrive(handle, frame);
        }
        expectReceived(frames);
        assertThat(mac.count(Counter.LARGEST_READ)).as("256 KiB").isEqualTo(3);
        send(frames);
        expectWritten(frames);
    }

    @Test
    void aReadThatFailsEndsTheDeviceAndIsTold() throws Exception {
        open();
        mac.fault(Fault.READ_STATUS, VmnetStatus.FAILURE.code());
        mac.event(handle);
        assertThat(recorder.failure.get(60, TimeUnit.SECONDS))
                .isInstanceOf(VmnetException.class)
                .hasMessage("vmnet_read: VMNET_FAILURE, general failure");
        mac.fault(Fault.READ_STATUS, 0);
    }

    @Test
    void aReadWithoutBuffersIsTriedAgain() throws Exception {
        open(VmnetSettings.bridged("en0"), TimeUnit.MILLISECONDS.toNanos(20));
        mac.fault(Fault.READ_STATUS, VmnetStatus.BUFFER_EXHAUSTED.code());
        byte[] frame = frame(1, 60);
        mac.arrive(handle, frame);
        long reads = mac.count(Counter.READS);
        SimulatedMac.await("another try", () -> mac.count(Counter.READS) > reads + 2);
        assertThat(recorder.frames).isEmpty();
        mac.fault(Fault.READ_STATUS, 0);
        expectReceived(List.of(frame));
    }

    @Test
    void whatIsSentIsWrittenByteForByteInBatches() throws Exception {
        open();
        List<byte[]> frames = frames(1000, 1514);
        send(frames);
        expectWritten(frames);
        assertThat(mac.count(Counter.WRITES)).isEqualTo(8);
        assertThat(mac.count(Counter.LARGEST_WRITE)).isEqualTo(128);
    }

    @Test
    void aFrameToAGroupGoesOutOnceAndOneToTheHostToo() throws Exception {
        open();
        byte[] toAll = TestPackets.ethernet(TestPackets.ALL, GUEST, TYPE, new byte[46]);
        byte[] toHost = TestPackets.ethernet(REMOTE, GUEST, TYPE, new byte[46]);
        loop.run(() -> {
            assertThat(device.toHost(ByteBuffer.wrap(toAll), 0, toAll.length)).isTrue();
            assertThat(device.toLan(ByteBuffer.wrap(toAll), 0, toAll.length)).isTrue();
            assertThat(device.toHost(ByteBuffer.wrap(toHost), 0, toHost.length)).isTrue();
            device.flush();
        });
        expectWritten(List.of(toAll, toHost));
    }

    @Test
    void aWriteThatTakesFewerGoesOn() throws Exception {
        open();
        mac.fault(Fault.WRITE_MOST, 5);
        List<byte[]> frames = frames(100, 1000);
        send(frames);
        expectWritten(frames);
        assertThat(recorder.drops(DropReason.QUEUE_FULL)).isZero();
    }

    @Test
    void aWriteThatTakesNoneDropsAndCounts() throws Exception {
        open();
        mac.fault(Fault.WRITE_MOST, -1);
        send(frames(9, 100));
        recorder.awaitDrops(DropReason.QUEUE_FULL, 10);
        expectWritten(List.of());
        mac.fault(Fault.WRITE_MOST, 0);
        List<byte[]> next = frames(3, 100);
        send(next);
        expectWritten(next);
    }

    @Test
    void fullBuffersOfTheKernelDropTheRestAndCountIt() throws Exception {
        open();
        mac.fault(Fault.WRITE_ROOM, 60);
        List<byte[]> frames = frames(99, 1000);
        send(frames);
        expectWritten(frames.subList(0, 60));
        recorder.awaitDrops(DropReason.QUEUE_FULL, 40);
        assertThat(recorder.drops(DropReason.QUEUE_FULL)).isEqualTo(40);
    }

    @Test
    void aFrameThatIsTooLongIsRefused() throws Exception {
        open();
        loop.run(() ->
                assertThat(device.toLan(ByteBuffer.allocate(1515), 0, 1515)).isFalse());
        expectWritten(List.of());
    }

    @ParameterizedTest
    @ValueSource(ints = {1003, 1006})
    void aBatchThatIsRefusedIsTriedFrameByFrame(int status) throws Exception {
        open();
        mac.fault(Fault.WRITE_STATUS, status);
        send(frames(4, 100));
        recorder.awaitDrops(DropReason.TOO_LONG, 5);
        assertThat(mac.count(Counter.WRITES)).as("all of them, and each").isEqualTo(6);
        mac.fault(Fault.WRITE_STATUS, 0);
        List<byte[]> next = frames(3, 100);
        send(next);
        expectWritten(next);
    }

    @ParameterizedTest
    @ValueSource(ints = {1001, 1002, 1004, 1005, 1007, 1008, 1009, 1010, 4711})
    void anyOtherRefusalDropsAndCounts(int status) throws Exception {
        open();
        mac.fault(Fault.WRITE_STATUS, status);
        send(frames(4, 100));
        recorder.awaitDrops(DropReason.QUEUE_FULL, 5);
        mac.fault(Fault.WRITE_STATUS, 0);
        List<byte[]> next = frames(3, 100);
        send(next);
        expectWritten(next);
    }

    @Test
    void twoOfOneNicSeeEachOtherAndIsolatedOnesDoNot() throws Exception {
        open();
        VmnetInterface other = VmnetInterface.start(mac.framework(), VmnetSettings.bridged("en0"));
        Recorder seen = new Recorder();
        VmnetDevice second = loop.call(() -> new VmnetDevice(loop.loop, other, seen, NEVER));
        VmnetInterface alone = VmnetInterface.start(
                mac.framework(), VmnetSettings.bridged("en0").isolate());
        Recorder unseen = new Recorder();
        VmnetDevice third = loop.call(() -> new VmnetDevice(loop.loop, alone, unseen, NEVER));
        loop.run(second::start);
        loop.run(third::start);
        try {
            byte[] frame = frame(1, 100);
            send(List.of(frame));
            assertThat(seen.frames.poll(60, TimeUnit.SECONDS).frame()).isEqualTo(frame);
            assertThat(unseen.frames).isEmpty();
        } finally {
            loop.run(second::close);
            loop.run(third::close);
        }
    }

    @Test
    void eventsOnManyThreadsWhileFramesGoBothWays() throws Exception {
        mac.fault(Fault.FRESH_THREADS, 1);
        open();
        List<byte[]> frames = frames(300, 1000);
        CompletableFuture<Void> arrivals = CompletableFuture.runAsync(() -> {
            for (byte[] frame : frames) {
                mac.arrive(handle, frame);
                mac.event(handle);
            }
        });
        for (int i = 0; i < 30; i++) {
            send(frames.subList(i, i + 10));
        }
        arrivals.get(60, TimeUnit.SECONDS);
        expectReceived(frames);
        assertThat(mac.count(Counter.PACKETS_WRITTEN)).isEqualTo(300);
        assertThat(mac.count(Counter.CALLBACK_THREADS)).isPositive();
    }

    @Test
    void aLoopThatIsBusyMakesTheSystemKeepThePackets() throws Exception {
        open();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch busy = new CountDownLatch(1);
        loop.loop.execute(() -> {
            begun.countDown();
            try {
                busy.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        begun.await();
        List<byte[]> frames = frames(2000, 1000);
        try {
            for (byte[] frame : frames) {
                mac.arrive(handle, frame);
            }
            // Four batches, then the reader waits; 2001 packets would be sixteen.
            SimulatedMac.await("four reads", () -> mac.count(Counter.READS) >= 4);
            assertThat(recorder.frames).isEmpty();
        } finally {
            busy.countDown();
        }
        expectReceived(frames);
    }

    @Test
    void closingWhileTheReaderWaitsForRoomEnds() throws Exception {
        open();
        for (byte[] frame : frames(2000, 1000)) {
            mac.arrive(handle, frame);
        }
        loop.run(() -> {
            // The loop is busy with this, so that batches stay full.
            SimulatedMac.await("reads", () -> mac.count(Counter.READS) >= 1);
            device.close();
        });
        assertThat(recorder.failure).isNotDone();
    }

    @Test
    void eventsAfterTheStopAreHarmless() throws Exception {
        mac.fault(Fault.LATE_EVENTS, 20);
        open();
        long late = mac.framework().lateCalls();
        loop.run(device::close);
        SimulatedMac.await("late events", () -> mac.framework().lateCalls() == late + 20);
        loop.run(() -> assertThat(device.toLan(ByteBuffer.allocate(60), 0, 60)).isFalse());
        loop.run(() -> {
            device.flush();
            device.close();
        });
        assertThat(recorder.frames).isEmpty();
    }

    @Test
    void noEventsAreToBeHad() throws Exception {
        mac.fault(Fault.EVENTS_STATUS, VmnetStatus.FAILURE.code());
        VmnetInterface vmnet = VmnetInterface.start(mac.framework(), VmnetSettings.bridged("en0"));
        device = loop.call(() -> new VmnetDevice(loop.loop, vmnet, recorder, NEVER));
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> loop.run(device::start)))
                .hasMessageStartingWith("vmnet_interface_set_event_callback: VMNET_FAILURE");
        mac.fault(Fault.EVENTS_STATUS, 0);
    }
}
