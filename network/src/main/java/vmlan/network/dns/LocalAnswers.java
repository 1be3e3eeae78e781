package vmlan.network.dns;

import java.nio.ByteBuffer;
import java.util.List;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;
import vmlan.packet.IpAddress;

/// Answers from names that are known here, in wire form. Names are answered as they were spelled.
final class LocalAnswers {
    /// The way to the gateway costs nothing, so that little is saved by keeping an answer; a connection's several
    /// look-ups get one, and a VM that has got another address is found within seconds.
    private static final long TTL_SECONDS = 5;
    /// Shorter: who waits for a VM to come up asks until it is there.
    private static final long NEGATIVE_TTL_SECONDS = 2;

    private final boolean recursion;
    private final Name gateway;
    private final Name mailbox;

    /// @param recursion whether other names are asked for elsewhere
    LocalAnswers(String domain, boolean recursion) {
        this.recursion = recursion;
        this.gateway = name("gateway." + domain);
        this.mailbox = name("hostmaster." + domain);
    }

    /// @return null when the text is no name
    static Name name(String text) {
        try {
            return Name.fromString(text.endsWith(".") ? text : text + ".");
        } catch (TextParseException e) {
            return null;
        }
    }

    /// For the addresses of a name: those of the family that is asked for, or none.
    ///
    /// @param zone whose SOA says for how long it is to be believed that there are none; null for a name outside
    ///     of the zones here, for which nobody would believe it (RFC 2308 §5)
    byte[] addresses(Query query, boolean overTcp, List<IpAddress> addresses, String zone) {
        Message message = begin(query, Rcode.NOERROR);
        for (IpAddress address : addresses) {
            if (query.type() == Type.ANY || query.type() == (address.isIpv4() ? Type.A : Type.AAAA)) {
                message.addRecord(record(query.name(), address), Section.ANSWER);
            }
        }
        return end(message, query, overTcp, zone);
    }

    private static Record record(Name owner, IpAddress address) {
        if (address.isIpv4()) {
            byte[] bytes = ByteBuffer.allocate(4).putInt(address.ipv4().bits()).array();
            return new ARecord(owner, DClass.IN, TTL_SECONDS, bytes);
        }
        byte[] bytes = ByteBuffer.allocate(16)
                .putLong(address.high())
                .putLong(address.low())
                .array();
        return new AAAARecord(owner, DClass.IN, TTL_SECONDS, bytes);
    }

    byte[] pointers(Query query, boolean overTcp, List<Name> names, String zone) {
        Message message = begin(query, Rcode.NOERROR);
        if (query.type() == Type.PTR || query.type() == Type.ANY) {
            names.forEach(name ->
                    message.addRecord(new PTRRecord(query.name(), DClass.IN, TTL_SECONDS, name), Section.ANSWER));
        }
        return end(message, query, overTcp, zone);
    }

    /// For the domain's own name.
    byte[] apex(Query query, boolean overTcp) {
        Message message = begin(query, Rcode.NOERROR);
        if (query.type() == Type.SOA || query.type() == Type.ANY) {
            message.addRecord(soa(query.name()), Section.ANSWER);
        }
        if (query.type() == Type.NS || query.type() == Type.ANY) {
            message.addRecord(new NSRecord(query.name(), DClass.IN, TTL_SECONDS, gateway), Section.ANSWER);
        }
        return end(message, query, overTcp, query.text());
    }

    /// The name exists, and has nothing of the type.
    byte[] nothingHere(Query query, boolean overTcp, String zone) {
        return query.text().equals(zone)
                ? apex(query, overTcp)
                : end(begin(query, Rcode.NOERROR), query, overTcp, zone);
    }

    byte[] noName(Query query, boolean overTcp, String zone) {
        return end(begin(query, Rcode.NXDOMAIN), query, overTcp, zone);
    }

    private Message begin(Query query, int rcode) {
        Message message = new Message(query.id());
        Header header = message.getHeader();
        header.setFlag(Flags.QR);
        header.setFlag(Flags.AA);
        set(header, Flags.RD, (query.flags() & Wire.RD) != 0);
        set(header, Flags.CD, (query.flags() & Wire.CD) != 0);
        set(header, Flags.RA, recursion);
        header.setRcode(rcode);
        message.addRecord(Record.newRecord(query.name(), query.type(), query.dnsClass()), Section.QUESTION);
        return message;
    }

    private static void set(Header header, int flag, boolean wanted) {
        if (wanted) {
            header.setFlag(flag);
        }
    }

    private byte[] end(Message message, Query query, boolean overTcp, String zone) {
        if (query.hasEdns() && query.ednsVersion() != 0) {
            return badVersion(query);
        }
        if (zone != null && message.getSection(Section.ANSWER).isEmpty()) {
            // RFC 2308 §3
            message.addRecord(soa(name(zone)), Section.AUTHORITY);
        }
        if (query.hasEdns()) {
            message.addRecord(opt(query, 0), Section.ADDITIONAL);
        }
        return message.toWire(overTcp ? query.limit(true) : Math.min(query.limit(false), Query.OUR_UDP_LENGTH));
    }

    /// RFC 6891 §6.1.3.
    private byte[] badVersion(Query query) {
        Message message = begin(query, Rcode.NOERROR);
        message.addRecord(opt(query, Rcode.BADVERS >> 4), Section.ADDITIONAL);
        return message.toWire();
    }

    private static OPTRecord opt(Query query, int extendedRcode) {
        return new OPTRecord(Query.OUR_UDP_LENGTH, extendedRcode, 0, query.dnssecOk() ? ExtendedFlags.DO : 0);
    }

    private SOARecord soa(Name zone) {
        // Nobody copies the zone: the numbers for that are any.
        return new SOARecord(
                zone, DClass.IN, NEGATIVE_TTL_SECONDS, gateway, mailbox, 1, 3600, 600, 86_400, NEGATIVE_TTL_SECONDS);
    }
}
