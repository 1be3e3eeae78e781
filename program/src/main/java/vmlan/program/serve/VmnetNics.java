package vmlan.program.serve;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import vmlan.host.linux.NicList;
import vmlan.host.macos.MacNics;
import vmlan.host.macos.VmnetFeature;
import vmlan.host.macos.VmnetFramework;
import vmlan.program.config.Vmnet;
import vmlan.program.files.Places;
import vmlan.program.message.Failure;
import vmlan.qemu.tool.Tool;

/// The NICs of a host with vmnet. Which can be bridged is vmnet's own list where the framework opens, otherwise the
/// hardware ports of networksetup; what they are comes from the system's tools. Not run on a Mac.
final class VmnetNics {
    /// The guests' frames and the host's meet on vmnet's bridge in the kernel.
    private static final String HOST_PATH = "vmnet";

    /// networksetup may wait for configd.
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /// Once a process, when it is asked for: what the framework hands to the system stays there. Nothing of a network's
    /// is in it.
    private static final class Framework {
        static final Optional<VmnetFramework> OPENED = open();

        private static Optional<VmnetFramework> open() {
            try {
                return Optional.of(
                        Vmnet.library().isPresent()
                                ? VmnetFramework.open(Vmnet.library().get(), fault -> {})
                                : VmnetFramework.open(fault -> {}));
            } catch (IOException e) {
                return Optional.empty();
            }
        }
    }

    private VmnetNics() {}

    /// Those that can be bridged.
    static List<HostNics.HostNic> bridgeable() throws Failure {
        Map<String, HostNics.HostNic> known = new LinkedHashMap<>();
        List<String> hardware = new ArrayList<>();
        try {
            if (HostNics.isMac()) {
                for (MacNics.Nic nic : MacNics.read(VmnetNics::output)) {
                    known.put(nic.name(), nic(nic));
                    if (nic.hardware()) {
                        hardware.add(nic.name());
                    }
                }
            } else {
                // The simulator's host: its names stand for NICs that Linux may have.
                NicList.read().stream()
                        .filter(NicList.Nic::bridgeable)
                        .forEach(nic ->
                                known.put(nic.name(), LinuxNics.nic(nic, HOST_PATH, nic.kind() == NicList.Kind.WIFI)));
            }
        } catch (IOException e) {
            throw Failure.world(
                    "the host's NICs cannot be listed: " + Places.reason(e),
                    "see: networksetup -listallhardwareports",
                    e);
        }
        return shared().orElse(hardware).stream()
                .map(name -> known.getOrDefault(name, unknown(name)))
                .toList();
    }

    /// vmnet's own list; empty where vmnet does not open, or cannot bridge.
    private static Optional<List<String>> shared() {
        VmnetFramework framework = Framework.OPENED.orElse(null);
        try {
            return framework != null && framework.has(VmnetFeature.BRIDGING)
                    ? Optional.of(framework.sharedInterfaces())
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    static Optional<String> ofDefaultRoute() {
        try {
            return MacNics.ofDefaultRoute(VmnetNics::output);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// On Wi-Fi vmnet gives guests' frames the NIC's MAC address: others see one for both (socket_vmnet, issue 32).
    private static HostNics.HostNic nic(MacNics.Nic nic) {
        return new HostNics.HostNic(
                nic.name(),
                nic.kind().name().toLowerCase(Locale.ROOT),
                nic.up(),
                nic.mac() == null ? "" : nic.mac().toString(),
                nic.mtu(),
                nic.ipv4(),
                nic.ipv6(),
                HOST_PATH,
                nic.kind() == MacNics.Kind.WIFI);
    }

    /// One that vmnet names and nobody else knows.
    private static HostNics.HostNic unknown(String name) {
        return new HostNics.HostNic(name, "virtual", false, "", 0, List.of(), List.of(), HOST_PATH, false);
    }

    private static String output(String... command) throws IOException {
        Tool run = Tool.run(LIMIT, List.of(command));
        return run.succeeded() ? run.output() : "";
    }
}
