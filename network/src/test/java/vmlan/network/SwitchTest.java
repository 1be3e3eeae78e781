package vmlan.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import vmlan.packet.MacAddress;

class SwitchTest {
    private static final long AGE = 300_000_000_000L;
    private static final long A = 0x5254_0000_000aL;
    private static final long B = 0x5254_0000_000bL;
    private static final long C = 0x5254_0000_000cL;
    private static final long ALL = 0xffff_ffff_ffffL;
    private static final long SOME = 0x3333_0000_0001L;

    private final Switch network = new Switch(8, AGE, 1);
    private final Recorder a = new Recorder().connect(network, "a", false);
    private final Recorder b = new Recorder().connect(network, "b", false);
    private final Recorder c = new Recorder().connect(network, "c", false);
    /// Close to where it overflows, which may make no difference.
    private long now = Long.MAX_VALUE - 1000;

    static byte[] frame(long destination, long source, int length) {
        ByteBuffer frame = ByteBuffer.allocate(Math.max(length, 14));
        frame.putLong(0, (destination << 16) | (source >>> 32)).putInt(8, (int) source);
        frame.putShort(12, (short) 0x88b5);
        byte[] bytes = new byte[length];
        frame.get(0, bytes);
        return bytes;
    }

    private void send(Recorder from, long destination, long source) {
        Recorder.send(network, from.port(), frame(destination, source, 60), now);
    }

    private void expect(int atA, int atB, int atC) {
        assertThat(new int[] {drain(a), drain(b), drain(c)}).containsExactly(atA, atB, atC);
    }

    private static int drain(Recorder recorder) {
        int count = recorder.count();
        while (recorder.poll() != null) {}
        return count;
    }

    @Test
    void anUnknownDestinationIsFloodedButNotBackToTheSender() {
        send(a, B, A);
        expect(0, 1, 1);
    }

    @Test
    void aStationIsReachedWhereItWasHeard() {
        send(b, ALL, B);
        expect(1, 0, 1);
        send(a, B, A);
        expect(0, 1, 0);
        send(b, A, B);
        expect(1, 0, 0);
    }

    @Test
    void broadcastAndMulticastGoToAllOthers() {
        send(a, ALL, A);
        expect(0, 1, 1);
        send(a, SOME, A);
        expect(0, 1, 1);
    }

    @Test
    void whatASegmentBringsForStrangersIsNotFlooded() {
        a.port().leadToSegment();
        send(a, B, A);
        expect(0, 0, 0);
        assertThat(a.port().drops(DropReason.NOT_HERE)).isEqualTo(1);
        send(a, ALL, A);
        expect(0, 1, 1);
        send(b, C, B);
        expect(1, 0, 1);
        send(a, B, A);
        expect(0, 1, 0);
    }

    @Test
    void aStationMovesToThePortWhereItIsHeardLast() {
        send(b, ALL, B);
        send(c, ALL, B);
        expect(2, 1, 1);
        send(a, B, A);
        expect(0, 0, 1);
    }

    @Test
    void aSilentStationIsForgottenAfterTheAge() {
        send(b, ALL, B);
        expect(1, 0, 1);
        now += AGE;
        send(a, B, A);
        expect(0, 1, 0);
        now += 1;
        send(a, B, A);
        expect(0, 1, 1);
    }

    @Test
    void aStationThatIsHeardAgainDoesNotAge() {
        send(b, ALL, B);
        now += AGE;
        send(b, ALL, B);
        now += AGE;
        expect(2, 0, 2);
        send(a, B, A);
        expect(0, 1, 0);
    }

    @Test
    void aFrameToAStationBehindTheSameHubIsFiltered() {
        send(a, ALL, A);
        send(a, ALL, C);
        expect(0, 2, 2);
        send(a, A, C);
        expect(0, 0, 0);
        assertThat(a.port().drops(DropReason.SAME_PORT)).isEqualTo(1);
    }

