package vmlan.qemu.language.reading;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The ends of QEMU's virtual cables: backends, ports of hubs and NICs, in the order in which they are made (QEMU
/// net/net.c, net_clients).
final class Clients {
    /// An end. Its model is the type of a backend, or of a NIC its driver.
    static final class Client {
        final String name;
        final String model;
        final boolean nic;
        Client peer;

        private Client(String name, String model, boolean nic) {
            this.name = name;
            this.model = model;
            this.nic = nic;
        }

        /// Whether the cable leads to the host (QEMU net/hub.c, net_hub_check_clients).
        boolean isHostSide() {
            return List.of("user", "tap", "bridge", "socket", "stream", "dgram", "vde", "vhost-user")
                    .contains(model);
        }
    }

    /// The newest port is first.
    record Hub(int id, List<Client> ports) {}

    private final List<Client> all = new ArrayList<>();
    private final Map<String, List<Client>> netdevs = new HashMap<>();
    private final Map<String, Integer> perModel = new HashMap<>();
    /// The newest is first.
    private final List<Hub> hubs = new ArrayList<>();

    List<Client> all() {
        return all;
    }

    List<Hub> hubs() {
        return hubs;
    }

    /// @param name null: the model's name and how many of it there are
    Client add(String name, String model, boolean nic, Client peer) {
        int same = perModel.merge(model, 1, Integer::sum) - 1;
        Client client = new Client(name == null ? model + "." + same : name, model, nic);
        if (peer != null) {
            client.peer = peer;
            peer.peer = client;
        }
        all.add(client);
        if (!nic) {
            netdevs.computeIfAbsent(client.name, key -> new ArrayList<>()).add(client);
        }
        return client;
    }

    /// @param name null: the hub's number and the port's
    Client addPort(int hubId, String name, Client peer) {
        Hub hub = hubs.stream().filter(other -> other.id() == hubId).findFirst().orElse(null);
        if (hub == null) {
            hub = new Hub(hubId, new ArrayList<>());
            hubs.addFirst(hub);
        }
        String usual = "hub" + hubId + "port" + hub.ports().size();
        Client port = add(name == null ? usual : name, "hub", false, peer);
        hub.ports().addFirst(port);
        return port;
    }

    /// Backends and ports of that name: several where a backend has several queues.
    List<Client> netdevs(String name) {
        return netdevs.getOrDefault(name, List.of());
    }
}
