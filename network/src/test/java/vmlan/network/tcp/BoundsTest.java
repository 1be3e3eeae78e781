package vmlan.network.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import vmlan.network.DropReason;
import vmlan.network.SwitchPort;
import vmlan.network.tcp.crowd.Call;
import vmlan.network.tcp.crowd.Caller;
import vmlan.network.tcp.crowd.Crowd;
import vmlan.network.tcp.crowd.Manner;

/// What a guest can fill is bounded, what is beyond a bound is counted, and nobody else is harmed.
class BoundsTest {
    private static final long KIBI = 1024;
    /// Memory is given out in chunks; a bound may be passed by one for each connection.
    private static final long SLACK = 64 * KIBI;

    private static TcpSettings settings(
            int flowsPerPort, int flowsInAll, long bytesPerFlow, long bytesPerPort, long bytesInAll) {
        return new TcpSettings(1500, flowsPerPort, flowsInAll, bytesPerFlow, bytesPerPort, bytesInAll);
    }

    private static long drops(SwitchPort port) {
        return Arrays.stream(DropReason.values()).mapToLong(port::drops).sum();
    }

    private static List<Call> open(Crowd crowd, Caller guest, int count) {
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            calls.add(guest.call(Manner.WAITS));
            crowd.settle();
        }
        return calls;
    }

    private static void assertWhole(Crowd crowd, Caller guest) {
        Call call = guest.call(Manner.GUEST_ENDS);
        crowd.settle();
        crowd.pass(2);
        assertThat(call.isOver()).as("another connection went as usual").isTrue();
        assertThat(call.isReset()).isFalse();
        assertThat(call.received()).isEqualTo(500);
        assertThat(call.stream().written()).isEqualTo(300);
    }

    private static void assertAlive(Crowd crowd, Call call) {
        long before = call.stream().written();
        call.send(new byte[100]);
        crowd.settle();
        crowd.pass(2);
        assertThat(call.stream().written() - before).as("bytes still move").isEqualTo(100);
    }

    /// Sends as much as the other end says that it takes.
    private static long fill(Crowd crowd, Call call, long limit) {
        long sent = 0;
        for (int silence = 0; silence < 5 && sent < limit; ) {
            int length = Math.min(1460, call.room());
            if (length == 0) {
                silence++;
                crowd.pass(1);
            } else {
                call.send(new byte[length]);
                sent += length;
                silence = 0;
            }
            crowd.settle();
        }
        return sent;
    }

    @Test
    void connectionsOfOneGuest() {
        Crowd crowd = new Crowd(settings(20, 1000, 64 * KIBI, 4096 * KIBI, 8192 * KIBI), 2);
        List<Call> calls = open(crowd, crowd.guest(0), 20);
        assertThat(calls).allMatch(Call::isEstablished);
        assertThat(crowd.stack().counters().limited()).isZero();
        List<Call> beyond = open(crowd, crowd.guest(0), 5);
        assertThat(beyond).noneMatch(Call::isEstablished);
        assertThat(crowd.stack().counters().limited()).isEqualTo(5);
        assertThat(crowd.stack().counters().flows()).isEqualTo(20);
        assertThat(drops(crowd.guest(0).port())).isEqualTo(5);
        assertThat(drops(crowd.guest(1).port())).isZero();
        assertWhole(crowd, crowd.guest(1));
        assertAlive(crowd, calls.getFirst());
        calls.get(3).reset();
        crowd.settle();
        assertWhole(crowd, crowd.guest(0));
    }

    @Test
    void connectionsInAll() {
        Crowd crowd = new Crowd(settings(20, 50, 64 * KIBI, 4096 * KIBI, 8192 * KIBI), 3);
        List<Call> calls = open(crowd, crowd.guest(0), 20);
        calls.addAll(open(crowd, crowd.guest(1), 20));
        calls.addAll(open(crowd, crowd.guest(2), 10));
        assertThat(calls).allMatch(Call::isEstablished);
        assertThat(open(crowd, crowd.guest(2), 5)).noneMatch(Call::isEstablished);
        assertThat(crowd.stack().counters().limited()).isEqualTo(5);
        assertThat(crowd.stack().counters().flows()).isEqualTo(50);
        calls.forEach(call -> assertAlive(crowd, call));
    }

    @Test
    void aFloodOfSynsFromOneGuestDoesNotStopAnother() {
        Crowd crowd = new Crowd(settings(200, 1000, 64 * KIBI, 4096 * KIBI, 8192 * KIBI), 2);
        crowd.connects(false);
        for (int i = 0; i < 50_000; i++) {
            crowd.guest(0).call(Manner.WAITS);
            if (i % 100 == 0) {
                crowd.settle();
            }
        }
        crowd.settle();
        TcpCounters counters = crowd.stack().counters();
        assertThat(counters.dialling()).isEqualTo(200);
        assertThat(counters.limited()).isEqualTo(49_800);
        assertThat(crowd.streams()).as("the host's sockets").isEqualTo(200);
        crowd.connects(true);
        assertWhole(crowd, crowd.guest(1));
    }

    @Test
    void bytesOfOneConnectionToTheOutside() {
        Crowd crowd = new Crowd(settings(20, 50, 64 * KIBI, 4096 * KIBI, 8192 * KIBI), 2);
        Call call = open(crowd, crowd.guest(0), 1).getFirst();
        Call other = open(crowd, crowd.guest(0), 1).getFirst();
        call.stream().room(0);
        long sent = fill(crowd, call, 4096 * KIBI);
        assertThat(sent).isBetween(32 * KIBI, 64 * KIBI);
        assertThat(crowd.stack().counters().bufferedBytes()).isLessThanOrEqualTo(64 * KIBI + SLACK);
        // and who does not keep to the window
        call.send(new byte[1000]);
        crowd.settle();
        assertThat(crowd.stack().counters().bufferedBytes()).isLessThanOrEqualTo(64 * KIBI + SLACK);
        assertAlive(crowd, other);
        call.unsend(1000);
        call.stream().room(1 << 30);
        crowd.settle();
        crowd.pass(2);
        assertThat(call.stream().written()).as("all that was taken").isEqualTo(sent);
        assertAlive(crowd, call);
    }

    @Test
    void bytesOfOneConnectionToTheGuest() {
        Crowd crowd = new Crowd(settings(20, 50, 64 * KIBI, 4096 * KIBI, 8192 * KIBI), 2);
        Call call = open(crowd, crowd.guest(0), 1).getFirst();
        Call other = open(crowd, crowd.guest(0), 1).getFirst();
        call.window(0);
        call.stream().offer(4096 * KIBI);
        crowd.settle();
        crowd.pass(2);
        assertThat(4096 * KIBI - call.stream().available()).as("read ahead").isLessThanOrEqualTo(64 * KIBI);
        assertThat(crowd.stack().counters().bufferedBytes()).isLessThanOrEqualTo(64 * KIBI + SLACK);
        assertAlive(crowd, other);
        call.window(65_535);
        crowd.settle();
        crowd.pass(60);
        assertThat(call.received()).isEqualTo(4096 * KIBI);
    }

    @Test
    void bytesOfOneGuest() {
        Crowd crowd = new Crowd(settings(100, 200, 64 * KIBI, 512 * KIBI, 8192 * KIBI), 2);
        List<Call> calls = open(crowd, crowd.guest(0), 40);
        Call other = open(crowd, crowd.guest(1), 1).getFirst();
        long sent = 0;
        for (Call call : calls) {
            call.stream().room(0);
            sent += fill(crowd, call, 60 * KIBI);
        }
        assertThat(crowd.stack().counters().bufferedBytes()).isLessThanOrEqualTo(512 * KIBI + SLACK);
        assertThat(crowd.stack().counters().memoryShortages()).isPositive();
        assertAlive(crowd, other);
        assertWhole(crowd, crowd.guest(1));
        for (Call call : calls) {
            call.stream().room(1 << 30);
        }
        crowd.settle();
        crowd.pass(5);
        long written = calls.stream().mapToLong(call -> call.stream().written()).sum();
        assertThat(written)
                .as("what was acknowledged")
                .isEqualTo(calls.stream().mapToLong(Call::acknowledged).sum());
        assertThat(sent).isGreaterThanOrEqualTo(written);
        calls.forEach(Call::unsendWhatWasNotAcknowledged);
        calls.forEach(call -> assertAlive(crowd, call));
    }

    @Test
    void bytesInAll() {
        Crowd crowd = new Crowd(settings(100, 1000, 64 * KIBI, 512 * KIBI, 1024 * KIBI), 5);
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            calls.addAll(open(crowd, crowd.guest(i), 20));
        }
        for (Call call : calls) {
            call.stream().room(0);
            fill(crowd, call, 60 * KIBI);
            call.window(0);
            call.stream().offer(60 * KIBI);
            crowd.settle();
        }
        assertThat(crowd.stack().counters().bufferedBytes()).isLessThanOrEqualTo(1024 * KIBI + SLACK);
        for (Call call : calls) {
            call.stream().room(1 << 30);
            call.unsendWhatWasNotAcknowledged();
            call.window(65_535);
        }
        crowd.settle();
        crowd.pass(120);
        calls.forEach(call -> assertThat(call.received()).as("%s", call).isEqualTo(60 * KIBI));
        calls.forEach(call -> assertAlive(crowd, call));
        assertThat(crowd.stack().counters().bufferedBytes())
                .as("nothing waits any more")
                .isLessThanOrEqualTo(SLACK);
    }
}