    @Test
    void runtsAndOverLongFramesAreCountedAndDropped() {
        Recorder.send(network, a.port(), frame(ALL, A, 13), now);
        network.receive(
                a.port(),
                ByteBuffer.allocateDirect(Frames.MAX_LENGTH + 5),
                Frames.LENGTH_BYTES,
                Frames.MAX_LENGTH + 1,
                now);
        network.flush();
        expect(0, 0, 0);
        assertThat(a.port().drops(DropReason.RUNT)).isEqualTo(1);
        assertThat(a.port().drops(DropReason.TOO_LONG)).isEqualTo(1);
        assertThat(a.port().receivedFrames()).isZero();
        Recorder.send(network, a.port(), frame(ALL, A, Frames.MIN_LENGTH), now);
        Recorder.send(network, a.port(), frame(ALL, A, Frames.MAX_LENGTH), now);
        expect(0, 2, 2);
        assertThat(a.port().receivedBytes()).isEqualTo(Frames.MIN_LENGTH + Frames.MAX_LENGTH);
        assertThat(b.port().transmittedBytes()).isEqualTo(Frames.MIN_LENGTH + Frames.MAX_LENGTH);
        assertThat(b.port().transmittedFrames()).isEqualTo(2);
    }

    @Test
    void aGroupIsNoSource() {
        send(a, ALL, SOME);
        expect(0, 0, 0);
        assertThat(a.port().drops(DropReason.GROUP_SOURCE)).isEqualTo(1);
    }

    @Test
    void theGroupsOfBridgesAreNotPassedOn() {
        send(a, 0x0180_c200_0000L, A);
        send(a, 0x0180_c200_000fL, A);
        expect(0, 0, 0);
        assertThat(a.port().drops(DropReason.RESERVED_GROUP)).isEqualTo(2);
        send(a, 0x0180_c200_0010L, A);
        expect(0, 1, 1);
    }

    @Test
    void isolatedPortsExchangeNothingWithEachOther() {
        Recorder x = new Recorder().connect(network, "x", true);
        Recorder y = new Recorder().connect(network, "y", true);
        long macX = 0x5254_0000_0010L;
        long macY = 0x5254_0000_0011L;
        send(y, ALL, macY);
        expect(1, 1, 1);
        assertThat(x.count()).as("broadcast").isZero();
        send(x, 0x5254_0000_0099L, macX);
        expect(1, 1, 1);
        assertThat(y.count()).as("unknown unicast").isZero();
        send(x, macY, macX);
        assertThat(y.count()).as("known unicast").isZero();
        assertThat(x.port().drops(DropReason.ISOLATED)).isEqualTo(1);
        send(a, macX, A);
        assertThat(drain(x)).isEqualTo(1);
        send(x, A, macX);
        expect(1, 0, 0);
        send(a, ALL, A);
        assertThat(drain(x)).isEqualTo(1);
        assertThat(drain(y)).isEqualTo(1);
    }

    @Test
    void aPinnedAddressBelongsToItsPort() {
        assertThat(network.pin(b.port(), new MacAddress(B), now)).isTrue();
        send(a, ALL, B);
        expect(0, 0, 0);
        assertThat(a.port().drops(DropReason.SPOOFED)).isEqualTo(1);
        now += 2 * AGE;
        send(a, B, A);
        expect(0, 1, 0);
        network.disconnect(b.port());
        send(c, ALL, B);
        expect(1, 0, 0);
    }

    @Test
    void aPinThatIsUndoneFreesTheAddress() {
        MacAddress pinned = new MacAddress(B);
        network.pin(b.port(), pinned, now);
        network.unpin(a.port(), pinned);
        assertThat(network.isBehind(b.port(), B, now)).as("it is not a's").isTrue();
        network.unpin(b.port(), pinned);
        assertThat(network.isBehind(b.port(), B, now)).isFalse();
        send(a, ALL, B);
        assertThat(network.isBehind(a.port(), B, now)).isTrue();
    }

