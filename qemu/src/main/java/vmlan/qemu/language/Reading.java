package vmlan.qemu.language;

import java.util.List;

/// What a command line says of networks.
///
/// @param options in the order in which they were typed
/// @param nics what the guest will have
/// @param unread the arguments `-readconfig` whose files cannot be looked at beforehand: what they say of networks is
/// not
///     here
/// @param findings in the order in which QEMU will say them; after the first error it says nothing more, and the rest
///     is what it would say once that is mended
/// @param lastSaid how many of the findings QEMU comes to
public record Reading(
        QemuLine line,
        List<NetworkOption> options,
        List<GuestNic> nics,
        List<QemuLine.Argument> unread,
        List<Finding> findings,
        int lastSaid) {
    public Reading {
        options = List.copyOf(options);
        nics = List.copyOf(nics);
        unread = List.copyOf(unread);
        findings = List.copyOf(findings);
    }

    /// What QEMU will really print.
    public List<Finding> printed() {
        return findings.stream()
                .limit(lastSaid)
                .filter(finding -> finding.severity() != Finding.Severity.SILENT)
                .toList();
    }

    /// Whether QEMU refuses the line.
    public boolean isRefused() {
        return findings.stream().anyMatch(finding -> finding.severity() == Finding.Severity.ERROR);
    }

    /// Whether the machine's default NIC comes with a `user` network, because nothing is said of networks. Whether it
    /// has one is the machine's matter. What is said in a file of `-readconfig` does not count.
    public boolean hasDefaultNetwork() {
        return line.arguments().stream()
                .noneMatch(argument ->
                        argument.is("nic") || argument.is("netdev") || argument.is("net") || argument.is("nodefaults"));
    }

    /// A NIC of the guest and what is behind it.
    ///
    /// @param model null: the machine's own
    /// @param mac as typed; null: QEMU's default
    /// @param nic the option that makes the NIC
    /// @param backend null where nothing is behind it; the same as `nic` for `-nic`
    public record GuestNic(String model, String mac, NetworkOption nic, NetworkOption backend) {}
}
