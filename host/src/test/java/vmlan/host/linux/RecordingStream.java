package vmlan.host.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import vmlan.network.outside.OutsideError;
import vmlan.network.outside.OutsideStream;
import vmlan.network.outside.StreamEvents;

/// Writes down what happens to a stream, in words. What can be read is read at once when `reading` is on.
final class RecordingStream implements StreamEvents {
    final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    volatile boolean reading = true;
    /// Set on the loop.
    OutsideStream stream;

    @Override
    public void connected(long now) {
        events.add("connected");
    }

    @Override
    public void failed(OutsideError why, long now) {
        events.add("failed " + why);
    }

    @Override
    public void readable(long now) {
        if (!reading) {
            events.add("readable");
            return;
        }
        ByteBuffer buffer = ByteBuffer.allocateDirect(2000);
        int count = stream.read(buffer);
        events.add(
                switch (count) {
                    case OutsideStream.END -> "end";
                    case OutsideStream.BROKEN -> "broken";
                    default -> "read " + StandardCharsets.US_ASCII.decode(buffer.flip());
                });
        if (count < 0) {
            stream.watch(false, false);
        }
    }

    @Override
    public void writable(long now) {
        events.add("writable");
    }

    String next() throws InterruptedException {
        String event = events.poll(60, TimeUnit.SECONDS);
        assertThat(event).as("nothing happened").isNotNull();
        return event;
    }
}