    @Test
    void stationsAreKnownByPortAndTheirChangesAreCounted() {
        network.pin(b.port(), new MacAddress(B), now);
        send(a, ALL, A);
        send(c, ALL, C);
        assertThat(network.isBehindOther(a.port(), B, now)).isTrue();
        assertThat(network.isBehindOther(a.port(), A, now)).isFalse();
        assertThat(network.isBehindOther(a.port(), 0x77, now)).isFalse();
        assertThat(network.stationsBehindOthers(a.port(), 10, now)).containsExactly(B, C);
        assertThat(network.stationsBehindOthers(c.port(), 1, now))
                .as("those that are pinned come first")
                .containsExactly(B);
        long before = network.stationChanges();
        send(a, ALL, A);
        assertThat(network.stationChanges()).isEqualTo(before);
        send(a, ALL, C);
        assertThat(network.stationChanges()).as("moved").isGreaterThan(before);
        now += AGE + 1;
        assertThat(network.stationsBehindOthers(c.port(), 10, now)).containsExactly(B);
    }

    @Test
    void aDisconnectedPortIsForgottenWithItsStations() {
        send(b, ALL, B);
        expect(1, 0, 1);
        network.disconnect(b.port());
        network.disconnect(b.port());
        send(a, B, A);
        expect(0, 0, 1);
        send(b, ALL, B);
        expect(0, 0, 0);
        assertThat(network.ports()).extracting(SwitchPort::name).containsExactly("a", "c");
        assertThat(new Recorder().connect(network, "d", false).port().index())
                .as("the small number is free again")
                .isEqualTo(b.port().index());
    }

    @Test
    void onlySinksWithFramesAreFlushed() {
        send(b, ALL, B);
        send(a, B, A);
        assertThat(b.flushes()).isEqualTo(1);
        assertThat(c.flushes()).isEqualTo(1);
        network.flush();
        assertThat(b.flushes()).isEqualTo(1);
    }

    @Test
    void aBatchOfFramesIsFlushedOnce() {
        ByteBuffer buffer = Recorder.buffer(frame(ALL, A, 60));
        for (int i = 0; i < 10; i++) {
            network.receive(a.port(), buffer, 4, 60, now);
        }
        assertThat(b.count()).isZero();
        network.flush();
        assertThat(b.count()).isEqualTo(10);
        assertThat(b.flushes()).isEqualTo(1);
    }

    /// Answers each frame at once, from its own buffer, within accept.
    private static final class Answerer implements FrameSink {
        private final Switch network;
        private final ByteBuffer answer;
        private final boolean inFlush;
        private SwitchPort port;
        private int owed;
        private long lastNow;

        Answerer(Switch network, byte[] answer, boolean inFlush) {
            this.network = network;
            this.answer = Recorder.buffer(answer);
            this.inFlush = inFlush;
        }

        Answerer connect(String name) {
            port = network.connect(name, false, self -> this);
            return this;
        }

        @Override
        public void accept(SwitchPort from, ByteBuffer buffer, int offset, int length, long now) {
            lastNow = now;
            if (inFlush) {
                owed++;
            } else {
                network.receive(port, answer, 4, answer.capacity() - 4, now);
            }
        }

        @Override
        public void flush() {
            for (; owed > 0; owed--) {
                network.receive(port, answer, 4, answer.capacity() - 4, lastNow);
            }
        }
    }

    @Test
    void aSinkMayAnswerFromWithinAccept() {
        new Answerer(network, frame(A, 0x5254_0000_0077L, 60), false).connect("x");
        send(a, ALL, A);
        expect(1, 1, 1);
    }

    @Test
    void aSinkMayAnswerFromWithinFlush() {
        new Answerer(network, frame(A, 0x5254_0000_0077L, 60), true).connect("x");
        send(a, ALL, A);
        expect(1, 1, 1);
    }

