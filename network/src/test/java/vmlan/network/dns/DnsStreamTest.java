package vmlan.network.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;
import vmlan.network.outside.OutsideError;
import vmlan.network.outside.OutsideStream;
import vmlan.network.outside.StreamEvents;

/// DNS over TCP (RFC 7766), seen from the guest's connection.
class DnsStreamTest {
    private final Scene scene = new Scene();
    private final List<String> told = new ArrayList<>();
    private final StreamEvents events = new StreamEvents() {
        @Override
        public void connected(long now) {
            told.add("connected");
        }

        @Override
        public void failed(OutsideError why, long now) {
            told.add("failed " + why);
        }

        @Override
        public void readable(long now) {
            told.add("readable");
        }

        @Override
        public void writable(long now) {
            told.add("writable");
        }
    };

    private OutsideStream open() {
        OutsideStream stream = scene.service.stream(scene.guest.port(), events);
        scene.service.tick(scene.now);
        told.clear();
        return stream;
    }

    private static ByteBuffer framed(Message... messages) {
        ByteBuffer buffer = ByteBuffer.allocate(20_000);
        for (Message message : messages) {
            byte[] bytes = message.toWire();
            buffer.putShort((short) bytes.length).put(bytes);
        }
        return buffer.flip();
    }

    private static List<Message> read(OutsideStream stream) {
        ByteBuffer buffer = ByteBuffer.allocate(200_000);
        stream.read(buffer);
        buffer.flip();
        List<Message> messages = new ArrayList<>();
        while (buffer.hasRemaining()) {
            byte[] bytes = new byte[buffer.getShort()];
            buffer.get(bytes);
            messages.add(Scene.parse(bytes));
        }
        return messages;
    }

    @Test
    void theOutcomeIsToldOnceAndNotFromWithinTheCall() {
        scene.service.stream(scene.guest.port(), events);
        assertThat(told).isEmpty();
        assertThat(scene.service.nanosToTick(scene.now)).isZero();
        scene.service.tick(scene.now);
        scene.service.tick(scene.now);
        assertThat(told).containsExactly("connected");
    }

    @Test
    void queriesInPiecesAndInOneGoAreAnsweredAsAnswersCome() {
        scene.guest("web", "192.168.64.2");
        OutsideStream stream = open();
        stream.watch(true, false);
        ByteBuffer bytes = framed(Scene.question("example.org", Type.A), Scene.question("web", Type.A));
        while (bytes.hasRemaining()) {
            ByteBuffer one = ByteBuffer.allocate(1).put(bytes.get()).flip();
            assertThat(stream.write(one)).isEqualTo(1);
            scene.service.tick(scene.now);
        }
        // the second is ready before the first (RFC 7766 §7)
        assertThat(told).contains("readable");
        assertThat(read(stream)).hasSize(1);
        Scene.Asked asked = scene.asked();
        assertThat(asked.tcp).isTrue();
        asked.reply(Rcode.NOERROR, ForwardingTest.address("example.org", 60, 1));
        assertThat(Scene.data(read(stream).getFirst())).containsExactly("203.0.113.1");
        assertThat(stream.read(ByteBuffer.allocate(1))).isZero();
    }

    @Test
    void afterTheGuestsEndWhatIsUnderWayIsAnsweredAndThenItEnds() {
        OutsideStream stream = open();
        stream.write(framed(Scene.question("example.org", Type.A)));
        stream.shutdownOutput();
        scene.service.tick(scene.now);
        assertThat(stream.read(ByteBuffer.allocate(9))).isZero();
        scene.asked().reply(Rcode.NXDOMAIN);
        assertThat(read(stream)).hasSize(1);
        assertThat(stream.read(ByteBuffer.allocate(9))).isEqualTo(OutsideStream.END);
        stream.close();
        scene.service.tick(scene.now);
        assertThat(scene.service.streams()).isZero();
    }

