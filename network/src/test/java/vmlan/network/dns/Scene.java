package vmlan.network.dns;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.xbill.DNS.DClass;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import vmlan.network.Recorder;
import vmlan.network.Switch;
import vmlan.network.SwitchPort;
import vmlan.network.outside.OutsideError;
import vmlan.packet.IpAddress;
import vmlan.packet.Ipv4Prefix;
import vmlan.packet.Ipv6Prefix;

/// A service whose servers and sockets are the test, and whose clock is a number.
final class Scene implements DnsServers, DnsUpstream {
    static final DnsServer A = new DnsServer(IpAddress.parse("198.51.100.1"));
    static final DnsServer B = new DnsServer(IpAddress.parse("198.51.100.2"));

    /// A message that was sent to a server.
    final class Asked implements Exchange {
        final DnsServer server;
        final byte[] message;
        final boolean tcp;
        final Replies replies;
        boolean ended;

        Asked(DnsServer server, byte[] message, boolean tcp, Replies replies) {
            this.server = server;
            this.message = message;
            this.tcp = tcp;
            this.replies = replies;
        }

        @Override
        public void end() {
            ended = true;
        }

        /// The server replies with these records.
        void reply(int rcode, Record... answers) {
            replies.came(replyTo(message, rcode, answers).toWire(), now);
        }

        void refuse() {
            replies.failed(OutsideError.REFUSED, now);
        }
    }

    final Map<String, List<IpAddress>> guests = new HashMap<>();
    final Map<String, List<IpAddress>> hosts = new HashMap<>();
    final Switch network = new Switch(64, 1_000_000_000L);
    final Recorder guest = new Recorder().connect(network, "web-0", false);
    final Recorder otherGuest = new Recorder().connect(network, "db-0", false);
    final Deque<Asked> asked = new ArrayDeque<>();
    final Deque<byte[]> answers = new ArrayDeque<>();
    List<DnsServer> servers = List.of(A);
    long changes = 1;
    boolean noSocket;
    long now = 5_000_000_000L;
    final DnsService service;

    Scene() {
        this(DnsLimits.USUAL, true);
    }

    Scene(DnsLimits limits, boolean outside) {
        service = new DnsService(
                new DnsSettings(
                        "vmlan.internal",
                        List.of(IpAddress.parse("192.168.64.1"), IpAddress.parse("fd00:1:2:3::1")),
                        Ipv4Prefix.parse("192.168.64.0/24"),
                        Ipv6Prefix.parse("fd00:1:2:3::/64"),
                        limits),
                live(guests),
                List.of(live(hosts)),
                outside ? this : null,
                outside ? this : null,
                new Random(1));
    }

    private static LocalNames live(Map<String, List<IpAddress>> names) {
        return new LocalNames() {
            @Override
            public List<IpAddress> addressesOf(String name) {
                return names.get(name);
            }

            @Override
            public List<String> namesOf(IpAddress address) {
                return names.keySet().stream()
                        .filter(name -> names.get(name).contains(address))
                        .sorted()
                        .toList();
            }
        };
    }

    void guest(String name, String... addresses) {
        guests.put(name, List.of(addresses).stream().map(IpAddress::parse).toList());
    }

    void host(String name, String... addresses) {
        hosts.put(name, List.of(addresses).stream().map(IpAddress::parse).toList());
    }

    @Override
    public List<DnsServer> serversOf(String name, long at) {
        return servers;
    }

    @Override
    public long changes() {
        return changes;
    }

    @Override
    public Exchange ask(DnsServer server, byte[] message, boolean tcp, Replies replies) {
        if (noSocket) {
            return null;
        }
        Asked one = new Asked(server, message, tcp, replies);
        asked.add(one);
        return one;
    }

    static Name name(String text) {
        try {
            return Name.fromString(text + ".");
        } catch (Exception e) {
            throw new AssertionError(text, e);
        }
    }

    static Message question(String name, int type) {
        Message message = new Message(0x1234);
        message.getHeader().setFlag(Flags.RD);
        message.addRecord(Record.newRecord(name(name), type, DClass.IN), Section.QUESTION);
        return message;
    }

    static Message withEdns(Message message, int length, int flags, EDNSOption... options) {
        message.addRecord(new OPTRecord(length, 0, 0, flags, options), Section.ADDITIONAL);
        return message;
    }

    static Message replyTo(byte[] question, int rcode, Record... answers) {
        Message reply = parse(question);
        reply.getHeader().setFlag(Flags.QR);
        reply.getHeader().setFlag(Flags.RA);
        reply.getHeader().setRcode(rcode);
        for (Record record : answers) {
            reply.addRecord(record, record.getType() == org.xbill.DNS.Type.SOA ? Section.AUTHORITY : Section.ANSWER);
        }
        return reply;
    }

    static Message parse(byte[] bytes) {
        try {
            return new Message(bytes);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    void query(SwitchPort from, byte[] message, boolean tcp) {
        service.query(from, message, tcp, now, answers::add);
    }

    void query(Message message) {
        query(guest.port(), message.toWire(), false);
    }

    void query(String name, int type) {
        query(question(name, type));
    }

    /// The answer to a query that is answered at once.
    Message ask(Message message) {
        query(message);
        return answer();
    }

    Message ask(String name, int type) {
        return ask(question(name, type));
    }

    Message answer() {
        byte[] answer = answers.poll();
        if (answer == null) {
            throw new AssertionError("no answer");
        }
        return parse(answer);
    }

    Asked asked() {
        Asked one = asked.poll();
        if (one == null) {
            throw new AssertionError("nobody was asked");
        }
        return one;
    }

    boolean isSilent() {
        return asked.isEmpty() && answers.isEmpty();
    }

    /// The time passes, with each tick that is due; a loop that is kept awake goes round once a millisecond.
    void pass(long millis) {
        long end = now + TimeUnit.MILLISECONDS.toNanos(millis);
        while (service.nanosToTick(now) <= end - now && end - now > 0) {
            now += Math.min(end - now, Math.max(service.nanosToTick(now), 1_000_000));
            service.tick(now);
        }
        now = end;
        service.tick(now);
    }

    static List<String> data(Message message) {
        List<String> data = new ArrayList<>();
        message.getSection(Section.ANSWER).forEach(record -> data.add(record.rdataToString()));
        return data;
    }
}
