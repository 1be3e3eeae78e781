package vmlan.network.dns;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.xbill.DNS.DNSInput;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.WireParseException;

/// A guest's message that was looked through once. What it cannot answer is told by [#problem].
final class Query {
    /// A question has 12 + 259 bytes, EDNS options some tens; a signed one some hundreds.
    static final int MAX_LENGTH = 4096;
    /// What everybody takes without EDNS (RFC 1035 §4.2.1).
    private static final int PLAIN_UDP_LENGTH = 512;
    /// What we say that we take: arrives everywhere in one piece (DNS flag day 2020).
    static final int OUR_UDP_LENGTH = 1232;
    /// The length of an OPT record without options.
    private static final int OPT_LENGTH = 11;

    private final byte[] message;
    private int problem = Rcode.NOERROR;
    private Name name;
    private String text;
    private int type;
    private int dnsClass;
    private int questionEnd = Wire.HEADER;
    private boolean edns;
    private int udpLength = PLAIN_UDP_LENGTH;
    private long ednsWord;
    private boolean plain = true;

    private Query(byte[] message) {
        this.message = message;
    }

    /// @return null for what is no query and must not be answered
    static Query of(byte[] message) {
        if (message.length < Wire.HEADER || (Wire.u16(message, Wire.FLAGS) & Wire.QR) != 0) {
            // An answer to an answer could be answered again (RFC 5625 §6.2 has no need of it).
            return null;
        }
        Query query = new Query(message);
        query.problem = query.read();
        return query;
    }

    private int read() {
        if ((flags() & Wire.OPCODE) != 0) {
            return Rcode.NOTIMP;
        }
        if (message.length > MAX_LENGTH || Wire.u16(message, Wire.QUESTIONS) != 1) {
            // RFC 9619: a query has one question
            return Rcode.FORMERR;
        }
        int nameEnd = Wire.afterName(message, Wire.HEADER);
        if (nameEnd < 0 || nameEnd + 4 > message.length) {
            return Rcode.FORMERR;
        }
        try {
            // In front of the first name there is nothing to point to; the window ends with the name.
            name = new Name(new DNSInput(ByteBuffer.wrap(message, Wire.HEADER, nameEnd - Wire.HEADER)));
        } catch (WireParseException | IllegalArgumentException e) {
            return Rcode.FORMERR;
        }
        if (name.length() != nameEnd - Wire.HEADER) {
            return Rcode.FORMERR;
        }
        text = name.toString(true).toLowerCase(Locale.ROOT);
        type = Wire.u16(message, nameEnd);
        dnsClass = Wire.u16(message, nameEnd + 2);
        questionEnd = nameEnd + 4;
        return readRest();
    }

    /// EDNS is looked for; what else there is makes the query one of a kind.
    private int readRest() {
        int before = Wire.u16(message, Wire.ANSWERS) + Wire.u16(message, Wire.AUTHORITIES);
        int records = before + Wire.u16(message, Wire.ADDITIONALS);
        int at = questionEnd;
        for (int i = 0; i < records; i++) {
            int fixed = Wire.fixedPart(message, at);
            if (fixed < 0) {
                return Rcode.FORMERR;
            }
            if (i >= before && Wire.u16(message, fixed) == Wire.OPT && fixed == at + 1) {
                if (edns) {
                    return Rcode.FORMERR; // RFC 6891 §6.1.1
                }
                edns = true;
                udpLength = Math.max(PLAIN_UDP_LENGTH, Wire.u16(message, fixed + 2));
                ednsWord = Wire.u32(message, fixed + 4);
                // Options, such as a client's subnet or a cookie, may make the answer one for this asker alone.
                plain &= Wire.u16(message, fixed + 8) == 0;
            } else {
                plain = false;
            }
            at = Wire.afterRecord(message, fixed);
        }
        plain &= at == message.length && (!edns || ednsVersion() == 0);
        return Rcode.NOERROR;
    }

    /// The response code to answer with at once; [Rcode#NOERROR] when the query is in order.
    int problem() {
        return problem;
    }

    byte[] message() {
        return message;
    }

    int id() {
        return Wire.u16(message, Wire.ID);
    }

    int flags() {
        return Wire.u16(message, Wire.FLAGS);
    }

    /// As it was spelled.
    Name name() {
        return name;
    }

    /// In lower case, without the final dot.
    String text() {
        return text;
    }

    int type() {
        return type;
    }

    int dnsClass() {
        return dnsClass;
    }

    int questionEnd() {
        return questionEnd;
    }

    boolean hasEdns() {
        return edns;
    }

    int ednsVersion() {
        return (int) (ednsWord >> 16) & 0xff;
    }

    boolean dnssecOk() {
        return (ednsWord & Wire.DO) != 0;
    }

    /// The longest answer that the asker takes.
    int limit(boolean overTcp) {
        return overTcp ? 0xffff : udpLength;
    }

    /// Whether [#cacheKey] says all that the answer depends on.
    boolean isPlain() {
        return plain;
    }

    /// Equal for queries that may have the same answer: flags (with CD), name in any case, type, class, and EDNS
    /// with DO, but not the length that it takes.
    String cacheKey() {
        StringBuilder key = new StringBuilder(message.length);
        key.append((char) flags())
                .append(edns ? (char) (ednsWord & 0xffff) : '\1')
                .append(edns);
        for (int i = Wire.HEADER; i < questionEnd; i++) {
            int c = message[i] & 0xff;
            boolean inName = i < questionEnd - 4;
            key.append((char) (inName && c >= 'A' && c <= 'Z' ? c + 32 : c));
        }
        return key.toString();
    }

    /// Equal for queries that are the same but for the id.
    String exactKey(boolean overTcp) {
        return (overTcp ? "T" : "U") + new String(message, 2, message.length - 2, StandardCharsets.ISO_8859_1);
    }

    /// An answer that is nothing but a response code.
    byte[] refusal(int rcode, boolean recursion) {
        boolean withQuestion = questionEnd > Wire.HEADER;
        int length = questionEnd + (edns ? OPT_LENGTH : 0);
        byte[] answer = new byte[length];
        System.arraycopy(message, 0, answer, 0, questionEnd);
        int kept = flags() & (Wire.OPCODE | Wire.RD | Wire.CD);
        Wire.putU16(answer, Wire.FLAGS, Wire.QR | kept | (recursion ? Wire.RA : 0) | rcode);
        Wire.putU16(answer, Wire.QUESTIONS, withQuestion ? 1 : 0);
        Wire.putU16(answer, Wire.ANSWERS, 0);
        Wire.putU16(answer, Wire.AUTHORITIES, 0);
        Wire.putU16(answer, Wire.ADDITIONALS, edns ? 1 : 0);
        if (edns) {
            Wire.putU16(answer, questionEnd + 1, Wire.OPT);
            Wire.putU16(answer, questionEnd + 3, OUR_UDP_LENGTH);
            Wire.putU32(answer, questionEnd + 5, ednsWord & Wire.DO);
        }
        return answer;
    }
}
