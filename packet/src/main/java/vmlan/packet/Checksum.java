package vmlan.packet;

import java.nio.ByteBuffer;

/// The Internet checksum (RFC 1071): the ones'-complement sum of 16-bit words.
///
/// A sum under way is a `long` that words of 32 bits were added to, so that carries collect in its upper
/// half and are folded once at the end (RFC 1071 §2, "deferred carries"). 2³¹ bytes at most may go into one
/// sum. Of several pieces only the last may have an odd length.
public final class Checksum {
    private Checksum() {}

    /// Adds bytes to a sum, eight at a time.
    public static long add(long sum, ByteBuffer buffer, int offset, int length) {
        long total = sum;
        int at = offset;
        int end = offset + length;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            long word = buffer.getLong(at);
            total += (word >>> 32) + (word & 0xffff_ffffL);
        }
        for (; at <= end - Short.BYTES; at += Short.BYTES) {
            total += buffer.getShort(at) & 0xffff;
        }
        // RFC 1071 §1: an odd byte at the end counts as if a zero byte followed
        return at < end ? total + ((buffer.get(at) & 0xff) << 8) : total;
    }

    /// The sum of TCP's, UDP's and ICMP's pseudo-header over IPv4 (RFC 9293 §3.1).
    public static long pseudoHeader(int source, int destination, int protocol, int length) {
        return (source & 0xffff_ffffL) + (destination & 0xffff_ffffL) + protocol + length;
    }

    /// The sum of the pseudo-header over IPv6 (RFC 8200 §8.1).
    public static long pseudoHeader(
            long sourceHigh, long sourceLow, long destinationHigh, long destinationLow, int protocol, int length) {
        return halves(sourceHigh)
                + halves(sourceLow)
                + halves(destinationHigh)
                + halves(destinationLow)
                + protocol
                + length;
    }

    private static long halves(long word) {
        return (word >>> 32) + (word & 0xffff_ffffL);
    }

    /// What goes into the checksum field: the complement of the folded sum.
    public static int finish(long sum) {
        return ~fold(sum) & 0xffff;
    }

    /// As [#finish], for UDP: a computed zero is sent as all ones, because zero means "no checksum" (RFC
    /// 768).
    public static int finishUdp(long sum) {
        int checksum = finish(sum);
        return checksum == 0 ? 0xffff : checksum;
    }

    /// Whether a sum over bytes that include their checksum comes out as it must.
    public static boolean isRight(long sum) {
        return fold(sum) == 0xffff;
    }

    /// The checksum after one of the 16-bit words that it covers has changed (RFC 1624 §3, equation 3).
    /// When it comes out as zero and all that it covers may be zeros, it has to be summed anew: then all
    /// ones would be right, which no incremental way can tell.
    public static int replace(int checksum, int before, int after) {
        return finish((~checksum & 0xffffL) + (~before & 0xffffL) + (after & 0xffffL));
    }

    /// As [#replace], after a MAC address has changed that begins at an even offset.
    public static int replaceMac(int checksum, long before, long after) {
        int first = replace(checksum, (int) (before >>> 32) & 0xffff, (int) (after >>> 32) & 0xffff);
        int second = replace(first, (int) (before >>> 16) & 0xffff, (int) (after >>> 16) & 0xffff);
        return replace(second, (int) before & 0xffff, (int) after & 0xffff);
    }

    private static int fold(long sum) {
        long folded = (sum >>> 32) + (sum & 0xffff_ffffL);
        folded = (folded >>> 16) + (folded & 0xffff);
        folded = (folded >>> 16) + (folded & 0xffff);
        folded = (folded >>> 16) + (folded & 0xffff);
        return (int) folded;
    }
}
