package vmlan.program.serve;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import vmlan.network.dns.LocalNames;
import vmlan.packet.IpAddress;
import vmlan.program.control.ControlClient;
import vmlan.program.files.Fields;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;

/// The VMs of all networks of this user that run, by their control sockets; as they were a second ago at
/// most. Blocks while it asks them, all at once. Of one that does not answer counts what it last said, and
/// it is left in peace for a while, so that it does not cost each question its limit.
final class GuestsOfAllNetworks implements LocalNames {
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);
    /// A network answers within some milliseconds, on a busy machine within some hundred; who asks for a name waits 5 s
    /// (resolv.conf(5)).
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(2);

    private static final Duration SILENCE = Duration.ofSeconds(10);
    private static final List<IpAddress> HOST = List.of(IpAddress.parse("127.0.0.1"), IpAddress.parse("::1"));

    private final Networks networks;
    private final Duration answerLimit;
    private final Duration silence;
    private final ReentrantLock lock = new ReentrantLock();
    private Map<String, List<IpAddress>> known = Map.of();
    private final Map<String, Heard> heard = new HashMap<>();
    private long knownAt;
    private boolean asked;

    GuestsOfAllNetworks(Places places) {
        this(places, ANSWER_LIMIT, SILENCE);
    }

    /// @param answerLimit how long one is waited for
    /// @param silence how long one that did not answer is left in peace
    GuestsOfAllNetworks(Places places, Duration answerLimit, Duration silence) {
        this.networks = new Networks(places);
        this.answerLimit = answerLimit;
        this.silence = silence;
    }

    @Override
    public List<IpAddress> addressesOf(String name) {
        return name.equals("host") ? HOST : known().get(name);
    }

    @Override
    public List<String> namesOf(IpAddress address) {
        return known().entrySet().stream()
                .filter(entry -> entry.getValue().contains(address))
                .map(Map.Entry::getKey)
                .toList();
    }

    /// One asks, the others wait for what it hears.
    private Map<String, List<IpAddress>> known() {
        lock.lock();
        try {
            if (!asked || System.nanoTime() - knownAt > FRESH_NANOS) {
                known = ask();
                knownAt = System.nanoTime();
                asked = true;
            }
            return known;
        } finally {
            lock.unlock();
        }
    }

    /// What a network last said, and whether that is all that can be had of it.
    private record Heard(Map<String, List<IpAddress>> guests, boolean isSilent, long at) {}

    /// One thread at a time.
    Map<String, List<IpAddress>> ask() {
        Map<String, Heard> now = new LinkedHashMap<>();
        try {
            Map<String, FutureTask<Heard>> tasks = new LinkedHashMap<>();
            for (String name : networks.names()) {
                Heard before = heard.get(name);
                if (before != null && before.isSilent && System.nanoTime() - before.at < silence.toNanos()) {
                    now.put(name, before);
                } else {
                    ControlClient client = networks.client(name);
                    FutureTask<Heard> task = new FutureTask<>(() -> ask(client, before));
                    Thread.ofVirtual().name("names of " + name).start(task);
                    tasks.put(name, task);
                }
            }
            for (Map.Entry<String, FutureTask<Heard>> each : tasks.entrySet()) {
                now.put(each.getKey(), each.getValue().get());
            }
        } catch (Failure | ExecutionException e) {
            // those that were found are better than none
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        heard.clear();
        heard.putAll(now);
        Map<String, List<IpAddress>> guests = new LinkedHashMap<>();
        now.values()
                .forEach(each -> each.guests.forEach((vm, addresses) ->
                        guests.computeIfAbsent(vm, name -> new ArrayList<>()).addAll(addresses)));
        return guests;
    }

    /// @param before null where it was not asked yet
    private Heard ask(ControlClient client, Heard before) {
        Map<String, List<IpAddress>> guests = new LinkedHashMap<>();
        if (client.isServed()) {
            try {
                add(client, guests);
            } catch (Failure | IllegalArgumentException e) {
                return new Heard(before == null ? guests : before.guests, true, System.nanoTime());
            }
        }
        return new Heard(guests, false, System.nanoTime());
    }

    private void add(ControlClient client, Map<String, List<IpAddress>> guests) throws Failure {
        for (Fields port :
                client.send("GET", "/v1/network", Map.of(), answerLimit).objects("ports")) {
            List<IpAddress> addresses =
                    guests.computeIfAbsent(port.optionalText("vm").orElse(""), vm -> new ArrayList<>());
            port.optionalText("ipv4").map(IpAddress::parse).ifPresent(addresses::add);
            port.texts("ipv6").stream()
                    // a link-local one says nothing without an interface
                    .filter(address -> !address.startsWith("fe80:"))
                    .map(IpAddress::parse)
                    .forEach(addresses::add);
        }
    }
}
