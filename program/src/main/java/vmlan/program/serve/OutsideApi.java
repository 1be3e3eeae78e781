package vmlan.program.serve;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import vmlan.network.tcp.TcpAttachment;
import vmlan.program.config.NamedAddresses;
import vmlan.program.control.ControlRequest;
import vmlan.program.control.ControlResponse;
import vmlan.program.control.ControlServer;
import vmlan.program.files.Fields;
import vmlan.program.publish.GuestDialer;
import vmlan.program.publish.Joining;
import vmlan.program.publish.Publications;
import vmlan.program.publish.PublishRule;

/// The requests about ways in and out: published ports, connections to guests, what guests reach of the host.
///
/// Called on virtual threads; what touches the network runs on its loop.
final class OutsideApi {
    static final String NO_GATEWAY =
            "on a bridged network no port is published and none connected to: its guests are on"
                    + " the LAN themselves, and are reached at their own addresses (vmlan ip NAME)";

    /// A guest that boots is waited for, then asked at two addresses, for each of which TCP has a limit.
    private static final long CONNECT_LIMIT_MILLIS = TimeUnit.SECONDS.toMillis(150);

    private final NetworkProcess network;
    private final NetworkState state;

    OutsideApi(NetworkProcess network, NetworkState state) {
        this.network = network;
        this.state = state;
    }

    /// @param what method, first word and number of words of the path
    /// @return null when it is no such request
    ControlResponse handle(String what, ControlRequest request)
            throws IOException, TimeoutException, InterruptedException {
        List<String> path = request.path();
        return switch (what) {
            case "GET publications 2" ->
                ControlResponse.ok(onLoop(() -> json(publications().describe())));
            case "GET publications 3" -> ControlResponse.ok(onLoop(() -> publications(guest(path.get(2)))));
            case "PUT publications 3" -> publish(path.get(2), new Fields(request.body()));
            case "DELETE publications 3" -> unpublish(path.get(2), new Fields(request.body()));
            case "PATCH network 2" -> change(new Fields(request.body()));
            case "POST connect 4" -> connect(path.get(2), path.get(3));
            default -> null;
        };
    }

    private <T> T onLoop(Callable<T> task) throws IOException, TimeoutException, InterruptedException {
        return LoopCalls.call(network.loop(), task);
    }

    private Publications publications() {
        return nat().publications();
    }

    private NatService nat() {
        return network.gateway()
                .flatMap(GatewayService::nat)
                .orElseThrow(() -> new IllegalArgumentException(NO_GATEWAY));
    }

    private GuestPort guest(String vm) {
        return network.ports().all().stream()
                .filter(port -> port.vm().equals(vm))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no VM '" + vm + "' on this network"));
    }

    private static Map<String, Object> json(List<Map<String, Object>> publications) {
        return Map.of("published", publications);
    }

    private Map<String, Object> publications(GuestPort port) {
        return json(publications().describe(port));
    }

    /// What a port that was just made has published.
    List<Map<String, Object>> published(GuestPort port) throws IOException, TimeoutException, InterruptedException {
        return network.gateway().isEmpty()
                ? List.of()
                : onLoop(() -> publications().describe(port));
    }

    private static List<PublishRule> rules(Fields fields) {
        if (fields.values().keySet().stream().anyMatch(key -> !key.equals("rules"))) {
            throw new IllegalArgumentException("rules is all that can be said, a list such as [\"8080:80\"]");
        }
        return fields.texts("rules").stream().map(PublishRule::parse).toList();
    }

    private ControlResponse publish(String vm, Fields fields)
            throws IOException, TimeoutException, InterruptedException {
        List<PublishRule> rules = rules(fields);
        if (rules.isEmpty()) {
            throw new IllegalArgumentException("no rules are there, a list such as [\"8080:80\"]");
        }
        Map<String, Object> body = onLoop(() -> {
            GuestPort port = guest(vm);
            List<PublishRule> opened = publications().add(port, rules);
            network.ports().published(port, publications().of(port));
            return json(publications().describe(port).stream()
                    .filter(json ->
                            opened.stream().anyMatch(rule -> rule.toString().equals(json.get("rule"))))
                    .toList());
        });
        state.settle();
        return ControlResponse.ok(body);
    }

    private ControlResponse unpublish(String vm, Fields fields)
            throws IOException, TimeoutException, InterruptedException {
        List<PublishRule> rules = rules(fields);
        Map<String, Object> body = onLoop(() -> {
            GuestPort port = guest(vm);
            publications()
                    .remove(port, fields.values().isEmpty() ? publications().of(port) : rules);
            network.ports().published(port, publications().of(port));
            return publications(port);
        });
        LoopCalls.settle(network.loop());
        state.settle();
        return ControlResponse.ok(body);
    }

    private ControlResponse change(Fields fields) throws IOException, TimeoutException, InterruptedException {
        SettingsChange change = SettingsChange.ofJson(fields);
        NetworkSettings changed = onLoop(() -> {
            network.change(change);
            return network.settings();
        });
        state.settle();
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("allowedHostPorts", SettingsChange.texts(changed.allowedHostPorts()));
        body.put("names", NamedAddresses.toJson(changed.names()));
        return ControlResponse.ok(body);
    }

    private ControlResponse connect(String vm, String port) throws IOException, TimeoutException, InterruptedException {
        if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) < 1 || Integer.parseInt(port) > 0xffff) {
            throw new IllegalArgumentException("'" + port + "' is not a TCP port from 1 to 65535");
        }
        GuestPort guest = onLoop(() -> {
            nat();
            return guest(vm);
        });
        return ControlResponse.upgrade(channel -> connect(guest, Integer.parseInt(port), channel));
    }

    /// @return null when the channel is the guest's
    private ControlResponse connect(GuestPort guest, int tcpPort, SocketChannel channel) {
        CompletableFuture<GuestDialer.Why> outcome = new CompletableFuture<>();
        GuestDialer.Client client = new GuestDialer.Client() {
            @Override
            public void accepted(TcpAttachment attachment, long now) {
                Joining.join(network.loop(), channel, ControlServer.switching(), attachment, now);
                outcome.complete(null);
            }

            @Override
            public void failed(GuestDialer.Why why, long now) {
                outcome.complete(why);
            }
        };
        String reason;
        try {
            network.loop()
                    .execute(() -> nat().dialer()
                            .dial(guest, tcpPort, client, network.loop().now()));
            GuestDialer.Why why = LoopCalls.await(outcome, CONNECT_LIMIT_MILLIS);
            if (why == null) {
                return null;
            }
            reason = why.words();
        } catch (TimeoutException e) {
            reason = GuestDialer.Why.SILENT.words();
        } catch (IOException e) {
            reason = "cannot be reached: " + e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            reason = "cannot be reached: the network is ending";
        }
        return ControlResponse.error(
                502,
                guest.vm() + " " + reason + " (port " + tcpPort + ")",
                "see what it does: vmlan logs " + guest.vm());
    }
}
