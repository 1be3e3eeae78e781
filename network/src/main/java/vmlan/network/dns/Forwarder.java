package vmlan.network.dns;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.xbill.DNS.Rcode;
import vmlan.network.SwitchPort;
import vmlan.network.outside.OutsideError;

/// Asks the host's servers, and waits no longer than a guest does.
///
/// A question goes to the first server. When that says that it is not there, the next one is asked at once; when
/// it is silent, after a while, and the first answer of any counts. Each time the id and the port are new, so that
/// a forged answer has to guess 32 bits (RFC 5452 §9.2). The same question from several askers is asked once (§5 of
/// the same: many at once would help who forges).
final class Forwarder {
    /// A guest's resolver asks again after 5 s (glibc's and musl's default), and should have heard of the failure
    /// by then.
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(4_500);
    /// Longer than an answer takes that has to come from far away. With four servers it is 6 s in all.
    private static final long LEAST_STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);
    /// Datagrams get lost: even an only server is asked as often as this.
    private static final int LEAST_DATAGRAMS = 3;

    /// Somebody who wants the answer.
    private record Waiter(SwitchPort port, Query query, Consumer<byte[]> answer) {}

    /// A question that is under way.
    private static final class Pending {
        final String key;
        final Query query;
        final boolean tcp;
        final List<DnsServer> plan;
        long stepNanos;
        long serverChanges;
        final long order;
        final List<Waiter> waiters = new ArrayList<>(1);
        final List<Ask> asks = new ArrayList<>(LEAST_DATAGRAMS);
        int next;
        long deadline;
        /// An error that a server has answered, if nobody knows better.
        byte[] lastResort;

        Pending(String key, Query query, boolean tcp, List<DnsServer> plan, long serverChanges, long order) {
            this.key = key;
            this.query = query;
            this.tcp = tcp;
            this.plan = new ArrayList<>();
            this.order = order;
            plan(plan, serverChanges);
        }

        /// Begins from the front.
        void plan(List<DnsServer> servers, long changes) {
            plan.clear();
            plan.addAll(servers);
            stepNanos = Math.max(LEAST_STEP_NANOS, PATIENCE_NANOS / plan.size());
            serverChanges = changes;
            next = 0;
            asks.clear();
            lastResort = null;
        }

        boolean isWaitingFor(DnsServer server) {
            return asks.stream().anyMatch(ask -> ask.open && ask.server.equals(server));
        }
    }

    /// One message to one server.
    private final class Ask implements DnsUpstream.Replies {
        final Pending pending;
        final DnsServer server;
        final int id;
        final long askedAt;
        DnsUpstream.Exchange exchange;
        boolean open;

        Ask(Pending pending, DnsServer server, long now) {
            this.pending = pending;
            this.server = server;
            this.id = random.nextInt(0x1_0000);
            this.askedAt = now;
        }

        boolean begin() {
            exchange = upstream.ask(server, Wire.withId(pending.query.message(), id), pending.tcp, this);
            open = exchange != null;
            return open;
        }

        void end() {
            if (open) {
                open = false;
                exchange.end();
            }
        }

        @Override
        public void came(byte[] message, long now) {
            if (!open) {
                return;
            }
            if (!Answer.answers(message, pending.query.message(), pending.query.questionEnd(), id)) {
                // Not to be taken for the answer's failing: the true one may be next.
                counters.count(DnsCount.MISMATCHED);
                return;
            }
            end();
            servers.good(server, now);
            replied(pending, message, now);
        }

        @Override
        public void failed(OutsideError why, long now) {
            if (open) {
                open = false;
                servers.failed(server, now);
                neverAgain(pending, server);
                proceed(pending, now);
            }
        }
    }

    private final DnsUpstream upstream;
    private final DnsLimits limits;
    private final AnswerCache cache;
    private final DnsCounters counters;
    private final RandomGenerator random;
    private final ServerOrder servers = new ServerOrder();
    private final Map<String, Pending> byKey = new HashMap<>();
    /// In the order in which something has to be done about them.
    private final TreeSet<Pending> byDeadline =
            new TreeSet<>(Comparator.comparingLong((Pending p) -> p.deadline).thenComparingLong(p -> p.order));
    private final Map<SwitchPort, Integer> waitingOf = new HashMap<>();
    private int waiting;
    private long serverChanges;
    private long began;

    Forwarder(DnsUpstream upstream, DnsLimits limits, AnswerCache cache, DnsCounters counters, RandomGenerator random) {
        this.upstream = upstream;
        this.limits = limits;
        this.cache = cache;
        this.counters = counters;
        this.random = random;
    }

    /// The host has other servers: what was said of and by the old ones counts no longer.
    void serversChanged(long changes) {
        if (changes != serverChanges) {
            serverChanges = changes;
            servers.clear();
            cache.clear();
        }
    }

    /// Asks all questions that are under way anew; those that nobody can be asked end.
    ///
    /// @param serversOf a query now
    void askAgain(Function<Query, List<DnsServer>> serversOf, long now) {
        servers.clear();
        cache.clear();
        for (Pending pending : List.copyOf(byDeadline)) {
            pending.asks.forEach(Ask::end);
            List<DnsServer> those = serversOf.apply(pending.query);
            if (those.isEmpty()) {
                giveUp(pending);
                continue;
            }
            pending.plan(plan(servers.of(those, now), pending.tcp), serverChanges);
            schedule(pending, now);
            proceed(pending, now);
        }
    }

    /// @return false when too many wait already
    boolean forward(
            SwitchPort from, Query query, boolean tcp, List<DnsServer> those, long now, Consumer<byte[]> answer) {
        int its = waitingOf.getOrDefault(from, 0);
        if (its >= limits.waitingPerPort() || waiting >= limits.waitingInAll()) {
            return false;
        }
        waitingOf.put(from, its + 1);
        waiting++;
        Waiter waiter = new Waiter(from, query, answer);
        String key = query.exactKey(tcp);
        Pending known = byKey.get(key);
        if (known != null && known.serverChanges == serverChanges) {
            counters.count(DnsCount.JOINED);
            known.waiters.add(waiter);
            return true;
        }
        counters.count(DnsCount.FORWARDED);
        Pending pending = new Pending(key, query, tcp, plan(servers.of(those, now), tcp), serverChanges, began++);
        pending.waiters.add(waiter);
        byKey.put(key, pending);
        schedule(pending, now);
        proceed(pending, now);
        return true;
    }

    private static List<DnsServer> plan(List<DnsServer> order, boolean tcp) {
        List<DnsServer> plan = new ArrayList<>(order);
        while (!tcp && plan.size() < LEAST_DATAGRAMS) {
            plan.add(plan.get(plan.size() - order.size()));
        }
        return plan;
    }

    private void schedule(Pending pending, long now) {
        byDeadline.remove(pending);
        pending.deadline = now + pending.stepNanos;
        byDeadline.add(pending);
    }

    private static void neverAgain(Pending pending, DnsServer server) {
        pending.plan.subList(pending.next, pending.plan.size()).removeIf(server::equals);
    }

    /// Asks the next server; ends the question when there is none and nobody is waited for.
    private void proceed(Pending pending, long now) {
        while (pending.next < pending.plan.size()) {
            DnsServer server = pending.plan.get(pending.next++);
            Ask ask = new Ask(pending, server, now);
            if (ask.begin()) {
                counters.count(DnsCount.ASKED);
                pending.asks.add(ask);
                schedule(pending, now);
                return;
            }
        }
        if (pending.asks.stream().noneMatch(ask -> ask.open)) {
            giveUp(pending);
        } else if (pending.deadline - now <= 0) {
            schedule(pending, now); // whoever was asked last still has the time that the next one would have had
        }
    }

    private void replied(Pending pending, byte[] reply, long now) {
        if (!Answer.isWorthAnother(reply)) {
            if (pending.serverChanges == serverChanges) {
                cache.keep(pending.query, reply, now);
            }
            finish(pending, reply);
            return;
        }
        pending.lastResort = reply;
        // Who has said that it cannot will not be able to a moment later.
        List<DnsServer> left = pending.plan.subList(pending.next, pending.plan.size());
        left.removeIf(server -> pending.asks.stream().anyMatch(ask -> !ask.open && ask.server.equals(server)));
        if (left.stream().allMatch(pending::isWaitingFor)) {
            left.clear();
        }
        proceed(pending, now);
    }

    private void giveUp(Pending pending) {
        if (pending.lastResort == null) {
            counters.count(DnsCount.UNANSWERED);
        }
        finish(pending, pending.lastResort != null ? pending.lastResort : pending.query.refusal(Rcode.SERVFAIL, true));
    }

    private void finish(Pending pending, byte[] reply) {
        remove(pending);
        for (Waiter waiter : pending.waiters) {
            left(waiter.port);
            waiter.answer.accept(Wire.withId(reply, waiter.query.id()));
        }
    }

    private void remove(Pending pending) {
        byKey.remove(pending.key, pending);
        byDeadline.remove(pending);
        pending.asks.forEach(Ask::end);
    }

    private void left(SwitchPort port) {
        waiting--;
        waitingOf.computeIfPresent(port, (its, count) -> count == 1 ? null : count - 1);
    }

    /// Nobody waits for answers at this port any more.
    void forget(SwitchPort port) {
        if (!waitingOf.containsKey(port)) {
            return;
        }
        for (Pending pending : List.copyOf(byDeadline)) {
            pending.waiters.removeIf(waiter -> {
                boolean its = waiter.port == port;
                if (its) {
                    left(port);
                }
                return its;
            });
            if (pending.waiters.isEmpty()) {
                remove(pending);
            }
        }
    }

    void tick(long now) {
        while (!byDeadline.isEmpty() && byDeadline.first().deadline - now <= 0) {
            Pending late = byDeadline.first();
            // Only the last asked: what was said of the others was said when they were late.
            Ask last = late.asks.getLast();
            if (last.open) {
                servers.silent(last.server, last.askedAt, now);
            }
            if (late.next >= late.plan.size()) {
                giveUp(late);
            } else {
                proceed(late, now);
            }
        }
    }

    long nanosToTick(long now) {
        return byDeadline.isEmpty() ? Long.MAX_VALUE : Math.max(0, byDeadline.first().deadline - now);
    }

    int waiting() {
        return waiting;
    }
}