    @Test
    void nobodySeesAnAnswerBeforeWhatItAnswers() {
        Switch ordered = new Switch(8, AGE, 1);
        Answerer first = new Answerer(ordered, frame(ALL, 0x5254_0000_0077L, 60), false);
        first.connect("answers first");
        Recorder asker = new Recorder().connect(ordered, "asker", false);
        Recorder other = new Recorder().connect(ordered, "other", false);
        Recorder.send(ordered, asker.port(), frame(ALL, A, 60), now);
        assertThat(other.poll()).isEqualTo(frame(ALL, A, 60));
        assertThat(other.poll()).isEqualTo(frame(ALL, 0x5254_0000_0077L, 60));
    }

    @Test
    void answersToAnswersInAcceptComeToAnEnd() {
        Answerer x = new Answerer(network, frame(ALL, 0x5254_0000_0077L, 60), false).connect("x");
        Answerer y = new Answerer(network, frame(ALL, 0x5254_0000_0078L, 60), false).connect("y");
        send(a, ALL, A);
        assertThat(x.port.drops(DropReason.LOOP) + y.port.drops(DropReason.LOOP))
                .isPositive();
        assertThat(a.count()).isBetween(1, 1000);
    }

    @Test
    void answersToAnswersInFlushComeToAnEnd() {
        Answerer x = new Answerer(network, frame(ALL, 0x5254_0000_0077L, 60), true).connect("x");
        Answerer y = new Answerer(network, frame(ALL, 0x5254_0000_0078L, 60), true).connect("y");
        send(a, ALL, A);
        assertThat(x.port.drops(DropReason.LOOP) + y.port.drops(DropReason.LOOP))
                .isPositive();
        assertThat(network.flushes()).isEqualTo(1);
        send(a, B, A);
        assertThat(a.port().drops(DropReason.LOOP))
                .as("the next batch is not concerned")
                .isZero();
    }

    @Test
    void aSinkThatThrowsHurtsNobodyElse() {
        SwitchPort bad = network.connect("bad", false, self -> new FrameSink() {
            @Override
            public void accept(SwitchPort from, ByteBuffer buffer, int offset, int length, long now) {
                throw new IllegalStateException("a mistake");
            }

            @Override
            public void flush() {
                throw new IllegalStateException("another");
            }
        });
        Recorder d = new Recorder().connect(network, "d", false);
        send(a, ALL, A);
        expect(0, 1, 1);
        assertThat(d.count()).isEqualTo(1);
        assertThat(bad.drops(DropReason.FAULT)).isEqualTo(2);
        assertThat(bad.fault()).hasValueSatisfying(fault -> assertThat(fault).hasMessage("another"));
    }

    @Test
    void portsMayComeAndGoWhileAFrameIsFlooded() {
        Recorder late = new Recorder();
        network.connect("changer", false, self -> new FrameSink() {
            @Override
            public void accept(SwitchPort from, ByteBuffer buffer, int offset, int length, long time) {
                network.disconnect(a.port());
                if (late.port() == null) {
                    late.connect(network, "late", false);
                }
            }

            @Override
            public void flush() {}
        });
        Recorder last = new Recorder().connect(network, "last", false);
        send(b, ALL, B);
        expect(0, 0, 1);
        assertThat(last.count()).isEqualTo(1);
        assertThat(late.count()).as("came after the frame").isZero();
        send(b, ALL, B);
        assertThat(late.count()).isEqualTo(1);
    }

    @Test
    void manyPortsAreFlushedEachOnce() {
        Recorder[] many = new Recorder[100];
        for (int i = 0; i < many.length; i++) {
            many[i] = new Recorder().connect(network, "p" + i, false);
        }
        send(a, ALL, A);
        for (Recorder one : many) {
            assertThat(one.count()).isEqualTo(1);
            assertThat(one.flushes()).isEqualTo(1);
        }
    }
}
