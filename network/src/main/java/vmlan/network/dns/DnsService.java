package vmlan.network.dns;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;
import vmlan.network.DropReason;
import vmlan.network.SwitchPort;
import vmlan.network.outside.OutsideError;
import vmlan.network.outside.OutsideStream;
import vmlan.network.outside.StreamEvents;
import vmlan.packet.IpAddress;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv4Prefix;
import vmlan.packet.Ipv6Prefix;

/// DNS at the gateway, over whatever carries its messages.
public final class DnsService {
    /// `host` and `0.0.0.0.in-addr.arpa`.
    private static final byte[] LOAD_HOST = HexFormat.of().parseHex("00010100000100000000000004686f73740000010001");

    private static final byte[] LOAD_REVERSE =
            HexFormat.of().parseHex("000101000001000000000000013001300130013007696e2d61646472046172706100000c0001");

    private final DnsServers servers;
    private final LocalZone zone;
    private final DnsLimits limits;
    private final DnsCounters counters = new DnsCounters();
    private final AnswerCache cache;
    /// Null on a network without an outside.
    private final Forwarder forwarder;

    private final List<DnsStream> streams = new ArrayList<>();
    private boolean streamsChanged;

    /// @param guests by name without the domain, as they are at each moment
    /// @param others by whole names, the most important first: the configuration's, the host's own file
    /// @param servers and upstream: null on a network without an outside, where only what is known here is answered
    /// @param random must not be guessable (RFC 5452 §9.2)
    public DnsService(
            DnsSettings settings,
            LocalNames guests,
            List<LocalNames> others,
            DnsServers servers,
            DnsUpstream upstream,
            RandomGenerator random) {
        this.servers = servers;
        this.limits = settings.limits();
        this.cache = new AnswerCache(limits.cacheEntries(), limits.cacheBytes());
        this.forwarder = upstream == null ? null : new Forwarder(upstream, limits, cache, counters, random);
        this.zone = new LocalZone(settings, guests, others, upstream != null);
    }

    /// Loads the classes that a first query needs: 100 ms without a start-up cache (Temurin 25, 2 cores). No frame
    /// should wait for that. Any thread.
    public static void load() {
        DnsSettings settings = new DnsSettings(
                "load.invalid",
                List.of(IpAddress.of(Ipv4Address.ANY)),
                new Ipv4Prefix(Ipv4Address.ANY, 32),
                new Ipv6Prefix(0),
                DnsLimits.USUAL);
        LocalZone zone = new LocalZone(settings, FixedNames.NONE, List.of(), true);
        zone.answer(Query.of(LOAD_HOST), false);
        zone.answer(Query.of(LOAD_REVERSE), false);
    }

    /// A query in wire form from a guest; the answer comes once, now or later, or never (dropped, counted). The
    /// bytes are kept: they must not be used for anything else.
    public void query(SwitchPort from, byte[] message, boolean overTcp, long now, Consumer<byte[]> answer) {
        counters.count(DnsCount.QUERIES);
        Query query = Query.of(message);
        if (query == null) {
            counters.count(DnsCount.MALFORMED);
            from.drop(DropReason.MALFORMED);
            return;
        }
        if (query.problem() != Rcode.NOERROR) {
            counters.count(DnsCount.MALFORMED);
            answer.accept(query.refusal(query.problem(), forwarder != null));
            return;
        }
        byte[] local = zone.answer(query, overTcp);
        if (local != null) {
            counters.count(DnsCount.LOCAL);
            answer.accept(local);
        } else if (forwarder == null) {
            counters.count(DnsCount.REFUSED);
            answer.accept(query.refusal(Rcode.REFUSED, false));
        } else if (query.type() == Type.AXFR) {
            // Many messages to one question, of a server that has the zone and not of a resolver.
            answer.accept(query.refusal(Rcode.NOTIMP, true));
        } else {
            forward(from, query, overTcp, now, answer);
        }
    }

