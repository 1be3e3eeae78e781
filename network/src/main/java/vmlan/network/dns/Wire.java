package vmlan.network.dns;

/// Numbers and names of a message in wire form (RFC 1035 §4.1), by position. Nothing here follows a compression
/// pointer, so nothing can be led in circles.
final class Wire {
    /// Id, flags and four counts.
    static final int HEADER = 12;
    /// Type, class, TTL and length, behind a record's name.
    static final int RECORD_FIXED = 10;

    static final int ID = 0;
    static final int FLAGS = 2;
    static final int QUESTIONS = 4;
    static final int ANSWERS = 6;
    static final int AUTHORITIES = 8;
    static final int ADDITIONALS = 10;

    static final int QR = 0x8000;
    static final int OPCODE = 0x7800;
    static final int AA = 0x0400;
    static final int TC = 0x0200;
    static final int RD = 0x0100;
    static final int RA = 0x0080;
    static final int CD = 0x0010;
    static final int RCODE = 0x000f;

    /// RFC 6891 §6.1.1.
    static final int OPT = 41;
    /// RFC 6891 §6.1.4: "DNSSEC answer OK", in the low half of OPT's TTL.
    static final int DO = 0x8000;

    private Wire() {}

    static int u16(byte[] message, int at) {
        return ((message[at] & 0xff) << 8) | (message[at + 1] & 0xff);
    }

    static long u32(byte[] message, int at) {
        return ((long) u16(message, at) << 16) | u16(message, at + 2);
    }

    static void putU16(byte[] message, int at, int value) {
        message[at] = (byte) (value >> 8);
        message[at + 1] = (byte) value;
    }

    static void putU32(byte[] message, int at, long value) {
        putU16(message, at, (int) (value >> 16));
        putU16(message, at + 2, (int) value);
    }

    /// Where a name ends, which may be with a pointer.
    ///
    /// @return -1 when the message ends before it
    static int afterName(byte[] message, int at) {
        int position = at;
        while (position < message.length) {
            int length = message[position] & 0xff;
            if (length == 0) {
                return position + 1;
            }
            if (length >= 0xc0) {
                return position + 2 <= message.length ? position + 2 : -1;
            }
            if (length >= 0x40) {
                return -1; // RFC 6891 §5: no other kind of label is in use
            }
            position += 1 + length;
        }
        return -1;
    }

    /// Where the fixed part of the record that begins at `at` begins, all of the record being there.
    ///
    /// @return -1 when the message ends before the record
    static int fixedPart(byte[] message, int at) {
        int fixed = afterName(message, at);
        if (fixed < 0 || fixed + RECORD_FIXED > message.length || afterRecord(message, fixed) > message.length) {
            return -1;
        }
        return fixed;
    }

    /// Where the record whose fixed part is at `fixed` ends.
    static int afterRecord(byte[] message, int fixed) {
        return fixed + RECORD_FIXED + u16(message, fixed + 8);
    }

    static byte[] withId(byte[] message, int id) {
        byte[] copy = message.clone();
        putU16(copy, ID, id);
        return copy;
    }
}
