package vmlan.network.dns;

import java.util.Arrays;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

/// A server's reply to a question, looked through for how long it may be kept.
final class Answer {
    /// Nothing is kept for longer, however long it may be (RFC 8767 §4 suggests days as the order of a cap).
    private static final long MOST_SECONDS = 86_400;
    /// RFC 2308 §5: one to three hours are sensible for what does not exist.
    private static final long MOST_NEGATIVE_SECONDS = 10_800;

    private final byte[] message;
    private int[] ttlPositions = new int[8];
    private int ttlCount;
    private long leastTtl = MOST_SECONDS;
    private int soa = -1;

    private Answer(byte[] message) {
        this.message = message;
    }

    /// Whether a message is the reply to a question that was sent: the id, and the question as it was spelled (RFC
    /// 5452 §9.1). A server that understood nothing may leave out the question with its error.
    static boolean answers(byte[] reply, byte[] question, int questionEnd, int id) {
        if (reply.length < Wire.HEADER || Wire.u16(reply, Wire.ID) != id) {
            return false;
        }
        int flags = Wire.u16(reply, Wire.FLAGS);
        if ((flags & Wire.QR) == 0 || (flags & Wire.OPCODE) != 0) {
            return false;
        }
        return switch (Wire.u16(reply, Wire.QUESTIONS)) {
            case 0 -> (flags & Wire.RCODE) != Rcode.NOERROR && (flags & Wire.RCODE) != Rcode.NXDOMAIN;
            case 1 ->
                reply.length >= questionEnd
                        && Arrays.equals(reply, Wire.HEADER, questionEnd, question, Wire.HEADER, questionEnd);
            default -> false;
        };
    }

    /// Whether another server may know better: glibc's resolver goes on at these, too (res_send.c).
    static boolean isWorthAnother(byte[] reply) {
        int rcode = Wire.u16(reply, Wire.FLAGS) & Wire.RCODE;
        return rcode == Rcode.SERVFAIL || rcode == Rcode.NOTIMP || rcode == Rcode.REFUSED;
    }

    /// Looks through a reply with its question.
    ///
    /// @return null when it may not be kept
    static Answer toKeep(byte[] reply, int questionEnd) {
        int flags = Wire.u16(reply, Wire.FLAGS);
        int rcode = flags & Wire.RCODE;
        if ((flags & Wire.TC) != 0 || (rcode != Rcode.NOERROR && rcode != Rcode.NXDOMAIN)) {
            return null;
        }
        Answer answer = new Answer(reply.clone());
        return answer.read(questionEnd) && answer.limitNegative(rcode) && answer.leastTtl > 0 ? answer : null;
    }

    private boolean read(int questionEnd) {
        int answers = Wire.u16(message, Wire.ANSWERS);
        int authorities = Wire.u16(message, Wire.AUTHORITIES);
        int records = answers + authorities + Wire.u16(message, Wire.ADDITIONALS);
        int at = questionEnd;
        for (int i = 0; i < records; i++) {
            int fixed = Wire.fixedPart(message, at);
            if (fixed < 0) {
                return false;
            }
            int type = Wire.u16(message, fixed);
            if (type == Wire.OPT) {
                // The high byte is the rest of the response code (RFC 6891 §6.1.3).
                if (message[fixed + 4] != 0) {
                    return false;
                }
            } else {
                if (type == Type.SOA && i >= answers && i < answers + authorities) {
                    soa = fixed;
                }
                ttl(fixed + 4);
            }
            at = Wire.afterRecord(message, fixed);
        }
        ttlPositions = Arrays.copyOf(ttlPositions, ttlCount);
        return at == message.length;
    }

    private void ttl(int position) {
        long ttl = Wire.u32(message, position);
        // RFC 2181 §8: with the highest bit set it counts as zero.
        leastTtl = Math.min(leastTtl, ttl > Integer.MAX_VALUE ? 0 : ttl);
        if (ttlCount == ttlPositions.length) {
            ttlPositions = Arrays.copyOf(ttlPositions, 2 * ttlCount);
        }
        ttlPositions[ttlCount++] = position;
    }

    /// RFC 2308 §5: that something does not exist is kept for as long as the SOA beside it says, and not without.
    private boolean limitNegative(int rcode) {
        if (soa < 0) {
            return rcode == Rcode.NOERROR && Wire.u16(message, Wire.ANSWERS) > 0;
        }
        int dataLength = Wire.u16(message, soa + 8);
        // two names of a byte at least, and five numbers, of which the last is the minimum
        if (dataLength < 22) {
            return false;
        }
        long minimum = Wire.u32(message, Wire.afterRecord(message, soa) - 4);
        leastTtl = Math.min(leastTtl, Math.min(minimum > Integer.MAX_VALUE ? 0 : minimum, MOST_NEGATIVE_SECONDS));
        // So that a cache behind us does not begin anew with the minimum: it takes the lesser of the two.
        Wire.putU32(message, soa + 4, leastTtl);
        return true;
    }

    /// For how long it may be kept.
    long seconds() {
        return leastTtl;
    }

    int length() {
        return message.length;
    }

    /// What it costs to keep.
    long bytes() {
        return message.length + 4L * ttlPositions.length;
    }

    /// The reply to a query with the same question in perhaps another spelling, after some time.
    byte[] to(Query query, long ageSeconds) {
        byte[] copy = message.clone();
        Wire.putU16(copy, Wire.ID, query.id());
        System.arraycopy(query.message(), Wire.HEADER, copy, Wire.HEADER, query.questionEnd() - Wire.HEADER);
        for (int position : ttlPositions) {
            Wire.putU32(copy, position, Math.max(0, Wire.u32(copy, position) - ageSeconds));
        }
        return copy;
    }
}