    private void forward(SwitchPort from, Query query, boolean overTcp, long now, Consumer<byte[]> answer) {
        List<DnsServer> those = servers.serversOf(query.text(), now);
        forwarder.serversChanged(servers.changes());
        if (those.isEmpty()) {
            counters.count(DnsCount.WITHOUT_SERVER);
            answer.accept(query.refusal(Rcode.SERVFAIL, true));
            return;
        }
        byte[] known = cache.answer(query, overTcp, now);
        if (known != null) {
            counters.count(DnsCount.CACHED);
            answer.accept(known);
        } else if (!forwarder.forward(from, query, overTcp, those, now, answer)) {
            counters.count(DnsCount.FULL);
            from.drop(DropReason.TABLE_FULL);
            if (overTcp) {
                // A connection's queries are counted there, and each has its answer.
                answer.accept(query.refusal(Rcode.SERVFAIL, true));
            }
        }
    }

    /// DNS over TCP at the gateway, as a stream within this process. Like a host's stream it is told of its outcome
    /// later, in [#tick].
    public OutsideStream stream(SwitchPort from, StreamEvents events) {
        long its = streams.stream().filter(stream -> stream.from() == from).count();
        boolean full = its >= limits.streamsPerPort() || streams.size() >= limits.streamsInAll();
        if (full) {
            counters.count(DnsCount.STREAMS_FULL);
            from.drop(DropReason.TABLE_FULL);
        } else {
            counters.count(DnsCount.STREAMS);
        }
        DnsStream stream = new DnsStream(from, events, this::streamQuery, full ? OutsideError.EXHAUSTED : null);
        streams.add(stream);
        return stream;
    }

    private void streamQuery(SwitchPort from, byte[] message, long now, DnsStream asker) {
        if (Query.of(message) == null) {
            counters.count(DnsCount.QUERIES);
            counters.count(DnsCount.MALFORMED);
            asker.cutOff();
            return;
        }
        query(from, message, true, now, asker::answer);
    }

    /// The host has another way out, or was asleep: what was said before counts no longer, nor that a server was
    /// silent. Questions that wait are asked anew, of the servers that there are now, by sockets of their own.
    public void hostChanged(long now) {
        if (forwarder != null) {
            servers.readAgain();
            forwarder.askAgain(query -> servers.serversOf(query.text(), now), now);
        }
    }

    /// Nobody is at this port any more. Its streams are reset by who holds them.
    public void forget(SwitchPort port) {
        if (forwarder != null) {
            forwarder.forget(port);
        }
        streams.stream().filter(stream -> stream.from() == port).forEach(DnsStream::close);
    }

    /// Does what is due, and tells the streams' news; to be called once in each round of the loop.
    public void tick(long now) {
        if (forwarder != null) {
            forwarder.tick(now);
        }
        // By number: what is told may open another one.
        for (int i = 0; i < streams.size(); i++) {
            DnsStream stream = streams.get(i);
            if (!stream.isClosed()) {
                stream.tick(now);
            }
            streamsChanged |= stream.isClosed();
        }
        if (streamsChanged) {
            streamsChanged = false;
            streams.removeIf(stream -> {
                if (stream.isClosed() && stream.isCut()) {
                    counters.count(DnsCount.STREAMS_CUT);
                }
                return stream.isClosed();
            });
        }
    }

    public long nanosToTick(long now) {
        long nanos = forwarder == null ? Long.MAX_VALUE : forwarder.nanosToTick(now);
        for (int i = 0; i < streams.size() && nanos > 0; i++) {
            nanos = Math.min(nanos, streams.get(i).nanosToTick(now));
        }
        return nanos;
    }

    public long count(DnsCount what) {
        return counters.of(what);
    }

    /// Queries that wait for a server.
    public int waiting() {
        return forwarder == null ? 0 : forwarder.waiting();
    }

    /// Connections of guests that are open.
    public int streams() {
        return streams.size();
    }

    public int cachedAnswers() {
        return cache.entries();
    }

    /// What the cached answers take.
    public long cachedBytes() {
        return cache.bytes();
    }
}
