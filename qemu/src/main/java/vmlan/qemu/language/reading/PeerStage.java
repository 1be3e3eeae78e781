package vmlan.qemu.language.reading;

/// QEMU's last look before the guest runs: cables that lead nowhere, and NICs that were not made (QEMU net/net.c,
/// net_check_clients; net/hub.c).
final class PeerStage {
    private final Clients clients;
    private final Report report;

    PeerStage(Clients clients, Report report) {
        this.clients = clients;
        this.report = report;
    }

    void check(Iterable<CreationStage.WantedNic> unmade) {
        clients.hubs().forEach(this::hub);
        for (Clients.Client client : clients.all()) {
            if (client.peer == null) {
                report.warning((client.nic ? "nic " : "netdev ") + client.name + " has no peer", null);
            }
        }
        for (CreationStage.WantedNic nic : unmade) {
            report.warning(
                    "requested NIC (" + (nic.name() == null ? "anonymous" : nic.name()) + ", model "
                            + (nic.model() == null ? "unspecified" : nic.model())
                            + ") was not created (not supported by this machine?)",
                    null);
        }
    }

    private void hub(Clients.Hub hub) {
        boolean hasNic = false;
        boolean hasHost = false;
        for (Clients.Client port : hub.ports()) {
            if (port.peer == null) {
                report.warning("hub port " + port.name + " has no peer", null);
            } else {
                hasNic |= port.peer.nic;
                hasHost |= port.peer.isHostSide();
            }
        }
        if (hasHost && !hasNic) {
            report.warning("hub " + hub.id() + " with no nics", null);
        }
        if (hasNic && !hasHost) {
            report.warning("hub " + hub.id() + " is not connected to host network", null);
        }
    }
}
