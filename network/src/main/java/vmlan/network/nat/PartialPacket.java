package vmlan.network.nat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import vmlan.network.SwitchPort;
import vmlan.packet.IpAddress;
import vmlan.packet.Ipv4Header;
import vmlan.packet.Ipv6Header;

/// A packet of which some fragments have come. Used again for others; see [Reassembly].
final class PartialPacket {
    static final int PAYLOAD = Ipv6Header.LENGTH;
    static final int IPV4_START = PAYLOAD - Ipv4Header.LENGTH;

    /// What became of a fragment.
    enum Outcome {
        ADDED,
        REPEATED,
        CONTRADICTED
    }

    private static final int UNKNOWN = -1;
    private static final int MAX_PAYLOAD = 65_535;
    /// A bit for each eight bytes.
    private static final int WORDS = (MAX_PAYLOAD + 1) / 8 / Long.SIZE;

    /// Direct, because the whole may go to a socket as it is.
    final ByteBuffer bytes = ByteBuffer.allocateDirect(PAYLOAD + MAX_PAYLOAD);

    private final long[] present = new long[WORDS];
    SwitchPort port;
    long mac;
    boolean ipv4;
    int identification;
    int protocol;
    long sourceHigh;
    long sourceLow;
    long destinationHigh;
    long destinationLow;
    long deadline;
    /// Fragments have contradicted each other; nothing comes of it any more.
    boolean dead;
    /// The payload's, or negative.
    int length;

    private int received;
    private int highest;

    void begin(long sourceMac, Ipv4Header fragment) {
        ipv4 = true;
        identification = fragment.identification();
        protocol = fragment.protocol();
        sourceHigh = 0;
        sourceLow = IpAddress.mapped(fragment.source());
        destinationHigh = 0;
        destinationLow = IpAddress.mapped(fragment.destination());
        begin(sourceMac);
    }

    void begin(long sourceMac, Ipv6Header fragment) {
        ipv4 = false;
        identification = fragment.identification();
        protocol = 0;
        sourceHigh = fragment.sourceHigh();
        sourceLow = fragment.sourceLow();
        destinationHigh = fragment.destinationHigh();
        destinationLow = fragment.destinationLow();
        begin(sourceMac);
    }

    private void begin(long sourceMac) {
        mac = sourceMac;
        dead = false;
        length = UNKNOWN;
        received = 0;
        highest = 0;
        Arrays.fill(present, 0);
    }

    boolean isBetween(long fromHigh, long fromLow, long toHigh, long toLow) {
        return sourceLow == fromLow && destinationLow == toLow && sourceHigh == fromHigh && destinationHigh == toHigh;
    }

    /// Keeps the header of the first fragment, unless another first one has come.
    void takeHeader(Ipv4Header first) {
        if (!hasFirst()) {
            bytes.put(IPV4_START, first.buffer(), first.offset(), Ipv4Header.LENGTH);
        }
    }

    void takeHeader(Ipv6Header first) {
        if (!hasFirst()) {
            bytes.put(0, first.buffer(), first.offset(), Ipv6Header.LENGTH);
            protocol = first.buffer().get(first.fragmentHeader()) & 0xff;
        }
    }

    boolean hasFirst() {
        return (present[0] & 1) != 0;
    }

    boolean isWhole() {
        return received == length;
    }

    Outcome add(ByteBuffer from, int data, int place, int count, boolean more) {
        int end = place + count;
        boolean isLonger = length != UNKNOWN && (more ? end >= length : end != length);
        boolean isShorter = !more && highest > end;
        int first = place >>> 3;
        int last = (end - 1) >>> 3;
        int there = countPresent(first, last);
        if (there == last - first + 1 && !isLonger && !isShorter && isSame(from, data, place, count)) {
            return Outcome.REPEATED;
        }
        if (there > 0 || isLonger || isShorter) {
            return Outcome.CONTRADICTED;
        }
        if (!more) {
            length = end;
        }
        bytes.put(PAYLOAD + place, from, data, count);
        markPresent(first, last);
        received += count;
        highest = Math.max(highest, end);
        return Outcome.ADDED;
    }

    private boolean isSame(ByteBuffer from, int data, int place, int count) {
        return bytes.slice(PAYLOAD + place, count).equals(from.slice(data, count));
    }

    private int countPresent(int first, int last) {
        int count = 0;
        for (int word = first >>> 6; word <= last >>> 6; word++) {
            count += Long.bitCount(present[word] & mask(word, first, last));
        }
        return count;
    }

    private void markPresent(int first, int last) {
        for (int word = first >>> 6; word <= last >>> 6; word++) {
            present[word] |= mask(word, first, last);
        }
    }

    /// The bits of a word that lie between two bits of all.
    private static long mask(int word, int first, int last) {
        long mask = -1;
        if (word == first >>> 6) {
            mask &= -1L << first;
        }
        if (word == last >>> 6) {
            mask &= -1L >>> (63 - (last & 63));
        }
        return mask;
    }
}
