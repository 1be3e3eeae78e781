package vmlan.program.doctor;

import java.util.List;
import java.util.stream.Collectors;
import vmlan.program.message.Failure;
import vmlan.program.serve.HostNics;

/// Which NICs can be bridged.
final class NicsCheck {
    private static final String WHY = "these NICs can be had with --net bridged:NIC";

    private NicsCheck() {}

    /// @param list the system's command that lists all that there is
    static Check of(Host host, String list) {
        return new Check("NICs", WHY, () -> List.of(nics(host, list)));
    }

    private static Finding nics(Host host, String list) throws Failure {
        List<HostNics.HostNic> nics = host.nics();
        if (nics.isEmpty()) {
            return Finding.note(
                    "NICs", "none that can be bridged", "bridged networks need one", "see what there is: " + list);
        }
        String found = nics.stream()
                .map(nic -> nic.name() + " (" + nic.kind() + (nic.up() ? "" : ", down") + ")")
                .collect(Collectors.joining(", "));
        return Finding.ok("NICs", found, WHY);
    }
}
