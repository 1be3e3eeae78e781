package vmlan.host.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import vmlan.network.outside.DatagramEvents;
import vmlan.network.outside.EchoEvents;
import vmlan.network.outside.OutsideError;
import vmlan.packet.IpAddress;

/// Writes down what comes back to datagrams or echoes, in words.
final class RecordingDatagrams implements DatagramEvents, EchoEvents {
    final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    private static String text(ByteBuffer buffer, int offset, int length) {
        byte[] bytes = new byte[length];
        buffer.get(offset, bytes);
        return length > 100 ? length + " bytes" : new String(bytes, StandardCharsets.US_ASCII);
    }

    @Override
    public void received(long high, long low, int udpPort, ByteBuffer buffer, int offset, int length, long now) {
        events.add(text(buffer, offset, length) + " from " + new IpAddress(high, low) + " " + udpPort);
    }

    @Override
    public void failed(OutsideError why, int mtu, long high, long low, int udpPort, long now) {
        events.add(why + (mtu == 0 ? "" : " " + mtu) + " to " + new IpAddress(high, low) + " " + udpPort);
    }

    @Override
    public void replied(long high, long low, int sequence, ByteBuffer buffer, int offset, int length, long now) {
        events.add(text(buffer, offset, length) + " from " + new IpAddress(high, low) + " number " + sequence);
    }

    @Override
    public void failed(
            OutsideError why,
            int mtu,
            long offenderHigh,
            long offenderLow,
            long high,
            long low,
            int sequence,
            long now) {
        events.add(why + (mtu == 0 ? "" : " " + mtu) + " to " + new IpAddress(high, low) + " number " + sequence
                + " says " + new IpAddress(offenderHigh, offenderLow));
    }

    String next() throws InterruptedException {
        String event = events.poll(60, TimeUnit.SECONDS);
        assertThat(event).as("nothing happened").isNotNull();
        return event;
    }
}