    @Test
    void anIdleOneEndsAfterTenSecondsAndIsBrokenWhenItStays() {
        OutsideStream stream = open();
        stream.watch(true, false);
        scene.pass(9_999);
        assertThat(told).isEmpty();
        scene.pass(1);
        assertThat(told).isNotEmpty();
        assertThat(stream.read(ByteBuffer.allocate(9))).isEqualTo(OutsideStream.END);
        stream.watch(false, false);
        scene.pass(10_000);
        assertThat(stream.read(ByteBuffer.allocate(9))).isEqualTo(OutsideStream.BROKEN);
    }

    @Test
    void whoDoesNotReadIsNotReadFromAndIsCutOff() {
        scene.guest("web", "192.168.64.2");
        OutsideStream stream = open();
        Message[] many = new Message[40];
        java.util.Arrays.setAll(many, i -> Scene.question("n" + i + ".example.org", Type.A));
        ByteBuffer bytes = framed(many);
        int written = 0;
        for (int i = 0; i < 1000; i++) {
            written += Math.max(0, stream.write(bytes));
            scene.service.tick(scene.now);
        }
        assertThat(scene.asked).as("pipelined").hasSize(4);
        assertThat(written).isLessThanOrEqualTo(4 * 35 + 2 + Query.MAX_LENGTH);
        scene.pass(6_000);
        assertThat(scene.asked).as("their answers make room for more").hasSizeGreaterThan(4);
        scene.pass(60_000);
        assertThat(stream.read(ByteBuffer.allocate(9))).isEqualTo(OutsideStream.BROKEN);
        stream.reset();
        scene.service.tick(scene.now);
        assertThat(scene.service.count(DnsCount.STREAMS_CUT)).isEqualTo(1);
    }

    @Test
    void aLengthThatNoQueryHasBreaksIt() {
        for (byte[] bad : List.of(new byte[] {(byte) 0xff, (byte) 0xff}, new byte[] {0, 0}, new byte[] {0, 1, 7})) {
            OutsideStream stream = open();
            stream.write(ByteBuffer.wrap(bad));
            scene.service.tick(scene.now);
            assertThat(stream.read(ByteBuffer.allocate(9))).isEqualTo(OutsideStream.BROKEN);
            assertThat(stream.write(ByteBuffer.allocate(9))).isEqualTo(OutsideStream.BROKEN);
            stream.reset();
        }
    }

    @Test
    void streamsAreBounded() {
        for (int i = 0; i < DnsLimits.USUAL.streamsPerPort() + 1; i++) {
            scene.service.stream(scene.guest.port(), events);
        }
        scene.service.tick(scene.now);
        assertThat(told).filteredOn("failed EXHAUSTED"::equals).hasSize(1);
        assertThat(scene.service.streams()).isEqualTo(DnsLimits.USUAL.streamsPerPort());
        scene.service.forget(scene.guest.port());
        scene.service.tick(scene.now);
        assertThat(scene.service.streams()).isZero();
    }

    @Test
    void streamsOfAllPortsTogetherAreBounded() {
        DnsLimits usual = DnsLimits.USUAL;
        Scene few = new Scene(
                new DnsLimits(
                        usual.waitingPerPort(), usual.waitingInAll(), 3, 4, usual.cacheEntries(), usual.cacheBytes()),
                true);
        for (int i = 0; i < 3; i++) {
            few.service.stream(few.guest.port(), events);
            few.service.stream(few.otherGuest.port(), events);
        }
        few.service.tick(few.now);
        assertThat(told).filteredOn("failed EXHAUSTED"::equals).hasSize(2);
        assertThat(few.service.streams()).isEqualTo(4);
    }

    @Test
    void aQuietStreamDoesNotKeepTheLoopAwake() {
        OutsideStream stream = open();
        stream.watch(true, false);
        scene.service.tick(scene.now);
        assertThat(scene.service.nanosToTick(scene.now)).isEqualTo(10_000_000_000L);
    }
}
