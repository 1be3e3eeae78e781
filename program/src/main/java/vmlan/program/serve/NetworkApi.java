package vmlan.program.serve;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import vmlan.network.gateway.Gateway;
import vmlan.network.gateway.PingOutcome;
import vmlan.packet.Ipv4Address;
import vmlan.packet.Ipv6Address;
import vmlan.program.control.ControlRequest;
import vmlan.program.control.ControlResponse;
import vmlan.program.control.ControlServer;
import vmlan.program.files.Fields;
import vmlan.program.files.Places;
import vmlan.program.hostdns.NameService;
import vmlan.program.message.Failure;
import vmlan.program.publish.NotPublished;

/// The requests that a network process answers. docs/control-api.md describes them with examples.
///
/// Called on virtual threads; what touches the network runs on its loop.
final class NetworkApi implements ControlServer.Handler {
    private static final int LONGEST_WAIT_SECONDS = 600;
    private static final int LONGEST_PING_MILLIS = 60_000;

    private final NetworkProcess network;
    private final NetworkState state;
    private final Places places;
    private final NetworkReport report;
    private final OutsideApi outside;
    private final NameService hostNames;

    NetworkApi(NetworkProcess network, NetworkState state, Places places, NetworkReport report, NameService hostNames) {
        this.hostNames = hostNames;
        this.network = network;
        this.state = state;
        this.places = places;
        this.report = report;
        this.outside = new OutsideApi(network, state);
    }

    @Override
    public ControlResponse handle(ControlRequest request) {
        List<String> path = request.path();
        if (path.isEmpty() || !path.getFirst().equals("v1")) {
            return unknown(request);
        }
        String what = request.method() + " " + String.join("/", path.subList(1, Math.min(2, path.size())));
        try {
            return switch (what + " " + path.size()) {
                case "GET network 2" -> ControlResponse.ok(onLoop(report::network));
                case "GET leases 2" -> ControlResponse.ok(onLoop(report::leases));
                case "PUT ports 3" -> register(path.get(2), new Fields(request.body()));
                case "DELETE ports 3" -> unregister(path.get(2));
                case "PUT ports 4" -> process(path, new Fields(request.body()));
                case "GET vms 3" -> addresses(path.get(2), request.query());
                case "POST ping 2" -> ping(new Fields(request.body()));
                case "POST stop 2" -> stop();
                case "POST host-names 2" -> {
                    hostNames.lookAgain();
                    yield ControlResponse.ok(Map.of());
                }
                default -> {
                    ControlResponse response = outside.handle(what + " " + path.size(), request);
                    yield response == null ? unknown(request) : response;
                }
            };
        } catch (NotPublished e) {
            return ControlResponse.error(
                    409, e.explained().what(), e.explained().remedy());
        } catch (IllegalStateException e) {
            return ControlResponse.error(409, e.getMessage(), "see: vmlan ps");
        } catch (TimeoutException e) {
            return ControlResponse.error(503, "the network is too busy to answer", "try again");
        } catch (Failure e) {
            return ControlResponse.error(500, e.what(), e.remedy());
        } catch (IOException e) {
            return ControlResponse.error(500, Places.reason(e), "look into the network's log");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ControlResponse.error(503, "the network is ending", "try again");
        }
    }

    private static ControlResponse unknown(ControlRequest request) {
        return ControlResponse.error(
                404,
                "there is no " + request.method() + " /" + String.join("/", request.path()),
                "see docs/control-api.md for what there is");
    }

    private <T> T onLoop(Callable<T> task) throws IOException, TimeoutException, InterruptedException {
        return LoopCalls.call(network.loop(), task);
    }

    private ControlResponse register(String id, Fields fields)
            throws IOException, TimeoutException, InterruptedException, Failure {
        if (!id.matches("[a-z0-9-]{1,80}")) {
            throw new IllegalArgumentException("'" + id + "' is no port's name: letters, digits and hyphens are");
        }
        Map<String, Object> values = new LinkedHashMap<>(fields.values());
        values.put("id", id);
        values.put(
                "socket", places.socket(network.settings().name(), id + ".sock").toString());
        values.remove("pid");
        PortRecord record = PortRecord.of(new Fields(values));
        checkAddress(record.address());
        onLoop(() -> {
            network.ports().makeWay(record);
            return true;
        });
        GuestPort port = onLoop(() -> network.ports().register(record));
        // The VM starts only when its port is on disk: from then on a restarted network knows it.
        state.settle();
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("socket", record.socket().toString());
        body.put("mtu", onLoop(network::mtu));
        body.put("notes", onLoop(network::notes));
        body.put("published", outside.published(port));
        return ControlResponse.ok(body);
    }

