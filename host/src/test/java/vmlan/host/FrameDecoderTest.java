package vmlan.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import vmlan.network.DropReason;
import vmlan.network.Frames;
import vmlan.network.Switch;
import vmlan.network.SwitchPort;

class FrameDecoderTest {
    private static final long NOW = 1_000_000_000L;

    private final RecordingSink other = new RecordingSink();
    private Switch network;
    private SwitchPort port;
    private FrameDecoder decoder;

    @BeforeEach
    void aGuestAndAListener() {
        network = new Switch(64, 300_000_000_000L);
        port = network.connect("guest", false, ours -> new RecordingSink());
        network.connect("other", false, ours -> other);
        decoder = new FrameDecoder(network, port, TestFrames.GUEST);
    }

    private static byte[] fromGuest(int length, long seed) {
        return TestFrames.frame(TestFrames.OTHER, TestFrames.GUEST, length, seed);
    }

    /// Feeds pieces as StreamPort does: the rest of the last piece in front of the next.
    private int feed(List<byte[]> pieces) {
        ByteBuffer data = ByteBuffer.allocateDirect(512 * 1024);
        int end = 0;
        for (byte[] piece : pieces) {
            data.put(end, piece);
            end += piece.length;
            int used = decoder.decode(data, 0, end, NOW);
            network.flush();
            if (used < 0) {
                return used;
            }
            byte[] rest = new byte[end - used];
            data.get(used, rest);
            data.put(0, rest);
            end = rest.length;
        }
        return end;
    }

    @Test
    void framesComeOutWholeHoweverTheBytesAreSplitInTwo() {
        List<byte[]> frames = List.of(fromGuest(60, 1), fromGuest(14, 2), fromGuest(333, 3));
        byte[] stream = TestFrames.stream(frames);
        for (int split = 0; split <= stream.length; split++) {
            other.frames.clear();
            int left = feed(List.of(Arrays.copyOf(stream, split), Arrays.copyOfRange(stream, split, stream.length)));
            assertThat(left).as("rest at split " + split).isZero();
            assertThat(other.frames).as("frames at split " + split).containsExactlyElementsOf(frames);
        }
    }

    @Test
    void framesComeOutWholeByteByByte() {
        List<byte[]> frames = List.of(fromGuest(64, 1), fromGuest(1514, 2), fromGuest(14, 3));
        List<byte[]> bytes = new ArrayList<>();
        for (byte b : TestFrames.stream(frames)) {
            bytes.add(new byte[] {b});
        }
        assertThat(feed(bytes)).isZero();
        assertThat(other.frames).containsExactlyElementsOf(frames);
    }

    @Test
    void framesOfEveryLengthUpToTheLongestComeOutWholeAtRandomSplits() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            frames.add(fromGuest(Frames.MIN_LENGTH + random.nextInt(Frames.MAX_LENGTH - Frames.MIN_LENGTH + 1), i));
        }
        frames.add(fromGuest(Frames.MAX_LENGTH, 99));
        byte[] stream = TestFrames.stream(frames);
        List<byte[]> pieces = new ArrayList<>();
        for (int at = 0; at < stream.length; ) {
            int end = Math.min(stream.length, at + 1 + random.nextInt(200_000));
            pieces.add(Arrays.copyOfRange(stream, at, end));
            at = end;
        }
        assertThat(feed(pieces)).as("seed " + seed).isZero();
        assertThat(other.frames).as("seed " + seed).containsExactlyElementsOf(frames);
    }

    @Test
    void emptyFramesAndRuntsAreCountedAndTheNextFrameStillComes() {
        byte[] good = fromGuest(60, 1);
        assertThat(feed(List.of(TestFrames.stream(List.of(new byte[0], new byte[5], good)))))
                .isZero();
        assertThat(other.frames).containsExactly(good);
        assertThat(port.drops(DropReason.RUNT)).isEqualTo(2);
    }

    @Test
    void aLengthThatNoQemuSendsIsCountedAndTheStreamIsFoundAgainByTheGuestsMac() {
        byte[] good = fromGuest(60, 1);
        byte[] tooLong = ByteBuffer.allocate(4).putInt(Frames.MAX_LENGTH + 1).array();
        byte[] junk = new byte[777];
        Arrays.fill(junk, (byte) 0x31);
        feed(List.of(tooLong, junk, TestFrames.stream(List.of(good))));
        assertThat(other.frames).containsExactly(good);
        assertThat(port.drops(DropReason.TOO_LONG)).isEqualTo(1);
        assertThat(decoder.skippedBytes()).isEqualTo(4 + 777);
    }

    @Test
    void aLengthThatNoQemuSendsEndsAConnectionWhoseMacNobodyKnows() {
        decoder = new FrameDecoder(network, port, 0);
        assertThat(feed(List.of(new byte[] {-1, -1, -1, -1}))).isEqualTo(-1);
        assertThat(port.drops(DropReason.TOO_LONG)).isEqualTo(1);
    }

    @Test
    void afterReattachingTheRestOfAnOldFrameIsThrownAwayWhereverItBegins() {
        byte[] old = fromGuest(1514, 7);
        byte[] next = fromGuest(90, 8);
        byte[] oldStream = TestFrames.stream(List.of(old));
        for (int cut = 1; cut < oldStream.length; cut++) {
            other.frames.clear();
            decoder.restart(false);
            byte[] rest = Arrays.copyOfRange(oldStream, cut, oldStream.length);
            feed(List.of(rest, TestFrames.stream(List.of(next))));
            assertThat(other.frames).as("cut at " + cut).containsExactly(next);
            assertThat(decoder.isInStep()).isTrue();
        }
    }

    @Test
    void afterReattachingAStreamThatBeginsWithAWholeFrameLosesNothing() {
        byte[] first = fromGuest(60, 1);
        decoder.restart(false);
        feed(List.of(TestFrames.stream(List.of(first))));
        assertThat(other.frames).containsExactly(first);
        assertThat(decoder.skippedBytes()).isZero();
    }

    @Test
    void noBytesMakeItThrowOrStandStill() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 2000; round++) {
            decoder.restart(random.nextBoolean());
            byte[] bytes = new byte[random.nextInt(4000)];
            random.nextBytes(bytes);
            if (random.nextBoolean()) {
                // lengths that look possible
                for (int i = 0; i + 4 < bytes.length; i += 64) {
                    bytes[i] = 0;
                    bytes[i + 1] = 0;
                }
            }
            ByteBuffer data = ByteBuffer.wrap(bytes);
            int used = decoder.decode(data, 0, bytes.length, NOW);
            network.flush();
            assertThat(used).as("seed " + seed).isBetween(0, bytes.length);
        }
    }
}
