package vmlan.network.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import vmlan.network.DropReason;
import vmlan.network.FrameSink;
import vmlan.network.Frames;
import vmlan.network.Recorder;
import vmlan.network.SwitchPort;

class OutboxTest {
    private static final String A = "52:54:00:00:00:0a";
    private static final int MANY = 2000;

    private static byte[] echo(int sequence) {
        return Packets.ethernet(
                Lan.MAC,
                A,
                0x0800,
                Packets.ipv4("192.168.64.2", Lan.IP4, 1, Packets.icmp(8, 0, sequence, new byte[1400])));
    }

    @Test
    void aBatchWithMoreAnswersThanThereIsRoomLosesNone() {
        Lan lan = new Lan().settled();
        Lan.Guest a = lan.guest(A);
        for (int i = 1; i <= MANY; i++) {
            lan.network.receive(a.port(), Recorder.buffer(echo(i)), Frames.LENGTH_BYTES, 1442, lan.now);
        }
        lan.network.flush();
        for (int i = 1; i <= MANY; i++) {
            a.expect("192.168.64.1 > 192.168.64.2 echo reply id 0 seq " + i + " of 1400");
        }
        a.expectSilence();
        assertThat(a.recorder.flushes()).as("in large batches").isBetween(2, 30);
    }

    @Test
    void withinAFlushThereIsNoMoreRoomThanThereIsAndTheRestIsCounted() {
        Lan lan = new Lan().settled();
        Recorder recorder = new Recorder();
        SwitchPort[] port = new SwitchPort[1];
        port[0] = lan.network.connect("floods in flush", false, self -> new FrameSink() {
            private boolean done;

            @Override
            public void accept(SwitchPort from, ByteBuffer buffer, int offset, int length, long now) {
                recorder.accept(from, buffer, offset, length, now);
            }

            @Override
            public void flush() {
                if (!done) {
                    done = true;
                    for (int i = 1; i <= MANY; i++) {
                        lan.network.receive(port[0], Recorder.buffer(echo(i)), Frames.LENGTH_BYTES, 1442, lan.now);
                    }
                }
                recorder.flush();
            }
        });
        Lan.Guest other = lan.guest("52:54:00:00:00:0b");
        other.send(Packets.ALL, 0x88b5, new byte[50]);
        recorder.poll();
        long lost = lan.gateway.port().drops(DropReason.QUEUE_FULL);
        assertThat(lost).isPositive();
        assertThat(recorder.count()).isEqualTo(MANY - (int) lost);
        for (int i = 1; i <= MANY - lost; i++) {
            assertThat(Dump.of(recorder.poll()))
                    .isEqualTo("192.168.64.1 > 192.168.64.2 echo reply id 0 seq " + i + " of 1400");
        }
    }
}
