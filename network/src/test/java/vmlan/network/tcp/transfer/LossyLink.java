package vmlan.network.tcp.transfer;

import java.nio.ByteBuffer;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;
import vmlan.network.Frames;
import vmlan.packet.EthernetHeader;

/// One direction of a cable, with a [Weather]. What becomes of a frame depends on nothing but the seed and how many
/// were sent before.
public final class LossyLink {
    /// Whom the frames come to; the four bytes before `offset` hold the length.
    public interface Receiver {
        void arrived(ByteBuffer buffer, int offset, int length, long now);
    }

    /// As a NIC's queue would: what is beyond that is lost. So no end can fill the memory.
    private static final int CAPACITY = 20_000;

    private record UnderWay(long at, long number, ByteBuffer frame) implements Comparable<UnderWay> {
        @Override
        public int compareTo(UnderWay other) {
            int order = Long.compare(at - other.at, 0);
            return order != 0 ? order : Long.compare(number, other.number);
        }
    }

    private final Weather weather;
    private final RandomGenerator random;
    private final Receiver receiver;
    private final PriorityQueue<UnderWay> underWay = new PriorityQueue<>();
    private long number;
    private long latest = Long.MIN_VALUE;
    private long sent;
    private long lost;
    private long duplicated;
    private long corrupted;
    private long heldBack;

    public LossyLink(Weather weather, RandomGenerator random, Receiver receiver) {
        this.weather = weather;
        this.random = random;
        this.receiver = receiver;
    }

    /// Takes a copy of a frame.
    public void send(ByteBuffer buffer, int offset, int length, long now) {
        sent++;
        // all drawn for every frame, so that one number in the weather does not change all that follows
        boolean isLost = random.nextDouble() < weather.loss();
        boolean isDuplicated = random.nextDouble() < weather.duplication();
        boolean isCorrupted = random.nextDouble() < weather.corruption();
        boolean isHeldBack = random.nextDouble() < weather.reordering();
        long first = delay();
        long second = delay();
        // Ethernet's own header has a check sequence that no single bit gets past
        int bit = random.nextInt(8 * EthernetHeader.LENGTH, 8 * length);
        if (isLost || underWay.size() >= CAPACITY) {
            lost++;
            return;
        }
        ByteBuffer frame = ByteBuffer.allocate(Frames.LENGTH_BYTES + length)
                .putInt(0, length)
                .put(Frames.LENGTH_BYTES, buffer, offset, length);
        if (isDuplicated) {
            duplicated++;
            add(frame.duplicate(), now + first + second);
        }
        if (isCorrupted) {
            corrupted++;
            int at = Frames.LENGTH_BYTES + bit / 8;
            frame = ByteBuffer.allocate(frame.capacity()).put(0, frame, 0, frame.capacity());
            frame.put(at, (byte) (frame.get(at) ^ (1 << (bit & 7))));
        }
        long at = now + first;
        if (isHeldBack) {
            heldBack++;
            at += second;
        } else if (latest != Long.MIN_VALUE && at - latest < 0) {
            at = latest; // a delay that differs brings no frame past another
        }
        latest = isHeldBack ? latest : at;
        add(frame, at);
    }

    private long delay() {
        return random.nextLong(weather.minDelayNanos(), weather.maxDelayNanos() + 1);
    }

    private void add(ByteBuffer frame, long at) {
        underWay.add(new UnderWay(at, number++, frame));
    }

    /// Hands over what has arrived by now.
    public void deliver(long now) {
        for (UnderWay first = underWay.peek(); first != null && first.at - now <= 0; first = underWay.peek()) {
            underWay.poll();
            receiver.arrived(first.frame, Frames.LENGTH_BYTES, first.frame.capacity() - Frames.LENGTH_BYTES, now);
        }
    }

    /// Until the next frame arrives.
    public long nanosToDelivery(long now) {
        UnderWay first = underWay.peek();
        return first == null ? Long.MAX_VALUE : Math.max(0, first.at - now);
    }

    public long sent() {
        return sent;
    }

    public long lost() {
        return lost;
    }

    public long duplicated() {
        return duplicated;
    }

    public long corrupted() {
        return corrupted;
    }

    public long heldBack() {
        return heldBack;
    }
}
