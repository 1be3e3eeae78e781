package vmlan.program.selftest;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import vmlan.host.macos.VmnetException;
import vmlan.host.macos.VmnetFramework;
import vmlan.host.macos.VmnetInterface;
import vmlan.host.macos.VmnetMode;
import vmlan.host.macos.VmnetParameters;
import vmlan.host.macos.VmnetSettings;
import vmlan.packet.Ipv4Address;

/// A network of one kind from its start to its end, and its start once more: what was not given back shows there.
final class NetworkTrial {
    private final VmnetFramework framework;
    private final InterfaceStart starter;
    private final Journal journal;
    private final SecureRandom random;
    private final Duration patience;

    NetworkTrial(
            VmnetFramework framework, InterfaceStart starter, Journal journal, SecureRandom random, Duration patience) {
        this.framework = framework;
        this.starter = starter;
        this.journal = journal;
        this.random = random;
        this.patience = patience;
    }

    void run(String name, VmnetSettings settings) throws InterruptedException {
        if (trial(name, "", settings, true)) {
            trial(name, " again", settings, false);
        }
    }

    /// @return whether it started
    private boolean trial(String name, String again, VmnetSettings settings, boolean asking)
            throws InterruptedException {
        Run run = new Run(settings);
        try {
            if (!journal.step(name + ": start" + again, run::start)) {
                return false;
            }
            if (asking) {
                ask(name, run.station, dhcpCure(settings));
            }
            return true;
        } finally {
            // Also when somebody interrupts this: an interface that is left running is the system's until a restart.
            if (run.station != null) {
                journal.step(name + ": stop" + again, run::stop);
            }
        }
    }

    /// Two steps: what DHCP says, and what IPv6.
    ///
    /// @param cure where no DHCP server answers
    void ask(String name, Station station, String cure) throws InterruptedException {
        Exchange exchange = new Exchange(station, random);
        journal.step(name + ": DHCP", () -> {
            exchange.run(patience);
            return exchange.offer()
                    .map(offer -> Step.Outcome.ok(offer(offer)))
                    .orElseGet(() -> Step.Outcome.failed(
                            "no DHCPOFFER to " + exchange.asked() + " DHCPDISCOVERs; " + exchange.heard()
                                    + " frames were heard",
                            cure));
        });
        journal.step(
                name + ": IPv6",
                () -> exchange.advertisement()
                        .map(advertisement -> Step.Outcome.ok("a router advertisement"
                                + (advertisement.prefix() == null
                                        ? " without a prefix"
                                        : ", prefix " + advertisement.prefix() + "/" + advertisement.length())))
                        .orElseGet(() -> Step.Outcome.note("no router advertisement")));
    }

    private static String offer(Questions.Offer offer) {
        return "DHCPOFFER of " + offer.address() + " from " + named(offer.server()) + ", router "
                + named(offer.router())
                + (offer.leaseSeconds() < 0 ? "" : ", for " + offer.leaseSeconds() + " s");
    }

    private static String named(Ipv4Address address) {
        return address == null ? "unnamed" : address.toString();
    }

    private static String dhcpCure(VmnetSettings settings) {
        return settings.mode() == VmnetMode.BRIDGED
                ? dhcpCure(settings.ifName())
                : VmnetFramework.adviceWithoutAddresses();
    }

    /// @param nic that is bridged
    static String dhcpCure(String nic) {
        return "see whether the LAN of " + nic
                + " has a DHCP server, and lets other MAC addresses in: on Wi-Fi some do not";
    }

    /// One start and its stop.
    private final class Run {
        private final VmnetSettings settings;
        private Station station;

        Run(VmnetSettings settings) {
            this.settings = settings;
        }

        Step.Outcome start() throws IOException, InterruptedException {
            VmnetInterface vmnet = starter.start(framework, settings);
            station = new VmnetStation(vmnet);
            return Step.Outcome.ok(parameters(vmnet.parameters()));
        }

        Step.Outcome stop() throws IOException, InterruptedException {
            try {
                station.end();
            } catch (VmnetException e) {
                return Step.Outcome.failed(e.call() + ": " + e.reason(), "restart the Mac if later starts fail");
            }
            return Step.Outcome.ok("stopped");
        }

        private static String parameters(VmnetParameters said) {
            return (said.startAddress() == null
                            ? ""
                            : said.startAddress() + " to " + said.endAddress() + ", mask " + said.subnetMask() + ", ")
                    + "MTU " + said.mtu() + ", frames of " + said.maxPacketSize() + ", " + said.readMaxPackets() + "/"
                    + said.writeMaxPackets() + " at once"
                    + (said.nat66Prefix() == null ? "" : ", NAT66 " + said.nat66Prefix())
                    + (said.mac() == null ? ", no MAC address" : ", a MAC address");
        }
    }
}