    private void checkAddress(Ipv4Address address) {
        Subnet subnet = network.settings().subnet();
        if (address != null && subnet == null) {
            throw new IllegalArgumentException("the LAN gives the addresses on a bridged network, so ip=" + address
                    + " cannot be kept for a VM here; reserve it in the LAN's router for the VM's MAC");
        }
        if (address != null && !subnet.ipv4().contains(address)) {
            throw new IllegalArgumentException(address + " is not in " + subnet.ipv4());
        }
    }

    private ControlResponse process(List<String> path, Fields fields)
            throws IOException, TimeoutException, InterruptedException {
        if (!path.get(3).equals("process")) {
            return ControlResponse.error(404, "a port has no '" + path.get(3) + "'", "see docs/control-api.md");
        }
        long pid = fields.number("pid");
        long start = fields.number("pidMark");
        onLoop(() -> {
            network.ports().process(known(path.get(2)), pid, start);
            return true;
        });
        state.settle();
        return ControlResponse.ok(Map.of());
    }

    private ControlResponse unregister(String id) throws IOException, TimeoutException, InterruptedException {
        onLoop(() -> {
            network.ports().ended(known(id), "unregistered");
            return true;
        });
        LoopCalls.settle(network.loop());
        return ControlResponse.ok(Map.of());
    }

    private GuestPort known(String id) {
        GuestPort port = network.ports().of(id);
        if (port == null) {
            throw new IllegalArgumentException("there is no port '" + id + "'");
        }
        return port;
    }

    /// The addresses of a VM; with `wait`, not before it has what `until` names, or the time is over.
    private ControlResponse addresses(String vm, Map<String, String> query)
            throws IOException, TimeoutException, InterruptedException {
        int wait = number(query.getOrDefault("wait", "0"), LONGEST_WAIT_SECONDS);
        String until = query.getOrDefault("until", "ipv4");
        if (!List.of("attached", "ipv4", "ipv6").contains(until)) {
            throw new IllegalArgumentException("until is attached, ipv4 or ipv6, not '" + until + "'");
        }
        CompletableFuture<Boolean> there = new CompletableFuture<>();
        Runnable watcher = () -> {
            if (report.has(vm, until)) {
                there.complete(true);
            }
        };
        try {
            onLoop(() -> {
                network.watch(watcher);
                watcher.run();
                return true;
            });
            if (wait > 0) {
                LoopCalls.await(there, TimeUnit.SECONDS.toMillis(wait));
            }
        } catch (TimeoutException e) {
            // The answer says what there is; the caller sees that it is not enough.
        } finally {
            network.loop().execute(() -> network.unwatch(watcher));
        }
        return ControlResponse.ok(onLoop(() -> report.vm(vm)));
    }

    private static int number(String text, int most) {
        if (!text.matches("[0-9]{1,6}") || Integer.parseInt(text) > most) {
            throw new IllegalArgumentException("'" + text + "' is not a number from 0 to " + most);
        }
        return Integer.parseInt(text);
    }

    private ControlResponse ping(Fields fields) throws IOException, TimeoutException, InterruptedException {
        String address = fields.text("address");
        int millis =
                number(String.valueOf(fields.optionalNumber("timeoutMillis").orElse(5000L)), LONGEST_PING_MILLIS);
        CompletableFuture<PingOutcome> outcome = new CompletableFuture<>();
        long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
        Gateway gateway = network.gateway()
                .orElseThrow(() -> new IllegalStateException(
                        "a bridged network has no gateway of ours that could ping: the host reaches the guest itself"))
                .gateway();
        onLoop(() -> {
            long now = network.loop().now();
            if (address.contains(":")) {
                gateway.ping(Ipv6Address.parse(address), nanos, now, outcome::complete);
            } else {
                gateway.ping(Ipv4Address.parse(address), nanos, now, outcome::complete);
            }
            network.network().flush();
            return true;
        });
        PingOutcome result = LoopCalls.await(outcome, millis + LoopCalls.LIMIT_MILLIS);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("answered", result.answered());
        body.put("micros", TimeUnit.NANOSECONDS.toMicros(result.nanos()));
        return ControlResponse.ok(body);
    }

    private ControlResponse stop() {
        network.log().accept("told to stop");
        // Not before the answer is out: the process ends, whoever is still talking.
        return ControlResponse.okAndThen(() -> network.loop().execute(network.loop()::stop));
    }
}
